"""What the learning rate did: constant, warm-up, decay, drops, restarts, cycles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Steps: TypeAlias = npt.NDArray[np.float64] | npt.NDArray[np.int64]

PIECE = 1 << 14


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


def schedule(steps: Steps, rates: Array) -> Schedule | None:
    """Read a learning-rate curve; None when it has no positive finite point. O(n)."""
    keep = np.isfinite(rates) & (rates >= 0)
    x, r = np.asarray(steps), rates
    if not keep.all():
        x, r = x[keep], r[keep]
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
    rises = [float(x[i]) for i in _climbs(r, at_peak, peak / 3.0)]
    ramping = bool(r.size >= 5 and at_peak >= 0.9 * (r.size - 1) and not constant)
    return Schedule(
        peak,
        float(r[0]),
        float(r[-1]),
        constant,
        warm,
        decayed,
        tuple(float(step) for step in drops),
        tuple(rises),
        ramping,
    )


def _climbs(rates: Array, first: int, height: float) -> list[int]:
    """Restarts: indices from `first` on at which the rate stands `height` above the lowest value since the last one."""
    found = []
    low, index = np.inf, first
    while index < rates.size:
        # In pieces, so that a curve of many cycles is not searched to its end for each of them.
        piece = rates[index : index + PIECE]
        lowest = np.minimum(np.minimum.accumulate(piece), low)
        above = np.flatnonzero(piece > lowest + height)
        if above.size == 0:
            low, index = float(lowest[-1]), index + piece.size
            continue
        at = index + int(above[0])
        found.append(at)
        low, index = float(rates[at]), at + 1
    return found
