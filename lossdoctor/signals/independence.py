"""How many independent points a series is worth: what is logged as a running mean repeats itself."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

FEWEST = 8
# A residual trend looks like correlation; no series is taken for worth less than a twentieth of its points.
MOST_CORRELATED = 0.9


def effective_points(residuals: Array) -> float:
    """Number of independent points that carry as much information as these residuals, in (0, n].

    n (1 - r) / (1 + r) for the correlation r of neighbours, as for a first-order process (Bayley & Hammersley 1946, J. R.
    Stat. Soc. B 8). Alternating residuals count fully.

    Args:
        residuals: (n,) finite, what a fit leaves; n itself comes back for fewer than `FEWEST` or for constant ones.
    """
    n = float(residuals.size)
    if n < FEWEST:
        return n
    z = residuals - residuals.mean()
    power = float(np.dot(z, z))
    if power <= 0:
        return n
    r = min(max(float(np.dot(z[:-1], z[1:])) / power, 0.0), MOST_CORRELATED)
    return n * (1.0 - r) / (1.0 + r)
