"""Builds the FigureSpec of several runs laid over each other: a panel for each role, a colour for each run."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from lossdoctor.figures.ranges import choose_axis
from lossdoctor.figures.spec import FigureSpec, Panel, Polyline
from lossdoctor.figures.x_axis import counters_of
from lossdoctor.runs import Role, Run, Series

# From top to bottom.
PANELS = (
    ("Validation loss", Role.VAL_LOSS),
    ("Training loss", Role.TRAIN_LOSS),
    ("Validation metric", Role.VAL_METRIC),
    ("Training metric", Role.TRAIN_METRIC),
    ("Validation error", Role.VAL_ERROR),
    ("Reward", Role.REWARD),
    ("Learning rate", Role.LEARNING_RATE),
    ("Gradient norm", Role.GRAD_NORM),
)
# Six colours in three dashes can be told apart; more lines than that cannot, and are left out.
_COLOURS = 6
SLOTS = 3 * _COLOURS


def slots(keys: Sequence[str]) -> list[int]:
    """A place in the colour cycle for each run, the same in every session unless two runs shown want the same.

    Args:
        keys: what each run is known by for good, such as its absolute path; the first of two that want one place has
            it, the other takes the next free one. More keys than `SLOTS` share places.
    """
    taken: list[int] = []
    for key in keys:
        slot = zlib.crc32(key.encode("utf-8", "surrogatepass")) % SLOTS
        free = [(slot + i) % SLOTS for i in range(SLOTS) if (slot + i) % SLOTS not in taken]
        # Another colour tells more than another dash of the same.
        fresh = [place for place in free if place % _COLOURS not in {other % _COLOURS for other in taken}]
        taken.append((fresh or free or [slot])[0])
    return taken


def build_overlay(runs: Sequence[Run], keys: Sequence[str]) -> FigureSpec:
    """The figure of several runs, without marks: what a finding means for one run it does not mean for the others.

    Args:
        runs: the runs; at most the first `SLOTS` are drawn. Where one has no loss in a panel's role it is left out.
        keys: as in `slots`, one for each run.

    Returns:
        A panel for each role that at least one run has; no panels when there is none.
    """
    shown = list(zip(runs, slots(keys[:SLOTS]), strict=False))
    panels = []
    for title, role in PANELS:
        lines = tuple(
            Polyline(series, role, run.id, slot)
            for run, slot in shown
            if (series := run.primary(role)) is not None and len(series)
        )
        if lines:
            axis = choose_axis([line.series.values for line in lines])
            panels.append(Panel(title, lines, (), axis.log_y, axis.y_range))
    units = {run.step_unit for run, _ in shown}
    unit = units.pop() if len(units) == 1 else "step"
    counters = tuple(counter for run, _ in shown for counter in counters_of(run))
    return FigureSpec(f"{len(shown)} runs", unit, tuple(panels), _x_range(panels), counters)


def _x_range(panels: Sequence[Panel]) -> tuple[float, float] | None:
    series: list[Series] = [line.series for panel in panels for line in panel.lines]
    if not series:
        return None
    return float(min(s.steps.min() for s in series)), float(max(s.steps.max() for s in series))
