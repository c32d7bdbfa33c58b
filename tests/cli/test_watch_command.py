"""`lossdoctor watch`: each finding once, when it is clear; hooks, exit statuses, and rest while nothing happens."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lossdoctor.diagnosis.engine import examine
from lossdoctor.workspace.live_judge import News
from lossdoctor.workspace.watching import Watcher

Cli = Callable[..., Any]
HEADER = "step,train_loss,val_loss\n"


def rows(start: int, end: int, val: Callable[[int], float], train: Callable[[int], float] | None = None) -> str:
    train = train or (lambda step: 2 * math.exp(-step / 60) + 0.1)
    return "".join(f"{step},{train(step):.6f},{val(step):.6f}\n" for step in range(start, end))


def falling(step: int) -> float:
    return 2 * math.exp(-step / 60) + 0.15


def rising(step: int) -> float:
    return falling(step) + 0.004 * max(0, step - 150)


def append(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(text)


def grown(path: Path, watcher: Watcher, val: Callable[[int], float], end: int = 600) -> Iterator[tuple[int, News]]:
    append(path, HEADER)
    for start in range(0, end, 20):
        append(path, rows(start, start + 20, val))
        yield from ((start + 20, news) for news in watcher.poll())


def test_overfitting_is_told_once_and_in_time(tmp_path: Path) -> None:
    found = [(step, news) for step, news in grown(tmp_path / "a" / "log.csv", Watcher([tmp_path]), rising)]
    told = [news.finding.name for _, news in found]
    assert told.count("overfitting") == 1
    [at] = [step for step, news in found if news.finding.name == "overfitting"]
    assert 150 < at < 400
    [step] = [news.step for _, news in found if news.finding.name == "overfitting"]
    assert step == at - 1


def test_a_healthy_run_makes_no_news(tmp_path: Path) -> None:
    assert list(grown(tmp_path / "a" / "log.csv", Watcher([tmp_path]), falling)) == []


def test_not_a_number_is_told_at_once(tmp_path: Path) -> None:
    log = tmp_path / "a" / "log.csv"
    watcher = Watcher([tmp_path])
    append(log, HEADER + rows(0, 1000, falling))
    assert watcher.poll() == []
    append(log, "1000,nan,0.2\n")  # far less than a share of growth
    assert [news.finding.name for news in watcher.poll()] == ["non_finite"]
    append(log, "1001,nan,0.2\n")
    assert watcher.poll() == []


def test_a_plan_does_not_make_a_running_training_too_short(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "config.yaml").write_text("max_steps: 100000\n")
    assert list(grown(tmp_path / "a" / "log.csv", Watcher([tmp_path]), falling)) == []


def test_paths_may_come_later_and_runs_may_begin_anew(tmp_path: Path) -> None:
    log = tmp_path / "later" / "log.csv"
    watcher = Watcher([tmp_path / "later"])
    assert watcher.poll() == []
    assert [news.finding.name for _, news in grown(log, watcher, rising)].count("overfitting") == 1
    log.unlink()
    watcher.poll()
    assert [news for _, news in grown(log, watcher, rising)] == []  # told before


def test_unchanged_runs_are_not_judged_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []
    real = examine

    def spy(run: Any, **options: Any) -> Any:
        judged.append(run.id)
        return real(run, **options)

    monkeypatch.setattr("lossdoctor.workspace.live_judge.examine", spy)
    for name in "ab":
        append(tmp_path / name / "log.csv", HEADER + rows(0, 200, falling))
    watcher = Watcher([tmp_path])
    watcher.poll()
    assert sorted(judged) == ["a/log.csv", "b/log.csv"]
    judged.clear()
    for _ in range(3):
        assert watcher.poll() == []
    append(tmp_path / "a" / "log.csv", rows(200, 202, falling))
    watcher.poll()
    assert judged == []  # one per cent more says nothing new
    append(tmp_path / "a" / "log.csv", rows(202, 240, falling))
    watcher.poll()
    assert judged == ["a/log.csv"]


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "lossdoctor", "watch", *map(str, arguments)]


def test_a_diverging_job_is_stopped_and_the_hook_is_told(tmp_path: Path) -> None:
    log, mark = tmp_path / "runs" / "a'; touch x" / "log.csv", tmp_path / "mark"
    append(log, HEADER + rows(0, 300, falling))
    hook = tmp_path / "hook.py"
    hook.write_text(
        f"import os; open({str(mark)!r}, 'a').write(os.environ['LOSSDOCTOR_CODE'] + ' ' + os.environ['LOSSDOCTOR_RUN'])"
    )
    arguments = ("--interval", "0.05", "--fail-on", "high", "--exec", f"{sys.executable} {hook}", "--format", "jsonl")
    with subprocess.Popen(
        command(tmp_path / "runs", *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    ) as process:
        time.sleep(1.5)
        assert process.poll() is None  # healthy so far
        append(log, "300,nan,0.2\n")
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, "")
    [line] = out.splitlines()
    told = json.loads(line)
    assert (told["code"], told["severity"], told["step"]) == ("ST01", "high", 300)
    assert mark.read_text() == "ST01 a'; touch x/log.csv"
    assert not (tmp_path / "x").exists()


def test_it_ends_when_nothing_is_written_or_on_an_interrupt(lossdoctor: Cli, tmp_path: Path) -> None:
    append(tmp_path / "a" / "log.csv", HEADER + rows(0, 100, falling))
    done = lossdoctor("watch", tmp_path, "--interval", "0.05", "--idle-exit", "0.2")
    assert (done.code, done.out) == (0, "")
    with subprocess.Popen(command(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        assert "interrupted" in process.communicate(timeout=30)[1]
    assert process.returncode == 130


def test_wrong_hooks_are_usage_errors(lossdoctor: Cli, tmp_path: Path) -> None:
    assert lossdoctor("watch", tmp_path, "--exec", "'").code == 2
    append(tmp_path / "a" / "log.csv", HEADER + rows(0, 100, falling) + "100,nan,1\n")
    done = lossdoctor("watch", tmp_path, "--exec", "/no/such/program", "--interval", "0.05")
    assert done.code == 2
    assert "/no/such/program" in done.err


def test_rest_costs_little(tmp_path: Path) -> None:
    for i in range(100):
        append(tmp_path / f"r{i}" / "log.csv", HEADER + rows(0, 50, falling))
    watcher = Watcher([tmp_path])
    watcher.poll()
    polls = 20
    before = time.process_time()
    for _ in range(polls):
        watcher.poll()
    # A look every two seconds at 100 files: less than one per cent of a processor.
    assert (time.process_time() - before) / polls < 0.02
