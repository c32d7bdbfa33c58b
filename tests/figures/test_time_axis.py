from __future__ import annotations

import numpy as np
import pytest

from lossdoctor.figures.spec import FigureSpec, Mark, Panel, Polyline
from lossdoctor.figures.time_axis import over_time
from lossdoctor.figures.x_axis import XAxis
from lossdoctor.findings import Point, Severity, Span
from lossdoctor.runs import Role, Series


def line(start: float, slot: int | None = None, *, label: str = "a", timed: bool = True) -> Polyline:
    times = start + np.array([0.0, 2.0, 4.0]) if timed else None
    return Polyline(Series("loss", [0, 10, 20], [3.0, 2.0, 1.0], times), Role.TRAIN_LOSS, label, slot)


def figure(*lines: Polyline, marks: tuple[Mark, ...] = ()) -> FigureSpec:
    return FigureSpec("t", "step", (Panel("Loss", lines, marks),), (0.0, 20.0))


def test_steps_stay_steps() -> None:
    spec = figure(line(100.0))
    assert over_time(spec, XAxis.STEP) is spec


def test_one_run_begins_at_zero_and_its_evidence_moves_along() -> None:
    marks = tuple(Mark("X", Severity.HIGH, e) for e in (Span(5, 20, "s"), Point(10, 2.0, "p")))
    moved = over_time(figure(line(100.0), line(101.0, label="b"), marks=marks), XAxis.RELATIVE)
    assert [list(item.series.steps) for item in moved.panels[0].lines] == [[0, 2000, 4000], [1000, 3000, 5000]]
    assert moved.x_range == (0.0, 5000.0)
    span, point = (mark.evidence for mark in moved.panels[0].marks)
    assert isinstance(span, Span)
    assert isinstance(point, Point)
    assert (span.start, span.end, point.step) == pytest.approx((1000, 4000, 2000))


def test_runs_laid_over_each_other_each_begin_at_zero_but_not_on_the_wall_clock() -> None:
    spec = figure(line(100.0, 0), line(500.0, 1, label="b"))
    assert [item.series.steps[0] for item in over_time(spec, XAxis.RELATIVE).panels[0].lines] == [0, 0]
    assert [item.series.steps[0] for item in over_time(spec, XAxis.WALL).panels[0].lines] == [100_000, 500_000]


def test_lines_without_times_are_left_out() -> None:
    assert len(over_time(figure(line(0.0), line(0.0, timed=False)), XAxis.RELATIVE).panels[0].lines) == 1
    assert over_time(figure(line(0.0, timed=False)), XAxis.WALL).panels == ()
