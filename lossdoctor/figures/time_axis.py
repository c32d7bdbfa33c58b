"""Draws a figure over time instead of steps: milliseconds since the start of each run, or since 1970."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from lossdoctor.figures.spec import FigureSpec, Panel, Polyline
from lossdoctor.findings import Evidence, Level, Line, Pair, Point, Span
from lossdoctor.runs import Series


class XAxis(StrEnum):
    """What the x axis counts."""

    STEP = "Step"
    RELATIVE = "Relative time"
    WALL = "Wall time"


Clock = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]


def over_time(spec: FigureSpec, axis: XAxis) -> FigureSpec:
    """The figure over time; lines of series without logged times are left out.

    Steps become whole milliseconds: since the first logged time of the line's series, or of the figure's earliest
    where one run is drawn, so that its panels agree; for `XAxis.WALL` since 1970. Evidence moves with the first line
    that has times, by straight lines between its points.

    Returns:
        `spec` itself for `XAxis.STEP`; without any logged time a figure without panels.
    """
    if axis is XAxis.STEP:
        return spec
    lines = [line for panel in spec.panels for line in panel.lines if _timed(line.series)]
    starts = [float(np.nanmin(line.series.wall_times)) for line in lines]
    first = min(starts, default=0.0)
    together = any(line.slot is not None for line in lines)

    def start_of(line: Polyline) -> float:
        if axis is XAxis.WALL:
            return 0.0
        # Runs laid over each other each begin at zero; of one run all panels share their beginning.
        own = [s for other, s in zip(lines, starts, strict=True) if other.label == line.label]
        return min(own) if together else first

    clock = _clock(lines[0].series, start_of(lines[0])) if lines else None
    panels = [_panel(panel, start_of, clock) for panel in spec.panels]
    shown = tuple(panel for panel in panels if panel.lines)
    ends = [line.series.steps for panel in shown for line in panel.lines]
    x_range = (float(min(e.min() for e in ends)), float(max(e.max() for e in ends))) if ends else None
    return replace(spec, panels=shown, x_range=x_range, x_label=axis.value.lower())


def _timed(series: Series) -> bool:
    return bool(np.isfinite(series.wall_times).any())


def _clock(series: Series, start: float) -> Clock:
    branch = series.last_branch()
    good = np.isfinite(branch.wall_times)
    steps, times = branch.steps[good].astype(np.float64), branch.wall_times[good]
    return lambda at: (np.interp(at, steps, times) - start) * 1000.0


def _panel(panel: Panel, start_of: Callable[[Polyline], float], clock: Clock | None) -> Panel:
    lines = []
    for line in panel.lines:
        if _timed(line.series):
            series = line.series.at(np.isfinite(line.series.wall_times))
            times = np.round((series.wall_times - start_of(line)) * 1000.0).astype(np.int64)
            order = np.argsort(times, kind="stable")
            moved = Series(series.tag, times[order], series.values[order], series.wall_times[order], series.source)
            lines.append(replace(line, series=moved))
    marks = tuple(replace(mark, evidence=moved_evidence(mark.evidence, clock)) for mark in panel.marks) if clock else ()
    return replace(panel, lines=tuple(lines), marks=marks)


def moved_evidence(evidence: Evidence, clock: Clock) -> Evidence:
    """The evidence with its steps read off a clock."""

    def at(step: float) -> float:
        return float(clock(np.array([float(step)]))[0])

    match evidence:
        case Span(start=start, end=end):
            return replace(evidence, start=at(start), end=at(end))
        case Line(start=start, end=end):
            return replace(evidence, start=at(start), end=at(end))
        case Point(step=step) | Pair(step=step):
            return replace(evidence, step=at(step))
        case Level():
            return evidence
    return evidence
