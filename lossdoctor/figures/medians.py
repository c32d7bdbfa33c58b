"""Builds the FigureSpec of groups of runs: the median of each group with the range of its runs around it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lossdoctor.figures.overlay import PANELS, SLOTS, slots
from lossdoctor.figures.ranges import choose_axis
from lossdoctor.figures.spec import FigureSpec, Panel, Polyline
from lossdoctor.runs import Band, Role, Run, Series

# The middle half of so few runs would be made up by interpolation: their whole range is shown instead.
_FEWEST_FOR_QUARTILES = 4
_MOST_POINTS = 2000


def build_medians(groups: Sequence[tuple[str, Sequence[Run]]]) -> FigureSpec:
    """The figure of groups of runs: in each panel one line a group, the median, with a band.

    The band holds the middle half of the runs; of fewer than four, all of them. Where some runs are shorter, the rest
    stands for the group; a single run that is left has no band.

    Args:
        groups: (name, runs) of each; at most the first `SLOTS` are drawn.

    Returns:
        A panel for each role that at least one run has, as in an overlay; no panels without runs.
    """
    shown = [(name, list(runs)) for name, runs in groups[:SLOTS] if runs]
    members = [run for _, runs in shown for run in runs]
    places = slots([name for name, _ in shown])
    made = (_panel(title, role, shown, places) for title, role in PANELS)
    panels = tuple(panel for panel in made if panel is not None)
    units = {run.step_unit for run in members}
    steps = [line.series.steps for panel in panels for line in panel.lines if len(line.series)]
    x_range = (float(min(s.min() for s in steps)), float(max(s.max() for s in steps))) if steps else None
    return FigureSpec(f"{len(shown)} groups", units.pop() if len(units) == 1 else "step", panels, x_range)


def _panel(title: str, role: Role, groups: Sequence[tuple[str, Sequence[Run]]], places: Sequence[int]) -> Panel | None:
    lines = []
    for (name, runs), slot in zip(groups, places, strict=True):
        series = [found for run in runs if (found := run.primary(role)) is not None and len(found)]
        if series:
            lines.append(Polyline(median_of(series), role, name, slot))
    if not lines:
        return None
    bands = [line.series.band for line in lines]
    edges = [edge for band in bands if band is not None for edge in (band.lower, band.upper)]
    axis = choose_axis([*(line.series.values for line in lines), *edges])
    return Panel(title, tuple(lines), (), axis.log_y, axis.y_range)


def median_of(members: Sequence[Series]) -> Series:
    """The median of some series over their steps, with its band; the tag of the first.

    Where their steps differ each is read off straight lines between its finite points, on at most `_MOST_POINTS` steps;
    a series says nothing before its first and after its last point.

    Args:
        members: at least one; without a finite point in any, the result is empty.
    """
    branches = [branch.at(branch.finite) for branch in (series.last_branch() for series in members)]
    branches = [branch for branch in branches if len(branch)]
    if not branches:
        return Series(members[0].tag, [], [])
    steps = np.unique(np.concatenate([branch.steps for branch in branches]))
    if steps.size > _MOST_POINTS:
        steps = np.unique(np.linspace(steps[0], steps[-1], _MOST_POINTS).round().astype(np.int64))
    at = steps.astype(np.float64)
    rows = np.stack([np.interp(at, b.steps, b.values, left=np.nan, right=np.nan) for b in branches])
    known = np.isfinite(rows).any(axis=0)  # between two runs that do not meet there is nothing
    rows, steps = rows[:, known], steps[known]
    shares = (25, 75) if len(branches) >= _FEWEST_FOR_QUARTILES else (0, 100)
    low, middle, high = np.nanpercentile(rows, (shares[0], 50, shares[1]), axis=0)
    alone = np.isfinite(rows).sum(axis=0) < 2
    return Series(members[0].tag, steps, middle, band=Band(_unless(low, alone), _unless(high, alone)))


def _unless(values: npt.NDArray[np.float64], hidden: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    return np.where(hidden, np.nan, values)
