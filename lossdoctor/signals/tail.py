"""How a curve ends: its slope over the last part with a confidence interval, and how much of the gain came late."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from lossdoctor.signals.curve import Curve
from lossdoctor.signals.independence import effective_points

Array = npt.NDArray[np.float64]

# 120 evenly spread points give 7,140 pairs: the rank interval is within 2 % of that from all pairs (tests/signals).
MAX_POINTS = 120
Z95 = 1.96


@dataclass(frozen=True, slots=True)
class Slope:
    """A robust slope in value units per step with its 95 % interval; all NaN when it could not be measured."""

    slope: float
    low: float
    high: float

    @property
    def falling(self) -> bool:
        """True when the whole interval lies below zero."""
        return self.high < 0

    @property
    def rising(self) -> bool:
        """True when the whole interval lies above zero."""
        return self.low > 0


UNKNOWN = Slope(float("nan"), float("nan"), float("nan"))


def robust_slope(steps: Array, values: Array) -> Slope:
    """Median of the pairwise slopes, insensitive to a minority of spikes.

    Args:
        steps: (n,) strictly increasing.
        values: (n,) finite.

    Returns:
        The slope with a 95 % rank interval; `UNKNOWN` with fewer than 5 points. At most `MAX_POINTS` evenly spread
        points are used, so the cost is bounded. Residuals that are correlated from point to point (running averages)
        widen the interval.

    Source: Sen 1968, J. Am. Stat. Assoc. 63 (interval from the variance of Kendall's statistic); Hamed & Rao 1998,
    J. Hydrol. 204 (that variance under correlation).
    """
    n = steps.size
    if n < 5:
        return UNKNOWN
    if n > MAX_POINTS:
        pick = np.linspace(0, n - 1, MAX_POINTS).astype(int)
        steps, values, n = steps[pick], values[pick], MAX_POINTS
    i, j = _pairs(n)
    slopes = np.sort((values[j] - values[i]) / (steps[j] - steps[i]))
    k = slopes.size // 2
    middle_slope = float(slopes[k] if slopes.size % 2 else 0.5 * (slopes[k - 1] + slopes[k]))
    worth = effective_points(values - middle_slope * steps) / n
    half = Z95 * np.sqrt(n * (n - 1) * (2 * n + 5) / 18.0 / worth) / 2.0
    middle = (slopes.size - 1) / 2.0
    low = slopes[max(int(np.floor(middle - half)), 0)]
    high = slopes[min(int(np.ceil(middle + half)), slopes.size - 1)]
    return Slope(middle_slope, float(low), float(high))


@cache
def _pairs(n: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """All pairs i < j of n points."""
    i, j = np.triu_indices(n, 1)
    return i, j


# Several rules ask for the slope of the same curve, one after another. A curve is equal to itself only.
@lru_cache(maxsize=8)
def tail_slope(curve: Curve, share: float = 0.3) -> Slope:
    """Robust slope over the last `share` of a curve's points."""
    first = int(np.floor(curve.steps.size * (1.0 - share)))
    return robust_slope(curve.steps[first:], curve.values[first:])


def late_gain(curve: Curve, share: float = 0.3) -> float:
    """Part of the whole drop that came in the last `share` of the points; about 0 when converged, `share` when linear.

    Measured between the medians of the first and the last third of that part, scaled to its full length, so that noise
    of single points cancels. Negative when the curve rises; NaN when there was no drop or under 6 points.
    """
    g = curve.steps.size
    if curve.drop <= 0 or g < 6:
        return float("nan")
    third = share / 3.0
    early = curve.median_between(1.0 - share, 1.0 - 2.0 * third)
    late = curve.median_between(1.0 - third, 1.0)
    # Centres of the two thirds are 2/3 of the part apart.
    return float(1.5 * (early - late) / max(curve.start - curve.best, 1e-300))


def flat_since(curve: Curve, tolerance: float) -> float:
    """Share of the run after which the trend stays within `tolerance` (value units) of the end level; 1 when never."""
    away = np.flatnonzero(np.abs(curve.trend - curve.end) > tolerance)
    if away.size == 0:
        return 0.0
    return float((away[-1] + 1) / curve.trend.size)
