"""Running averages that start again: the saw-tooth of progress bars, told from a loss that repeats by itself."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

# Shorter periods have too few phases for a slope, longer series are folded well enough by their first part.
SHORTEST = 8
MAX_POINTS = 20_000
# A phase leans one way when its median move is this share of its typical size; more phases than this share that lean up
# and that lean down mean a fixed order.
STEADY = 0.7
MIXED = 0.1


def decay_of_moves(values: Array, period: int) -> float:
    """How fast the moves from point to point die within a period: the exponent of |move| against the phase.

    The k-th value of a running average moves by 1/k of what a single batch differs, so the exponent is near -1; a loss
    that repeats because data come in order has moves of about equal size in all phases: near 0. The phase begins behind
    the place with the largest moves.

    Args:
        values: (n,) finite, evenly logged.
        period: length of the pattern in points; its two neighbours are tried as well.

    Returns:
        The smallest exponent; NaN for a period under `SHORTEST` points or fewer than 4 repetitions.
    """
    values = values[:MAX_POINTS]
    if period < SHORTEST or values.size < 4 * period:
        return float("nan")
    moves = np.diff(values)
    return float(np.fmin.reduce([_exponent(moves, length) for length in (period - 1, period, period + 1)]))


def _exponent(moves: Array, period: int) -> float:
    """Slope of log(median |move|) over log(phase), the reset itself left out.

    NaN when the moves are mostly 0, and when they go up in some phases and down in others in every period alike: an
    average of shuffled batches wanders, or leans one way; only a fixed order of the data repeats its ups and downs.
    """
    count = moves.size // period
    folded = moves[: count * period].reshape(count, period)
    phases, leaning = np.median(np.abs(folded), axis=0), np.median(folded, axis=0)
    first = -int(np.argmax(phases)) - 1
    phases, leaning = np.roll(phases, first)[:-1], np.roll(leaning, first)[:-1]
    used = phases > 0
    steady = leaning[used & (np.abs(leaning) > STEADY * phases)]
    mixed = min(int((steady > 0).sum()), int((steady < 0).sum()))
    if used.sum() < SHORTEST - 2 or mixed > MIXED * phases.size:
        return float("nan")
    return float(np.polyfit(np.log(np.arange(1, period)[used]), np.log(phases[used]), 1)[0])
