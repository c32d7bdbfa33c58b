"""Two series side by side: values of both at shared steps, their gap, ratio and rank correlation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lossdoctor.signals.curve import Curve

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pairing:
    """A second curve at the steps of a first one; both (n,), steps inside the range of both.

    Attributes:
        steps: the first curve's steps.
        first: its values.
        second: the second curve's trend at those steps, interpolated.
    """

    steps: Array
    first: Array
    second: Array


def pair(first: Curve, second: Curve, shift: float = 0.0) -> Pairing:
    """The second curve's trend at the first one's steps.

    Args:
        first: gives the steps.
        second: is interpolated; between its first and last step only.
        shift: steps by which the second curve is moved back before: an average over an epoch belongs to its middle.

    Returns:
        The pairs; empty arrays when the curves do not overlap.
    """
    at = second.steps - shift
    inside = (first.steps >= at[0]) & (first.steps <= second.steps[-1])
    steps = first.steps[inside]
    return Pairing(steps, first.values[inside], np.interp(steps, at, second.trend))


def rank_correlation(first: Array, second: Array) -> float:
    """Spearman's rank correlation, equal values sharing their mean rank; NaN below 4 pairs or for a constant series.

    Source: Spearman 1904, Am. J. Psychol. 15.
    """
    if first.size < 4 or first.size != second.size:
        return float("nan")
    one, other = _ranks(first), _ranks(second)
    one, other = one - one.mean(), other - other.mean()
    scale = float(np.sqrt(np.sum(one * one) * np.sum(other * other)))
    return float(np.sum(one * other)) / scale if scale > 0 else float("nan")


def equal_share(steps: npt.NDArray[np.int64], values: Array, other_steps: npt.NDArray[np.int64], other: Array) -> float:
    """Share of the shared steps at which two series hold the same finite number.

    Steps must increase. NaN for fewer than 4 shared finite points, or when the shared values do not change (two constants
    agree by chance).
    """
    at = np.searchsorted(steps, other_steps)
    shared = np.flatnonzero(at < steps.size)
    shared = shared[steps[at[shared]] == other_steps[shared]]
    one, two = values[at[shared]], other[shared]
    finite = np.isfinite(one) & np.isfinite(two)
    one, two = one[finite], two[finite]
    if one.size < 4 or float(one.max()) == float(one.min()):
        return float("nan")
    return float(np.mean(one == two))


def _ranks(values: Array) -> Array:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray(last - (counts - 1) / 2.0)[inverse]
