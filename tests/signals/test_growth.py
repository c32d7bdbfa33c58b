"""Growth of a positive series, and standing at a ceiling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossdoctor.signals.curve import make_curve
from lossdoctor.signals.growth import ceiling_share, growth
from tests.signals import naive


@settings(max_examples=300, deadline=None)
@given(arrays(np.float64, st.integers(0, 130), elements=st.sampled_from([0.0, 0.5, 0.996, 1.0])))
def test_ceiling_share_equals_the_definition(values: np.ndarray) -> None:
    assert ceiling_share(values) == pytest.approx(naive.ceiling_share(values, 0.005), nan_ok=True)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_growth_is_a_ratio_whatever_the_scale(scale: float) -> None:
    values = scale * np.concatenate((np.ones(60), np.linspace(1, 50, 40)))
    curve = make_curve(np.arange(100), values)
    assert curve is not None
    found = growth(curve)
    assert found is not None
    assert found.early == pytest.approx(scale)
    assert found.factor == pytest.approx(50, rel=0.1)
    assert found.end_factor == pytest.approx(48, rel=0.1)
    assert found.highest_step > 90


def test_a_series_of_zeros_has_no_factor_and_a_short_one_no_growth() -> None:
    zeros = make_curve(np.arange(40), np.zeros(40))
    assert zeros is not None
    found = growth(zeros)
    assert found is not None
    assert np.isnan(found.factor)
    short = make_curve(np.arange(9), np.ones(9))
    assert short is not None
    assert growth(short) is None
