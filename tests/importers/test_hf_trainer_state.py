"""trainer_state.json: rows over steps, the summary row apart, checkpoints of one run together."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from lossdoctor.importers import find_sources, read_source
from lossdoctor.runs import ProblemLevel, Role
from tests.helpers import logs
from tests.helpers.present import present

ROWS = [
    {"epoch": 0.5, "loss": 2.0, "learning_rate": 1e-3, "grad_norm": 1.0, "step": 10},
    {"epoch": 0.5, "eval_loss": 1.9, "eval_runtime": 3.0, "step": 10},
    {"epoch": 1.0, "loss": 1.0, "learning_rate": 5e-4, "grad_norm": float("nan"), "step": 20},
    {"epoch": 1.0, "eval_loss": 1.2, "step": 20},
    {"epoch": 1.0, "step": 20, "train_loss": 1.5, "train_runtime": 12.0, "total_flos": 1e12},
]


def test_rows_become_series_and_the_summary_does_not(tmp_path: Path) -> None:
    logs.trainer_state(tmp_path / "out" / "trainer_state.json", ROWS, max_steps=20, train_batch_size=8)
    (source,) = find_sources(tmp_path).sources
    (run,) = read_source(source).runs
    assert (run.id, run.name) == ("out", "out")
    assert present(run.get("loss")).steps.tolist() == [10, 20]
    assert run.get("train_loss") is None
    assert present(run.primary(Role.TRAIN_LOSS)).tag == "loss"
    assert present(run.primary(Role.VAL_LOSS)).tag == "eval_loss"
    assert np.isnan(present(run.get("grad_norm")).values[1])
    assert run.config["max_steps"] == 20
    assert run.config["train_batch_size"] == 8
    assert run.config["summary.train_loss"] == 1.5


def test_newest_checkpoint_wins(tmp_path: Path) -> None:
    for step in (10, 9, 20):
        rows = [row for row in ROWS if row["step"] <= step]
        logs.trainer_state(tmp_path / "out" / f"checkpoint-{step}" / "trainer_state.json", rows)
    found = find_sources(tmp_path)
    (source,) = found.sources
    (run,) = read_source(source).runs
    assert run.id == "out"
    assert len(present(run.get("loss"))) == 2
    assert [(p.code, p.level) for p in found.problems] == [("older_checkpoints", ProblemLevel.INFO)]


def test_a_checkpoint_that_is_scanned_itself(tmp_path: Path) -> None:
    logs.trainer_state(tmp_path / "checkpoint-20" / "trainer_state.json", ROWS)
    assert [source.id for source in find_sources(tmp_path / "checkpoint-20").sources] == ["checkpoint-20"]


def test_numbers_written_as_words(tmp_path: Path) -> None:
    rows = [{"loss": "NaN", "step": 1}, {"loss": "Infinity", "step": 2}, {"loss": True, "note": "x", "step": 3}]
    path = tmp_path / "trainer_state.json"
    path.write_text(json.dumps({"global_step": 3, "log_history": rows}))
    (source,) = find_sources(path).sources
    (run,) = read_source(source).runs
    loss = present(run.get("loss"))
    assert loss.steps.tolist() == [1, 2]
    assert np.isnan(loss.values[0])
    assert np.isinf(loss.values[1])
    assert [series.tag for series in run.series] == ["loss"]


def test_a_state_that_was_cut_keeps_its_rows(tmp_path: Path) -> None:
    path = logs.trainer_state(tmp_path / "trainer_state.json", ROWS)
    text = path.read_text()
    path.write_text(text[: text.index('"train_runtime"')])
    (source,) = find_sources(path).sources
    (run,) = read_source(source).runs
    assert len(present(run.get("loss"))) == 2
    (problem,) = run.problems
    assert (problem.code, problem.level) == ("bad_json", ProblemLevel.WARNING)
    assert "4 rows" in problem.message
    assert problem.place.startswith("line ")


def test_endless_nesting_and_huge_numbers(tmp_path: Path) -> None:
    path = tmp_path / "trainer_state.json"
    path.write_text('{"global_step": 1, "log_history": ' + "[" * 100_000)
    (source,) = find_sources(path).sources
    assert [problem.code for problem in read_source(source).problems] == ["bad_json"]
    path.write_text('{"log_history": [{"step": 1, "loss": ' + "9" * 6000 + "}]}")
    (source,) = find_sources(path).sources
    (run,) = read_source(source).runs
    assert run.series[0].values.tolist() == [float("inf")]


def test_other_json_is_no_log(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"name": "x", "global_step": 3}')
    assert find_sources(tmp_path).sources == ()
