"""What the window shows before it has read anything is what it shows afterwards, or nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lossdoctor.runs import Role
from lossdoctor.workspace import before as module
from lossdoctor.workspace.before import Before
from lossdoctor.workspace.checklists import ChecklistStore
from lossdoctor.workspace.examined import HowToExamine
from lossdoctor.workspace.results import ScanResult
from lossdoctor.workspace.scan import run_job, scan
from lossdoctor.workspace.scan_job import ScanJob, ScanOptions
from lossdoctor.workspace.understanding import Understanding
from tests.workspace.test_scan import write_log

KNOWN = Understanding()


@pytest.fixture(autouse=True)
def any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CACHE_FROM", 0)
    monkeypatch.setattr("lossdoctor.workspace.scan_job.CACHE_FROM", 0)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "own").mkdir()
    for i, name in enumerate("abc"):
        write_log(tmp_path / "runs" / name / "log.csv", rate=0.02 * i)
    return tmp_path / "runs"


def opened(tree: Path, tmp_path: Path) -> tuple[Before, ScanResult]:
    with ChecklistStore(tmp_path / "own" / "ticks") as store:
        before = Before(tmp_path / "own" / "cache", [tree], KNOWN, store)
        result = scan([tree], rules=KNOWN.rules, read=KNOWN.read, amend=store.with_choices)
        before.remember(result)
        return before, result


def test_a_folder_opened_again_shows_its_diagnoses_at_once(tree: Path, tmp_path: Path) -> None:
    first, result = opened(tree, tmp_path)
    assert first.runs == ()
    again, _ = opened(tree, tmp_path)
    assert [item.diagnosis for item in again.runs] == [item.diagnosis for item in result.runs]
    assert [item.facts for item in again.runs] == [item.facts for item in result.runs]
    assert not any(item.run.series for item in again.runs)
    early = replace(result.runs[1], diagnosis=replace(result.runs[1].diagnosis, causes=()))
    assert again.completed(early) == result.runs[1]
    assert first.completed(early) == early


def test_what_the_command_line_found_is_shown_too(tree: Path, tmp_path: Path) -> None:
    how = HowToExamine(keep_points=False, read=KNOWN.read, rules=KNOWN.rules)
    found = run_job(ScanJob([tree], ScanOptions(jobs=1, how=how, cache=tmp_path / "own" / "cache")))
    before, _ = opened(tree, tmp_path)
    assert before.runs == found.runs


def test_nothing_is_shown_of_what_has_changed(tree: Path, tmp_path: Path) -> None:
    opened(tree, tmp_path)
    write_log(tree / "d" / "log.csv")
    assert opened(tree, tmp_path)[0].runs == ()
    assert len(opened(tree, tmp_path)[0].runs) == 4


def test_choices_for_single_runs_come_first(tree: Path, tmp_path: Path) -> None:
    _, result = opened(tree, tmp_path)
    with ChecklistStore(tmp_path / "own" / "ticks") as store:
        store.set_role(result.runs[0].run, result.runs[0].run.series[0].tag, Role.OTHER)
    again, _ = opened(tree, tmp_path)
    assert [item.run.id for item in again.runs] == [item.run.id for item in result.runs[1:]]


def test_without_a_cache_nothing_is_known(tree: Path, tmp_path: Path) -> None:
    with ChecklistStore(tmp_path / "own" / "ticks") as store:
        before = Before(None, [tree], KNOWN, store)
        before.remember(scan([tree]))
        assert before.runs == ()
