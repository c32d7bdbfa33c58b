"""When a verdict could have been known: exact where the curve says when, nothing where only the end shows it."""

from __future__ import annotations

import pytest

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.diagnosis.replay import NOTHING, could_have_stopped, replay, run_until
from lossdoctor.findings import Verdict
from lossdoctor.runs import Run
from lossdoctor.synth.curves import CurveSpec
from lossdoctor.synth.runs import make_run


def overfitting(rise_at: float) -> Run:
    train = CurveSpec(n=200, end=0.02, tau=0.15)
    return make_run({"train": train, "val": CurveSpec(n=200, end=0.4, tau=0.1, rise_at=rise_at, rise_to=2.0)})


def test_an_early_rise_is_known_early_and_a_late_one_late() -> None:
    early, late = replay(overfitting(0.2)), replay(overfitting(0.7))
    assert early.parts[-1].verdict is late.parts[-1].verdict is Verdict.OVERFITTING
    assert early.known_step is not None
    assert late.known_step is not None
    assert 0.2 < early.share < late.share
    assert late.share > 0.7
    assert early.wasted == pytest.approx(1 - early.share)


def test_the_last_part_is_judged_like_the_whole_run() -> None:
    for rise_at in (0.3, 0.6):
        run = overfitting(rise_at)
        assert replay(run).parts[-1].verdict is diagnose(run).verdict


def test_a_nan_is_known_at_the_part_in_which_it_happens() -> None:
    run = make_run({"train": CurveSpec(n=400, end=0.1, tau=0.1, nan_at=0.5)})
    found = replay(run)
    assert found.parts[-1].verdict is Verdict.DIVERGENCE
    assert found.share == pytest.approx(0.5, abs=0.06)


def test_what_only_the_end_shows_has_no_earlier_step() -> None:
    run = make_run({"train": CurveSpec(n=400, end=0.1, tau=0.1, nan_at=0.995)})
    assert replay(run).known_step is None
    assert replay(run).wasted == 0.0


@pytest.mark.parametrize("points", [0, 1])
def test_nothing_to_replay(points: int) -> None:
    run = make_run({"train": CurveSpec(n=100, end=0.1)})
    assert replay(run_until(run, points - 1)) == NOTHING


def test_a_part_holds_no_later_point() -> None:
    part = run_until(overfitting(0.5), 80)
    assert all(series.steps.max() <= 80 for series in part.series)
    assert [series.tag for series in part.series] == [series.tag for series in overfitting(0.5).series]


def test_the_plan_does_not_make_every_part_too_short() -> None:
    run = make_run({"train": CurveSpec(n=200, end=0.02, tau=0.1)}, config={"max_steps": 200})
    assert replay(run).parts[-1].verdict is Verdict.HEALTHY
    assert replay(run).share < 0.8


def test_thinning_does_not_move_the_step() -> None:
    train = CurveSpec(n=60_000, end=0.1, tau=0.15, noise=0.02)
    val = CurveSpec(n=60_000, end=0.4, tau=0.08, noise=0.02, rise_at=0.25, rise_to=1.2)
    run = make_run({"train": train, "val": val})
    told = could_have_stopped(run, Verdict.OVERFITTING)
    assert told is not None
    assert told.known_step is not None
    whole = replay(run).known_step
    assert whole is not None
    assert told.known_step <= whole
