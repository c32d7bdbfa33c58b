"""Ticks of an x axis that counts time, epochs or tokens in a figure's whole-numbered x."""

from __future__ import annotations

import math
import time

from lossdoctor.figures import ticks
from lossdoctor.figures.ticks import Ticks
from lossdoctor.figures.x_axis import XAxis

# Seconds between ticks of a time axis.
_SPANS = (
    0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400,
)  # fmt: skip
_DAY_MS = 86_400_000.0


def time_spacing(least: float) -> float:
    """The distance of ticks on a time axis in milliseconds: a round one, not below `least`."""
    return next((s * 1000.0 for s in _SPANS if s * 1000.0 >= least), math.ceil(least / _DAY_MS) * _DAY_MS)


def time_texts(values: list[float], spacing: float, *, wall: bool) -> list[str]:
    """Tick texts for milliseconds: 1:30 (minutes), 2:15 h, 3 d; on the wall clock local times, or dates for days."""
    if wall:
        pattern = "%d %b" if spacing >= _DAY_MS else "%H:%M" if spacing >= 60_000 else "%H:%M:%S"
        return [time.strftime(pattern, time.localtime(value / 1000.0)) for value in values]
    return [_span(value / 1000.0, spacing / 1000.0) for value in values]


def _span(seconds: float, spacing: float) -> str:
    if seconds < 0:
        return "−" + _span(-seconds, spacing)
    if spacing >= 86400:
        return f"{seconds / 86400:.0f} d"
    if seconds >= 3600 or spacing >= 3600:
        hours, rest = divmod(round(seconds), 3600)
        return f"{hours}:{rest // 60:02d} h"
    if spacing < 1:
        return f"{seconds:.3f}".rstrip("0").rstrip(".") + " s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def axis_ticks(axis: XAxis, low: float, high: float, target: int = 6) -> Ticks:
    """About `target` ticks of an x axis between two places of a figure's x."""
    if axis.is_time:
        spacing = time_spacing((high - low) / max(target, 1))
        values = tuple(i * spacing for i in range(math.ceil(low / spacing), math.floor(high / spacing) + 1))
        return Ticks(values, tuple(time_texts(list(values), spacing, wall=axis is XAxis.WALL)))
    if axis is XAxis.EPOCH:
        made = ticks.linear(low / axis.scale, high / axis.scale, target)
        return Ticks(tuple(value * axis.scale for value in made.values), made.labels)
    return ticks.steps(low, high, target)
