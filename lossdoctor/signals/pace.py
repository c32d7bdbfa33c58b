"""Pace of a run: wall seconds a step, how it changes, and where the clock stood still."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds a step early and late in a run.

    Attributes:
        early: median over the first fifth of the intervals, the very first one (compilation, warm caches) left out.
        late: median over the last fifth.
        slowdown: late / early; NaN when early is 0 (the clock's resolution).
        change_step: step between the two with the largest jump of the running median.
        intervals: how many intervals were measured.
    """

    early: float
    late: float
    slowdown: float
    change_step: float
    intervals: int


def pace(steps: Array, times: Array) -> Pace | None:
    """Seconds a step from wall times; None for fewer than 20 usable intervals.

    Intervals in which steps or time do not advance are left out (seams, buffered writes); a median over a fifth of them
    does not see pauses for evaluation or checkpoints.

    Args:
        steps: (n,) increasing.
        times: (n,) wall seconds; NaN where unknown.
    """
    moved, passed = np.diff(steps), np.diff(times)
    usable = (moved > 0) & (passed > 0)
    each = passed[usable] / moved[usable]
    at = steps[1:][usable]
    if each.size < 21:
        return None
    each, at = each[1:], at[1:]
    fifth = each.size // 5
    early, late = float(np.median(each[:fifth])), float(np.median(each[-fifth:]))
    return Pace(early, late, late / early if early > 0 else float("nan"), _change(each, at, early, late), each.size)


def stalls(steps: Array, times: Array, seconds: float, factor: float) -> npt.NDArray[np.int64]:
    """Indices i such that the clock stands still between points i and i+1, while steps go on.

    A stall is longer than `seconds` and than `factor` times the median interval; none for fewer than 10 intervals.
    """
    passed = np.diff(times)
    known = passed[np.isfinite(passed) & (passed > 0)]
    if known.size < 10:
        return np.zeros(0, dtype=np.int64)
    limit = max(seconds, factor * float(np.median(known)))
    return np.flatnonzero((passed > limit) & (np.diff(steps) >= 0))


def _change(each: Array, at: Array, early: float, late: float) -> float:
    """Step from which on most intervals are nearer to the late than to the early pace."""
    slow = np.abs(each - late) < np.abs(each - early)
    # The best split: as many slow ones behind it and as few before it as possible.
    score = np.cumsum(np.where(slow, -1, 1))
    return float(at[min(int(np.argmax(score)) + 1, at.size - 1)])
