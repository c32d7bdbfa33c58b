"""Seconds a step and standstills, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossdoctor.signals.pace import pace, stalls
from tests.signals import naive

GAPS = arrays(np.float64, 60, elements=st.sampled_from([0.0, 1.0, 1.1, 2.0, 500.0, np.nan]))
MOVES = arrays(np.float64, 60, elements=st.sampled_from([0.0, 1.0, 10.0]))


@settings(max_examples=200, deadline=None)
@given(MOVES, arrays(np.float64, 60, elements=st.sampled_from([0.0, 1.0, 1.5, 40.0])))
def test_pace_is_the_median_of_the_usable_intervals(moves: np.ndarray, gaps: np.ndarray) -> None:
    steps, times = np.cumsum(moves), np.cumsum(gaps)
    each = naive.seconds_a_step(steps, times)
    found = pace(steps, times)
    if len(each) < 21:
        assert found is None
        return
    assert found is not None
    fifth = (len(each) - 1) // 5
    assert found.early == pytest.approx(float(np.median(each[1 : 1 + fifth])))
    assert found.late == pytest.approx(float(np.median(each[-fifth:])))
    assert found.slowdown == pytest.approx(found.late / found.early)


@settings(max_examples=200, deadline=None)
@given(MOVES, GAPS)
def test_stalls_equal_the_definition(moves: np.ndarray, gaps: np.ndarray) -> None:
    steps, times = np.cumsum(moves), np.cumsum(gaps)
    found = stalls(steps, times, 100.0, 20.0)
    assert (found.at.tolist() if found else []) == naive.stalls(steps, times, 100.0, 20.0)


def test_the_change_is_found_where_it_is() -> None:
    times = np.cumsum(np.where(np.arange(200) < 120, 1.0, 2.0))
    found = pace(np.arange(200, dtype=float), times)
    assert found is not None
    assert found.slowdown == pytest.approx(2.0)
    assert found.change_step == pytest.approx(120, abs=2)
