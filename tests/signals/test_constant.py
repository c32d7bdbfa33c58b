"""Constants and frozen ends, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossdoctor.signals.constant import frozen_share, relative_range
from tests.signals import naive

VALUES = arrays(np.float64, st.integers(0, 20), elements=st.sampled_from([-2.0, 0.0, 1.0, 1.0000001]))


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_range_and_frozen_share_equal_their_definitions(values: np.ndarray) -> None:
    assert relative_range(values) == pytest.approx(naive.relative_range(values), nan_ok=True)
    assert frozen_share(values) == pytest.approx(naive.frozen_share(values))
