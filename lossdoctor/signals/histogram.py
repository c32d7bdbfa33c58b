"""What one histogram tells: exact zeros, mass at the ends of a bounded range; and whether a row of them ever changed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

# A bucket around 0 counts as exact zeros only when it is this much narrower than the typical value.
NARROW = 1e-6


def zero_share(left: Array, right: Array, counts: Array, typical: float) -> float:
    """Share of exact zeros, as far as buckets tell; NaN when they do not (no buckets, or a wide one around 0).

    Args:
        left: (k,) lower ends of the buckets.
        right: (k,) upper ends.
        counts: (k,) values in each.
        typical: root mean square of the values; 0 when all of them are zero, which gives 1.
    """
    number = float(counts.sum())
    if not number > 0:
        return float("nan")
    if typical == 0.0:
        return 1.0
    around = (left <= 0.0) & (right >= 0.0) & (counts > 0)
    if not around.any():
        return 0.0
    # Zeros fall into the narrow bucket where there is one, also when a wide one next to it ends at 0.
    narrow = around & (right - left <= NARROW * typical)
    if not narrow.any():
        return float("nan")
    return float(counts[narrow].sum()) / number


def end_share(left: Array, right: Array, counts: Array, low: float, high: float, margin: float = 0.05) -> float:
    """Share of values within `margin` of the ends of (-1, 1) or (0, 1); NaN when the values are not so bounded.

    Bounded means: nothing beyond the range, and something within `margin` of its upper end.

    Args:
        left: (k,) lower ends of the buckets.
        right: (k,) upper ends.
        counts: (k,) values in each.
        low: smallest value.
        high: largest value.
        margin: width of the ends.
    """
    number = float(counts.sum())
    if not number > 0 or high > 1.0 + 1e-6 or low < -1.0 - 1e-6 or high < 1.0 - margin:
        return float("nan")
    centres = 0.5 * (left + right)
    floor = -1.0 if low < 0.0 else 0.0
    return float(counts[(centres >= 1.0 - margin) | (centres <= floor + margin)].sum()) / number


def bin_shares(left: Array, right: Array, counts: Array, edges: Array) -> Array:
    """(b,) share of all values in each bin; a bucket that several bins cut is divided by width. Zeros when nothing counted.

    Args:
        left: (k,) lower ends of the buckets, ascending.
        right: (k,) upper ends.
        counts: (k,) values in each.
        edges: (b + 1,) ends of the bins, ascending.
    """
    number = float(counts.sum())
    if not number > 0:
        return np.zeros(edges.size - 1)
    reached = np.concatenate(([0.0], np.cumsum(counts)))
    places, below = np.empty(2 * counts.size), np.empty(2 * counts.size)
    # A bucket without width is a step in what lies below; a bucket within another counts from where that one ends.
    places[0::2], places[1::2] = left, np.maximum(right, left)
    places = np.maximum.accumulate(places)
    below[0::2], below[1::2] = reached[:-1], reached[1:]
    return np.asarray(np.diff(np.interp(edges, places, below)) / number, dtype=np.float64)


def largest_change(summaries: Array, typical: float) -> float:
    """Largest change from the first point on in any summary, of the typical value; NaN below 3 points.

    Args:
        summaries: (s, n) any s summaries of n histograms (mean, spread, smallest, largest value).
        typical: size of a value at the first point; 0 is taken as 1.
    """
    if summaries.shape[1] < 3:
        return float("nan")
    first = summaries[:, :1]
    moved = np.abs(summaries - first)
    # A summary that is missing throughout says nothing; one that comes or goes has changed.
    missing, missing_first = np.isnan(summaries), np.isnan(first)
    moved = np.where(missing & missing_first, 0.0, np.where(missing ^ missing_first, np.inf, moved))
    return float(np.max(moved)) / (typical or 1.0)


def scaled_spread(deviation: float, number: float) -> float:
    """A weight matrix's standard deviation times the fourth root of its size: 0.2 to 1.5 for usual initialisation.

    The usual rules set the deviation to about one over the root of the fan-in, and a matrix of m values has a fan-in of
    about the root of m.

    Source: Glorot & Bengio 2010 (variance 2 / (fan-in + fan-out)); He et al. 2015 (2 / fan-in).
    """
    return float(deviation * number**0.25)
