"""The fast signals equal their slow twins on random, tiny, constant and extreme arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossdoctor.signals import noise, smoothing, swings, tail
from lossdoctor.signals.nonfinite import nonfinite
from tests.signals import naive

FINITE = st.floats(-1e6, 1e6, allow_nan=False, width=32)
VALUES = arrays(np.float64, st.integers(0, 60), elements=FINITE)


@settings(max_examples=200, deadline=None)
@given(VALUES, st.integers(1, 25))
def test_running_median(values: np.ndarray, window: int) -> None:
    np.testing.assert_array_equal(smoothing.running_median(values, window), naive.running_median(values, window))


@settings(max_examples=200, deadline=None)
@given(VALUES, st.integers(1, 25))
def test_running_mean(values: np.ndarray, window: int) -> None:
    got = smoothing.running_mean(values, window)
    np.testing.assert_allclose(got, naive.running_mean(values, window), rtol=1e-9, atol=1e-6)


@settings(max_examples=100, deadline=None)
@given(arrays(np.float64, st.integers(1, 80), elements=FINITE), st.integers(1, 30))
def test_block_median(values: np.ndarray, blocks: int) -> None:
    edges = smoothing.block_edges(values.size, blocks)
    assert edges[0] == 0
    assert edges.size == min(values.size, blocks)
    np.testing.assert_array_equal(smoothing.block_median(values, edges), naive.block_median(values, edges))


@settings(max_examples=100, deadline=None)
@given(arrays(np.float64, st.integers(5, 40), elements=FINITE))
def test_robust_slope_is_the_median_of_all_pairs(values: np.ndarray) -> None:
    steps = np.arange(values.size, dtype=float) * 3 + 7
    slopes = naive.pairwise_slopes(steps, values)
    got = tail.robust_slope(steps, values)
    assert got.slope == pytest.approx(float(np.median(slopes)), rel=1e-9, abs=1e-9)
    assert got.low <= got.slope <= got.high


def test_robust_slope_interval_covers_the_truth() -> None:
    """The 95 % rank interval holds the true slope in 90 to 99 % of noisy lines."""
    rng = np.random.default_rng(1)
    steps = np.arange(40, dtype=float)
    inside = 0
    for _ in range(300):
        slope = tail.robust_slope(steps, -0.02 * steps + rng.standard_normal(40))
        inside += slope.low <= -0.02 <= slope.high
    assert 0.90 <= inside / 300 <= 0.99


def test_robust_slope_of_few_points_is_unknown() -> None:
    slope = tail.robust_slope(np.arange(4.0), np.arange(4.0))
    assert np.isnan(slope.slope)
    assert not slope.falling
    assert not slope.rising


def test_autocorrelation_equals_the_definition() -> None:
    rng = np.random.default_rng(0)
    values = rng.standard_normal(120) + np.sin(np.arange(120))
    acf = swings._acf(values)
    for lag in (1, 5, 17, 40):
        assert acf[lag] == pytest.approx(naive.autocorrelation(values, lag), abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(arrays(np.float64, st.integers(0, 30), elements=st.sampled_from([1.0, -2.0, np.nan, np.inf, -np.inf])))
def test_first_nonfinite(values: np.ndarray) -> None:
    got = nonfinite(values)
    expected = naive.first_nonfinite(values)
    assert (got.first_index if got else None) == expected


@pytest.mark.parametrize("sigma", [1e-6, 0.1, 1e5])
def test_noise_scale_recovers_sigma_under_a_steep_trend(sigma: float) -> None:
    rng = np.random.default_rng(3)
    t = np.linspace(0, 1, 4000)
    values = 50 * sigma * np.exp(-5 * t) + sigma * rng.standard_normal(t.size)
    assert noise.noise_scale(values) == pytest.approx(sigma, rel=0.08)


def test_noise_scale_ignores_spikes_and_counts_nothing_on_tiny_input() -> None:
    rng = np.random.default_rng(3)
    values = rng.standard_normal(1000)
    values[::50] += 1e6
    assert noise.noise_scale(values) == pytest.approx(1.0, rel=0.15)
    assert noise.noise_scale(np.array([1.0, 2.0, 3.0])) == 0.0
    assert noise.noise_scale(np.full(100, 2.5)) == 0.0
