"""Noise scale: how much a series jumps from point to point, apart from its trend."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lossdoctor.signals.smoothing import median

Values = npt.NDArray[np.float64]

# Consistency constant of the median absolute deviation for normal noise: 1 / Phi^-1(3/4).
MAD_TO_SIGMA = 1.4826
# A median of so many differences is within 1 % of that of all (its standard error is 1.2 sigma / sqrt(n)).
MAX_DIFFERENCES = 1 << 15


def mad_sigma(values: Values) -> float:
    """Standard deviation estimated by the median absolute deviation; 0 for fewer than two values."""
    if values.size < 2:
        return 0.0
    return MAD_TO_SIGMA * median(np.abs(values - median(values)))


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
    if values.size <= MAX_DIFFERENCES:
        once = values[1:] - values[:-1]
        twice = once[1:] - once[:-1]
    else:
        # Evenly spread ones of a long series: enough for a median.
        at = np.arange(MAX_DIFFERENCES, dtype=np.int64) * (values.size - 2) // MAX_DIFFERENCES
        once = values[at + 1] - values[at]
        twice = values[at + 2] - values[at + 1] - once
    return float(min(mad_sigma(once) / np.sqrt(2.0), mad_sigma(twice) / np.sqrt(6.0)))
