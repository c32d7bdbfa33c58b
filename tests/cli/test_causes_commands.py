"""`causes`, `explain`, `compare`, `plan` and `checklist`: what they say, as text and as JSON, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lossdoctor.knowledge.catalogue import load_causes
from lossdoctor.knowledge.marks import Mark, Standing
from lossdoctor.workspace import checklists
from lossdoctor.workspace.scan import scan

Cli = Callable[..., Any]


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    """Two runs that differ in the rate: one blows up."""
    steps = np.arange(120)
    good = 0.1 + 2 * np.exp(-steps / 20)
    bad = np.r_[good[:60], np.linspace(good[60], 40.0, 60)]
    for rate, losses in (("0.5", bad), ("0.001", good)):
        folder = tmp_path / "sweep" / f"lr{rate}"
        folder.mkdir(parents=True)
        rows = "\n".join(f"{step},{loss:.6f},{loss + 0.02:.6f}" for step, loss in zip(steps, losses, strict=True))
        (folder / "metrics.csv").write_text(f"step,train_loss,val_loss\n{rows}\n", encoding="utf-8")
        settings = f"learning_rate: {rate}\noptimizer: adam\nbatch_size: 64\nhidden: 32\n"
        (folder / "hparams.yaml").write_text(settings, encoding="utf-8")
    return tmp_path / "sweep"


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checklists, "default_path", lambda: tmp_path / "data" / "checklists.sqlite3")


def test_causes_name_evidence_experiment_and_the_better_run(lossdoctor: Cli, sweep: Path) -> None:
    done = lossdoctor("causes", sweep)
    assert done.code == 0
    flat = " ".join(done.out.split())
    assert "1. Learning rate too high (lr_too_high," in flat
    assert "Same but lr 0.001 instead of 0.5: lr0.001/metrics.csv: healthy" in flat
    assert "Log this to decide" in flat
    assert "before any evidence" in flat
    assert "(short run) Rerun the first 10 %" in flat


def test_causes_json_adds_up(lossdoctor: Cli, sweep: Path) -> None:
    done = lossdoctor("causes", "--json", sweep / "lr0.5", "--beside", sweep)
    (run,) = json.loads(done.out)["runs"]
    assert run["contrasts"][0]["changes"] == {"lr": [0.5, 0.001]}
    first = run["causes"][0]
    assert first["id"] == "lr_too_high"
    odds = first["prior"]["log_odds"] + sum(a["weight"] for a in (*first["for"], *first["against"]))
    assert first["score"] == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-3)
    assert any(argument["run"] == "lr0.001" or "lr0.001" in str(argument["run"]) for argument in first["for"])


def test_a_ruled_out_cause_goes_last(lossdoctor: Cli, sweep: Path) -> None:
    (item,) = [item for item in scan([sweep]).runs if "0.5" in item.run.id]
    with checklists.ChecklistStore() as store:
        store.set_mark(item.run, "lr_too_high", Mark(Standing.RULED_OUT, "tried 1e-4"))
    (run,) = [run for run in json.loads(lossdoctor("causes", "--json", sweep).out)["runs"] if run["causes"]]
    assert (run["causes"][-1]["id"], run["causes"][-1]["note"]) == ("lr_too_high", "tried 1e-4")
    plan = json.loads(lossdoctor("plan", "--json", sweep).out)["experiments"]
    assert "lr_too_high" not in {entry["cause"] for entry in plan}


def test_no_store_is_made_by_reading(lossdoctor: Cli, sweep: Path) -> None:
    lossdoctor("causes", sweep)
    assert not checklists.default_path().exists()


def test_compare_shows_what_differs(lossdoctor: Cli, sweep: Path) -> None:
    done = lossdoctor("compare", sweep)
    rows = {line.split("  ")[0]: line for line in done.out.splitlines()}
    assert rows["lr"].split()[1:] == ["0.001", "0.5"]
    assert "hidden" not in rows
    assert {"verdict", "last train loss", "best val loss"} <= set(rows)
    assert json.loads(lossdoctor("compare", "--json", sweep).out)["differences"] == ["lr"]


def test_compare_needs_two_runs(lossdoctor: Cli, sweep: Path) -> None:
    done = lossdoctor("compare", sweep / "lr0.5")
    assert done.code == 2
    assert "needs two runs; 1 found" in done.err


def test_plan_names_three_experiments(lossdoctor: Cli, sweep: Path) -> None:
    done = lossdoctor("plan", sweep)
    assert done.code == 0
    assert [line[:2] for line in done.out.splitlines() if line[0].isdigit()] == ["1.", "2.", "3."]
    assert len(json.loads(lossdoctor("plan", "--json", "--top", 2, sweep).out)["experiments"]) == 2


@pytest.mark.parametrize("cause", load_causes(), ids=lambda cause: cause.id)
def test_every_cause_is_explained(lossdoctor: Cli, cause: Any) -> None:
    out = lossdoctor("explain", cause.id).out
    assert all(snippet.code.splitlines()[0] in out for snippet in cause.snippets)
    document = json.loads(lossdoctor("explain", "--json", cause.id).out)
    assert [item["text"] for item in document["cause"]["experiments"]] == [item.text for item in cause.experiments]
    assert len(document["cause"]["evidence"]) == len(cause.evidence)


def test_checklists_go_out_and_in(lossdoctor: Cli, sweep: Path, tmp_path: Path) -> None:
    (item, *_) = scan([sweep]).runs
    with checklists.ChecklistStore() as store:
        store.set_mark(item.run, "bad_init", Mark(Standing.CONFIRMED))
    file = tmp_path / "marks.json"
    assert lossdoctor("checklist", "export", file).out == "1 mark written.\n"
    checklists.default_path().unlink()
    assert lossdoctor("checklist", "import", file).out == "1 mark taken in.\n"
    with checklists.ChecklistStore() as store:
        assert store.marks(item.run)["bad_init"].status is Standing.CONFIRMED


def test_a_wrong_file_is_refused(lossdoctor: Cli, tmp_path: Path) -> None:
    done = lossdoctor("checklist", "import", tmp_path / "missing.json")
    assert done.code == 2
    assert "cannot be read" in done.err
