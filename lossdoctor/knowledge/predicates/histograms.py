"""Predicates over histograms of weights and gradients: their size at the start, which layers learn, where gradients end.

Only matrices count (kind weight or gradient, at least `_SMALLEST` values): a bias or a scale of a normalisation layer
starts at 0 or 1 on purpose, and embeddings, which start at 1 in several frameworks, are left out by name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lossdoctor.knowledge.answer import Answer
from lossdoctor.knowledge.case import Case
from lossdoctor.runs import HistogramKind, HistogramSeries

_SMALLEST = 64
_EMBEDDING = re.compile(r"(^|[./_])(emb|embed|embedding|embeddings|wte|wpe|pos|position|token)", re.IGNORECASE)
# What He initialisation gives for a fan-in of 4, the smallest met in practice (a 2 x 2 filter).
_LARGEST_START = 0.7
# A layer that moved by less than float32 rounding over a whole run has not been updated.
_UNMOVED = 1e-6


def _matrices(case: Case, kind: HistogramKind, points: int = 1) -> tuple[HistogramSeries, ...]:
    return tuple(
        item
        for item in case.run.layers(kind)
        if len(item) >= points and item.number[0] >= _SMALLEST and not _EMBEDDING.search(item.layer)
    )


def _first(items: Sequence[HistogramSeries]) -> npt.NDArray[np.float64]:
    return np.array([item.rms[0] for item in items], dtype=np.float64)


def weights_start_too_large(case: Case) -> Answer:
    """A weight matrix of 1000 values or more starts with a spread above 0.7: no usual rule gives that to so wide a layer."""
    items = [item for item in _matrices(case, HistogramKind.WEIGHT) if item.number[0] >= 1000]
    if not items:
        return Answer.unknown("histograms")
    sizes = _first(items)
    worst = int(np.nanargmax(sizes)) if np.isfinite(sizes).any() else 0
    return Answer.of(sizes[worst] > _LARGEST_START, layer=items[worst].layer, size=float(sizes[worst]))


def weights_start_too_small(case: Case) -> Answer:
    """A weight matrix starts at zero, or with a spread far below what any usual rule gives.

    The smallest spread a uniform rule gives to n values is that of one output unit with fan-in n: 1 / sqrt(3 n); a third
    of it is the limit.
    """
    items = _matrices(case, HistogramKind.WEIGHT)
    if not items:
        return Answer.unknown("histograms")
    sizes = _first(items)
    share = sizes * np.sqrt(3 * np.array([item.number[0] for item in items]))
    worst = int(np.nanargmin(share)) if np.isfinite(share).any() else 0
    # A single zero matrix is a common choice for the last layer of a residual branch; half of them is not.
    small = float(np.mean(share < 1 / 3))
    return Answer.of(small >= 0.5, layer=items[worst].layer, size=float(sizes[worst]))


def gradients_vanish_by_depth(case: Case, limit: float = 1e-3) -> Answer:
    """In the first third of the run the gradients of the first layer are below `limit` of the last layer's."""
    items = _matrices(case, HistogramKind.GRADIENT)
    if len(items) < 2:
        return Answer.unknown("histograms")
    early = [float(np.median(item.rms[: max(len(item) // 3, 1)])) for item in (items[0], items[-1])]
    if not np.isfinite(early).all() or early[1] <= 0:
        return Answer.unknown()
    ratio = early[0] / early[1]
    return Answer.of(ratio < limit, first=early[0], last=early[1], ratio=ratio)


def gradients_all_zero(case: Case, from_start: bool = False) -> Answer:
    """The gradients of whole layers are exactly 0 on most points: nothing passes their units any more.

    Args:
        case: the run.
        from_start: ask whether they were so at the first point already.
    """
    items = _matrices(case, HistogramKind.GRADIENT, 2)
    if not items:
        return Answer.unknown("histograms")
    still = [item for item in items if _share_of_zeros(item) >= 0.5]
    begins = any(item.squares[0] == 0 for item in still)
    holds = bool(still) and (begins or not from_start)
    return Answer.of(holds, layer=still[0].layer if still else "", count=len(still), layers=len(items))


def _share_of_zeros(item: HistogramSeries) -> float:
    known = np.isfinite(item.squares)
    return float(np.mean(item.squares[known] == 0)) if known.any() else 0.0


def some_layers_frozen(case: Case) -> Answer:
    """Some weight matrices never move while others do."""
    moved = _moved(case)
    if moved is None or len(moved) < 2:
        return Answer.unknown("histograms")
    frozen = [layer for layer, change in moved if change <= _UNMOVED]
    return Answer.of(0 < len(frozen) < len(moved), count=len(frozen), layers=len(moved), layer=(frozen or [""])[0])


def no_layer_moves(case: Case) -> Answer:
    """No weight matrix moves over the whole run, and they did not start at zero."""
    moved = _moved(case)
    if moved is None or not _first(_matrices(case, HistogramKind.WEIGHT, 2)).any():
        return Answer.unknown("histograms" if moved is None else "")
    return Answer.of(all(change <= _UNMOVED for _, change in moved), layers=len(moved))


def weights_hardly_move(case: Case, limit: float = 0.02) -> Answer:
    """The spread of every weight matrix changes by less than `limit` over the run, though not by nothing."""
    moved = _moved(case)
    if moved is None:
        return Answer.unknown("histograms")
    largest = max(change for _, change in moved)
    return Answer.of(_UNMOVED < largest < limit, change=largest)


def weights_grew(case: Case, factor: float = 4.0) -> Answer:
    """The typical weight of most layers ends at `factor` times its first size or more: steps are large."""
    moved = _moved(case)
    if moved is None or not _first(_matrices(case, HistogramKind.WEIGHT, 2)).all():
        return Answer.unknown("histograms" if moved is None else "")
    median = float(np.median([1 + change for _, change in moved]))
    return Answer.of(median >= factor, factor=median, layers=len(moved))


def _moved(case: Case) -> list[tuple[str, float]] | None:
    """(layer, largest relative change of its spread) of every weight matrix; None when too little was logged.

    Points of a diverged run (non-finite, or after the loss was) say nothing about the time before and are left out.
    """
    items = _matrices(case, HistogramKind.WEIGHT, 3)
    if not items:
        return None
    return [(item.layer, _largest_change(item)) for item in items]


def _largest_change(item: HistogramSeries) -> float:
    rms = item.rms[np.isfinite(item.rms)]
    if rms.size < 2:
        return 0.0
    # The end rather than the largest value: an excursion that was undone has not moved the layer.
    change = abs(float(np.median(rms[-3:])) - float(rms[0]))
    spread = abs(float(rms.max()) - float(rms.min()))
    return max(change, spread if change == 0 else 0.0) / float(rms[0]) if rms[0] > 0 else float(spread > 0)


def gradients_cut_short(case: Case, share: float = 0.5) -> Answer:
    """The gradients in the histograms are less than `share` of the logged norm on most points: clipping took the rest.

    The histograms may leave layers out, so only a total that also hardly varies (norm after clipping) counts.
    """
    if case.grad_norm is None:
        return Answer.unknown("grad_norm")
    items = case.run.layers(HistogramKind.GRADIENT)
    if not items or len(items[0]) < 5 or any(len(item) != len(items[0]) for item in items):
        return Answer.unknown("histograms")
    total = np.sqrt(np.sum([item.squares for item in items], axis=0))[1:]
    steps, norms = case.grad_norm.finite
    logged = np.interp(items[0].steps[1:].astype(np.float64), steps, norms)
    keep = np.isfinite(total) & (logged > 0)
    if keep.sum() < 4 or float(np.median(total[keep])) <= 0:
        return Answer.unknown()
    usual = float(np.median(total[keep]))
    varies = float(np.percentile(total[keep], 75) - np.percentile(total[keep], 25)) / usual
    ratio = float(np.median(total[keep] / logged[keep]))
    return Answer.of(ratio < share and varies < 0.25, kept=usual, norm=float(np.median(logged[keep])), share=ratio)
