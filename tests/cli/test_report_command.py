"""`lossdoctor report`: formats by ending, one file a run, sections, ticks, and what is refused before the scan."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from lossdoctor.resources import resource
from lossdoctor.workspace import checklists
from lossdoctor.workspace.run_marks import RunMarks
from lossdoctor.workspace.scan import scan

EXAMPLES = resource("examples")
OVERFITTING = EXAMPLES / "03-overfitting"
Command = Callable[..., Any]


@pytest.fixture(autouse=True)
def _no_ticks_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(checklists, "default_path", lambda: tmp_path / "checklists.sqlite3")


@pytest.mark.parametrize(
    ("name", "start"), [("a.pdf", b"%PDF-"), ("a.HTML", b"<!DOCTYPE html>"), ("a.md", b"# Diagnosis")]
)
def test_the_ending_decides_the_format(lossdoctor: Command, tmp_path: Path, name: str, start: bytes) -> None:
    done = lossdoctor("report", EXAMPLES, "-o", tmp_path / name)
    assert done.code == 0, done.err
    assert "6 runs" in done.err
    assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "{}/a.doc"], ".pdf, .html or .md"),
        (["-o", "{}/none/a.pdf"], "does not exist"),
        (["-o", "{}"], "{} "),
        (["-o", "{}/a.pdf", "--sections", "runs,foo"], "'foo'"),
        (["-o", "{}/a.pdf", "--sections", ","], "Sections are"),
        (["-o", "{}/a.pdf", "--logo", "{}/missing.png"], "missing.png"),
        (["-o", "{}/a.pdf", "--paper", "a5"], "a5"),
    ],
)
def test_what_cannot_be_is_refused(lossdoctor: Command, tmp_path: Path, arguments: list[str], said: str) -> None:
    done = lossdoctor("report", EXAMPLES, *(argument.format(tmp_path) for argument in arguments))
    assert done.code in {2, 3}
    assert said.format(tmp_path).strip() in done.err
    assert "Traceback" not in done.err
    assert list(tmp_path.iterdir()) == []


def test_one_file_a_run(lossdoctor: Command, tmp_path: Path) -> None:
    done = lossdoctor("report", EXAMPLES, "-o", tmp_path / "runs", "--split", "md", "--title", "March")
    assert done.code == 0, done.err
    written = sorted(path.name for path in (tmp_path / "runs").iterdir())
    assert len(written) == 6
    assert written[0] == "01-healthy.md"
    assert "March: 01\\-healthy" in (tmp_path / "runs" / "01-healthy.md").read_text()


def test_sections_title_and_paper(lossdoctor: Command, tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    options = ("--sections", "summary", "--title", "A & <b>", "--paper", "letter")
    assert lossdoctor("report", EXAMPLES, "-o", target, *options).code == 0
    reader = PdfReader(target)
    assert len(reader.pages) == 1
    assert float(reader.pages[0].mediabox.width) == 612
    assert "A & <b>" in reader.pages[0].extract_text()


def test_ticks_of_the_window_are_in_the_report_unless_unwanted(lossdoctor: Command, tmp_path: Path) -> None:
    [item] = scan([OVERFITTING]).runs
    with checklists.ChecklistStore(tmp_path / "checklists.sqlite3") as store:
        store.set_ticked(item.run, item.diagnosis.causes[0].id, True)
    with closing(RunMarks(tmp_path / "checklists.sqlite3")) as noted:
        noted.add_note(item.run, "val_loss", 100, 150, "changed the <data>")
    target = tmp_path / "a.md"
    assert lossdoctor("report", OVERFITTING, "-o", target).code == 0
    assert target.read_text().count("- [x]") == 1
    assert r"- val\_loss, steps 100 to 150: changed the \<data\>" in target.read_text()
    assert lossdoctor("report", OVERFITTING, "-o", target, "--no-ticks").code == 0
    assert target.read_text().count("- [x]") == 0


def test_the_report_names_the_command_that_made_it(lossdoctor: Command, tmp_path: Path) -> None:
    target = tmp_path / "with space.md"
    assert lossdoctor("report", OVERFITTING, "-o", target).code == 0
    assert f"lossdoctor report {OVERFITTING} -o '{target}'" in target.read_text()


def test_no_run_is_no_report(lossdoctor: Command, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    done = lossdoctor("report", empty, "-o", tmp_path / "a.pdf")
    assert done.code == 3
    assert not (tmp_path / "a.pdf").exists()


def test_no_window_library_is_loaded(tmp_path: Path) -> None:
    """Reports are written on machines without a display, where Qt's libraries are often missing."""
    code = (
        "import sys; from lossdoctor.cli.main import run; assert run(sys.argv[1:]) == 0; "
        "assert not {'PySide6', 'pyqtgraph', 'matplotlib'} & set(sys.modules)"
    )
    for ending in ("pdf", "html", "md"):
        command = [sys.executable, "-c", code, "report", str(OVERFITTING), "-o", str(tmp_path / f"a.{ending}")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
