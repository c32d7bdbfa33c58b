"""W&B run folders: configuration and arguments beside the history, output.log and latest-run are no further runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from lossdoctor.importers.wandb_folder import arguments
from lossdoctor.runs import ProblemLevel
from tests.helpers.reading import read
from tests.helpers.wandb_logs import history, run_record, wandb_file

FOLDER = "wandb/run-20240102_030405-abc12345"
ROWS = [history({"train/loss": 2.0 * 0.9**i, "_step": i}) for i in range(20)]
CONFIG = """wandb_version: 1

_wandb:
  desc: null
  value:
    cli_version: 0.16.0
    t:
      1:
      - 1
lr:
  desc: null
  value: 0.002
model:
  desc: null
  value:
    depth: 3
    heads: [1, 2]
"""
PRINTED = "".join(f"epoch {i} loss {2.0 / (i + 1)}\n" for i in range(9))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run folder as the SDK writes it since 2020."""
    run = tmp_path / FOLDER
    wandb_file(run / "run-abc12345.wandb", [run_record("calm-sea-1", {"lr": 0.01}), *ROWS])
    files = {
        "config.yaml": CONFIG,
        "wandb-summary.json": json.dumps({"train/loss": 0.27, "_step": 19}),
        "wandb-metadata.json": json.dumps(
            {
                "host": "box",
                "username": "me",
                "program": "train.py",
                "args": ["--epochs", "20", "--api-key=abc", "--amp"],
            }
        ),
        "output.log": PRINTED,
        "requirements.txt": "numpy==1.26\n",
    }
    for name, text in files.items():
        (run / "files").mkdir(exist_ok=True)
        (run / "files" / name).write_text(text)
    return run


def test_one_run_with_what_lies_beside_it(folder: Path, tmp_path: Path) -> None:
    (run,), problems = read(tmp_path)
    assert (run.id, run.name, run.format) == (FOLDER, "calm-sea-1", "wandb_binary")
    # The file itself is the last word on lr; user, host and secrets stay where they are.
    assert dict(run.config) == {"epochs": 20, "amp": True, "lr": 0.01, "model.depth": 3, "model.heads": "[1, 2]"}
    assert [(problem.code, problem.level) for problem in problems] == [("copy", ProblemLevel.INFO)]


def test_what_was_printed_is_read_when_it_is_named(folder: Path) -> None:
    (run,), _ = read(folder / "files" / "output.log")
    assert [(series.tag, len(series)) for series in run.series] == [("loss", 9)]


def test_what_was_printed_is_the_run_where_the_history_is_gone(folder: Path, tmp_path: Path) -> None:
    (folder / "run-abc12345.wandb").unlink()
    (run,), problems = read(tmp_path)
    assert (run.id, run.name, run.format) == (FOLDER, folder.name, "text_log")
    assert run.config["lr"] == 0.002
    assert problems == []


def test_a_run_without_history_says_where_to_look(folder: Path, tmp_path: Path) -> None:
    wandb_file(folder / "run-abc12345.wandb", [run_record("calm-sea-1", {})])
    (run,), problems = read(tmp_path)
    assert run.series == ()
    assert "files/output.log" in next(problem.hint for problem in problems if problem.code == "no_rows")


def test_latest_run_that_became_a_copy_counts_once(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "wandb" / "latest-run")
    runs, problems = read(tmp_path)
    assert [run.id for run in runs] == [FOLDER]
    assert [problem.code for problem in problems].count("copy") == 3
    (alone,), _ = read(tmp_path / "wandb" / "latest-run")
    assert alone.name == "calm-sea-1"


def test_latest_run_without_its_original_is_a_run(folder: Path, tmp_path: Path) -> None:
    folder.rename(tmp_path / "wandb" / "latest-run")
    assert [run.id for run in read(tmp_path)[0]] == ["wandb/latest-run"]


def test_a_folder_of_2019(tmp_path: Path) -> None:
    folder = tmp_path / "wandb" / "run-20190614_133846-pgmkjezb"
    folder.mkdir(parents=True)
    rows = [{"loss": 1.0 / (i + 1), "_step": i, "_runtime": i, "_timestamp": 1.56e9 + i} for i in range(6)]
    (folder / "wandb-history.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "config.yaml").write_text(CONFIG)
    (folder / "wandb-metadata.json").write_text(json.dumps({"args": ["--epochs=5"], "email": "me"}))
    (folder / "output.log").write_text(PRINTED)
    (run,), problems = read(tmp_path)
    assert (run.format, run.config["lr"], run.config["epochs"]) == ("json_lines", 0.002, 5)
    assert "email" not in run.config
    assert [problem.code for problem in problems] == ["copy"]


@pytest.mark.parametrize(
    ("name", "data"),
    [("config.yaml", b"lr: {value: [\n"), ("wandb-metadata.json", b'{"args": ["--a'), ("config.yaml", b"[" * 5000)],
)
def test_broken_files_beside_the_history_cost_themselves_only(folder: Path, name: str, data: bytes) -> None:
    (folder / "files" / name).write_bytes(data)
    (run,), problems = read(folder)
    assert len(run.series[0]) == 20
    assert [problem.code for problem in problems if problem.level is ProblemLevel.WARNING] == ["bad_config"]


def test_a_folder_without_its_history_says_what_is_missing(folder: Path, tmp_path: Path) -> None:
    for path in (folder / "run-abc12345.wandb", folder / "files" / "output.log"):
        path.unlink()
    runs, problems = read(tmp_path)
    assert runs == []
    assert [problem.code for problem in problems] == ["no_logs", "wandb_summary"]
    assert "run-*.wandb" in problems[1].hint


def test_two_runs_in_one_folder_share_no_configuration(folder: Path) -> None:
    wandb_file(folder / "run-other.wandb", [run_record("second", {}), *ROWS])
    runs, _ = read(folder)
    assert {run.name: dict(run.config) for run in runs} == {"calm-sea-1": {"lr": 0.01}, "second": {}}


def test_command_lines() -> None:
    words = [
        "train",
        "--lr",
        "1e-3",
        "--amp",
        "--name=a b",
        "model.depth=3",
        "--offset",
        "-1",
        "--token",
        "x",
        "--last",
    ]
    assert arguments(words) == {
        "lr": 0.001, "amp": True, "name": "a b", "model.depth": 3, "offset": -1, "last": True,
    }  # fmt: skip
    assert arguments([None, 3, "--", "=", "--=x"]) == {}
