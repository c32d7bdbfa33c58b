"""Layers: a run's histograms as the rules ask for them, one number a layer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from lossdoctor.runs import HistogramKind, HistogramSeries, Run
from lossdoctor.signals.histogram import end_share, largest_change, zero_share

# Layers whose initialisation and gradients follow rules of their own: look-up tables, positions, normalisation.
SPECIAL = re.compile(r"emb|pos|token|wte|wpe|norm|(^|[._/])(bn|ln)\d*([._/]|$)", re.IGNORECASE)
BIAS = re.compile(r"bias|(^|[._/])b$", re.IGNORECASE)
NORMALISATION = re.compile(r"batch_?norm|(^|[._/])bn\d*([._/]|$)", re.IGNORECASE)


class Layers:
    """The histograms of a run by what they measure, in layer order, biases left out.

    Args:
        run: the run.
    """

    def __init__(self, run: Run) -> None:
        self.run = run

    @cached_property
    def gradients(self) -> tuple[HistogramSeries, ...]:
        """Gradients of weights."""
        return self._of(HistogramKind.GRADIENT)

    @cached_property
    def weights(self) -> tuple[HistogramSeries, ...]:
        """Weights."""
        return self._of(HistogramKind.WEIGHT)

    @cached_property
    def activations(self) -> tuple[HistogramSeries, ...]:
        """Activations."""
        return self._of(HistogramKind.ACTIVATION)

    @cached_property
    def batch_norm(self) -> bool:
        """True when the network has batch normalisation, by its histograms' names or its configuration."""
        tags = any(NORMALISATION.search(item.tag) for item in self.run.histograms)
        named = (key for key, value in self.run.config.items() if str(value).lower() not in ("false", "0", "none"))
        return tags or any("batch_norm" in key.lower() or "batchnorm" in key.lower() for key in named)

    @property
    def masked(self) -> str:
        """The note that batch normalisation masks a check of gradients; "" without it."""
        return "batch normalisation rescales gradients and masks this check" if self.batch_norm else ""

    def _of(self, kind: HistogramKind) -> tuple[HistogramSeries, ...]:
        return tuple(item for item in self.run.layers(kind) if len(item) and not BIAS.search(item.tag))


def ordinary(layers: Sequence[HistogramSeries]) -> tuple[HistogramSeries, ...]:
    """Layers without look-up tables, positions and normalisation; all of them when nothing else is left."""
    return tuple(item for item in layers if not SPECIAL.search(item.tag)) or tuple(layers)


def typical_size(series: HistogramSeries) -> float:
    """Median over the points of one element's root mean square, the first point left out; NaN when none is finite."""
    sizes = series.rms[1:] if len(series) > 2 else series.rms
    sizes = sizes[np.isfinite(sizes)]
    return float(np.median(sizes)) if sizes.size else float("nan")


def late_zeros(series: HistogramSeries) -> float:
    """Median share of exact zeros over the last half of the points with buckets; NaN when buckets do not tell."""
    at = series.bucketed[series.bucketed.size // 2 :]
    shares = []
    for index in at:
        buckets = series.buckets(int(index))
        shares.append(zero_share(buckets.left, buckets.right, buckets.counts, float(series.rms[index])))
    return float(np.median(shares)) if shares else float("nan")


def late_ends(series: HistogramSeries) -> float:
    """Median share of values at the ends of a bounded range over the last half of the points; NaN when unbounded."""
    shares = []
    for index in series.bucketed[series.bucketed.size // 2 :]:
        buckets = series.buckets(int(index))
        low, high = float(series.minimum[index]), float(series.maximum[index])
        shares.append(end_share(buckets.left, buckets.right, buckets.counts, low, high))
    return float(np.median(shares)) if shares else float("nan")


def change(series: HistogramSeries) -> float:
    """Largest change of mean, spread, minimum or maximum, of the typical value; 0 when nothing ever changed."""
    summaries = np.stack((series.mean, series.rms, series.minimum, series.maximum))
    return largest_change(summaries, float(series.rms[0])) if len(series) else float("nan")
