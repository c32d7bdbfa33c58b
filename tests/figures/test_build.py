from __future__ import annotations

import numpy as np
import pytest

from lossdoctor.figures import FigureSpec
from lossdoctor.figures.build import build_figure
from lossdoctor.figures.ranges import choose_axis
from lossdoctor.findings import Level, Line, Pair, Point, Span
from lossdoctor.runs import Role, Run
from tests.report import samples

STEPS = np.arange(1000)
RNG = np.random.default_rng(7)


def dump(spec: FigureSpec) -> list[str]:
    return [f"{panel.title}: {', '.join(line.series.tag for line in panel.lines)}" for panel in spec.panels]


def falling(start: float, end: float, n: int = 1000) -> np.ndarray:
    noise = np.exp(np.random.default_rng(1).normal(0, 0.02, n))
    return (end + (start - end) * np.exp(-6 * np.arange(n) / n)) * noise


def test_losses_come_first_then_metrics_learning_rate_and_gradient_norm() -> None:
    values = np.ones(3)
    data = (np.arange(3), values)
    run = samples.make_run(
        "r",
        {
            ("gn", Role.GRAD_NORM): data,
            ("lr", Role.LEARNING_RATE): data,
            ("val/wer", Role.VAL_ERROR): data,
            ("val/acc", Role.VAL_METRIC): data,
            ("train/acc", Role.TRAIN_METRIC): data,
            ("val/loss", Role.VAL_LOSS): data,
            ("test/loss", Role.TEST_LOSS): data,
            ("train/loss", Role.TRAIN_LOSS): data,
        },
    )
    assert dump(build_figure(run, samples.diagnosis())) == [
        "Loss: train/loss, val/loss, test/loss",
        "Accuracy: train/acc, val/acc",
        "Error: val/wer",
        "Learning rate: lr",
        "Gradient norm: gn",
    ]


def test_every_evidence_shape_lands_on_the_panel_of_its_series() -> None:
    elsewhere = Span(100, 200, "jump", "grad_norm")
    diagnosis = samples.diagnosis(findings=[samples.finding((*samples.EVERY_SHAPE, elsewhere))])
    spec = build_figure(samples.run(), diagnosis)
    shown = {panel.title: [mark.evidence for mark in panel.marks] for panel in spec.panels}
    assert shown["Loss"] == list(samples.EVERY_SHAPE)
    assert shown["Gradient norm"] == [elsewhere]
    assert shown["Learning rate"] == []
    assert {mark.code for mark in spec.panels[0].marks} == {"GN01"}


def test_evidence_of_a_series_that_is_not_drawn_keeps_only_its_steps() -> None:
    evidence = (
        Level(0.5, "level", "hidden"),
        Point(10, 0.5, "point", "hidden"),
        Line(0, 1, 9, 2, "line", "hidden"),
        Pair(5, 0, 1, "pair", "hidden", "other"),
    )
    spec = build_figure(samples.run(), samples.diagnosis(findings=[samples.finding(evidence)]))
    assert [mark.evidence for mark in spec.panels[0].marks] == [
        Span(10, 10, "point", "hidden"),
        Span(0, 9, "line", "hidden"),
        Span(5, 5, "pair", "hidden"),
    ]


def test_a_run_without_losses_shows_what_it_has() -> None:
    data = (np.arange(5), np.ones(5))
    for lines, expected in (
        ({("d", Role.ADVERSARIAL_LOSS): data, ("g", Role.ADVERSARIAL_LOSS): data}, ["Adversarial losses: d, g"]),
        ({("return", Role.REWARD): data, ("lr", Role.LEARNING_RATE): data}, ["Reward: return", "Learning rate: lr"]),
        ({("w", Role.OTHER): data, ("v", Role.OTHER): data}, ["w: w", "v: v"]),
    ):
        assert dump(build_figure(samples.make_run("r", lines), samples.diagnosis())) == expected


def test_a_run_without_series_has_no_panels() -> None:
    spec = build_figure(Run("r", "/r", "r", "csv", ()), samples.diagnosis())
    assert spec.panels == ()
    assert spec.x_range is None


def test_nan_only_has_a_panel_without_a_range() -> None:
    run = samples.make_run("r", {("loss", Role.TRAIN_LOSS): (STEPS, np.full(1000, np.nan))})
    (panel,) = build_figure(run, samples.diagnosis()).panels
    assert panel.y_range is None
    assert not panel.log_y


def test_the_x_range_spans_all_lines() -> None:
    assert build_figure(samples.run(), samples.diagnosis()).x_range == (0.0, 1000.0)


class TestAxis:
    def test_an_absurd_first_point_is_left_outside(self) -> None:
        values = falling(2.5, 0.5)
        values[0] = 1e8
        assert choose_axis([values]).y_range[1] < 5.0  # type: ignore[index]

    def test_a_huge_spike_is_cut_but_a_moderate_one_is_shown(self) -> None:
        for peak, shown in ((4.0, True), (400.0, False)):
            values = falling(2.5, 0.5)
            values[600] = peak
            choice = choose_axis([values])
            assert not choice.log_y
            assert (choice.y_range[1] > peak) == shown  # type: ignore[index]

    def test_a_divergence_over_the_last_third_is_shown_whole(self) -> None:
        values = falling(2.5, 0.5)
        values[700:] = np.linspace(0.5, 30.0, 300)
        low, high = choose_axis([values]).y_range  # type: ignore[misc]
        assert low < 0.5
        assert high > 30.0

    def test_a_steep_start_is_not_cut_away(self) -> None:
        values = np.full(1000, 0.2)
        values[:15] = np.linspace(2.3, 0.2, 15)
        choice = choose_axis([values + RNG.normal(0, 0.02, 1000)])
        assert choice.y_range is not None
        assert choice.y_range[1] > 2.0

    def test_three_decades_get_a_log_axis(self) -> None:
        choice = choose_axis([falling(3.0, 1e-3)])
        assert choice.log_y
        # The exponential of six time constants is at 3 e^-6 + 0.001 = 0.0084 when it ends.
        assert 0 < choice.y_range[0] < 0.0084  # type: ignore[index]

    def test_a_validation_loss_keeps_the_axis_linear_beside_a_training_loss_that_goes_to_zero(self) -> None:
        train, val = falling(2.5, 1e-4), falling(2.5, 0.6)
        assert choose_axis([train], [False]).log_y
        assert not choose_axis([train, val], [False, True]).log_y

    @pytest.mark.parametrize("odd", [0.0, -1.0])
    def test_no_log_axis_with_values_it_cannot_show(self, odd: float) -> None:
        values = falling(3.0, 1e-3)
        values[500] = odd
        assert not choose_axis([values]).log_y

    def test_a_cosine_learning_rate_is_linear_and_a_stepped_one_logarithmic(self) -> None:
        cosine = 3e-4 * (0.5 + 0.5 * np.cos(np.pi * STEPS / 1000))
        stepped = 1e-2 * 0.1 ** (STEPS // 200)
        data = {kind: samples.make_run("r", {("lr", Role.LEARNING_RATE): (STEPS, v)}) for kind, v in
                (("cosine", cosine), ("stepped", stepped))}  # fmt: skip
        log = {kind: build_figure(run, samples.diagnosis()).panels[0].log_y for kind, run in data.items()}
        assert log == {"cosine": False, "stepped": True}

    @pytest.mark.parametrize("value", [2.3, 0.0, -4.0, 1e-12, 1e300])
    def test_a_constant_line_lies_inside(self, value: float) -> None:
        low, high = choose_axis([np.full(50, value)]).y_range  # type: ignore[misc]
        assert low <= value < high

    def test_a_loss_near_zero_is_read_against_zero(self) -> None:
        assert choose_axis([falling(2.5, 0.1)]).y_range[0] == 0.0  # type: ignore[index]

    def test_ten_evaluations_weigh_as_much_as_a_thousand_points(self) -> None:
        low, high = choose_axis([falling(2.5, 0.5), np.linspace(4.0, 5.0, 10)], [False, True]).y_range  # type: ignore[misc]
        assert high > 5.0
        assert low < 0.5

    def test_a_marked_value_within_reach_is_inside(self) -> None:
        assert choose_axis([falling(2.5, 1.0)], anchors=[4.6]).y_range[1] > 4.6  # type: ignore[index]

    def test_infinities_do_not_count(self) -> None:
        values = falling(2.5, 0.5)
        values[[3, 500]] = np.inf, -np.inf
        assert choose_axis([values]).y_range[1] < 4.0  # type: ignore[index]
