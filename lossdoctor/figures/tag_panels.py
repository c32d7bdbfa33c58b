"""Adds panels for tags the user asks for to a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lossdoctor.figures.ranges import choose_axis
from lossdoctor.figures.spec import FigureSpec, Panel, Polyline
from lossdoctor.runs import Run


def with_tags(spec: FigureSpec, runs: Sequence[Run], tags: Sequence[str], slots: Sequence[int] = ()) -> FigureSpec:
    """The figure with one more panel below for each tag.

    Args:
        spec: the figure.
        runs: whose series are drawn.
        tags: tags of series; one that no run has gets no panel.
        slots: the runs' places in the colour cycle, where several runs are drawn together.
    """
    added = []
    for tag in tags:
        lines = []
        for index, run in enumerate(runs):
            series = run.get(tag)
            if series is not None and len(series):
                slot = slots[index] if index < len(slots) else None
                lines.append(Polyline(series, run.role_of(tag), tag if slot is None else run.id, slot))
        if lines:
            axis = choose_axis([line.series.values for line in lines])
            added.append(Panel(tag, tuple(lines), (), axis.log_y, axis.y_range))
    if not added:
        return spec
    panels = (*spec.panels, *added)
    steps = [line.series.steps for panel in panels for line in panel.lines]
    x_range = float(min(s.min() for s in steps)), float(max(s.max() for s in steps))
    return replace(spec, panels=panels, x_range=x_range)


def other_tags(runs: Sequence[Run], spec: FigureSpec) -> list[str]:
    """Tags of the runs that a figure does not show, in the order of the logs."""
    shown = {line.series.tag for panel in spec.panels for line in panel.lines}
    return list(dict.fromkeys(s.tag for run in runs for s in run.series if len(s) and s.tag not in shown))
