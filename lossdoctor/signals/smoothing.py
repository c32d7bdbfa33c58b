"""Running median and block reduction: the two smoothers that a single spike cannot bend."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


def running_median(values: Values, window: int) -> Values:
    """Centred running median with windows that shrink at the start and keep at least half their length at the end.

    Repeating the edge value, or shrinking to one point, would let the last point decide the end level, the number most
    verdicts rest on. At the start, where losses fall steeply, a one-sided window would bias the level instead.

    Args:
        values: (n,) finite.
        window: number of points, made odd; 1 returns a copy.

    Returns:
        (n,) medians. Costs O(n window).
    """
    n = values.size
    half = min(int(window) // 2, (n - 1) // 2) if n else 0
    if half < 1:
        return values.astype(np.float64, copy=True)
    inner = np.median(np.lib.stride_tricks.sliding_window_view(values, 2 * half + 1), axis=-1)
    out = np.empty(n)
    out[half : n - half] = inner
    for i in range(half):
        out[i] = np.median(values[: 2 * i + 1])
        out[n - 1 - i] = np.median(values[n - 1 - max(2 * i, half) :])
    return out


def running_mean(values: Values, window: int) -> Values:
    """Centred running mean with windows that shrink at the ends; (n,) in, (n,) out; O(n)."""
    n = values.size
    half = min(int(window) // 2, (n - 1) // 2) if n else 0
    if half < 1:
        return values.astype(np.float64, copy=True)
    total = np.concatenate(([0.0], np.cumsum(values)))
    index = np.arange(n)
    reach = np.minimum(np.minimum(index, n - 1 - index), half)
    sums = total[index + reach + 1] - total[index - reach]
    return np.asarray(sums / (2 * reach + 1))


def block_edges(n: int, blocks: int) -> npt.NDArray[np.int64]:
    """Start indices of at most `blocks` nearly equal blocks over n points; (min(n, blocks),)."""
    return np.unique(np.linspace(0, n, min(n, blocks) + 1).astype(np.int64)[:-1])


def block_median(values: Values, edges: npt.NDArray[np.int64]) -> Values:
    """Median of each block that starts at `edges`; blocks of nearly equal size are medianed together, O(n log n)."""
    ends = np.append(edges[1:], values.size)
    lengths = ends - edges
    out = np.empty(edges.size)
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        out[rows] = np.median(values[edges[rows, None] + np.arange(length)], axis=1)
    return out
