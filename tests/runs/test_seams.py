"""Seams: resume, restart, copy, second writer, pause; and what is none of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossdoctor.runs import SeamKind, Series, find_seams


def series(*sessions: range, walls: list[float] | None = None, same: bool = False) -> Series:
    steps = [step for session in sessions for step in session]
    values = [1.0 / (1 + step) if same else 1.0 / (1 + at) for at, step in enumerate(steps)]
    return Series("loss", steps, values, walls)


def kinds(item: Series) -> list[SeamKind]:
    return [seam.kind for seam in find_seams(item)]


def test_a_resume_goes_back_to_a_checkpoint() -> None:
    (seam,) = find_seams(series(range(0, 120, 10), range(100, 300, 10)))
    assert (seam.kind, seam.index, seam.before, seam.step) == (SeamKind.RESUME, 12, 110, 100)
    assert np.isnan(seam.pause)


def test_a_restart_begins_at_the_first_step() -> None:
    assert kinds(series(range(30), range(50), range(40))) == [SeamKind.RESTART] * 2
    # Logged every 10 steps, the second attempt with its first point at step 0 instead of 10.
    assert kinds(series(range(10, 200, 10), range(0, 200, 10))) == [SeamKind.RESTART]


def test_the_same_points_once_more_are_a_copy() -> None:
    assert kinds(series(range(50), range(50), same=True)) == [SeamKind.COPY]
    constant = Series("loss", [*range(9), *range(9)], [0.0] * 18)
    assert kinds(constant) == [SeamKind.RESTART]


def test_points_of_two_writers_lie_between_each_other() -> None:
    steps = [step for at in range(40) for step in (at + 20, at)]
    assert set(kinds(Series("loss", steps, np.arange(80.0)))) == {SeamKind.OTHER_WRITER}


def test_a_pause_is_long_and_unusual() -> None:
    walls = [60.0 * at for at in range(30)]
    late = [wall + (7200.0 if at >= 20 else 0.0) for at, wall in enumerate(walls)]
    (seam,) = find_seams(series(range(30), walls=late))
    assert (seam.kind, seam.before, seam.step, seam.pause) == (SeamKind.PAUSE, 19, 20, 7260.0)
    slow_logger = [7200.0 * at for at in range(30)]
    assert kinds(series(range(30), walls=slow_logger)) == []


@pytest.mark.parametrize("item", [series(), series(range(1)), series(range(50)), Series("x", [3, 3, 3, 4], [1.0] * 4)])
def test_nothing_to_see(item: Series) -> None:
    assert find_seams(item) == ()


@given(st.lists(st.integers(-(2**62), 2**62), max_size=60), st.booleans())
def test_every_step_that_goes_back_is_one_seam(steps: list[int], constant: bool) -> None:
    values = np.zeros(len(steps)) if constant else np.arange(float(len(steps)))
    found = find_seams(Series("x", steps, values))
    expected = [i for i in range(1, len(steps)) if steps[i] < steps[i - 1]]
    assert [seam.index for seam in found if seam.kind is not SeamKind.PAUSE] == expected
