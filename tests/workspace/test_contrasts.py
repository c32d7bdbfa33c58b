"""Contrasts: better runs of the same folder with few other settings, fewest first; nothing for sound runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.findings import Verdict
from lossdoctor.runs import Run
from lossdoctor.workspace.contrasts import contrasts, contrasts_among, contrasts_of_all
from lossdoctor.workspace.results import DiagnosedRun
from tests.knowledge.builders import falling, make_run

BASE: dict[str, Any] = {"learning_rate": 0.5, "optimizer": "adam", "batch_size": 64, "hidden": 32}
BLOWN = np.r_[falling(60, 2.0, 0.5, noise=0.01), np.linspace(0.5, 30.0, 60)]


def item(run: Run) -> DiagnosedRun:
    return DiagnosedRun(run, diagnose(run))


def sound(id: str, **changes: Any) -> DiagnosedRun:
    loss = falling(120, noise=0.01)
    return item(make_run(id=id, train=loss, val=loss[::6] + 0.02, config=BASE | changes))


ILL = item(make_run(id="runs/ill", train=BLOWN, config=BASE))


def test_the_better_run_with_one_change_comes_first() -> None:
    two = sound("runs/b", learning_rate=1e-3, hidden=64)
    one = sound("runs/c", learning_rate=1e-3)
    found = contrasts(ILL, [ILL, two, one])
    assert [contrast.other for contrast in found] == ["runs/c", "runs/b"]
    assert found[0].changes == (("lr", 0.5, 1e-3),)
    assert (found[0].verdict, found[0].other_verdict) == (Verdict.DIVERGENCE, Verdict.HEALTHY)
    assert found[0].sentence.startswith("Same but lr 0.001 instead of 0.5: c: healthy (ends at 0.1")


def test_no_contrast_where_too_much_differs_or_nothing_does() -> None:
    far = sound("runs/b", learning_rate=1e-3, hidden=64, batch_size=32)
    assert contrasts(ILL, [far, sound("runs/same")]) == ()


def test_no_contrast_for_a_sound_run_or_one_without_settings() -> None:
    good = sound("runs/b", learning_rate=1e-3)
    assert contrasts(good, [ILL, sound("runs/c", learning_rate=1e-2)]) == ()
    assert contrasts(item(make_run(id="runs/x", train=BLOWN)), [good]) == ()


def test_settings_from_run_names() -> None:
    ill = item(make_run(id="runs/lr0.5_bs32", train=BLOWN))
    good = item(make_run(id="runs/lr1e-3_bs32", train=falling(120, noise=0.01)))
    (found,) = contrasts(ill, [good])
    assert found.changes == (("lr", 0.5, 1e-3),)


def test_only_runs_of_one_folder_are_compared() -> None:
    near, far = sound("runs/b", learning_rate=1e-3), sound("elsewhere/c", learning_rate=1e-3)
    found = contrasts_of_all([ILL, near, far])
    assert [contrast.other for contrast in found["runs/ill"]] == ["runs/b"]
    assert found["runs/b"] == found["elsewhere/c"] == ()
    assert contrasts_among(ILL, [ILL, near, far]) == found["runs/ill"]
