"""Jumps and zeros of a learning rate, early rises of a loss: against their slow twins, and on known curves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossdoctor.signals.curve import make_curve
from lossdoctor.signals.early import early_rise
from lossdoctor.signals.rates import lr_jumps, zero_share
from tests.signals import naive

RATES = arrays(np.float64, st.integers(0, 40), elements=st.sampled_from([0.0, 1e-9, 0.001, 0.0013, 0.01, 0.1]))


@settings(max_examples=300, deadline=None)
@given(RATES)
def test_jumps_equal_the_definition(rates: np.ndarray) -> None:
    steps = np.arange(rates.size, dtype=float) * 10
    got = [(jump.step, jump.before, jump.after) for jump in lr_jumps(steps, rates)]
    assert got == naive.lr_jumps(steps, rates, 1.5, 0.1)


@settings(max_examples=300, deadline=None)
@given(RATES)
def test_zero_share_equals_the_definition(rates: np.ndarray) -> None:
    assert zero_share(rates) == pytest.approx(naive.zero_share(rates, 1e-6))


@settings(max_examples=100, deadline=None)
@given(arrays(np.float64, st.integers(40, 60), elements=st.floats(-1e3, 1e3, width=32)))
def test_early_rise_is_the_largest_rise_of_medians_of_three(values: np.ndarray) -> None:
    curve = make_curve(np.arange(values.size), values)
    assert curve is not None
    rise = early_rise(curve)
    assert rise is not None
    levels = naive.running_median(values, 3)[: int(np.ceil(0.1 * values.size))]
    assert rise.height == pytest.approx(naive.largest_rise(levels), abs=1e-9)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_early_rise_scales_with_the_curve(scale: float) -> None:
    values = scale * np.concatenate(([2.0, 3.0, 5.0, 5.0, 4.0], np.linspace(3, 1, 95)))
    curve = make_curve(np.arange(100), values)
    assert curve is not None
    rise = early_rise(curve)
    assert rise is not None
    assert rise.height == pytest.approx(3.0 * scale)
    assert rise.step in (2.0, 3.0)


def test_a_run_of_few_points_has_no_early_part() -> None:
    curve = make_curve(np.arange(12), np.linspace(2, 1, 12))
    assert curve is not None
    assert early_rise(curve) is None
