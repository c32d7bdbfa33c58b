from __future__ import annotations

import numpy as np
import pytest

from lossdoctor.figures.time_ticks import time_spacing, time_texts
from lossdoctor.gui.plots.smoothing import Smoothing, smooth, window_of


def slow_parabola(values: np.ndarray, window: int) -> np.ndarray:
    half, out = window // 2, np.full(values.size, np.nan)
    for i in range(values.size):
        at = np.arange(max(i - half, 0), min(i + half + 1, values.size))
        at = at[np.isfinite(values[at])]
        if at.size >= 4:
            out[i] = np.polyval(np.polyfit(at - i, values[at], 2), 0.0)
        elif at.size:
            out[i] = values[at].mean()
    return np.where(np.isfinite(values), out, values)


@pytest.mark.parametrize("kind", list(Smoothing))
def test_bad_points_stay_and_touch_nobody(kind: Smoothing) -> None:
    values = np.ones(60)
    values[[20, 40]] = np.nan, np.inf
    smoothed = smooth(values, 0.8, kind)
    assert np.isnan(smoothed[20])
    assert smoothed[40] == np.inf
    assert np.allclose(smoothed[np.isfinite(values)], 1.0)


@pytest.mark.parametrize("kind", list(Smoothing))
def test_no_weight_returns_the_values_themselves(kind: Smoothing) -> None:
    values = np.array([1.0, 5.0])
    assert smooth(values, 0.0, kind) is values
    assert smooth(np.empty(0), 0.9, kind).size == 0


@pytest.mark.parametrize("kind", list(Smoothing))
@pytest.mark.parametrize("n", [1, 2, 5, 37])
def test_short_series(kind: Smoothing, n: int) -> None:
    assert np.isfinite(smooth(np.arange(n, dtype=float), 0.99, kind)).all()


@pytest.mark.parametrize("weight", [0.5, 0.9, 0.99])
def test_the_parabola_is_the_fit_of_each_window(weight: float) -> None:
    random = np.random.default_rng(3)
    values = random.normal(size=900).cumsum() + 1000.0
    values[random.integers(0, 900, 40)] = np.nan
    wanted = slow_parabola(values, window_of(900, weight))
    assert np.allclose(smooth(values, weight, Smoothing.SAVITZKY_GOLAY), wanted, atol=1e-5, equal_nan=True)


def test_the_median_forgets_a_spike_and_the_average_starts_unbiased() -> None:
    values = np.ones(100)
    values[50] = 1000.0
    assert np.allclose(smooth(values, 0.9, Smoothing.MEDIAN), 1.0)
    assert smooth(np.array([4.0, 4.0, 4.0]), 0.99)[0] == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("values", "spacing", "texts"),
    [
        ([0.0, 30_000.0, 90_000.0], 30_000.0, ["0:00", "0:30", "1:30"]),
        ([0.0, 5_400_000.0], 1_800_000.0, ["0:00", "1:30 h"]),
        ([0.0, 172_800_000.0], 86_400_000.0, ["0 d", "2 d"]),
        ([-1000.0, 500.0], 500.0, ["−1 s", "0.5 s"]),
    ],
)
def test_tick_texts_of_time(values: list[float], spacing: float, texts: list[str]) -> None:
    assert time_texts(values, spacing, wall=False) == texts


def test_ticks_of_time_are_round() -> None:
    assert [time_spacing(ms) for ms in (150.0, 7_000.0, 4e6, 2e8)] == [200.0, 10_000.0, 7_200_000.0, 3 * 86_400_000.0]
