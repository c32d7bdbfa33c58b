"""HistogramSpec: the histograms of one layer by recipe."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lossdoctor.runs import HistogramKind, HistogramSeries
from lossdoctor.synth.curves import CurveSpec, make_values

BUCKETS = 40


@dataclass(frozen=True, slots=True)
class HistogramSpec:
    """Normally distributed values whose spread follows a curve.

    Attributes:
        layer: name of the layer.
        kind: "weight", "gradient", "activation", ... as in `HistogramKind`.
        spread: standard deviation over the points.
        mean: mean of the values.
        number: how many values.
        zeros: share of values that are exactly 0.
        ends: share of values that lie at -1 and 1 in equal parts (a saturated tanh).
    """

    layer: str
    kind: str
    spread: CurveSpec
    mean: float = 0.0
    number: int = 4096
    zeros: float = 0.0
    ends: float = 0.0


def make_histograms(spec: HistogramSpec, steps: npt.NDArray[np.int64], seed: int = 0) -> HistogramSeries:
    """(n,) histograms at the given steps; n is the spread's number of points."""
    spreads = np.maximum(make_values(spec.spread, seed), 0.0)
    points = [_buckets(spec, float(spread)) for spread in spreads]
    left, right, counts = (np.concatenate([point[i] for point in points]) for i in range(3))
    sizes = [point[0].size for point in points]
    rest = 1.0 - spec.zeros - spec.ends
    return HistogramSeries(
        tag=f"{spec.kind}/{spec.layer}", layer=spec.layer, kind=HistogramKind(spec.kind), steps=steps,
        wall_times=np.full(steps.size, np.nan),
        minimum=np.array([point[0][point[2] > 0].min(initial=np.inf) for point in points]),
        maximum=np.array([point[1][point[2] > 0].max(initial=-np.inf) for point in points]),
        number=np.full(steps.size, float(spec.number)), total=np.full(steps.size, spec.number * rest * spec.mean),
        squares=spec.number * (rest * (spreads**2 + spec.mean**2) + spec.ends),
        offsets=np.concatenate(([0], np.cumsum(sizes))), left=left, right=right, counts=counts,
    )  # fmt: skip


def _buckets(spec: HistogramSpec, spread: float) -> tuple[npt.NDArray[np.float64], ...]:
    """Left and right ends and counts: the normal part, then a bucket of zeros, then the two ends."""
    edges = spec.mean + spread * np.linspace(-4.0, 4.0, BUCKETS + 1)
    share = np.diff([0.5 * (1.0 + math.erf(z / math.sqrt(2.0))) for z in np.linspace(-4.0, 4.0, BUCKETS + 1)])
    counts = share / share.sum() * spec.number * (1.0 - spec.zeros - spec.ends)
    left, right = edges[:-1], edges[1:]
    for level, part in ((0.0, spec.zeros), (-1.0, spec.ends / 2), (1.0, spec.ends / 2)):
        if part > 0:
            left, right = np.append(left, level - 1e-12), np.append(right, level + 1e-12)
            counts = np.append(counts, part * spec.number)
    order = np.argsort(left, kind="stable")
    return left[order], right[order], counts[order]
