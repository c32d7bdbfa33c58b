"""Questions to histograms on odd ones and without any; their yes and no are asked in `test_predicates`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from lossdoctor.knowledge.case import Case
from lossdoctor.knowledge.predicates import PREDICATES
from lossdoctor.runs import HistogramKind, HistogramSeries
from tests.knowledge.builders import falling, make_case

POINTS = 10
GROWING = np.linspace(0.07, 0.1, POINTS)
STEADY = np.full(POINTS, 0.07)


def histogram(
    layer: str, rms: npt.ArrayLike, kind: HistogramKind = HistogramKind.WEIGHT, number: int = 4096
) -> HistogramSeries:
    """Histograms of one tensor with a given root mean square a point; without buckets."""
    sizes = np.asarray(rms, dtype=float)
    n = sizes.size
    count = np.full(n, float(number))
    return HistogramSeries(
        tag=f"{kind}/{layer}", layer=layer, kind=kind, steps=np.arange(n), wall_times=np.full(n, np.nan),
        minimum=-sizes, maximum=sizes, number=count, total=np.zeros(n), squares=count * sizes**2,
        offsets=np.zeros(n + 1, dtype=np.int64), left=np.empty(0), right=np.empty(0), counts=np.empty(0),
    )  # fmt: skip


def gradient(layer: str, rms: npt.ArrayLike, number: int = 4096) -> HistogramSeries:
    """Gradients of one layer."""
    return histogram(layer, rms, HistogramKind.GRADIENT, number)


def case(histograms: Sequence[HistogramSeries]) -> Case:
    """A run with these histograms."""
    base = make_case(train=falling(50, 2.3, 1.8), grad_norm=np.full(50, 1.0))
    return replace(base, run=replace(base.run, histograms=tuple(histograms)))


SOUND = [
    histogram("a", GROWING), histogram("b", GROWING),
    gradient("a", np.full(POINTS, 4e-3)), gradient("b", np.linspace(1e-2, 3e-3, POINTS)),
]  # fmt: skip
HOLDS: dict[str, list[HistogramSeries]] = {
    "weights_start_too_large": [histogram("a", np.full(POINTS, 3.0))],
    "weights_start_too_small": [histogram("a", np.full(POINTS, 1e-5))],
    "gradients_vanish_by_depth": [gradient("a", np.full(POINTS, 1e-8)), gradient("b", np.full(POINTS, 1e-2))],
    "gradients_all_zero": [gradient("a", np.r_[1e-3, np.zeros(POINTS - 1)]), gradient("b", np.full(POINTS, 1e-2))],
    "some_layers_frozen": [histogram("a", STEADY), histogram("b", GROWING)],
    "no_layer_moves": [histogram("a", STEADY), histogram("b", STEADY)],
    "weights_hardly_move": [histogram("a", STEADY * np.linspace(1, 1.005, POINTS))],
    "weights_grew": [histogram("a", np.linspace(0.07, 1.0, POINTS)), histogram("b", np.linspace(0.07, 0.9, POINTS))],
    "gradients_cut_short": [gradient("a", np.full(POINTS, 2e-4))],
}


@pytest.mark.parametrize("name", HOLDS)
def test_unknown_without_histograms_names_the_log(name: str) -> None:
    answer = PREDICATES[name].function(case([]))
    assert (answer.holds, answer.missing) == (None, "histograms")


@pytest.mark.parametrize("name", HOLDS)
def test_odd_histograms_do_not_raise(name: str) -> None:
    odd = [
        histogram("a", np.full(POINTS, np.nan)), gradient("a", np.full(POINTS, np.nan)),
        histogram("b", np.zeros(POINTS)), gradient("b", np.zeros(POINTS)), histogram("c", [0.1]), gradient("c", [0.1]),
    ]  # fmt: skip
    with np.errstate(all="ignore"):
        for part in (odd, odd[:2], odd[2:4], odd[4:]):
            assert PREDICATES[name].function(case(part)).holds in (True, False, None)


def test_zero_weights_are_an_initialisation_and_no_frozen_network() -> None:
    zeros = case([histogram("a", np.zeros(POINTS)), histogram("b", np.zeros(POINTS))])
    assert PREDICATES["weights_start_too_small"].function(zeros).holds is True
    assert PREDICATES["no_layer_moves"].function(zeros).holds is None


def test_embeddings_and_small_tensors_are_left_out() -> None:
    items = [histogram("emb.weight", np.full(POINTS, 1.0)), histogram("head", np.full(POINTS, 2.0), number=10)]
    assert PREDICATES["weights_start_too_large"].function(case(items)).holds is None
