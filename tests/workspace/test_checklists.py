"""Marks survive: a killed process, an older program's file, a run that moved; two opinions on one item: the later one."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lossdoctor.errors import UsageError
from lossdoctor.knowledge.marks import Mark, Standing
from lossdoctor.runs import Run
from lossdoctor.workspace.checklist_file import export_marks, import_marks
from lossdoctor.workspace.checklists import ChecklistStore, run_key
from tests.knowledge.builders import make_run

RULED_OUT = Mark(Standing.RULED_OUT, "rate range test: fine up to 0.1")


def run_at(path: Path, points: int = 50) -> Run:
    return replace(make_run(train=np.linspace(2, 1, 50)[:points]), path=str(path), name=path.name)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tmp_path / "data" / "checklists.sqlite3"


def test_marks_are_kept_and_forgotten(base: Path, tmp_path: Path) -> None:
    run = run_at(tmp_path / "a")
    with ChecklistStore(base) as store:
        assert store.marks(run) == {}
        assert store.set_mark(run, "lr_too_high", RULED_OUT)
        assert store.set_mark(run, "bad_init", Mark(Standing.OPEN, "only a note"))
    with ChecklistStore(base) as store:
        assert store.marks(run) == {"lr_too_high": RULED_OUT, "bad_init": Mark(Standing.OPEN, "only a note")}
        assert store.ticks(run) == {"lr_too_high"}
        store.set_mark(run, "bad_init", Mark())
        assert set(store.marks(run)) == {"lr_too_high"}


def test_ticking_keeps_note_and_status(base: Path, tmp_path: Path) -> None:
    run = run_at(tmp_path / "a")
    with ChecklistStore(base) as store:
        store.set_mark(run, "bad_init", Mark(Standing.OPEN, "he_normal?"))
        store.set_ticked(run, "bad_init", True)
        assert store.marks(run)["bad_init"] == Mark(Standing.DONE, "he_normal?")
        store.set_mark(run, "lr_too_high", RULED_OUT)
        store.set_ticked(run, "lr_too_high", True)
        assert store.marks(run)["lr_too_high"] == RULED_OUT


WRITER = """
import sys
from pathlib import Path
from lossdoctor.knowledge.marks import Mark, Standing
from lossdoctor.workspace.checklists import ChecklistStore
from tests.workspace.test_checklists import run_at
store = ChecklistStore(Path(sys.argv[1]))
run = run_at(Path(sys.argv[2]))
for number in range(100000):
    assert store.set_mark(run, f"item{number}", Mark(Standing.DONE, str(number)))
    print(number, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_every_acknowledged_mark_survives_kill_9(base: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(base), str(tmp_path / "a")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        said = [int(process.stdout.readline()) for _ in range(20)]
        os.kill(process.pid, signal.SIGKILL)
        said += [int(line) for line in process.stdout if line.endswith("\n")]
    assert process.returncode == -signal.SIGKILL
    with ChecklistStore(base) as store:
        assert store.notice == ""
        marks = store.marks(run_at(tmp_path / "a"))
        assert {f"item{number}" for number in said} <= set(marks)
        assert all(marks[f"item{number}"].note == str(number) for number in said)


def test_an_older_programs_ticks_become_marks(base: Path, tmp_path: Path) -> None:
    run = run_at(tmp_path / "a")
    base.parent.mkdir()
    old = sqlite3.connect(base)
    old.execute(
        "CREATE TABLE ticks (run TEXT NOT NULL, item TEXT NOT NULL, ticked_at REAL NOT NULL, "
        "PRIMARY KEY (run, item)) WITHOUT ROWID"
    )
    old.execute("INSERT INTO ticks VALUES (?, 'bad_init', 5.0)", (run_key(run),))
    old.commit()
    old.close()
    for _ in range(2):
        with ChecklistStore(base) as store:
            assert store.notice == ""
            assert store.marks(run) == {"bad_init": Mark(Standing.DONE)}


def test_marks_follow_a_run_that_moved_and_grew(base: Path, tmp_path: Path) -> None:
    before, after = tmp_path / "a", tmp_path / "archive" / "a"
    before.mkdir()
    with ChecklistStore(base) as store:
        store.set_mark(run_at(before, 20), "lr_too_high", RULED_OUT)
        assert store.marks(run_at(after, 50)) == {}  # a copy beside its original is a run of its own
        before.rmdir()
        after.mkdir(parents=True)
        assert store.marks(run_at(after, 50)) == {"lr_too_high": RULED_OUT}
        assert store.marks(run_at(before, 50)) == {}


def test_another_run_does_not_inherit(base: Path, tmp_path: Path) -> None:
    with ChecklistStore(base) as store:
        store.set_mark(run_at(tmp_path / "gone"), "lr_too_high", RULED_OUT)
        other = replace(make_run(train=np.linspace(3, 1, 50)), path=str(tmp_path / "b"))
        assert store.marks(other) == {}
        assert store.marks(replace(other, series=())) == {}


def test_export_and_import(base: Path, tmp_path: Path) -> None:
    run, file = run_at(tmp_path / "a"), tmp_path / "marks.json"
    with ChecklistStore(base) as store:
        store.set_mark(run, "lr_too_high", RULED_OUT)
        assert export_marks(store, file) == 1
    with ChecklistStore(tmp_path / "other.sqlite3") as store:
        assert import_marks(store, file) == 1
        assert store.marks(run) == {"lr_too_high": RULED_OUT}
        assert import_marks(store, file) == 0
        store.set_mark(run, "lr_too_high", Mark(Standing.CONFIRMED))
        assert import_marks(store, file) == 0
        assert store.marks(run)["lr_too_high"].status is Standing.CONFIRMED


BAD = {
    "no JSON": "{",
    "another file": json.dumps({"runs": []}),
    "no list": json.dumps({"format": "lossdoctor checklists", "version": 1, "marks": 3}),
    "unknown status": json.dumps(
        {
            "format": "lossdoctor checklists",
            "version": 1,
            "marks": [{"path": "/a", "run": "a", "cause": "x", "status": "maybe", "note": "", "changed_at": 1}],
        }
    ),
    "half a mark": json.dumps({"format": "lossdoctor checklists", "version": 1, "marks": [{"path": "/a"}]}),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_file_that_is_no_export_is_refused_and_changes_nothing(base: Path, tmp_path: Path, text: str) -> None:
    file = tmp_path / "marks.json"
    file.write_text(text, encoding="utf-8")
    with ChecklistStore(base) as store:
        with pytest.raises(UsageError):
            import_marks(store, file)
        assert store.export() == []
