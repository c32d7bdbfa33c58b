"""HistogramSeries: how the values of one tensor (gradients, weights or activations of a layer) were spread, over steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from lossdoctor.runs.series import Steps, Values


class HistogramKind(StrEnum):
    """What the values of a histogram are."""

    GRADIENT = "gradient"
    WEIGHT = "weight"
    BIAS = "bias"
    ACTIVATION = "activation"
    NORMALISATION = "normalisation"  # scale, shift and running statistics of batch or layer norm
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Buckets:
    """One histogram: bucket i holds `counts[i]` values in [left[i], right[i]]; all three (k,) float64, k may be 0."""

    left: Values
    right: Values
    counts: Values


_PER_POINT = ("steps", "wall_times", "minimum", "maximum", "number", "total", "squares")
_PER_BUCKET = ("left", "right", "counts")


@dataclass(frozen=True, slots=True, eq=False)
class HistogramSeries:
    """The histograms of one tag in file order.

    Every point has its summary; its buckets may have been left out to bound memory (`buckets` is then empty).

    Attributes:
        tag: the name in the log.
        layer: the layer the tag names, without the words that say what is measured; the tag itself when it names none.
        kind: what the values are.
        steps: (n,) int64, as in `Series`.
        wall_times: (n,) float64 seconds since 1970; NaN where the log has none.
        minimum, maximum: (n,) float64, NaN for an empty histogram.
        number: (n,) float64, how many values were counted.
        total: (n,) float64, their sum.
        squares: (n,) float64, the sum of their squares.
        exact: true when sum and squares are the writer's; false when they were computed from bucket centres.
        offsets: (n + 1,) int64; buckets of point i are left/right/counts[offsets[i]:offsets[i + 1]].
        left, right, counts: (m,) float64, the buckets of all points one after another.

    Raises:
        ValueError: array lengths disagree.
    """

    tag: str
    layer: str
    kind: HistogramKind
    steps: Steps
    wall_times: Values
    minimum: Values
    maximum: Values
    number: Values
    total: Values
    squares: Values
    offsets: Steps
    left: Values
    right: Values
    counts: Values
    exact: bool = True

    def __post_init__(self) -> None:
        for name in (*_PER_POINT, *_PER_BUCKET, "offsets"):
            dtype = np.int64 if name in ("steps", "offsets") else np.float64
            view = np.asarray(getattr(self, name), dtype=dtype).view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)
        sizes = {getattr(self, name).shape for name in _PER_POINT}
        buckets = {getattr(self, name).shape for name in _PER_BUCKET}
        if len(sizes) != 1 or len(buckets) != 1 or self.offsets.shape != (len(self) + 1,):
            raise ValueError(f"histograms {self.tag!r}: lengths disagree")

    def __len__(self) -> int:
        return int(self.steps.size)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, HistogramSeries):
            return NotImplemented
        return all(_same(getattr(self, item.name), getattr(other, item.name)) for item in fields(self))

    __hash__ = None  # type: ignore[assignment]  # equal by content, too long to hash

    def __reduce__(self) -> tuple[type[HistogramSeries], tuple[object, ...]]:
        # Unpickling through the constructor keeps the arrays read-only.
        return HistogramSeries, tuple(getattr(self, item.name) for item in fields(self))

    def __repr__(self) -> str:
        return f"HistogramSeries({self.tag!r}, {self.kind}, layer {self.layer!r}, {len(self)} points)"

    def buckets(self, index: int) -> Buckets:
        """The buckets of one point; empty where they were left out."""
        span = slice(int(self.offsets[index]), int(self.offsets[index + 1]))
        return Buckets(self.left[span], self.right[span], self.counts[span])

    @property
    def bucketed(self) -> npt.NDArray[np.int64]:
        """Indices of the points that have buckets."""
        return np.flatnonzero(np.diff(self.offsets) > 0)

    @property
    def mean(self) -> Values:
        """(n,) mean of the values; NaN for an empty histogram."""
        return _quotient(self.total, self.number)

    @property
    def rms(self) -> Values:
        """(n,) root mean square: for a gradient or a weight the size of one typical element; NaN when empty."""
        return np.sqrt(_quotient(self.squares, self.number))

    @property
    def std(self) -> Values:
        """(n,) standard deviation; NaN for an empty histogram."""
        return np.sqrt(np.maximum(_quotient(self.squares, self.number) - self.mean**2, 0.0))

    @property
    def norm(self) -> Values:
        """(n,) Euclidean norm of the tensor: the root of the sum of squares."""
        return np.sqrt(self.squares)

    @staticmethod
    def joined(parts: Sequence[HistogramSeries]) -> HistogramSeries:
        """The points of several files one after another; tag, layer and kind of the first.

        Raises:
            IndexError: no parts.
        """
        first = parts[0]
        if len(parts) == 1:
            return first
        arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in (*_PER_POINT, *_PER_BUCKET)}
        lengths = np.concatenate([np.diff(part.offsets) for part in parts])
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        exact = all(part.exact for part in parts)
        return HistogramSeries(first.tag, first.layer, first.kind, offsets=offsets, exact=exact, **arrays)


def _quotient(sums: Values, numbers: Values) -> Values:
    result: Values = np.divide(sums, numbers, out=np.full(sums.shape, np.nan), where=numbers > 0)
    return result


def _same(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.array_equal(one, other, equal_nan=True)
    return one == other
