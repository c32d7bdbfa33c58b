"""Zeros, ends and changes of histograms, counted one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossdoctor.signals.histogram import end_share, largest_change, scaled_spread, zero_share
from tests.signals import naive


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 50), st.integers(1, 50))
def test_zeros_are_counted_in_a_narrow_bucket(zeros: int, others: int) -> None:
    left, right = np.array([-1e-12, 0.5]), np.array([1e-12, 1.0])
    counts = np.array([zeros, others], dtype=float)
    assert zero_share(left, right, counts, 0.7) == pytest.approx(zeros / (zeros + others))


def test_a_wide_bucket_says_nothing_and_only_zeros_are_all() -> None:
    assert np.isnan(zero_share(np.array([-0.1]), np.array([0.1]), np.array([9.0]), 0.05))
    assert zero_share(np.array([-0.1]), np.array([0.1]), np.array([9.0]), 0.0) == 1.0
    assert np.isnan(zero_share(np.array([]), np.array([]), np.array([]), 1.0))


def test_ends_of_a_bounded_range() -> None:
    left = np.array([-1.0, -0.5, 0.0, 0.98])
    right = np.array([-0.98, 0.0, 0.5, 1.0])
    counts = np.array([30.0, 10.0, 20.0, 40.0])
    assert end_share(left, right, counts, -1.0, 1.0) == pytest.approx(0.7)
    assert end_share(left[2:], right[2:], counts[2:], 0.0, 1.0) == pytest.approx(40 / 60)
    assert np.isnan(end_share(left, right, counts, -1.0, 3.0))
    assert np.isnan(end_share(left[:3], right[:3], counts[:3], -1.0, 0.5))


@settings(max_examples=200, deadline=None)
@given(
    arrays(np.float64, st.tuples(st.just(3), st.integers(1, 6)), elements=st.sampled_from([0.0, 1.0, 2.5, np.nan])),
    st.sampled_from([0.0, 0.5, 2.0]),
)
def test_largest_change_equals_the_definition(summaries: np.ndarray, typical: float) -> None:
    assert largest_change(summaries, typical) == pytest.approx(naive.largest_change(summaries, typical), nan_ok=True)


@pytest.mark.parametrize("width", [16, 64, 512])
def test_usual_initialisation_has_a_scaled_spread_near_one_at_any_size(width: int) -> None:
    for variance in (1.0 / (3 * width), 2.0 / (2 * width), 2.0 / width):
        assert 0.2 <= scaled_spread(float(np.sqrt(variance)), width * width) <= 1.5
