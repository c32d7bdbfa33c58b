"""Series that do not change: as a whole, or from some point to the end."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def relative_range(values: Array) -> float:
    """(max - min) over the largest magnitude of finite values: 0 for a constant, NaN when empty."""
    if values.size == 0:
        return float("nan")
    low, high = float(values.min()), float(values.max())
    size = max(abs(low), abs(high))
    return (high - low) / size if size > 0 else 0.0


def frozen_share(values: Array) -> float:
    """Share of the points at the end that all equal the last one exactly; 1 for a constant series, 0 when empty."""
    if values.size == 0:
        return 0.0
    other = np.flatnonzero(values != values[-1])
    return 1.0 if other.size == 0 else float(values.size - 1 - other[-1]) / values.size
