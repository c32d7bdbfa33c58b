"""Medians over runs of different length and steps, against what is known of them."""

from __future__ import annotations

import numpy as np
import pytest

from lossdoctor.figures.medians import build_medians, median_of
from lossdoctor.runs import Role, RoleAssignment, Run, Series


def series(level: float, steps: list[int] | None = None) -> Series:
    at = steps or [0, 10, 20]
    return Series("loss", at, [level] * len(at))


def run(name: str, level: float, role: Role = Role.TRAIN_LOSS) -> Run:
    return Run(name, name, name, "csv", (series(level),), (RoleAssignment(role, "loss", True, ""),))


def test_few_runs_show_their_whole_range_and_many_the_middle_half() -> None:
    few = median_of([series(1.0), series(2.0), series(9.0)])
    assert few.values.tolist() == [2.0] * 3
    assert few.band is not None
    assert (few.band.lower[0], few.band.upper[0]) == (1.0, 9.0)
    many = median_of([series(float(level)) for level in range(1, 6)])
    assert many.band is not None
    assert (many.band.lower[0], many.values[0], many.band.upper[0]) == (2.0, 3.0, 4.0)


def test_other_steps_are_read_off_lines_and_shorter_runs_end() -> None:
    made = median_of([Series("loss", [0, 20], [0.0, 2.0]), Series("loss", [0, 10], [1.0, 3.0])])
    assert made.steps.tolist() == [0, 10, 20]
    assert made.values.tolist() == [0.5, 2.0, 2.0]
    assert made.band is not None
    assert np.isnan(made.band.lower[2])  # one run alone has no range


def test_nan_is_left_out_and_nothing_stays_nothing() -> None:
    made = median_of([Series("loss", [0, 1, 2], [1.0, np.nan, 3.0]), series(2.0, [0, 1, 2])])
    assert np.isfinite(made.values).all()
    assert len(median_of([Series("loss", [0], [np.nan])])) == 0


def test_a_gap_between_two_runs_holds_no_points() -> None:
    made = median_of([series(1.0, [0, 1]), series(2.0, [100, 101]), series(3.0, [0, 101])])
    assert made.steps.tolist() == [0, 1, 100, 101]


@pytest.mark.parametrize("points", [3, 5000])
def test_long_runs_are_thinned(points: int) -> None:
    made = median_of([series(1.0, list(range(points))), series(3.0, list(range(points)))])
    assert len(made) == min(points, 2000)
    assert made.steps[-1] == points - 1


def test_a_line_for_each_group_in_each_panel() -> None:
    spec = build_medians([("a", [run("1", 1.0), run("2", 3.0)]), ("b", [run("3", 5.0, Role.VAL_LOSS)]), ("none", [])])
    assert [(panel.title, [(line.label, line.series.values[0]) for line in panel.lines]) for panel in spec.panels] == [
        ("Validation loss", [("b", 5.0)]),
        ("Training loss", [("a", 2.0)]),
    ]
    assert build_medians([]).panels == ()
