"""Draws a figure over time, epochs or tokens instead of steps: whole milliseconds, thousandths of an epoch, tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from lossdoctor.figures.spec import FigureSpec, Panel, Polyline
from lossdoctor.figures.x_axis import RunCounter, XAxis
from lossdoctor.findings import Evidence, Level, Line, Pair, Point, Span
from lossdoctor.runs import Series

Clock = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]


def over_axis(spec: FigureSpec, axis: XAxis) -> FigureSpec:
    """The figure over what the axis counts; lines of runs of which that is not known are left out.

    Returns:
        `spec` itself for `XAxis.STEP`; a figure without panels when nothing is known of any run.
    """
    if axis is XAxis.STEP:
        return spec
    return over_time(spec, axis) if axis.is_time else _over_counts(spec, axis)


def shifted(spec: FigureSpec, by: Mapping[str, float]) -> FigureSpec:
    """The figure of several runs with the lines of some moved along the x axis.

    Args:
        spec: a figure without marks; what a mark means is lost when its line moves.
        by: how far, in the figure's own x, by run id (the lines' labels).
    """
    panels = []
    for panel in spec.panels:
        lines = tuple(
            replace(line, series=_at(line.series, line.series.steps + round(by[line.label])))
            if by.get(line.label)
            else line
            for line in panel.lines
        )
        panels.append(replace(panel, lines=lines))
    return _spanned(replace(spec, panels=tuple(panels)))


def starts(spec: FigureSpec) -> dict[str, float]:
    """Where the lines of each run (their label) begin on the x axis."""
    found: dict[str, float] = {}
    for line in (line for panel in spec.panels for line in panel.lines if len(line.series)):
        first = float(line.series.steps.min())
        found[line.label] = min(found.get(line.label, first), first)
    return found


def _spanned(spec: FigureSpec) -> FigureSpec:
    """The figure with the range of its lines."""
    ends = [line.series.steps for panel in spec.panels for line in panel.lines]
    return replace(
        spec, x_range=(float(min(e.min() for e in ends)), float(max(e.max() for e in ends))) if ends else None
    )


def _at(series: Series, steps: npt.NDArray[np.int64]) -> Series:
    return Series(series.tag, steps, series.values, series.wall_times, series.source, series.band)


def _over_counts(spec: FigureSpec, axis: XAxis) -> FigureSpec:
    counters = {counter.run: counter for counter in spec.counters if counter.axis is axis}
    alone = next(iter(counters.values()), None)

    def of(line: Polyline) -> RunCounter | None:
        return alone if line.slot is None else counters.get(line.label)

    panels = []
    for panel in spec.panels:
        lines = tuple(
            replace(line, series=_counted(line.series, counter)) for line in panel.lines if (counter := of(line))
        )
        clock = None if alone is None else (lambda at, counter=alone: counter.at(at) * axis.scale)
        marks = tuple(replace(m, evidence=moved_evidence(m.evidence, clock)) for m in panel.marks) if clock else ()
        panels.append(replace(panel, lines=lines, marks=marks))
    shown = tuple(panel for panel in panels if panel.lines)
    return replace(_spanned(replace(spec, panels=shown)), x_label=axis.value.lower(), axis=axis)


def _counted(series: Series, counter: RunCounter) -> Series:
    """The final branch of a series over a counter: an abandoned branch was never at those counts."""
    branch = series.last_branch()
    counts = counter.at(branch.steps.astype(np.float64)) * counter.axis.scale
    return _at(branch, np.round(counts).astype(np.int64))


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
    return replace(_spanned(replace(spec, panels=shown)), x_label=axis.value.lower(), axis=axis)


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
            moved = _at(series.at(order), times[order])
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
