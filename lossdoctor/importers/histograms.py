"""Histograms as importers meet them: one at a time, collected tag by tag in bounded memory."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lossdoctor.importers.layers import read_layer_tag
from lossdoctor.runs import HistogramSeries

# A trainer may log hundreds of buckets for each of a hundred layers at each of 10,000 steps. Every point keeps its
# summary; buckets are kept for at most this many points of a tag, spread evenly (every 2nd, 4th, 8th ... point).
MAX_BUCKETED = 256
MAX_BUCKETS = 65_536
MAX_HISTOGRAM_TAGS = 5_000

Floats = npt.NDArray[np.float64]
_NONE: Floats = np.zeros(0)


class Histogram(NamedTuple):
    """One histogram: summary, and buckets as left edge, right edge and count, (k,) each."""

    minimum: float
    maximum: float
    number: float
    total: float
    squares: float
    left: Floats
    right: Floats
    counts: Floats
    exact: bool


def table_histogram(table: Floats) -> Histogram:
    """A histogram written as a tensor of (left, right, count) rows; sums come from bucket centres.

    Args:
        table: (k, 3); k may be 0.
    """
    left, right, counts = (np.ascontiguousarray(table[:, column]) for column in range(3))
    filled = counts > 0
    if not filled.any():
        return Histogram(math.nan, math.nan, 0.0, 0.0, 0.0, left, right, counts, False)
    centres = (left + right) / 2
    return Histogram(
        float(left[filled].min()),
        float(right[filled].max()),
        float(counts.sum()),
        float(counts @ centres),
        float(counts @ centres**2),
        left,
        right,
        counts,
        False,
    )


@dataclass(slots=True)
class _Tag:
    """The points of one tag while a file is read."""

    rows: list[tuple[int, float, float, float, float, float, float]] = field(default_factory=list)
    buckets: dict[int, tuple[Floats, Floats, Floats]] = field(default_factory=dict)
    stride: int = 1
    exact: bool = True

    def add(self, step: int, wall: float, histogram: Histogram) -> None:
        index = len(self.rows)
        self.rows.append((step, wall, *histogram[:5]))
        self.exact &= histogram.exact
        if index % self.stride or not histogram.counts.size:
            return
        self.buckets[index] = (histogram.left, histogram.right, histogram.counts)
        if len(self.buckets) > MAX_BUCKETED:
            self.stride *= 2
            self.buckets = {at: kept for at, kept in self.buckets.items() if at % self.stride == 0}

    def series(self, tag: str) -> HistogramSeries:
        steps = np.array([row[0] for row in self.rows], dtype=np.int64)
        wall, low, high, number, total, squares = np.array([row[1:] for row in self.rows], dtype=np.float64).T
        lengths = np.zeros(len(self.rows), dtype=np.int64)
        for index, (left, _, _) in self.buckets.items():
            lengths[index] = left.size
        parts = list(zip(*self.buckets.values(), strict=True)) or [(_NONE,)] * 3
        left, right, counts = (np.concatenate(part) for part in parts)
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        layer, kind = read_layer_tag(tag)
        return HistogramSeries(
            tag, layer, kind, steps, wall, low, high, number, total, squares, offsets, left, right, counts, self.exact
        )


class Histograms:
    """Collects the histograms of a file, tag by tag."""

    def __init__(self) -> None:
        self._tags: dict[str, _Tag] = {}
        self.points_dropped = 0

    def __contains__(self, tag: str) -> bool:
        return tag in self._tags

    def add(self, tag: str, step: int, wall: float, histogram: Histogram) -> None:
        """One point; left out once there are `MAX_HISTOGRAM_TAGS` other tags."""
        if tag not in self._tags and len(self._tags) >= MAX_HISTOGRAM_TAGS:
            self.points_dropped += 1
            return
        self._tags.setdefault(tag, _Tag()).add(step, wall, histogram)

    def finish(self) -> tuple[HistogramSeries, ...]:
        """All histograms: tags in the order of their first record, points in file order."""
        return tuple(collected.series(tag) for tag, collected in self._tags.items())

    @property
    def thinned(self) -> int:
        """Number of tags whose buckets were not kept at every point."""
        return sum(collected.stride > 1 for collected in self._tags.values())
