"""Rows of runs side by side: the best of each, what differs first, and which pairs are worth a look."""

from __future__ import annotations

import numpy as np
import pytest

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.runs import Role, RoleAssignment, Run, Series
from lossdoctor.workspace.results import DiagnosedRun
from lossdoctor.workspace.side_by_side import NONE, pair_offers, result_rows, setting_rows


def item(name: str, values: list[float], val: list[float] | None = None, **config: float | str) -> DiagnosedRun:
    series = [Series("loss", np.arange(len(values)) * 10, values)]
    roles = [RoleAssignment(Role.TRAIN_LOSS, "loss", True, "")]
    if val is not None:
        series.append(Series("acc", np.arange(len(val)) * 10, val))
        roles.append(RoleAssignment(Role.VAL_METRIC, "acc", True, ""))
    run = Run(f"sweep/{name}", f"/sweep/{name}", name, "csv", tuple(series), tuple(roles), config)
    return DiagnosedRun(run, diagnose(run))


def rows(*items: DiagnosedRun) -> dict[str, tuple[tuple[str, ...], tuple[int, ...]]]:
    return {row.name: (row.cells, row.best) for row in result_rows(items)}


def test_best_and_last_with_their_steps() -> None:
    found = rows(item("a", [3.0, 1.0, 2.0, np.nan], [0.1, 0.6, 0.4]), item("b", [3.0, 2.5, 1.5], [0.1, 0.2, 0.5]))
    assert found["Training loss: best"] == (("1 at 10", "1.5 at 20"), (0,))
    assert found["Training loss: last"] == (("2", "1.5"), (1,))
    assert found["Validation metric: best"] == (("0.6 at 10", "0.5 at 20"), (0,))
    assert found["Last step"] == (("step 30", "step 20"), ())
    assert "Test loss: best" not in found


def test_what_one_run_lacks_is_said_and_nobody_wins_alone() -> None:
    found = rows(item("a", [3.0, 1.0], [0.5, 0.7]), item("b", [np.nan, np.nan]))
    assert found["Validation metric: best"] == (("0.7 at 10", NONE), ())
    assert found["Training loss: best"] == (("1 at 10", NONE), ())
    assert rows(item("a", [1.0]), item("b", [1.0]))["Training loss: best"][1] == ()


def test_settings_that_differ_come_first() -> None:
    one = item("a", [1.0], lr=0.1, batch_size=32, depth=4, seed=1)
    other = item("b", [1.0], lr=0.01, batch_size=32, depth=4, warmup_steps=10, seed=2)
    found = setting_rows([one, other])
    assert [(row.name, row.same) for row in found] == [
        ("lr", False), ("seed", False), ("warmup_steps", False), ("batch_size", True), ("depth", True),
    ]  # fmt: skip
    assert found[2].cells == (NONE, "10")


def test_pairs_with_the_fewest_differences_first() -> None:
    me = item("me", [1.0], lr=0.1, batch_size=32, depth=4, width=8)
    near = item("near", [1.0], lr=0.01, batch_size=32, depth=4, width=8)
    far = item("far", [1.0], lr=0.01, batch_size=64, depth=4, width=8)
    alien = item("alien", [1.0], lr=0.2, batch_size=1, depth=9, width=1)
    same = item("same", [1.0], lr=0.1, batch_size=32, depth=4, width=8)
    offers = pair_offers(me, [me, far, alien, same, near])
    assert [(offer.other, offer.changes) for offer in offers] == [("sweep/near", 1), ("sweep/far", 2)]
    assert offers[0].sentence == "near: lr 0.1 / 0.01"
    assert pair_offers(item("bare", [1.0]), [me, near]) == ()


@pytest.mark.parametrize("items", [[], [item("a", [])]])
def test_nothing_to_compare(items: list[DiagnosedRun]) -> None:
    assert all(row.cells == () or row.cells[0] for row in result_rows(items))
    assert setting_rows(items) == ()
