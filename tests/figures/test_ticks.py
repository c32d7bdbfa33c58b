from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossdoctor.figures import ticks

THIN = "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.0, 2.6, ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"]),
        (0.02, 0.11, ["0.02", "0.04", "0.06", "0.08", "0.10"]),
        (-1.2, 1.2, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
        (0.0, 3.1e-4, ["0", "0.5e−4", "1.0e−4", "1.5e−4", "2.0e−4", "2.5e−4", "3.0e−4"]),
        (0.0, 25_000.0, ["0", f"5{THIN}000", f"10{THIN}000", f"15{THIN}000", f"20{THIN}000", f"25{THIN}000"]),
        (0.0, 5e8, ["0", "1e8", "2e8", "3e8", "4e8", "5e8"]),
    ],
)
def test_linear(low: float, high: float, labels: list[str]) -> None:
    assert list(ticks.linear(low, high).labels) == labels


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0, 20_000, ["0", "5k", "10k", "15k", "20k"]),
        (0, 9, ["0", "2", "4", "6", "8"]),
        (0, 3, ["0", "1", "2", "3"]),
        (0, 2_500_000, ["0", "0.5M", "1.0M", "1.5M", "2.0M", "2.5M"]),
        (0, 1_000, ["0", "200", "400", "600", "800", f"1{THIN}000"]),
        (1_000_000, 1_000_010, [f"1{THIN}000{THIN}0{n:02}" for n in (0, 2, 4, 6, 8, 10)]),
    ],
)
def test_steps(low: float, high: float, labels: list[str]) -> None:
    assert list(ticks.steps(low, high).labels) == labels


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.01, 100.0, ["0.01", "0.1", "1", "10", "100"]),
        (0.5, 30.0, ["1", "10"]),
        (1.5, 8.0, ["2", "5"]),
        (2.1, 4.4, ["2.5", "3.0", "3.5", "4.0"]),
        (1e-12, 1.0, ["1e−12", "1e−9", "1e−6", "1e−3", "1e0"]),
    ],
)
def test_logarithmic(low: float, high: float, labels: list[str]) -> None:
    assert list(ticks.logarithmic(low, high).labels) == labels


def test_a_decade_has_eight_minor_marks() -> None:
    assert len(ticks.logarithmic(1.0, 100.0).minor) == 16


@pytest.mark.parametrize("value", [0.0, 3.5, -2.0, 1e300, 1e-300])
def test_an_empty_range_has_one_tick(value: float) -> None:
    assert ticks.linear(value, value).values == (value,)


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12), st.integers(2, 8))
def test_linear_ticks_lie_inside_and_read_back(low: float, span: float, target: int) -> None:
    high = low + span
    made = ticks.linear(low, high, target)
    assert len(made.values) == len(made.labels) == len(set(made.labels))
    assert len(made.values) <= 3 * target
    slack = 1e-6 * span + 1e-9 * max(abs(low), abs(high))
    assert all(low - slack <= value <= high + slack for value in made.values)


@given(st.floats(-300, 290), st.floats(0.01, 18))
def test_log_ticks_lie_inside(exponent: float, decades: float) -> None:
    low, high = 10**exponent, 10 ** (exponent + decades)
    made = ticks.logarithmic(low, high)
    assert all(low * (1 - 1e-6) <= value <= high * (1 + 1e-6) for value in (*made.values, *made.minor))
    assert len(made.labels) == len(set(made.labels))


@pytest.mark.parametrize("limits", [(math.nan, 1.0), (0.0, math.inf)])
def test_limits_must_be_finite(limits: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        ticks.linear(*limits)


def test_a_log_axis_needs_positive_limits() -> None:
    with pytest.raises(ValueError, match="positive"):
        ticks.logarithmic(0.0, 1.0)


def test_a_symmetric_axis_is_marked_on_both_sides_of_zero() -> None:
    made = ticks.symmetric(-100.0, 1e4, 0.1, 8)
    assert 0.0 in made.values
    assert {"0", "100"} & set(made.labels)
    assert all(-100.0 <= value <= 1e4 for value in made.values)
    assert len(made.values) == len(made.labels) <= 14
