"""Several processes find what one finds; a process that crashes or hangs costs one file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from lossdoctor.errors import KnowledgeError
from lossdoctor.importers.base import Source
from lossdoctor.importers.reading import read_source
from lossdoctor.runs import ProblemLevel
from lossdoctor.workspace import guard, workers
from lossdoctor.workspace.chunks import cost, jobs_for, make_chunks
from lossdoctor.workspace.examined import HowToExamine
from lossdoctor.workspace.json_results import to_json
from lossdoctor.workspace.results import ScanResult
from lossdoctor.workspace.scan import run_job, scan
from lossdoctor.workspace.scan_job import ScanJob, ScanOptions
from tests.workspace.test_scan import write_log

LEAN = HowToExamine(keep_points=False)


def text_of(result: ScanResult) -> str:
    """The JSON without the one number that differs from scan to scan."""
    return re.sub(r'"seconds": [0-9.]+', '"seconds": 0', to_json(result))


def tree_of(folder: Path, names: Sequence[str]) -> Path:
    for i, name in enumerate(names):
        write_log(folder / name / "log.csv", points=60 + 7 * i, rate=0.02 * i)
    return folder


def odd_worker(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Workers that do something odd on a source whose id holds a word."""
    code = f"""
import os, time
from lossdoctor.workspace import worker
from lossdoctor.errors import KnowledgeError
from lossdoctor.workspace.guard import guarded
from lossdoctor.workspace.examined import SourceResult
def large(source, size):
    lost = guarded(source.path, bytearray, size)
    return None if isinstance(lost, bytearray) else SourceResult((), (lost,))
real = worker.examine_anywhere
def odd(source, how):
    {body}
    return real(source, how)
worker.examine_anywhere = odd
worker.main()
"""
    monkeypatch.setattr(workers, "COMMAND", (sys.executable, "-c", code))


def test_the_number_of_processes_changes_no_byte(examples: Path, tmp_path: Path) -> None:
    tree = tree_of(tmp_path, [f"sweep/run{i}" for i in range(5)])
    one, two, three = (
        text_of(run_job(ScanJob([examples, tree], ScanOptions(jobs=jobs, how=LEAN)))) for jobs in (1, 2, 3)
    )
    assert one == two == three
    assert text_of(scan([tree, examples])).replace(str(tree), "") != ""
    whole = scan([examples, tree])
    assert text_of(whole) == one  # and keeping the points changes nothing either
    assert all(item.run.series for item in whole.runs)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('if "b" in source.id: os._exit(7)', "crashed"),
        ('if "b" in source.id: os.abort()', "crashed"),
        ('if "b" in source.id: time.sleep(600)', "too_slow"),
    ],
)
def test_a_file_that_kills_or_blocks_its_process_costs_that_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, code: str
) -> None:
    odd_worker(monkeypatch, body)
    started = time.monotonic()
    result = run_job(ScanJob([tree_of(tmp_path, "abcdef")], ScanOptions(jobs=2, timeout=1.0)))
    assert [item.run.id for item in result.runs] == [f"{name}/log.csv" for name in "acdef"]
    [problem] = [p for p in result.problems if p.level is ProblemLevel.ERROR]
    assert problem.code == code
    assert problem.path.endswith("b/log.csv")
    assert problem.hint
    assert time.monotonic() - started < 60


def test_a_broken_installation_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd_worker(monkeypatch, 'raise KnowledgeError("data.toml is broken.", "Reinstall.")')
    with pytest.raises(KnowledgeError, match=r"data\.toml is broken") as caught:
        run_job(ScanJob([tree_of(tmp_path, "abc")], ScanOptions(jobs=2)))
    assert caught.value.hint == "Reinstall."


def test_processes_that_cannot_start_are_no_fault_of_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "COMMAND", (sys.executable, "-c", "raise SystemExit(3)"))
    with pytest.raises(workers.WorkerStartError):
        run_job(ScanJob([tree_of(tmp_path, "abc")], ScanOptions(jobs=2)))


def test_giving_up_leaves_no_process_and_keeps_what_was_done(tmp_path: Path) -> None:
    job = ScanJob([tree_of(tmp_path, "abcdef")], ScanOptions(jobs=2, how=LEAN))
    job.find()
    before = children()
    steps = job.examine()
    while next(steps) is None:
        pass
    assert children() - before
    steps.close()
    assert children() <= before
    result = job.conclude()
    assert 1 <= len(result.runs) < 6
    assert result.files + result.unread == 6


def children() -> set[int]:
    listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True)
    return {int(line.split()[0]) for line in listed.stdout.splitlines() if "workspace.worker" in line}


def test_a_slow_file_is_given_up_in_one_process_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(source: Source, *_: object) -> object:
        if "b" in source.id:
            time.sleep(30)
        return real(source)

    real = read_source
    monkeypatch.setattr("lossdoctor.workspace.examined.read_source", slow)
    result = run_job(ScanJob([tree_of(tmp_path, "abc")], ScanOptions(jobs=1, timeout=0.3)))
    assert [item.run.id for item in result.runs] == ["a/log.csv", "c/log.csv"]
    assert [p.code for p in result.problems] == ["too_slow"]


def source(i: int, size: int) -> Source:
    return Source("csv", f"{i}", f"/{i}", (f"/{i}",), size)


def test_chunks_hold_every_source_once_and_are_about_equal() -> None:
    sources = [source(i, 1_000_000 * (i % 7)) for i in range(300)]
    chunks = make_chunks(sources, 4)
    assert sorted(index for chunk in chunks for index, _ in chunk) == list(range(300))
    costs = [sum(cost(item) for _, item in chunk) for chunk in chunks]
    assert max(costs) <= 16_000_000
    assert len(chunks) >= 4 * 8
    assert make_chunks([], 4) == []
    assert [len(chunk) for chunk in make_chunks([source(0, 10**9), source(1, 5), source(2, 5)], 2)] == [1, 2]


def test_a_small_scan_stays_in_one_process() -> None:
    assert jobs_for([]) == 1
    assert jobs_for([source(0, 10**10)]) == 1
    assert jobs_for([source(i, 10_000) for i in range(20)]) == 1
    assert jobs_for([source(i, 10_000_000) for i in range(20)]) == min(16, len(os.sched_getaffinity(0)))


def test_a_thread_that_computes_for_too_long_is_ended() -> None:
    ends: list[str] = []

    def forever() -> None:
        try:
            while True:
                pass
        except guard.TooSlowError as error:
            ends.append(str(error))

    with pytest.raises(guard.TooSlowError):
        guard.within(0.2, forever)
    until = time.monotonic() + 10
    while not ends and time.monotonic() < until:
        time.sleep(0.01)
    assert ends == ["0.2"]
    assert guard.within(5.0, divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        guard.within(5.0, divmod, 7, 0)
    assert guard.within(0.0, divmod, 7, 2) == (3, 1)
