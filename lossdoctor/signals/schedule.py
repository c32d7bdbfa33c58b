"""What the learning rate did: constant, warm-up, decay, drops, restarts, cycles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Shape of a learning-rate curve.

    Attributes:
        peak: largest rate.
        first: rate at the first logged point.
        last: rate at the last logged point.
        constant: true when it never moves by more than 1 %.
        warmup_end_step: step of the first point at 95 % of the peak, when it started below half of it; else None.
        decayed_step: first step after which the rate stays below 10 % of the peak; None when it does not.
        drop_steps: steps of sudden falls (to less than 70 % from one point to the next).
        rise_steps: steps of sudden rises after the warm-up (restarts), or turning points of a cycle.
        ramping: true when the rate is at its peak at the end, after rising all the way.
    """

    peak: float
    first: float
    last: float
    constant: bool
    warmup_end_step: float | None
    decayed_step: float | None
    drop_steps: tuple[float, ...]
    rise_steps: tuple[float, ...]
    ramping: bool


def schedule(steps: Array, rates: Array) -> Schedule | None:
    """Read a learning-rate curve; None when it has no positive finite point. O(n)."""
    keep = np.isfinite(rates) & (rates >= 0)
    x, r = np.asarray(steps, dtype=np.float64)[keep], rates[keep]
    if r.size == 0 or r.max() <= 0:
        return None
    peak = float(r.max())
    constant = bool(r.max() - r.min() <= 0.01 * peak)
    at_peak = int(np.argmax(r >= 0.95 * peak))
    warm = float(x[at_peak]) if r[0] < 0.5 * peak and at_peak > 0 else None
    high = np.flatnonzero(r >= 0.1 * peak)
    decayed = float(x[high[-1] + 1]) if high[-1] + 1 < r.size else None
    previous, current = r[:-1], r[1:]
    drops = x[1:][(current < 0.7 * previous) & (previous > 0.01 * peak)]
    # A restart: the rate climbs back by at least a third of the peak above the lowest value since the peak.
    rises = []
    low = np.inf
    for i in range(at_peak, r.size):
        low = min(low, float(r[i]))
        if r[i] > low + peak / 3.0:
            rises.append(float(x[i]))
            low = float(r[i])
    ramping = bool(r.size >= 5 and at_peak >= 0.9 * (r.size - 1) and not constant)
    return Schedule(
        peak, float(r[0]), float(r[-1]), constant, warm, decayed, tuple(map(float, drops)), tuple(rises), ramping
    )
