"""What a run's histograms say layer by layer, as the layers view shows it: a table, a density map, a depth profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lossdoctor.figures import symlog
from lossdoctor.rules.layers import change, late_zeros, typical_size
from lossdoctor.runs import HistogramKind, HistogramSeries, Run
from lossdoctor.signals.histogram import bin_shares

Floats = npt.NDArray[np.float64]

# The axis ends where this share of the values of a histogram lies beyond; a single stray value does not decide it.
_TAIL = 0.002
# Of the histograms' own ends, those of this share decide: one diverged step must not flatten all others.
_TYPICAL_ENDS = 0.02


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One layer in numbers.

    Attributes:
        series: its histograms.
        size: median over the points of the root mean square of one element; NaN when never finite.
        zeros: share of exact zeros late in the run; NaN when the buckets do not tell.
        spread: median standard deviation over the points; NaN when never finite.
        changed: largest change of mean, size or ends since the first point, of the first size; 0 when nothing ever moved,
            NaN below 3 points.
    """

    series: HistogramSeries
    size: float
    zeros: float
    spread: float
    changed: float


def kinds_of(run: Run) -> tuple[HistogramKind, ...]:
    """The kinds of which the run has histograms, in the order of `HistogramKind`."""
    present = {item.kind for item in run.histograms if len(item)}
    return tuple(kind for kind in HistogramKind if kind in present)


def layer_rows(run: Run, kind: HistogramKind) -> tuple[LayerRow, ...]:
    """A row for each layer with histograms of a kind, in the network's order; empty without any."""
    return tuple(_row(series) for series in run.layers(kind) if len(series))


def _row(series: HistogramSeries) -> LayerRow:
    spread = series.std[np.isfinite(series.std)]
    middle = float(np.median(spread)) if spread.size else float("nan")
    return LayerRow(series, typical_size(series), late_zeros(series), middle, change(series))


@dataclass(frozen=True, slots=True)
class DensityMap:
    """How the values of one layer were spread at each step.

    Attributes:
        tag: the histograms' tag.
        steps: (c,) int64, ascending: the steps whose buckets were kept.
        edges: (b + 1,) float64 values, ascending: the ends of the bins.
        shares: (c, b) float64: the share of the values of a step in each bin.
        beyond: (c,) float64: the share that lies outside of all bins.
        linear: threshold of the symmetric logarithm by which the bins are even; 0.0 when they are even in the values.
    """

    tag: str
    steps: npt.NDArray[np.int64]
    edges: Floats
    shares: Floats
    beyond: Floats
    linear: float = 0.0


def density_map(series: HistogramSeries, *, logarithmic: bool = False, bins: int = 72) -> DensityMap | None:
    """The histograms of one layer on common bins; None when no buckets were logged.

    Args:
        series: the histograms; where a run went back, the last one of a step counts.
        logarithmic: bins even on a symmetric logarithmic axis.
        bins: how many.
    """
    _, places = np.unique(series.steps[::-1], return_index=True)
    newest = len(series) - 1 - places
    points = newest[np.isin(newest, series.bucketed)]
    if not points.size:
        return None
    ends = np.array([_ends(series, int(point)) for point in points])
    linear = symlog.threshold(ends) * 1e-2 if logarithmic else 0.0
    edges = _edges(ends, bins, linear)
    found = [series.buckets(int(point)) for point in points]
    shares = np.stack([bin_shares(b.left, b.right, b.counts, edges) for b in found])
    return DensityMap(series.tag, series.steps[points], edges, shares, np.clip(1.0 - shares.sum(axis=1), 0, 1), linear)


def _ends(series: HistogramSeries, point: int) -> tuple[float, float]:
    """Where all but `_TAIL` of the values on either side lie; (0, 0) when nothing was counted."""
    buckets = series.buckets(point)
    total = buckets.counts.sum()
    if not total > 0:
        return 0.0, 0.0
    reached = np.cumsum(buckets.counts) / total
    first = int(np.searchsorted(reached, _TAIL))
    last = min(int(np.searchsorted(reached, 1.0 - _TAIL)), reached.size - 1)
    low, high = float(buckets.left[first]), float(buckets.right[last])
    # Open buckets reach to infinity or the largest float; the summary knows better.
    return max(low, float(series.minimum[point])), min(high, float(series.maximum[point]))


def _edges(ends: Floats, bins: int, linear: float) -> Floats:
    good = ends[np.isfinite(ends).all(axis=1)]
    low, high = (0.0, 0.0) if not good.size else (
        float(np.quantile(good[:, 0], _TYPICAL_ENDS)), float(np.quantile(good[:, 1], 1.0 - _TYPICAL_ENDS))
    )  # fmt: skip
    if not high > low:
        room = max(abs(low), 1e-12) * 0.5
        low, high = low - room, high + room
    if not linear:
        return np.linspace(low, high, bins + 1)
    first, last = symlog.forward(np.array([low, high]), linear)
    return symlog.backward(np.linspace(first, last, bins + 1), linear)


@dataclass(frozen=True, slots=True)
class DepthProfile:
    """The size of a typical element by depth, at three times of the run.

    Attributes:
        layers: their names, in the network's order.
        times: "start", "middle", "end"; fewer when there are fewer points.
        sizes: (t, l) float64: root mean square at each time in each layer; NaN where unknown.
    """

    layers: tuple[str, ...]
    times: tuple[str, ...]
    sizes: Floats


def depth_profile(rows: Sequence[LayerRow]) -> DepthProfile:
    """The profile of some layers; each time is the median of the points of that third of the run."""
    names = tuple(row.series.layer for row in rows)
    if not rows:
        return DepthProfile((), (), np.empty((0, 0)))
    few = min(len(row.series) for row in rows)
    times = ("start", "middle", "end") if few >= 3 else ("start", "end") if few == 2 else ("start",)
    sizes = np.array([[_middle(part) for part in np.array_split(row.series.rms, len(times))] for row in rows])
    return DepthProfile(names, times, sizes.T)


def _middle(sizes: Floats) -> float:
    good = sizes[np.isfinite(sizes)]
    return float(np.median(good)) if good.size else float("nan")
