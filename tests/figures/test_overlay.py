from __future__ import annotations

import pytest

from lossdoctor.figures.overlay import SLOTS, build_overlay, slots
from lossdoctor.runs import Role, RoleAssignment, Run, Series


def run(name: str, *, val: bool = True, unit: str = "step") -> Run:
    tags = [("loss", Role.TRAIN_LOSS), *([("val", Role.VAL_LOSS)] if val else [])]
    return Run(
        name, f"/logs/{name}", name, "csv",
        tuple(Series(tag, [0, 5, 10], [2.0, 1.0, 0.5]) for tag, _ in tags),
        tuple(RoleAssignment(role, tag, True, "") for tag, role in tags), step_unit=unit,
    )  # fmt: skip


def test_a_panel_for_each_role_and_a_place_for_each_run() -> None:
    spec = build_overlay([run("a"), run("b", val=False)], ["a", "b"])
    assert [(panel.title, [line.label for line in panel.lines]) for panel in spec.panels] == [
        ("Validation loss", ["a"]),
        ("Training loss", ["a", "b"]),
    ]
    val, train = spec.panels
    assert val.lines[0].slot == train.lines[0].slot != train.lines[1].slot
    assert spec.x_range == (0.0, 10.0)


def test_places_do_not_depend_on_who_else_is_shown() -> None:
    keys = [f"/logs/run{i}" for i in range(5)]
    alone = [slots([key])[0] for key in keys]
    assert slots(keys)[0] == alone[0]
    assert len(set(slots(keys))) == 5


def test_more_runs_than_places() -> None:
    names = [f"r{i}" for i in range(SLOTS + 3)]
    spec = build_overlay([run(name) for name in names], names)
    assert len(spec.panels[0].lines) == SLOTS
    assert len({line.slot for line in spec.panels[0].lines}) == SLOTS


@pytest.mark.parametrize(("units", "label"), [(("epoch", "epoch"), "epoch"), (("epoch", "step"), "step")])
def test_the_axis_is_named_when_all_runs_count_the_same(units: tuple[str, str], label: str) -> None:
    spec = build_overlay([run("a", unit=units[0]), run("b", unit=units[1])], ["a", "b"])
    assert spec.x_label == label


def test_nothing_to_draw() -> None:
    assert build_overlay([], []).panels == ()
