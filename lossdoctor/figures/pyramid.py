"""Pyramid: the lowest and highest value of every stretch of a long series, so that any view of it is drawn at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lossdoctor.figures.decimate import minmax
from lossdoctor.runs.series import Steps, Values

Indices = npt.NDArray[np.int64]

# Below this many points a view is thinned directly; the pyramid's lowest level joins this many points.
_DIRECT = 20_000
_BASE = 16
_FACTOR = 2


class Pyramid:
    """Extremes of stretches of 16, 32, 64, ... points. Built on first use in O(n), about 50 ms a million points.

    Args:
        steps: (n,) not decreasing.
        values: (n,); what is not finite is kept as the first and last such point of its stretch.
    """

    def __init__(self, steps: Steps, values: Values) -> None:
        self.steps = steps
        self.values = values
        self._levels: list[tuple[int, Indices]] | None = None

    def view(self, first: int, last: int, buckets: int) -> tuple[Steps, Values]:
        """The points to draw of those from index `first` up to `last`, in order.

        Every extreme is among them: a spike of a single point is never lost, nor is a gap.

        Args:
            first: index of the first point.
            last: index after the last point.
            buckets: columns of pixels.

        Returns:
            (m,) steps and values with m of the order of a few per column.
        """
        n = last - first
        if n <= max(_DIRECT, 4 * buckets):
            return minmax(self.steps[first:last], self.values[first:last], buckets)
        size, kept = self._level(n, buckets)
        low, high = -(-first // size), last // size
        # Whole stretches from the pyramid, the ends point by point.
        inner = kept[np.searchsorted(kept, low * size) : np.searchsorted(kept, high * size)]
        index = np.concatenate((np.arange(first, low * size), inner, np.arange(high * size, last)))
        return self.steps[index], self.values[index]

    def _level(self, n: int, buckets: int) -> tuple[int, Indices]:
        """The coarsest level with at least one stretch a column."""
        levels = self._built()
        fitting = [level for level in levels if level[0] * buckets <= n]
        return fitting[-1] if fitting else levels[0]

    def _built(self) -> list[tuple[int, Indices]]:
        if self._levels is None:
            self._levels = []
            kept, size = np.arange(self.values.size, dtype=np.int64), _BASE
            while self.values.size >= size * _BASE:
                kept = _extremes(kept, self.values, size)
                self._levels.append((size, kept))
                size *= _FACTOR
        return self._levels


def _extremes(index: Indices, values: Values, size: int) -> Indices:
    """Of the points at `index` those that decide the picture of their stretch of `size` points."""
    starts = np.flatnonzero(np.diff(index // size, prepend=-1))
    here = values[index]
    finite = np.isfinite(here)
    if finite.all() and here.size == values.size:
        return _regular(here, size)
    low, high = np.where(finite, here, np.inf), np.where(finite, here, -np.inf)
    lengths = np.diff(np.append(starts, here.size))
    marks = np.zeros(here.size, dtype=bool)
    marks[_first_where(low == np.repeat(np.minimum.reduceat(low, starts), lengths), starts)] = True
    marks[_first_where(high == np.repeat(np.maximum.reduceat(high, starts), lengths), starts)] = True
    bad = np.flatnonzero(~finite)
    if bad.size:
        column = np.searchsorted(starts, bad, side="right")
        marks[bad[np.diff(column, prepend=-1) != 0]] = True
        marks[bad[np.diff(column, append=-1) != 0]] = True
    return index[marks]


def _regular(values: Values, size: int) -> Indices:
    """The extremes of stretches without holes: two plain reductions over the rows of a table."""
    whole = values.size // size * size
    table = values[:whole].reshape(-1, size)
    rows = np.arange(table.shape[0], dtype=np.int64) * size
    ends = np.stack((rows + table.argmin(axis=1), rows + table.argmax(axis=1)), axis=1)
    ends.sort(axis=1)
    tail = values[whole:]
    extra = [whole + int(tail.argmin()), whole + int(tail.argmax())] if tail.size else []
    return np.unique(np.concatenate((ends.ravel(), np.array(extra, dtype=np.int64))))


def _first_where(wanted: npt.NDArray[np.bool_], starts: Indices) -> Indices:
    hits = np.flatnonzero(wanted)
    first: Indices = hits[np.diff(np.searchsorted(starts, hits, side="right"), prepend=0) != 0]
    return first
