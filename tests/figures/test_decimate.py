from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lossdoctor.figures.decimate import POINTS_PER_BUCKET, minmax

VALUES = st.one_of(
    st.floats(-1e6, 1e6, allow_nan=False), st.sampled_from([np.nan, np.inf, -np.inf, 0.0, 1e308, -1e308])
)


def naive(steps: np.ndarray, values: np.ndarray, buckets: int) -> list[int]:
    """The obvious version: walks the points, closes a bucket whenever the column changes."""
    width = max(int(steps.max()) - int(steps.min()), 1)
    groups: list[list[int]] = []
    previous = None
    for i, step in enumerate(steps):
        column = min(int((float(step) - int(steps.min())) * (buckets / width)), buckets - 1)
        if column != previous:
            groups.append([])
        groups[-1].append(i)
        previous = column
    kept: set[int] = set()
    for group in groups:
        kept |= {group[0], group[-1]}
        finite = [i for i in group if np.isfinite(values[i])]
        if finite:
            kept |= {min(finite, key=lambda i: values[i]), max(finite, key=lambda i: values[i])}
        for wanted in (np.isnan, np.isposinf, np.isneginf):
            kept |= set([i for i in group if wanted(values[i])][:1])
        kept |= set([i for i in group if not np.isfinite(values[i])][-1:])
    return sorted(kept)


@given(
    hnp.arrays(np.float64, st.integers(1, 200), elements=VALUES),
    st.integers(1, 40),
    st.integers(0, 2**31),
)
@settings(max_examples=200, deadline=None)
def test_equals_the_naive_version_on_increasing_steps(values: np.ndarray, buckets: int, seed: int) -> None:
    steps = np.cumsum(np.random.default_rng(seed).integers(1, 9, values.size))
    got_steps, got_values = minmax(steps, values, buckets)
    if values.size <= 4 * buckets:
        assert got_steps is steps
        assert got_values is values
        return
    expected = naive(steps, values, buckets)
    np.testing.assert_array_equal(got_steps, steps[expected])
    np.testing.assert_array_equal(got_values, values[expected])


@given(hnp.arrays(np.float64, st.integers(1, 300), elements=VALUES), st.integers(1, 10), st.integers(0, 2**31))
@settings(max_examples=100, deadline=None)
def test_ends_extremes_and_holes_survive_any_order_of_steps(values: np.ndarray, buckets: int, seed: int) -> None:
    steps = np.random.default_rng(seed).integers(-50, 50, values.size)
    got_steps, got_values = minmax(steps, values, buckets)
    assert (got_steps[0], got_steps[-1]) == (steps[0], steps[-1])
    assert got_values.size <= max(4 * buckets, POINTS_PER_BUCKET * 5 * buckets)
    finite = values[np.isfinite(values)]
    if finite.size:
        assert np.nanmax(got_values[np.isfinite(got_values)]) == finite.max()
        assert np.nanmin(got_values[np.isfinite(got_values)]) == finite.min()
    for kind in (np.isnan, np.isposinf, np.isneginf):
        assert bool(kind(got_values).any()) == bool(kind(values).any())


def test_a_single_spike_among_a_million_points_survives() -> None:
    steps = np.arange(1_000_000)
    values = np.full(steps.size, 1.0)
    values[765_432] = 99.0
    got_steps, got_values = minmax(steps, values, 500)
    assert got_steps[np.argmax(got_values)] == 765_432
    assert got_values.size <= 4 * 500


def test_a_gap_stays_a_gap_between_its_neighbours() -> None:
    values = np.ones(10_000)
    values[5_000:5_003] = np.nan
    _, kept = minmax(np.arange(10_000), values, 10)
    hole = np.flatnonzero(np.isnan(kept))
    assert hole.size == 2
    assert np.isfinite(kept[hole[0] - 1])
    assert np.isfinite(kept[hole[-1] + 1])


def test_a_resumed_run_keeps_both_branches() -> None:
    steps = np.concatenate([np.arange(1000), np.arange(500, 1500)])
    values = np.concatenate([np.full(1000, 1.0), np.full(1000, 2.0)])
    got_steps, got_values = minmax(steps, values, 50)
    assert np.flatnonzero(np.diff(got_steps) < 0).size == 1
    assert set(got_values) == {1.0, 2.0}


def test_two_writers_in_one_file_cost_no_more_than_one() -> None:
    steps = np.tile([0, 1_000], 50_000)
    got, _ = minmax(steps, np.random.default_rng(0).normal(size=steps.size), 100)
    assert got.size <= POINTS_PER_BUCKET * 100


def test_steps_at_the_ends_of_int64_do_not_overflow() -> None:
    steps = np.array([np.iinfo(np.int64).min, *range(100), np.iinfo(np.int64).max])
    got, _ = minmax(steps, np.arange(102.0), 3)
    assert got[0] == steps[0]
    assert got[-1] == steps[-1]


def test_empty_is_empty() -> None:
    steps, values = minmax(np.array([], dtype=np.int64), np.array([]), 5)
    assert steps.size == values.size == 0


@pytest.mark.parametrize(("steps", "values", "buckets"), [(3, 4, 5), (4, 4, 0)])
def test_wrong_input_is_refused(steps: int, values: int, buckets: int) -> None:
    with pytest.raises(ValueError, match="must be"):
        minmax(np.arange(steps), np.zeros(values), buckets)
