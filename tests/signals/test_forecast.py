"""Forecasts: exact on curves of their own kind, equal to a slow search, honest when nothing can be said."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lossdoctor.signals.curve import Curve, make_curve
from lossdoctor.signals.forecast import EXPONENTS, SKIPPED, TIME_CONSTANTS, forecast


def curve(values: np.ndarray) -> Curve:
    made = make_curve(np.arange(1, values.size + 1), values)
    assert made is not None
    return made


def exponential(tau: float, n: int = 100, noise: float = 0.0) -> np.ndarray:
    t = np.arange(n) / n
    return 0.2 + 2.0 * np.exp(-t / tau) + noise * np.random.default_rng(0).normal(size=n)


@pytest.mark.parametrize("tau", [0.3, 0.6, 1.0])
def test_an_exponential_goes_on_as_one(tau: float) -> None:
    found = forecast(curve(exponential(tau)))
    assert found is not None
    assert found.course == "exponential"
    assert found.level == pytest.approx(0.2 + 2.0 * math.exp(-1.5 / tau), abs=0.02)
    assert found.low <= found.level <= found.high
    assert found.gain == pytest.approx(curve(exponential(tau)).end - found.level)


@pytest.mark.parametrize("power", [0.2, 0.5])
def test_a_power_law_goes_on_as_one(power: float) -> None:
    steps = np.arange(1, 2001)
    found = forecast(curve(1.0 + 3.0 * steps**-power))
    assert found is not None
    assert found.course == "power law"
    assert found.level == pytest.approx(1.0 + 3.0 * 3000.0**-power, abs=0.002)


def slow_error(made: Curve) -> float:
    """Least error of all courses, by solving each one's two unknowns with a general solver."""
    g = made.steps.size
    pick = np.unique(np.linspace(int(SKIPPED * g), g - 1, 120).astype(int))
    steps = made.steps.astype(float)
    t = steps[pick] - steps[0] + (steps[-1] - steps[0]) / (g - 1)
    shapes = [np.exp(-(t - t[0]) / (tau * (t[-1] - t[0]))) for tau in TIME_CONSTANTS]
    shapes += [(t / t[-1]) ** -p for p in EXPONENTS]
    errors = []
    for shape in shapes:
        (a, c), *_ = np.linalg.lstsq(np.stack([shape, np.ones_like(shape)], axis=1), made.values[pick], rcond=None)
        if a > 0:
            errors.append(math.sqrt(float(np.mean((made.values[pick] - c - a * shape) ** 2))))
    return min(errors)


@pytest.mark.parametrize("seed", range(5))
def test_the_fit_is_the_best_of_all_courses(seed: float) -> None:
    made = curve(exponential(0.4, noise=0.05) + 0.02 * np.random.default_rng(int(seed)).normal(size=100))
    found = forecast(made)
    assert found is not None
    assert found.error == pytest.approx(slow_error(made), rel=1e-6)


def test_scale_and_offset_go_through() -> None:
    one, other = forecast(curve(exponential(0.5))), forecast(curve(-7.0 + 100.0 * exponential(0.5)))
    assert one is not None
    assert other is not None
    assert other.level == pytest.approx(-7.0 + 100.0 * one.level)


def test_nothing_is_said_of_few_points_or_of_a_rise() -> None:
    assert forecast(curve(exponential(0.5, n=12))) is None
    assert forecast(curve(np.linspace(1.0, 2.0, 100))) is None
    assert forecast(curve(np.full(100, 3.0))) is None
    assert forecast(curve(exponential(0.5)), more=0.0) is None


def test_a_positive_loss_is_not_promised_to_fall_below_zero() -> None:
    straight = np.linspace(2.3, 0.3, 500) + 0.01 * np.random.default_rng(0).normal(size=500)
    free, bound = forecast(curve(straight)), forecast(curve(straight), positive=True)
    assert free is not None
    assert free.level < 0
    assert bound is not None
    assert 0 <= bound.low <= bound.level < 0.3
