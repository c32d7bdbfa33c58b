"""Correlated points are worth less: by the known amount, and slopes of running averages stop looking sure."""

from __future__ import annotations

import numpy as np
import pytest

from lossdoctor.signals.independence import effective_points
from lossdoctor.signals.tail import robust_slope


def first_order(phi: float, n: int, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=n)
    values = np.empty(n)
    values[0] = noise[0]
    for i in range(1, n):
        values[i] = phi * values[i - 1] + noise[i]
    return values


@pytest.mark.parametrize("phi", [0.0, 0.3, 0.6, 0.8])
def test_a_first_order_process_is_worth_its_share(phi: float) -> None:
    found = effective_points(first_order(phi, 20_000, 0)) / 20_000
    assert found == pytest.approx((1 - phi) / (1 + phi), rel=0.1)


def test_bounds() -> None:
    assert effective_points(np.arange(5.0)) == 5
    assert effective_points(np.full(50, 2.0)) == 50
    assert effective_points(np.tile([1.0, -1.0], 50)) == 100
    assert effective_points(np.arange(100.0)) == pytest.approx(100 / 19)


def test_a_level_running_average_seldom_seems_to_fall() -> None:
    steps = np.arange(100.0)
    sure = sum(
        slope.falling or slope.rising
        for seed in range(200)
        if (slope := robust_slope(steps, first_order(0.7, 100, seed)))
    )
    # 5 % by the definition of the interval, and some for what a correlation from 100 points leaves open.
    assert sure <= 24
