from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossdoctor.figures.pyramid import Pyramid


def series(n: int, seed: int = 0, holes: bool = False) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    values = random.normal(size=n)
    if holes:
        values[random.integers(0, n, 50)] = np.nan
        values[random.integers(0, n, 5)] = np.inf
    return np.arange(n), values


@pytest.mark.parametrize("holes", [False, True])
@pytest.mark.parametrize("n", [1000, 30_000, 200_001])
def test_every_pixel_column_keeps_its_extremes(n: int, holes: bool) -> None:
    steps, values = series(n, holes=holes)
    kept_steps, kept = Pyramid(steps, values).view(0, n, 500)
    for part in np.array_split(np.arange(n), 100):
        inside = (kept_steps >= part[0]) & (kept_steps <= part[-1])
        whole, shown = values[part], kept[inside]
        # A column of 1/100 of the view may differ from the truth only by what lies across its border.
        assert np.isfinite(whole).any() == np.isfinite(shown).any()
    assert np.nanmax(kept[np.isfinite(kept)]) == values[np.isfinite(values)].max()
    assert np.nanmin(kept[np.isfinite(kept)]) == values[np.isfinite(values)].min()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 99_999), st.integers(0, 99_999), st.integers(50, 2000))
def test_a_spike_in_view_is_always_among_the_points(first: int, spike: int, buckets: int) -> None:
    steps, values = series(100_000)
    values[spike] = 1e6
    first, last = min(first, spike), 100_000
    _, kept = Pyramid(steps, values).view(first, last, buckets)
    assert 1e6 in kept


def test_a_hole_of_one_point_survives_and_the_result_is_short_and_in_order() -> None:
    steps, values = series(1_000_000)
    values[123_456] = np.nan
    values[777_777] = -np.inf
    kept_steps, kept = Pyramid(steps, values).view(0, 1_000_000, 1000)
    assert np.isnan(kept[kept_steps == 123_456]).all()
    assert (kept_steps == 123_456).sum() == 1
    assert kept[kept_steps == 777_777] == -np.inf
    assert np.all(np.diff(kept_steps) > 0)
    assert kept.size < 16 * 1000


def test_the_ends_of_the_view_are_exact() -> None:
    steps, values = series(500_000)
    kept_steps, _ = Pyramid(steps, values).view(1237, 499_003, 800)
    assert kept_steps[0] == 1237
    assert kept_steps[-1] == 499_002


def test_all_values_bad() -> None:
    steps = np.arange(100_000)
    _, kept = Pyramid(steps, np.full(100_000, np.nan)).view(0, 100_000, 100)
    assert np.isnan(kept).all()
