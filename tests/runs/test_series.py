"""Series and Run: nothing is sorted or lost, read-only, equal by content, and the final branch is TensorBoard's."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossdoctor.runs import Band, Role, RoleAssignment, Run, Series


def naive_last_branch(steps: list[int]) -> list[int]:
    """Indices kept when every point that a later one overtakes or repeats is dropped."""
    return [i for i, s in enumerate(steps) if all(later > s for later in steps[i + 1 :])]


def test_values_are_kept_as_logged() -> None:
    series = Series("loss", [3, 1, 1], [1.0, np.nan, np.inf])
    assert list(series.steps) == [3, 1, 1]
    assert series.steps.dtype == np.int64
    assert np.isnan(series.values[1])
    assert np.isinf(series.values[2])
    assert np.isnan(series.wall_times).all()
    assert list(series.finite) == [True, False, False]
    assert list(series.restarts()) == [1]


def test_arrays_are_read_only_also_after_pickling() -> None:
    values = np.array([1.0, 2.0])
    series = pickle.loads(pickle.dumps(Series("loss", [0, 1], values)))
    with pytest.raises(ValueError, match="read-only"):
        series.values[0] = 5.0
    values[0] = 7.0  # the caller's own array stays writable


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="series 'loss'"):
        Series("loss", [1, 2], [1.0])
    with pytest.raises(ValueError, match="series 'x'"):
        Series("x", [[1]], [[1.0]])


def test_equality_is_by_content_and_nan_equals_nan() -> None:
    assert Series("a", [1], [np.nan]) == Series("a", [1], [np.nan])
    assert Series("a", [1], [1.0]) != Series("a", [1], [2.0])
    assert Series("a", [1], [1.0]) != "a"


def test_a_band_travels_with_its_points() -> None:
    lower = np.array([0.5, np.nan, 2.0])
    series = Series("loss", [0, 5, 5], [1.0, 2.0, 3.0], band=Band(lower, [1.5, np.nan, 4.0]))
    again = pickle.loads(pickle.dumps(series))
    assert again == series
    assert again.band is not None
    with pytest.raises(ValueError, match="read-only"):
        again.band.lower[0] = 5.0
    lower[0] = 0.5  # the caller's own array stays writable
    assert series != Series("loss", [0, 5, 5], [1.0, 2.0, 3.0])
    assert series != Series("loss", [0, 5, 5], [1.0, 2.0, 3.0], band=Band([0, 0, 0], [9, 9, 9]))
    assert series.last_branch().band == Band([0.5, 2.0], [1.5, 4.0])
    assert series.band != 3
    assert series.at(np.array([2, 0])) == Series("loss", [5, 0], [3.0, 1.0], band=Band([2.0, 0.5], [4.0, 1.5]))


def test_a_band_has_two_edges_of_one_length() -> None:
    with pytest.raises(ValueError, match="band"):
        Band([1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="a band of 2"):
        Series("loss", [1], [1.0], band=Band([1, 2], [1, 2]))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(-5, 12), max_size=25))
def test_last_branch_equals_the_naive_one(steps: list[int]) -> None:
    series = Series("loss", steps, np.arange(len(steps), dtype=float))
    branch = series.last_branch()
    kept = naive_last_branch(steps)
    assert list(branch.values) == [float(i) for i in kept]
    assert bool(np.all(np.diff(branch.steps) > 0))


def test_roles_are_looked_up_with_the_primary_first() -> None:
    a, b = Series("a", [1], [1.0]), Series("b", [1], [2.0])
    roles = (
        RoleAssignment(Role.TRAIN_LOSS, "a", False, "a term"),
        RoleAssignment(Role.TRAIN_LOSS, "b", True, "the total"),
    )
    run = Run("r", "/r", "r", "csv", (a, b), roles, {"lr": 0.1})
    assert run.primary(Role.TRAIN_LOSS) == b
    assert run.in_role(Role.TRAIN_LOSS) == (b, a)
    assert run.primary(Role.VAL_LOSS) is None
    assert run.role_of("zzz") is Role.OTHER
    assert run.points == 2
    assert pickle.loads(pickle.dumps(run)) == run


def test_config_is_read_only() -> None:
    run = Run("r", "/r", "r", "csv", (), (), {"lr": 0.1})
    with pytest.raises(TypeError):
        run.config["lr"] = 1.0  # type: ignore[index]
