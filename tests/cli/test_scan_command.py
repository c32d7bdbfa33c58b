"""`lossdoctor scan`: exit statuses, the table, output files."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lossdoctor.cli import scan as command

Cli = Callable[..., Any]


def test_a_clean_run_exits_with_0(lossdoctor: Cli, examples: Path) -> None:
    done = lossdoctor("scan", examples / "01-healthy")
    assert (done.code, done.err) == (0, "")
    assert "Healthy" in done.out


@pytest.mark.parametrize(("fail_on", "code"), [(None, 1), ("high", 1), ("info", 1), ("never", 0)])
def test_findings_exit_with_1_from_the_asked_severity_on(
    lossdoctor: Cli, examples: Path, fail_on: str | None, code: int
) -> None:
    option = ["--fail-on", fail_on] if fail_on else []
    assert lossdoctor("scan", examples / "04-spike-to-nan", *option).code == code


@pytest.mark.parametrize(
    "args", [["scan"], ["scan", ".", "--format", "xml"], ["scan", ".", "--no-such"], ["report", "."]]
)
def test_wrong_usage_exits_with_2(lossdoctor: Cli, args: list[str]) -> None:
    done = lossdoctor(*args)
    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err


def test_unreadable_input_exits_with_3_also_when_there_are_findings(lossdoctor: Cli, examples: Path) -> None:
    done = lossdoctor("scan", examples / "04-spike-to-nan", examples / "no-such-folder")
    assert done.code == 3
    assert "Divergence" in done.out
    assert done.err.count("\n") == 1
    assert "no-such-folder" in done.err


def test_an_interrupt_exits_with_130(lossdoctor: Cli, examples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lossdoctor.workspace.scan.scan", interrupted)
    done = lossdoctor("scan", examples)
    assert done.code == 130
    assert done.err.strip().splitlines()[-1] == "lossdoctor: interrupted."


def test_outside_a_terminal_every_run_is_one_plain_line(lossdoctor: Cli, examples: Path) -> None:
    out = lossdoctor("scan", examples).out
    header, *rows, blank, summary = out.splitlines()
    assert header.split() == ["verdict", "run", "sure", "last", "best", "what", "is", "seen"]
    assert len(rows) == 6
    assert blank == ""
    assert summary.startswith("6 runs in ")
    assert "\x1b" not in out
    # The most severe first, the healthy one last.
    assert "Healthy" in rows[-1]
    assert "01-healthy" in rows[-1]


def test_on_a_terminal_names_are_shown_literally(
    lossdoctor: Cli, examples: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "[red]x \x1b[2J:smile:"
    folder.mkdir()
    (folder / "training.csv").write_bytes((examples / "02-underfitting" / "training.csv").read_bytes())
    monkeypatch.setattr(command, "_is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")
    out = lossdoctor("scan", tmp_path).out
    assert "[red]x \\x1b[2J:smile:" in out
    assert "\x1b[2J" not in out


@pytest.mark.parametrize("width", ["20", "60", "100", "300"])
def test_the_table_fits_every_terminal(
    lossdoctor: Cli, examples: Path, monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    monkeypatch.setattr(command, "_is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", width)
    out = lossdoctor("scan", examples).out
    assert max(map(len, out.splitlines())) <= int(width)
    assert "Overfitting"[:3] in out


def test_no_color_is_obeyed(lossdoctor: Cli, examples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_is_terminal", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    coloured = lossdoctor("scan", examples).out
    assert "\x1b[3" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in lossdoctor("scan", examples).out


@pytest.mark.parametrize("output_format", ["text", "json"])
def test_output_goes_to_the_file_and_nothing_to_stdout(
    lossdoctor: Cli, examples: Path, tmp_path: Path, output_format: str
) -> None:
    target = tmp_path / "out"
    done = lossdoctor("scan", examples, "--format", output_format, "-o", target)
    assert (done.code, done.out) == (1, "")
    text = target.read_text()
    assert "06-spike-recovered" in text
    if output_format == "json":
        assert json.loads(text)["schema"] == 1


def test_an_output_that_cannot_be_written_is_named(lossdoctor: Cli, examples: Path, tmp_path: Path) -> None:
    done = lossdoctor("scan", examples / "01-healthy", "-o", tmp_path / "no" / "out.txt")
    assert done.code == 2
    assert "no/out.txt: cannot be written" in done.err
    assert "Traceback" not in done.err


def test_progress_is_for_terminals_only(lossdoctor: Cli, examples: Path) -> None:
    assert not sys.stderr.isatty()
    assert lossdoctor("scan", examples / "01-healthy").err == ""


def test_two_scans_give_the_same_json(lossdoctor: Cli, examples: Path) -> None:
    first, second = (json.loads(lossdoctor("scan", examples, "--format", "json").out) for _ in range(2))
    for data in (first, second):
        data["summary"].pop("seconds")
    assert first == second
