"""NaN and infinities in a series: where they begin, whether it comes back, and zeros that stand in for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class NonFinite:
    """Non-finite values of one series.

    Attributes:
        count: how many of the values are NaN or infinite.
        first_index: index of the first one.
        persistent: true when the series ends non-finite, or hardly any finite value follows the first.
        only_infinite: true when all of them are infinities (a loss scaler probing its range, not a broken weight).
    """

    count: int
    first_index: int
    persistent: bool
    only_infinite: bool


def nonfinite(values: npt.NDArray[np.float64]) -> NonFinite | None:
    """Non-finite values of a series in logged order; None when every value is finite (or there is none)."""
    bad = ~np.isfinite(values)
    if not bad.any():
        return None
    first = int(np.argmax(bad))
    after = bad[first:]
    persistent = bool(bad[-1] or after.mean() > 0.5)
    return NonFinite(int(bad.sum()), first, persistent, not bool(np.isnan(values).any()))


def zero_tail(values: npt.NDArray[np.float64]) -> int | None:
    """Index from which a loss that was well above zero is logged as exactly 0.0 to its end; None otherwise.

    Trainers that filter NaN before logging write 0.0 instead (Hugging Face `logging_nan_inf_filter`). A real loss does
    not reach exactly zero in one step: the value before must be larger than 1 % of the median before it.
    """
    n = values.size
    if n < 4 or values[-1] != 0.0:
        return None
    nonzero = np.flatnonzero(values != 0.0)
    if nonzero.size < 2:
        return None
    first = int(nonzero[-1]) + 1
    if n - first < 2:
        return None
    before = values[:first]
    before = before[np.isfinite(before)]
    if before.size < 2 or abs(before[-1]) < 0.01 * abs(float(np.median(before))):
        return None
    return first
