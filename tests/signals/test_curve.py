"""Curve: levels, trend and grid on curves whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossdoctor.signals.curve import GRID, Curve, make_curve
from lossdoctor.signals.excursions import excursions
from lossdoctor.signals.levels import chance_level, double_softmax_floor
from lossdoctor.signals.nonfinite import zero_tail
from lossdoctor.signals.rise import sustained_rise
from lossdoctor.signals.schedule import schedule
from lossdoctor.signals.swings import periodicity
from lossdoctor.signals.tail import flat_since, late_gain, tail_slope
from lossdoctor.synth import CurveSpec, make_values


def curve_of(spec: CurveSpec, seed: int = 0) -> Curve:
    values = make_values(spec, seed)
    curve = make_curve(np.arange(values.size), values)
    assert curve is not None
    return curve


ANY = arrays(np.float64, st.integers(0, 50), elements=st.floats(allow_nan=True, allow_infinity=True))


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_any_values_make_a_curve_or_none_and_every_signal_answers(values: np.ndarray) -> None:
    with np.errstate(all="ignore"):
        curve = make_curve(np.arange(values.size), values)
        if curve is None:
            assert not np.isfinite(values).any()
            return
        assert curve.low.min() <= curve.best + 1e-9 * abs(curve.best)
        assert curve.unit > 0
        excursions(curve, 0.1 * curve.unit)
        sustained_rise(curve)
        late_gain(curve)
        tail_slope(curve)
        assert 0 <= flat_since(curve, 0.1) <= 1


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="steps"):
        make_curve([1, 2, 3], [1.0, 2.0])


@pytest.mark.parametrize("n", [50, 999, 1001, 20_000])
def test_levels_of_an_exponential(n: int) -> None:
    curve = curve_of(CurveSpec(n=n, start=2.0, end=0.5, tau=0.1, noise=0.02))
    assert curve.steps.size <= GRID
    assert curve.start == pytest.approx(2.0, abs=0.35)
    assert curve.end == pytest.approx(0.5, abs=0.05)
    assert curve.best == pytest.approx(0.5, abs=0.05)
    assert curve.sigma == pytest.approx(0.02, rel=0.4)


def test_one_absurd_first_point_does_not_set_the_scale() -> None:
    values = np.concatenate(([8e8], np.full(39, 2.3)))
    curve = make_curve(np.arange(40), values)
    assert curve is not None
    assert curve.start == pytest.approx(2.3)
    assert curve.drop == 0


def test_grid_keeps_every_extreme() -> None:
    values = make_values(CurveSpec(n=100_000, noise=0.1))
    values[54_321] = 99.0
    curve = make_curve(np.arange(values.size), values)
    assert curve is not None
    assert curve.high.max() == 99.0
    assert curve.peak_steps[int(np.argmax(curve.high))] == 54_321


@pytest.mark.parametrize("factor", [1e-6, 1.0, 1e6])
def test_scale_changes_nothing_but_the_unit(factor: float) -> None:
    spec = CurveSpec(n=300, noise=0.05, rise_at=0.6, rise_to=1.5)
    plain = make_curve(np.arange(300), make_values(spec))
    scaled = make_curve(np.arange(300), factor * make_values(spec))
    assert plain is not None
    assert scaled is not None
    assert scaled.best_index == plain.best_index
    assert sustained_rise(scaled).of_level == pytest.approx(sustained_rise(plain).of_level, rel=1e-9)
    assert late_gain(scaled) == pytest.approx(late_gain(plain), rel=1e-9)


def test_late_gain_knows_a_straight_line_from_a_converged_curve() -> None:
    straight = make_curve(np.arange(200), np.linspace(2, 1, 200))
    assert straight is not None
    assert late_gain(straight) == pytest.approx(0.3, abs=0.03)
    assert abs(late_gain(curve_of(CurveSpec(tau=0.05)))) < 0.01


def test_sustained_rise_finds_best_point_and_onset() -> None:
    curve = curve_of(CurveSpec(n=400, start=2, end=1, tau=0.05, rise_at=0.4, rise_to=2.0, noise=0.01))
    rise = sustained_rise(curve)
    assert rise.best_step == pytest.approx(160, abs=25)
    # It had gained 1.0; a tenth of that is reached a tenth of the way from 160 to 399 (from 1.0 to 2.0).
    assert rise.onset_step == pytest.approx(160 + 0.1 * 240, abs=20)
    assert rise.height == pytest.approx(0.85, abs=0.15)


def test_a_high_last_point_is_no_sustained_rise() -> None:
    values = np.append(make_values(CurveSpec(n=59, end=0.4, tau=0.1)), 5.0)
    curve = make_curve(np.arange(60), values)
    assert curve is not None
    assert sustained_rise(curve).of_level < 0.02


def test_excursion_is_placed_measured_and_recovers() -> None:
    curve = curve_of(CurveSpec(n=1000, end=0.3, tau=0.05, noise=0.01, spike_at=(0.6,), spike_height=4.0))
    spike = excursions(curve, 0.2)[0]
    assert spike.peak_step == pytest.approx(600, abs=2)
    assert spike.height == pytest.approx(4.0, rel=0.1)
    assert spike.recovered
    assert spike.tails > 10


def test_a_jump_that_stays_has_not_recovered() -> None:
    curve = curve_of(CurveSpec(n=400, end=0.3, tau=0.1, jump_at=0.7, jump_to=2.0))
    assert not excursions(curve, 0.2)[0].recovered


@pytest.mark.parametrize("period", [0.02, 0.05, 0.1])
def test_periodicity_finds_the_period(period: float) -> None:
    values = make_values(CurveSpec(n=1000, start=1.0, end=0.5, saw=0.2, saw_period=period, noise=0.03))
    found = periodicity(values)
    assert found is not None
    assert found.lag == pytest.approx(period * 1000, rel=0.05)
    assert found.strength > 0.5


def test_white_noise_has_no_period() -> None:
    for seed in range(20):
        found = periodicity(make_values(CurveSpec(n=500, noise=0.2), seed))
        assert found is None or found.strength < 0.5


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        (np.full(20, 0.1), {"constant": True, "warmup_end_step": None, "decayed_step": None}),
        (np.concatenate((np.linspace(0, 1, 11), np.full(20, 1.0))), {"constant": False, "warmup_end_step": 10.0}),
        (np.concatenate((np.full(10, 1.0), np.full(10, 0.01))), {"decayed_step": 10.0, "drop_steps": (10.0,)}),
        (np.tile(np.linspace(1, 0, 10), 3), {"rise_steps": (10.0, 20.0)}),
        (np.linspace(0.01, 1, 30), {"ramping": True}),
    ],
)
def test_schedule_shapes(rates: np.ndarray, expected: dict[str, object]) -> None:
    shape = schedule(np.arange(rates.size, dtype=float), rates)
    assert shape is not None
    assert {name: getattr(shape, name) for name in expected} == expected


def test_schedule_without_a_positive_rate_is_none() -> None:
    assert schedule(np.arange(3.0), np.zeros(3)) is None
    assert schedule(np.arange(0.0), np.zeros(0)) is None


def test_chance_levels() -> None:
    match = chance_level(2.303)
    assert match is not None
    assert match.classes == 10
    assert chance_level(2.303, classes=7) is None
    assert chance_level(float("nan")) is None
    assert chance_level(-1.0) is None
    # The three values in the knowledge base's table of signatures.
    assert double_softmax_floor(2) == pytest.approx(0.3133, abs=1e-4)
    assert double_softmax_floor(10) == pytest.approx(1.4612, abs=1e-4)
    assert double_softmax_floor(100) == pytest.approx(3.6222, abs=1e-3)
    with pytest.raises(ValueError, match="1 classes"):
        double_softmax_floor(1)


def test_zero_tail_knows_a_filtered_nan_from_convergence() -> None:
    assert zero_tail(np.array([2.0, 1.5, 1.4, 0.0, 0.0, 0.0])) == 3
    assert zero_tail(np.array([1.0, 1e-2, 1e-5, 0.0, 0.0])) is None
    assert zero_tail(np.array([0.0, 0.0, 0.0, 0.0])) is None
    assert zero_tail(np.array([1.0, 0.0])) is None


def test_a_curve_of_frozen_arrays_is_prepared_once_and_follows_changes_of_open_ones() -> None:
    steps, values = np.arange(50), np.linspace(2.0, 1.0, 50)
    open_curve = make_curve(steps, values)
    values[:] = 5.0
    changed = make_curve(steps, values)
    assert open_curve is not None
    assert changed is not None
    assert open_curve.end == pytest.approx(1.0, abs=0.05)
    assert changed.end == 5.0
    steps.flags.writeable = values.flags.writeable = False
    assert make_curve(steps, values) is make_curve(steps, values)
    for n in range(40):
        other = np.full(20, float(n))
        other.flags.writeable = False
        place = np.arange(20)
        place.flags.writeable = False
        curve = make_curve(place, other)
        assert curve is not None
        assert curve.end == n
