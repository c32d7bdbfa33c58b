"""Noise scale: how much a series jumps from point to point, apart from its trend."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

# Consistency constant of the median absolute deviation for normal noise: 1 / Phi^-1(3/4).
MAD_TO_SIGMA = 1.4826


def mad_sigma(values: Values) -> float:
    """Standard deviation estimated by the median absolute deviation; 0 for fewer than two values."""
    if values.size < 2:
        return 0.0
    return float(MAD_TO_SIGMA * np.median(np.abs(values - np.median(values))))


def noise_scale(values: Values) -> float:
    """Standard deviation of the point-to-point noise, in the unit of `values`.

    The smaller of two difference estimators: first differences (variance 2 sigma^2) see a steep smooth curve as noise,
    second differences (variance 6 sigma^2) do not, but both agree on white noise. Spikes do not move the median.

    Args:
        values: (n,) finite; order matters, spacing does not.

    Returns:
        sigma >= 0; 0 with fewer than 4 points or when most differences are equal (a quantised or constant series).

    Source: Rice 1984, Ann. Stat. 12 (difference-based variance), made robust by the median absolute deviation.
    """
    if values.size < 4:
        return 0.0
    first = mad_sigma(np.diff(values)) / np.sqrt(2.0)
    second = mad_sigma(np.diff(values, 2)) / np.sqrt(6.0)
    return float(min(first, second))
