"""One training logged in several formats comes back as one run; different ones never do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossdoctor.importers import find_sources, read_source
from lossdoctor.importers.folding import same_training
from lossdoctor.importers.roles import assign_roles
from lossdoctor.runs import Role, Run, Series
from tests.helpers import logs

RNG = np.random.default_rng(8)
LOSSES = np.float32(np.exp(-np.arange(30) / 9) + 0.02 * RNG.normal(size=30)).astype(float)
OTHERS = np.float32(np.exp(-np.arange(30) / 9) + 0.02 * RNG.normal(size=30)).astype(float)


def runs_below(folder: Path) -> list[Run]:
    return [run for source in find_sources(folder).sources for run in read_source(source).runs]


def csv(path: Path, losses: np.ndarray, form: str = "{!r}", extra: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [f"{i},{form.format(float(value))}{',' + str(i * 0.1) if extra else ''}\n" for i, value in enumerate(losses)]
    path.write_text(f"step,loss{',' + extra if extra else ''}\n" + "".join(rows))


def events(folder: Path, losses: np.ndarray, tag: str = "train/loss") -> None:
    logs.event_file(folder, logs.curve(tag, losses.tolist()))


def codes(run: Run) -> list[str]:
    return [problem.code for problem in run.problems]


def test_a_csv_beside_events_is_the_same_run(tmp_path: Path) -> None:
    events(tmp_path / "version_0", LOSSES)
    csv(tmp_path / "version_0" / "metrics.csv", LOSSES)
    (run,) = runs_below(tmp_path)
    assert codes(run) == ["logged_twice"]
    assert len(run.in_role(Role.TRAIN_LOSS)) == 1


def test_a_text_log_of_four_decimals_is_the_same_run(tmp_path: Path) -> None:
    events(tmp_path, LOSSES)
    lines = [f"step {i} loss {value:.4f}\n" for i, value in enumerate(LOSSES)]
    (tmp_path / "train.log").write_text("".join(lines))
    (run,) = runs_below(tmp_path)
    assert run.format == "tensorboard"
    assert codes(run) == ["logged_twice"]


def test_what_only_the_other_log_holds_is_added(tmp_path: Path) -> None:
    events(tmp_path / "tb", LOSSES)
    csv(tmp_path / "metrics.csv", LOSSES, extra="lr")
    (run,) = runs_below(tmp_path)
    assert run.primary(Role.LEARNING_RATE) is not None
    assert run.primary(Role.TRAIN_LOSS) is not None


def test_a_trainer_state_above_its_events_is_the_same_run(tmp_path: Path) -> None:
    logs.trainer_state(tmp_path / "trainer_state.json", [{"loss": v, "step": i} for i, v in enumerate(LOSSES.tolist())])
    events(tmp_path / "runs" / "Nov20_host", LOSSES)
    (run,) = runs_below(tmp_path)
    assert codes(run) == ["logged_twice"]


def test_different_runs_side_by_side_stay_two(tmp_path: Path) -> None:
    events(tmp_path, LOSSES)
    csv(tmp_path / "metrics.csv", OTHERS)
    found = runs_below(tmp_path)
    assert len(found) == 2
    assert all("logged_twice" not in codes(run) for run in found)
    assert len({run.id for run in found}) == 2


def test_a_folder_of_many_tables_is_a_folder_of_runs(tmp_path: Path) -> None:
    events(tmp_path, LOSSES)
    for index in range(6):
        csv(tmp_path / f"run{index}.csv", LOSSES)
    assert len(runs_below(tmp_path)) == 7


def test_a_table_three_folders_away_is_another_run(tmp_path: Path) -> None:
    events(tmp_path / "a" / "b" / "c", LOSSES)
    csv(tmp_path / "metrics.csv", LOSSES)
    assert len(runs_below(tmp_path)) == 2


def run_of(values: npt.NDArray[np.float64], format_: str, every: int = 1, step: int = 1) -> Run:
    series = Series("loss", np.arange(0, values.size * step, step)[::every], values[::every])
    return Run(format_, "p", format_, format_, (series,), assign_roles([series]))


@pytest.mark.parametrize("decimals", [3, 4, 6])
def test_rounding_and_thinning_do_not_hide_a_copy(decimals: int) -> None:
    assert same_training(run_of(LOSSES, "a"), run_of(LOSSES.round(decimals), "b", every=3))


def test_other_step_units_do_not_hide_a_copy() -> None:
    assert same_training(run_of(LOSSES, "a", step=100), run_of(LOSSES, "b"))


def test_a_flat_or_short_curve_proves_nothing() -> None:
    assert not same_training(run_of(np.zeros(50), "a"), run_of(np.zeros(50), "b"))
    assert not same_training(run_of(LOSSES[:4], "a"), run_of(LOSSES[:4], "b"))


def test_nan_agrees_with_nan_only() -> None:
    late = LOSSES.copy()
    late[20:] = np.nan
    assert same_training(run_of(late, "a"), run_of(late, "b"))
    assert not same_training(run_of(late, "a"), run_of(LOSSES, "b"))


@given(st.integers(0, 2**32 - 1), st.integers(5, 60))
def test_two_noisy_trainings_are_never_one(seed: int, size: int) -> None:
    """Two seeds of one setting, printed with three decimals: alike to the eye, not equal."""
    rng = np.random.default_rng(seed)
    trend = 2 * np.exp(-np.arange(size) / 10)
    noisy: npt.NDArray[np.float64] = trend + 0.05 * rng.normal(size=(2, size))
    pair = np.array([np.round(row, 3) for row in noisy])
    assert not same_training(run_of(pair[0], "a"), run_of(pair[1], "b"))
