"""Running median and block reduction: the two smoothers that a single spike cannot bend."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

# The median of a block is taken of so many of its values: its noise is then 8 % of a single value's.
MAX_BLOCK = 256
_SHORT = 4


def median(values: Values) -> float:
    """Median of finite values; NaN when empty. Several times faster than numpy's own for short arrays."""
    n = values.size
    if n == 0:
        return float("nan")
    half = n // 2
    parted = values.copy()
    parted.partition(half)
    if n % 2:
        return float(parted[half])
    # One place and a maximum take less time than two places.
    return float(0.5 * (parted[:half].max() + parted[half]))


def quantiles(values: Values, *shares: float) -> tuple[float, ...]:
    """Quantiles of finite values, interpolated linearly between the nearest two; NaN when empty."""
    if values.size == 0:
        return (float("nan"),) * len(shares)
    ordered = np.sort(values)
    found = []
    for share in shares:
        place = share * (values.size - 1)
        low = int(place)
        high = min(low + 1, values.size - 1)
        found.append(float(ordered[low] + (ordered[high] - ordered[low]) * (place - low)))
    return tuple(found)


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
    windows = np.lib.stride_tricks.sliding_window_view(values, 2 * half + 1)
    out = np.empty(n)
    out[half : n - half] = np.partition(windows, half, axis=-1)[:, half]
    out[:half] = _growing_medians(values[: 2 * half - 1], [2 * i for i in range(half)])
    out[n - half :] = _growing_medians(values[::-1][: 2 * half], [max(2 * i, half) for i in range(half)])[::-1]
    return out


def _growing_medians(values: Values, last: list[int]) -> list[float]:
    """Medians of values[: k + 1] for each k of `last`, which grows: by keeping the window sorted."""
    kept: list[float] = []
    medians = []
    numbers = values.tolist()
    for k in last:
        while len(kept) <= k:
            insort(kept, numbers[len(kept)])
        half = len(kept) // 2
        medians.append(kept[half] if len(kept) % 2 else 0.5 * (kept[half - 1] + kept[half]))
    return medians


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
    count = min(n, blocks)
    return np.arange(count, dtype=np.int64) * n // max(count, 1)


def block_median(values: Values, edges: npt.NDArray[np.int64]) -> Values:
    """Median of each block that starts at `edges`; blocks of nearly equal size are medianed together, O(n)."""
    out = np.empty(edges.size)
    for rows, block in _equal_blocks(values, edges):
        out[rows] = _row_medians(_thinned(block))
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Levels of consecutive blocks of a series; all (b,).

    Attributes:
        middle: medians.
        low: minima.
        high: maxima.
        top: index of each block's (first) maximum in the series.
    """

    middle: Values
    low: Values
    high: Values
    top: npt.NDArray[np.int64]


def block_levels(values: Values, edges: npt.NDArray[np.int64]) -> Blocks:
    """Median, minimum, maximum and place of the maximum of each block that starts at `edges`, in one pass; O(n).

    Args:
        values: (n,) finite.
        edges: (b,) increasing start indices, as from `block_edges`.
    """
    if edges.size == values.size:
        return Blocks(values.copy(), values, values, edges)
    middle, low, high = (np.empty(edges.size) for _ in range(3))
    top = np.empty(edges.size, dtype=np.int64)
    for rows, block in _equal_blocks(values, edges):
        at = block.argmax(axis=1)
        top[rows] = edges[rows] + at
        high[rows] = block[np.arange(rows.size), at]
        low[rows] = block.min(axis=1)
        middle[rows] = _row_medians(_thinned(block))
    return Blocks(middle, low, high, top)


def _equal_blocks(values: Values, edges: npt.NDArray[np.int64]) -> Iterator[tuple[npt.NDArray[np.int64], Values]]:
    """Blocks of equal length as rows of a fresh matrix, with their places; nearly equal blocks make two matrices."""
    if edges.size == 0:
        return
    lengths = np.diff(np.append(edges, values.size))
    for length in range(int(lengths.min()), int(lengths.max()) + 1):
        rows = np.flatnonzero(lengths == length)
        if rows.size:
            yield rows, _rows_of(values, edges[rows], length)


def _rows_of(values: Values, starts: npt.NDArray[np.int64], length: int) -> Values:
    """The stretches of `length` values that begin at `starts`, as rows of a fresh matrix."""
    if length > _SHORT:
        return np.lib.stride_tricks.sliding_window_view(values, length)[starts]
    # A view costs more to set up than a few columns to fetch.
    return np.stack([values[starts + column] for column in range(length)], axis=1)


def _thinned(block: Values) -> Values:
    """At most `MAX_BLOCK` columns, spread by the golden ratio: an even stride could fall in step with a period."""
    length = block.shape[1]
    if length <= 2 * MAX_BLOCK:
        return block
    places = np.unique((length * ((np.arange(MAX_BLOCK) * 0.6180339887498949) % 1.0)).astype(np.int64))
    return np.take(block, places, axis=1)


def _row_medians(block: Values) -> Values:
    """Medians of the rows of a matrix, which is reordered. Rows of two and three, the usual ones, need no sorting."""
    half = block.shape[1] // 2
    if block.shape[1] == 2:
        return np.asarray(0.5 * (block[:, 0] + block[:, 1]))
    if block.shape[1] == 3:
        a, b, c = block.T
        return np.asarray(np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c)))
    if block.shape[1] % 2:
        block.partition(half, axis=1)
        return np.asarray(block[:, half])
    block.partition((half - 1, half), axis=1)
    return np.asarray(0.5 * (block[:, half - 1] + block[:, half]))
