"""MLflow's file store: run folders, names with slashes, restarts, params, damage."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from lossdoctor.runs import ProblemLevel, Role
from tests.helpers import mlflow_logs
from tests.helpers.reading import read


@pytest.fixture
def store(tmp_path: Path) -> Path:
    losses = [(step, 2.0 / (step + 1)) for step in range(5)]
    run = tmp_path / "mlruns" / "0" / mlflow_logs.RUN_ID
    params = {"lr": "1e-3", "optimizer/name": "AdamW", "epochs": 20, "amp": "True", "note": "", "clip": None}
    mlflow_logs.run(run, {"train/loss": losses, "val/loss": losses[::2]}, params=params)
    (run.parent / "meta.yaml").write_text("experiment_id: '0'\nlifecycle_stage: active\nname: Default\n")
    return tmp_path


def test_a_store_gives_one_run_a_folder(store: Path) -> None:
    other = mlflow_logs.run(store / "mlruns" / "0" / ("f" * 32), {"loss": [(0, 1.0)]}, name="second")
    runs, problems = read(store)
    assert [(run.id, run.name, run.format) for run in runs] == [
        (f"mlruns/0/{mlflow_logs.RUN_ID}", "quiet-owl-7", "mlflow"), (f"mlruns/0/{other.name}", "second", "mlflow"),
    ]  # fmt: skip
    assert [series.tag for series in runs[0].series] == ["train/loss", "val/loss"]
    assert {r.role for r in runs[0].roles} == {Role.TRAIN_LOSS, Role.VAL_LOSS}
    assert problems == []


def test_points_have_time_value_and_step(store: Path) -> None:
    series = read(store)[0][0].get("val/loss")
    assert series is not None
    assert series.steps.tolist() == [0, 2, 4]
    assert series.values.tolist() == [2.0, 2.0 / 3, 0.4]
    assert series.wall_times.tolist() == [1.7e9, 1.7e9 + 1, 1.7e9 + 2]


def test_params_become_configuration(store: Path) -> None:
    config = read(store)[0][0].config
    assert config == {"amp": True, "clip": None, "epochs": 20, "lr": 0.001, "note": None, "optimizer/name": "AdamW"}


def test_not_finite_values_and_restarts_stay_as_logged(tmp_path: Path) -> None:
    points = [(0, 1.0), (1, math.nan), (2, math.inf), (2, -math.inf), (0, 0.5), (-1, 0.25)]
    mlflow_logs.run(tmp_path / "r", {"loss": points})
    (run,), problems = read(tmp_path)
    (series,) = run.series
    assert series.steps.tolist() == [0, 1, 2, 2, 0, -1]
    assert [repr(v) for v in series.values.tolist()] == ["1.0", "nan", "inf", "-inf", "0.5", "0.25"]
    assert [problem.code for problem in problems] == ["steps_go_back"]


@pytest.mark.parametrize("below", ["", "metrics", "metrics/train"])
def test_a_run_folder_or_what_lies_in_it_can_be_named(store: Path, below: str) -> None:
    (run,), _ = read(store / "mlruns" / "0" / mlflow_logs.RUN_ID / below)
    assert run.name == "quiet-owl-7"
    assert run.config["epochs"] == 20
    assert run.series[0].tag == "train/loss"


def test_one_file_can_be_named(store: Path) -> None:
    path = store / "mlruns" / "0" / mlflow_logs.RUN_ID / "metrics" / "val" / "loss"
    (run,), _ = read(path)
    assert (run.name, run.path, [s.tag for s in run.series]) == ("quiet-owl-7", str(path), ["val/loss"])


def test_metrics_may_be_part_of_names_and_of_folders_above(tmp_path: Path) -> None:
    mlflow_logs.run(tmp_path / "metrics" / "mlruns" / "0" / "r", {"val/metrics/loss": [(0, 1.0), (1, 0.5)]})
    (run,), _ = read(tmp_path)
    assert (run.id, run.series[0].tag) == ("metrics/mlruns/0/r", "val/metrics/loss")


def test_broken_lines_cost_themselves_only(tmp_path: Path) -> None:
    folder = mlflow_logs.run(tmp_path / "r", {"loss": [(0, 1.0), (1, 0.5)]})
    with (folder / "metrics" / "loss").open("a") as file:
        file.write(
            "garbage\n1700000002000 0.25\n1700000002000 0.25 99999999999999999999\n\n1700000003000 0.125 3\n17000"
        )
    (run,), problems = read(tmp_path)
    assert run.series[0].steps.tolist() == [0, 1, 3]
    told = {problem.code: problem for problem in problems}
    assert told["bad_line"].place == "line 3, 4, 5"
    assert told["truncated"].place == "line 8"
    assert told["truncated"].level is ProblemLevel.INFO


def test_every_cut_gives_the_points_before_it(tmp_path: Path) -> None:
    folder = mlflow_logs.run(tmp_path / "r", {"loss": [(step, 0.5) for step in range(3)]})
    path = folder / "metrics" / "loss"
    data = path.read_bytes()
    for size in range(len(data)):
        path.write_bytes(data[:size])
        runs, problems = read(path)
        points = sum(run.points for run in runs)
        assert points >= data[:size].count(b"\n")
        assert points or problems, size


def test_lines_of_2018_have_no_step_and_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "r" / "metrics" / "loss"
    path.parent.mkdir(parents=True)
    path.write_text("1530000000000 1.0\n1530000001000 0.5\n1530000002000 0.25\n")
    (run,), problems = read(tmp_path)
    assert run.series[0].steps.tolist() == [0, 1, 2]
    assert [problem.code for problem in problems] == ["rows_as_steps"]


def test_metrics_of_logged_models_repeat_those_of_their_run(store: Path) -> None:
    path = store / "mlruns" / "0" / "models" / "m-0123" / "metrics" / "val" / "loss"
    path.parent.mkdir(parents=True)
    path.write_text(f"1700000000000 0.5 0 {mlflow_logs.RUN_ID}\n")
    assert [run.name for run in read(store)[0]] == ["quiet-owl-7"]


def test_a_deleted_run_says_so(tmp_path: Path) -> None:
    mlflow_logs.run(tmp_path / "r", {"loss": [(0, 1.0), (1, 0.5)]}, stage="deleted")
    assert [problem.code for problem in read(tmp_path)[1]] == ["deleted_run"]


def test_a_broken_meta_file_costs_the_name_only(tmp_path: Path) -> None:
    folder = mlflow_logs.run(tmp_path / "r", {"loss": [(0, 1.0), (1, 0.5)]})
    (folder / "meta.yaml").write_text("run_name: [")
    (run,), problems = read(tmp_path)
    assert run.name == "quiet-owl-7"  # the tag holds it as well
    assert [problem.code for problem in problems] == ["bad_config"]


def test_other_files_below_metrics_are_no_runs(tmp_path: Path) -> None:
    for name, text in {"a": "loss 0.5\n", "b": "12 0.5 1\n", "c": "", "d": "1700000000000 abc 0\n"}.items():
        path = tmp_path / "metrics" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert [problem.code for problem in read(tmp_path)[1]] == ["no_logs"]
