"""Pace of a run: wall seconds a step, how it changes, and where the clock stood still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lossdoctor.signals.smoothing import median

Array = npt.NDArray[np.float64]
Steps: TypeAlias = npt.NDArray[np.float64] | npt.NDArray[np.int64]

MAX_INTERVALS = 20_000
# Where the pace changed is asked only when it did.
CHANGED = 1.05


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds a step early and late in a run.

    Attributes:
        early: median over the first fifth of the intervals, the very first one (compilation, warm caches) left out.
        late: median over the last fifth.
        slowdown: late / early; NaN when early is 0 (the clock's resolution).
        change_step: step from which on the late pace prevails; NaN where the late pace is no slower.
        intervals: how many intervals were measured.
    """

    early: float
    late: float
    slowdown: float
    change_step: float
    intervals: int


def pace(steps: Steps, times: Array) -> Pace | None:
    """Seconds a step from wall times; None for fewer than 20 usable intervals.

    Intervals in which steps or time do not advance are left out (seams, buffered writes); a median over a fifth of them
    does not see pauses for evaluation or checkpoints.

    Args:
        steps: (n,) increasing.
        times: (n,) wall seconds; NaN where unknown.
    """
    pick = _picked(steps.size - 1)
    moved, passed = steps[pick + 1] - steps[pick], times[pick + 1] - times[pick]
    usable = (moved > 0) & (passed > 0)
    each = passed[usable] / moved[usable]
    at = steps[pick + 1][usable]
    if each.size < 21:
        return None
    each, at = each[1:], at[1:]
    fifth = each.size // 5
    early, late = median(each[:fifth]), median(each[-fifth:])
    slowdown = late / early if early > 0 else float("nan")
    change = _change(each, at, early, late) if slowdown >= CHANGED else float("nan")
    return Pace(early, late, slowdown, change, each.size)


@dataclass(frozen=True, slots=True, eq=False)
class Stalls:
    """Where the clock stands still while steps go on.

    Attributes:
        at: (k,) indices i such that it stands still between points i and i+1.
        longest: longest interval in seconds, wherever it is.
        usual: median interval.
        total: wall time from the first to the last point.
    """

    at: npt.NDArray[np.int64]
    longest: float
    usual: float
    total: float


def stalls(steps: Steps, times: Array, seconds: float, factor: float) -> Stalls | None:
    """Intervals longer than `seconds` and than `factor` times the usual one; None for fewer than 10 intervals."""
    passed = np.diff(times)
    known = passed[_picked(passed.size)]
    known = known[known > 0]
    if known.size < 10:
        return None
    usual = median(known)
    at = np.flatnonzero(passed > max(seconds, factor * usual))
    at = at[steps[at + 1] >= steps[at]]
    return Stalls(at, float(np.nanmax(passed)), usual, float(np.nanmax(times) - np.nanmin(times)))


def _picked(count: int) -> npt.NDArray[np.int64]:
    """All indices below `count`, or evenly spread ones of a great many: a median of so many is exact to 1 %."""
    size = min(max(count, 0), MAX_INTERVALS)
    return np.arange(size, dtype=np.int64) * count // max(size, 1)


def _change(each: Array, at: Steps, early: float, late: float) -> float:
    """Step from which on most intervals are nearer to the late than to the early pace."""
    slow = np.abs(each - late) < np.abs(each - early)
    # The best split: as many slow ones behind it and as few before it as possible.
    score = np.cumsum(np.where(slow, -1, 1))
    return float(at[min(int(np.argmax(score)) + 1, at.size - 1)])
