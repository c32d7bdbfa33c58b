"""`lossdoctor scan`: exit statuses, the table, output files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lossdoctor.cli import live, output, scan_options
from lossdoctor.errors import UsageError
from lossdoctor.workspace.scan_job import Amount, ScanJob
from tests.workspace.test_scan import write_log

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


def interrupting(examples: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    real = ScanJob.examine

    def examine(job: ScanJob) -> Iterator[object]:
        for number, step in enumerate(real(job)):
            if number == after:
                raise KeyboardInterrupt
            yield step

    monkeypatch.setattr(ScanJob, "examine", examine)


@pytest.mark.parametrize("after", [0, 2])
def test_an_interrupt_prints_what_was_done_and_exits_with_130(
    lossdoctor: Cli, examples: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    interrupting(examples, monkeypatch, after)
    done = lossdoctor("scan", examples, "--format", "json")
    assert done.code == 130
    assert done.err.strip().splitlines()[-1] == "lossdoctor: interrupted."
    data = json.loads(done.out)
    assert len(data["runs"]) == after + 1  # what came of a source is kept before anybody is told
    assert data["summary"]["files"] + data["summary"]["unread"] == 8
    assert "not read" in lossdoctor("scan", examples).out


def test_an_interrupted_process_ends_with_130_and_leaves_no_other(tmp_path: Path) -> None:
    text = write_log(tmp_path / "run0" / "log.csv", points=50_000).read_text()
    for i in range(1, 60):
        (tmp_path / f"run{i}").mkdir()
        (tmp_path / f"run{i}" / "log.csv").write_text(text.replace("\n0,", f"\n{-i},", 1))
    command = [sys.executable, "-m", "lossdoctor", "scan", str(tmp_path), "--jobs", "2", "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    data = json.loads(out)
    assert process.returncode == 130, err
    assert err.strip().splitlines()[-1] == "lossdoctor: interrupted."
    assert data["summary"]["unread"] > 0
    assert len(data["runs"]) < 60


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
    monkeypatch.setattr(output, "is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")
    out = lossdoctor("scan", tmp_path).out
    assert "[red]x \\x1b[2J:smile:" in out
    assert "\x1b[2J" not in out


@pytest.mark.parametrize("width", ["20", "60", "100", "300"])
def test_the_table_fits_every_terminal(
    lossdoctor: Cli, examples: Path, monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    monkeypatch.setattr(output, "is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", width)
    out = lossdoctor("scan", examples).out
    assert max(map(len, out.splitlines())) <= int(width)
    assert "Overfitting"[:3] in out


def test_no_color_is_obeyed(lossdoctor: Cli, examples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "is_terminal", lambda: True)
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


def codes_of(text: str) -> list[str]:
    return [finding["code"] for run in json.loads(text)["runs"] for finding in run["findings"]]


def test_a_baseline_lets_known_findings_pass_and_new_ones_not(lossdoctor: Cli, examples: Path, tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    diverged = examples / "04-spike-to-nan"
    assert lossdoctor("scan", diverged, "--baseline", file).code == 3  # there is none yet
    first = lossdoctor("scan", diverged, "--baseline", file, "--update-baseline")
    assert first.code == 0
    assert "known finding" in first.err
    known = lossdoctor("scan", diverged, "--baseline", file, "--format", "json")
    assert known.code == 0
    assert codes_of(known.out)  # they are still shown
    file.write_text('{"lossdoctor_baseline": 1, "findings": []}')
    assert lossdoctor("scan", diverged, "--baseline", file).code == 1
    for wrong in ("", "[]", '{"lossdoctor_baseline": 2, "findings": []}', '{"lossdoctor_baseline": 1}', "[" * 100_000):
        file.write_text(wrong)
        done = lossdoctor("scan", diverged, "--baseline", file)
        assert done.code == 3
        assert "no baseline" in done.err
        assert "Traceback" not in done.err
    assert lossdoctor("scan", diverged, "--update-baseline").code == 2


def test_exit_zero_hides_findings_but_not_unreadable_input(lossdoctor: Cli, examples: Path) -> None:
    assert lossdoctor("scan", examples / "04-spike-to-nan", "--exit-zero").code == 0
    assert lossdoctor("scan", examples / "nowhere", "--exit-zero").code == 3


def test_unsure_findings_are_left_out(lossdoctor: Cli, examples: Path) -> None:
    every = json.loads(lossdoctor("scan", examples, "--format", "json").out)
    confidences = sorted(finding["confidence"] for run in every["runs"] for finding in run["findings"])
    least = confidences[2] - 1e-4
    sure = codes_of(lossdoctor("scan", examples, "--format", "json", "--min-confidence", least).out)
    assert len(sure) == sum(confidence >= least for confidence in confidences) < len(confidences)
    assert lossdoctor("scan", examples, "--min-confidence", "1.5").code == 2
    none = lossdoctor("scan", examples, "--min-confidence", "1")
    assert none.code == 0
    assert codes_of(lossdoctor("scan", examples, "--min-confidence", "1", "--format", "json").out) == []
    assert "Divergence" in none.out  # the verdict stays


def test_files_are_chosen_by_pattern_depth_and_age(lossdoctor: Cli, tmp_path: Path) -> None:
    for name in ("a", "b", "deep/er/c"):
        write_log(tmp_path / name / "log.csv")
    os.utime(tmp_path / "b" / "log.csv", (1e9, 1e9))

    def seen(*options: str) -> set[str]:
        out = lossdoctor("scan", tmp_path, "--format", "jsonl", *options).out
        return {row["id"] for row in map(json.loads, out.splitlines()) if row["kind"] == "run"}

    assert seen() == {"a/log.csv", "b/log.csv", "deep/er/c/log.csv"}
    assert seen("--exclude", "b", "--exclude", "deep/*") == {"a/log.csv"}
    assert seen("--include", "deep") == {"deep/er/c/log.csv"}
    assert seen("--max-depth", "1") == {"a/log.csv", "b/log.csv"}
    assert seen("--since", "7d") == {"a/log.csv", "deep/er/c/log.csv"}
    assert seen("--since", "2001-09-08") == seen()
    # A pattern that the shell did not expand.
    out = lossdoctor("scan", f"{tmp_path}/[ab]/*.csv", "--format", "csv").out
    assert len(out.splitlines()) == 3


def test_ages_and_dates() -> None:
    assert scan_options.since_of("7d", now=1e9) == 1e9 - 7 * 86400
    assert scan_options.since_of("1.5 h", now=1e9) == 1e9 - 5400
    assert scan_options.since_of(None) is None
    for wrong in ("", "7", "d", "yesterday", "7y", "99999999-01-01"):
        with pytest.raises(UsageError, match="neither an age nor a date"):
            scan_options.since_of(wrong)


def test_quiet_leaves_errors_only(lossdoctor: Cli, examples: Path, tmp_path: Path) -> None:
    log = tmp_path / "truncated"
    log.mkdir()
    source = next((examples / "01-healthy").rglob("*tfevents*"))
    (log / source.name).write_bytes(source.read_bytes()[:-5])
    assert lossdoctor("scan", log).err
    assert lossdoctor("scan", log, "--quiet").err == ""
    assert "nowhere" in lossdoctor("scan", tmp_path / "nowhere", "-q").err


def test_progress_is_a_line_now_and_then_outside_a_terminal(
    lossdoctor: Cli, examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LINE_SECONDS", 0.0)
    lines = lossdoctor("scan", examples).err.splitlines()
    assert lines[-1].startswith("8 of 8 files, 6 runs, ")
    assert lossdoctor("scan", examples, "--quiet").err == ""
    assert live.progress_line(Amount(1, 10_000_000, 1), Amount(4, 40_000_000), 2.0) == (
        "1 of 4 files, 1 run, 10.0 MB of 40.0 MB, 5.0 MB/s, 6 s left"
    )


def test_on_a_terminal_runs_scroll_by_literally(
    lossdoctor: Cli, examples: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "[red]x\x1b[2J"
    folder.mkdir()
    (folder / "training.csv").write_bytes((examples / "02-underfitting" / "training.csv").read_bytes())
    write_log(tmp_path / "fine" / "log.csv")
    monkeypatch.setattr(live, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "160")
    err = lossdoctor("scan", tmp_path).err
    assert "Underfitting" in err
    assert "[red]x\\x1b[2J" in err
    assert "\x1b[2J" not in err
    assert "Healthy" not in err
