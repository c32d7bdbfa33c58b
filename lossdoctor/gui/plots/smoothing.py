"""The smoothing a user may switch on: an exponential moving average that is unbiased at the start and survives NaN."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def smooth(values: npt.NDArray[np.float64], weight: float) -> npt.NDArray[np.float64]:
    """Debiased exponential moving average.

    `weight` in [0, 1) is the share that the past keeps: s_i = sum_j w^(i-j) v_j / sum_j w^(i-j), over the finite values
    up to i. A point that is not finite stays as it is and does not touch its neighbours; 0 returns the values unchanged.
    O(n).
    """
    if weight <= 0 or values.size == 0:
        return values
    import pandas

    finite = np.where(np.isfinite(values), values, np.nan)
    averaged = pandas.Series(finite).ewm(alpha=1.0 - weight, adjust=True, ignore_na=True).mean().to_numpy()
    return np.where(np.isfinite(values), averaged, values)
