"""Single events of a learning-rate curve that a schedule's overall shape does not tell: jumps, and standing at zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Steps: TypeAlias = npt.NDArray[np.float64] | npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Jump:
    """The rate rises from one logged point to the next, by more than the ramp around it.

    Attributes:
        step: step of the first point at the new rate.
        before: rate before.
        after: rate after.
    """

    step: float
    before: float
    after: float


def lr_jumps(steps: Steps, rates: Array, least_factor: float = 1.5, skip: float = 0.1) -> tuple[Jump, ...]:
    """Sudden rises of a learning rate after the first `skip` of the run (before that it is warm-up).

    A rise counts when it is at least a fifth of the curve's range, at least `least_factor`-fold, and at least three times
    the rises right before and after it: a ramp logged at few points rises as much, but again and again.

    Args:
        steps: (n,) increasing.
        rates: (n,) >= 0; NaN and infinities are no jumps.
        least_factor: smallest ratio of the rates.
        skip: share of the steps that is not searched.

    Returns:
        The jumps in order; none for fewer than 4 points. O(n).
    """
    if rates.size < 4:
        return ()
    rise = np.diff(rates)
    span = float(np.nanmax(rates) - np.nanmin(rates))
    at = np.flatnonzero((rise > 0.2 * span) & (rates[1:] >= least_factor * rates[:-1]))
    at = at[steps[at + 1] > steps[0] + skip * (steps[-1] - steps[0])]
    padded = np.concatenate(([0.0], rise, [0.0]))
    beside = np.maximum(np.maximum(padded[at], padded[at + 2]), 0.0)
    at = at[rise[at] >= 3.0 * beside]
    return tuple(Jump(float(steps[i + 1]), float(rates[i]), float(rates[i + 1])) for i in at)


def zero_share(rates: Array, relative: float = 1e-6) -> float:
    """Share of the points at the end of a rate curve that are zero, or below `relative` of its peak; 0 when empty."""
    if rates.size == 0:
        return 0.0
    live = np.flatnonzero(rates > relative * float(rates.max()))
    return 1.0 if live.size == 0 else float(rates.size - 1 - live[-1]) / rates.size
