"""Two series side by side: pairs, rank correlation and equal numbers, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossdoctor.signals.alignment import equal_share, pair, rank_correlation
from lossdoctor.signals.curve import make_curve
from tests.signals import naive

FEW = st.sampled_from([0.0, 1.0, 2.0, 3.5, np.nan])


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 25).flatmap(lambda n: st.tuples(*[arrays(np.float64, n, elements=st.integers(0, 6))] * 2)))
def test_rank_correlation_equals_the_definition(both: tuple[np.ndarray, np.ndarray]) -> None:
    first, second = both
    assert rank_correlation(first, second) == pytest.approx(
        naive.rank_correlation(first, second), nan_ok=True, abs=1e-9
    )


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(st.integers(0, 12), FEW, max_size=12),
    st.dictionaries(st.integers(0, 12), FEW, max_size=12),
)
def test_equal_share_equals_the_definition(first: dict[int, float], second: dict[int, float]) -> None:
    got = equal_share(
        np.array(sorted(first), dtype=np.int64), np.array([first[s] for s in sorted(first)], dtype=float),
        np.array(sorted(second), dtype=np.int64), np.array([second[s] for s in sorted(second)], dtype=float),
    )  # fmt: skip
    assert got == pytest.approx(naive.equal_share(first, second), nan_ok=True)


def test_a_pair_lies_inside_both_curves_and_is_interpolated() -> None:
    first = make_curve([0, 10, 20, 30, 40], [5.0, 4.0, 3.0, 2.0, 1.0])
    second = make_curve(np.arange(8, 36), np.arange(8, 36, dtype=float))
    assert first is not None
    assert second is not None
    both = pair(first, second)
    np.testing.assert_array_equal(both.steps, [10, 20, 30])
    np.testing.assert_array_equal(both.first, [4, 3, 2])
    np.testing.assert_allclose(both.second, [10, 20, 30], atol=1.0)


def test_an_average_is_moved_back_to_the_middle_of_its_epoch() -> None:
    first = make_curve([5, 15, 25, 30], np.ones(4))
    second = make_curve([10, 20, 30, 40], [1.0, 2.0, 3.0, 4.0])
    assert first is not None
    assert second is not None
    both = pair(first, second, 5.0)
    np.testing.assert_array_equal(both.steps, [5, 15, 25, 30])
    np.testing.assert_allclose(both.second, np.interp([5, 15, 25, 30], [5, 15, 25, 35], second.trend))


def test_curves_that_do_not_overlap_have_no_pairs() -> None:
    first = make_curve([0, 1, 2], np.ones(3))
    second = make_curve([10, 11, 12], np.ones(3))
    assert first is not None
    assert second is not None
    assert pair(first, second).steps.size == 0
