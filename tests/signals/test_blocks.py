"""Blocks, medians and climbs: the fast ways equal the definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossdoctor.signals import schedule
from lossdoctor.signals.noise import MAX_DIFFERENCES, noise_scale
from lossdoctor.signals.smoothing import block_edges, block_levels, median, quantiles
from tests.signals import naive

VALUES = arrays(np.float64, st.integers(1, 80), elements=st.floats(-1e6, 1e6, allow_nan=False, width=32))


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_median_is_numpys(values: np.ndarray) -> None:
    assert median(values) == float(np.median(values))


@settings(max_examples=200, deadline=None)
@given(VALUES, st.integers(1, 30))
def test_levels_of_blocks(values: np.ndarray, count: int) -> None:
    edges = block_edges(values.size, count)
    blocks = block_levels(values, edges)
    np.testing.assert_array_equal(blocks.middle, naive.block_median(values, edges))
    for i, (a, b) in enumerate(zip(edges, [*edges[1:], values.size], strict=True)):
        assert blocks.low[i] == min(values[a:b])
        assert blocks.high[i] == max(values[a:b])
        assert blocks.top[i] == a + int(np.argmax(values[a:b]))


@settings(max_examples=300, deadline=None)
@given(arrays(np.float64, st.integers(0, 60), elements=st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0])), st.integers(1, 7))
def test_climbs_in_pieces_equal_the_loop(rates: np.ndarray, piece: int) -> None:
    usual, schedule.PIECE = schedule.PIECE, piece
    try:
        assert schedule._climbs(rates, 0, 0.34) == naive.climbs(rates, 0, 0.34)
    finally:
        schedule.PIECE = usual


def test_noise_of_a_long_series_is_that_of_all_its_points() -> None:
    rng = np.random.default_rng(5)
    values = np.linspace(3, 1, 4 * MAX_DIFFERENCES) + 0.1 * rng.standard_normal(4 * MAX_DIFFERENCES)
    assert noise_scale(values) == pytest.approx(0.1, rel=0.02)


@settings(max_examples=200, deadline=None)
@given(VALUES, st.floats(0, 1))
def test_quantiles_are_numpys(values: np.ndarray, share: float) -> None:
    low, high = quantiles(values, share, 1.0)
    assert low == pytest.approx(float(np.quantile(values, share)), rel=1e-9, abs=1e-6)
    assert high == values.max()
