"""The layers view's numbers against histograms whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from lossdoctor.figures import symlog
from lossdoctor.figures.layers import density_map, depth_profile, kinds_of, layer_rows
from lossdoctor.runs import HistogramKind, Run
from lossdoctor.signals.histogram import bin_shares
from lossdoctor.synth import CurveSpec, HistogramSpec, make_run


def flat(level: float, n: int = 9) -> CurveSpec:
    return CurveSpec(n=n, start=level, end=level, noise=0.0)


@pytest.fixture(scope="module")
def run() -> Run:
    specs = [
        HistogramSpec("conv1", "gradient", flat(1e-4)),
        HistogramSpec("conv2", "gradient", flat(1e-2), zeros=0.4),
        HistogramSpec("fc", "gradient", flat(1.0)),
        HistogramSpec("fc", "weight", flat(0.05)),
    ]
    return make_run({"train": flat(1.0, 50)}, histograms=specs)


def test_kinds_and_rows(run: Run) -> None:
    assert kinds_of(run) == (HistogramKind.GRADIENT, HistogramKind.WEIGHT)
    rows = layer_rows(run, HistogramKind.GRADIENT)
    assert [row.series.layer for row in rows] == ["conv1", "conv2", "fc"]
    assert rows[0].size == pytest.approx(1e-4)
    assert np.isnan(rows[0].zeros)  # a wide bucket around 0 does not tell
    assert rows[1].zeros == pytest.approx(0.4)
    assert rows[2].spread == pytest.approx(1.0)
    assert all(row.changed == 0 for row in rows)
    assert layer_rows(run, HistogramKind.ACTIVATION) == ()


@pytest.mark.parametrize("logarithmic", [False, True])
def test_every_value_is_in_a_bin_or_beyond(run: Run, logarithmic: bool) -> None:
    found = density_map(run.layers(HistogramKind.GRADIENT)[1], logarithmic=logarithmic)
    assert found is not None
    assert found.shares.shape == (9, 72)
    assert (np.diff(found.edges) > 0).all()
    assert found.shares.sum(axis=1) + found.beyond == pytest.approx(np.ones(9))
    assert (found.beyond < 0.01).all()
    at_zero = int(np.searchsorted(found.edges, 0.0, side="right")) - 1
    # The 40 % exact zeros lie within the bins that touch 0.
    assert found.shares[:, at_zero - 1 : at_zero + 2].sum(axis=1).min() >= 0.4


def test_a_normal_distribution_is_seen_as_one(run: Run) -> None:
    found = density_map(run.layers(HistogramKind.GRADIENT)[2])
    assert found is not None
    centres = (found.edges[1:] + found.edges[:-1]) / 2
    assert float(found.shares[0] @ centres) == pytest.approx(0.0, abs=0.02)
    assert float(found.shares[0] @ centres**2) == pytest.approx(1.0, abs=0.06)


def test_the_depth_profile_follows_the_layers(run: Run) -> None:
    profile = depth_profile(layer_rows(run, HistogramKind.GRADIENT))
    assert profile.layers == ("conv1", "conv2", "fc")
    assert profile.times == ("start", "middle", "end")
    assert profile.sizes[:, 0] == pytest.approx([1e-4] * 3)
    assert profile.sizes[:, 2] == pytest.approx([1.0] * 3)
    assert depth_profile(()).sizes.size == 0


def test_a_layer_without_buckets_has_no_map(run: Run) -> None:
    series = run.layers(HistogramKind.WEIGHT)[0]
    bare = type(series)(
        **{name: getattr(series, name) for name in ("tag", "layer", "kind", "steps", "wall_times", "minimum", "maximum",
                                                    "number", "total", "squares")},
        offsets=np.zeros(len(series) + 1, dtype=np.int64), left=np.empty(0), right=np.empty(0), counts=np.empty(0),
    )  # fmt: skip
    assert density_map(bare) is None


def test_shares_of_bins_divide_buckets_by_width() -> None:
    left, right, counts = np.array([0.0, 1.0]), np.array([1.0, 3.0]), np.array([10.0, 30.0])
    assert bin_shares(left, right, counts, np.array([0.0, 0.5, 2.0, 3.0])) == pytest.approx([0.125, 0.5, 0.375])
    assert bin_shares(left, right, counts * 0, np.array([0.0, 1.0])) == pytest.approx([0.0])
    point = bin_shares(np.array([2.0]), np.array([2.0]), np.array([5.0]), np.array([0.0, 1.0, 3.0]))
    assert point == pytest.approx([0.0, 1.0])


def test_the_symmetric_logarithm_there_and_back() -> None:
    values = np.array([-1e6, -3.0, -1e-9, 0.0, 1e-9, 0.5, 1e6])
    places = symlog.forward(values, 1e-3)
    assert (np.diff(places) > 0).all()
    assert symlog.backward(places, 1e-3) == pytest.approx(values, rel=1e-6, abs=1e-15)


@pytest.mark.parametrize("values", [[-100.0, 0.0, 0.001, 5.0], [1e-30, 1.0], [0.0], [np.nan, np.inf]])
def test_thresholds_are_powers_of_ten_within_reach(values: list[float]) -> None:
    found = symlog.threshold(np.array(values))
    assert np.log10(found) == pytest.approx(round(np.log10(found)))
    sizes = [abs(v) for v in values if np.isfinite(v) and v]
    assert not sizes or found >= max(sizes) * 1e-7


def test_ticks_name_zero_and_powers_on_both_sides() -> None:
    low, high = (float(place) for place in symlog.forward(np.array([-100.0, 1000.0]), 0.1))
    marks = symlog.ticks(low, high, 0.1, 8)
    assert 0.0 in marks
    assert min(marks) < 0 < max(marks)
    assert len(marks) <= 12
    assert symlog.ticks(1.34, 1.47, 0.1, 5)
    assert symlog.ticks(1.0, 1.0, 0.1, 5) == []
