"""Figures over epochs and tokens, and lines moved along the axis."""

from __future__ import annotations

import numpy as np
import pytest

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.figures.build import build_figure
from lossdoctor.figures.overlay import build_overlay
from lossdoctor.figures.time_axis import over_axis, shifted, starts
from lossdoctor.figures.x_axis import XAxis, counters_of
from lossdoctor.runs import Role, RoleAssignment, Run, Series


def run(
    name: str = "a", *, epochs: list[float] | None = None, extra: tuple[Series, ...] = (), unit: str = "step"
) -> Run:
    steps = np.arange(0, 100, 10)
    series = [Series("loss", steps, 2.0 - steps / 100.0)]
    roles = [RoleAssignment(Role.TRAIN_LOSS, "loss", True, "")]
    if epochs is not None:
        series.append(Series("epoch", steps[: len(epochs)], epochs))
        roles.append(RoleAssignment(Role.EPOCH, "epoch", True, ""))
    return Run(name, f"/logs/{name}", name, "csv", (*series, *extra), tuple(roles), step_unit=unit)


@pytest.mark.parametrize(
    ("epochs", "wanted"),
    [
        ([i / 4 for i in range(10)], {0: 0.0, 40: 1.0, 90: 2.25}),  # written as fractions
        ([0, 0, 0, 0, 1, 1, 1, 1, 2, 2], {0: 0.0, 20: 0.5, 40: 1.0, 90: 2.25}),  # as whole numbers
        ([0, 1], {0: 0.0, 10: 1.0, 95: 9.5}),  # no longer written after the beginning
    ],
)
def test_epochs_between_and_beyond_what_is_written(epochs: list[float], wanted: dict[int, float]) -> None:
    (counter,) = counters_of(run(epochs=epochs))
    assert counter.at(np.array(list(wanted), dtype=float)) == pytest.approx(list(wanted.values()))


@pytest.mark.parametrize("epochs", [[], [3.0] * 10, [0, 1, 0, 1], [np.nan] * 10])
def test_what_does_not_count_upwards_counts_nothing(epochs: list[float]) -> None:
    assert counters_of(run(epochs=epochs)) == ()


@pytest.mark.parametrize(
    ("tag", "counts"),
    [("num_input_tokens_seen", True), ("train/tokens", True), ("train.total_tokens", True), ("tokens_per_second", False),
     ("tokens_per_batch", False), ("broken", False)],
)  # fmt: skip
def test_which_tags_count_tokens(tag: str, counts: bool) -> None:
    made = run(extra=(Series(tag, [0, 50, 100], [0.0, 1e6, 2e6]),))
    assert [c.axis for c in counters_of(made)] == ([XAxis.TOKENS] if counts else [])


def test_steps_that_are_epochs_are_epochs() -> None:
    (counter,) = counters_of(run(unit="epoch"))
    assert counter.at(np.array([0.0, 7.0])).tolist() == [0.0, 7.0]


def test_the_figure_of_one_run_over_epochs() -> None:
    made = run(epochs=[i / 4 for i in range(10)])
    moved = over_axis(build_figure(made, diagnose(made)), XAxis.EPOCH)
    assert moved.x_label == "epoch"
    assert moved.x_range == (0.0, 2250.0)
    assert over_axis(build_figure(made, diagnose(made)), XAxis.TOKENS).panels == ()


def test_runs_with_and_without_epochs() -> None:
    runs = [run("a", epochs=[0, 0.5, 1]), run("b"), run("c", epochs=[0, 1, 2])]
    spec = build_overlay(runs, ["a", "b", "c"])
    lines = {line.label: line.series.steps for line in over_axis(spec, XAxis.EPOCH).panels[0].lines}
    assert set(lines) == {"a", "c"}
    assert lines["a"][-1] == 4500
    assert lines["c"][-1] == 9000


def test_lines_are_moved_by_run() -> None:
    spec = build_overlay([run("a"), run("b")], ["a", "b"])
    moved = shifted(spec, {"b": 100.0})
    assert {line.label: int(line.series.steps[0]) for line in moved.panels[0].lines} == {"a": 0, "b": 100}
    assert moved.x_range == (0.0, 190.0)
    assert starts(moved) == {"a": 0.0, "b": 100.0}
    back = shifted(moved, {name: -first for name, first in starts(moved).items()})
    assert starts(back) == {"a": 0.0, "b": 0.0}
