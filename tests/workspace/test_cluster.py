"""A Dask cluster finds what one process finds, also when a worker is killed in the middle."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lossdoctor.errors import InputError, KnowledgeError
from lossdoctor.workspace import cluster
from lossdoctor.workspace.examined import HowToExamine
from lossdoctor.workspace.scan import run_job, scan
from lossdoctor.workspace.scan_job import ScanJob, ScanOptions
from tests.workspace.test_scan import write_log
from tests.workspace.test_workers import text_of

distributed = pytest.importorskip("distributed")
LEAN = HowToExamine(keep_points=False)
# Workers on which some sources never end: one waits, one computes.
ODD = """
import time
from lossdoctor.errors import KnowledgeError
from lossdoctor.workspace import cluster
from lossdoctor.workspace.reach import examine_anywhere
def odd(source, how):
    if "waits" in source.id:
        time.sleep(600)
    while "loops" in source.id:
        pass
    if "broken" in source.id:
        raise KnowledgeError("data.toml is broken.", "Reinstall.")
    return examine_anywhere(source, how)
cluster.examine_anywhere = odd
"""
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """A scheduler and two workers, each a process of its own; the address and the workers."""
    common = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True, "cwd": tmp_path}
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    scheduler = subprocess.Popen([*command, "--no-dashboard", "--scheduler-file", "s.json"], **common)  # type: ignore[call-overload]
    file = tmp_path / "s.json"
    until = time.monotonic() + 60
    while not file.exists() or not file.read_text().strip():
        assert time.monotonic() < until
        time.sleep(0.1)
    command = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", "s.json", "--nthreads", "1"]
    (tmp_path / "odd.py").write_text(ODD)
    options = ["--no-nanny", "--no-dashboard", "--host", "127.0.0.1", "--preload", "odd.py"]
    workers = [subprocess.Popen([*command, *options], **common) for _ in range(2)]  # type: ignore[call-overload]
    try:
        yield json.loads(file.read_text())["address"], workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.communicate()


def test_a_cluster_changes_no_byte(
    examples: Path, processes: tuple[str, list[subprocess.Popen[str]]], tmp_path: Path
) -> None:
    address, _ = processes
    for i in range(20):
        write_log(tmp_path / "runs" / f"r{i}" / "log.csv", points=60 + i)
    options = ScanOptions(how=LEAN, cluster=address)
    there = run_job(ScanJob([examples, tmp_path / "runs"], options))
    assert text_of(there) == text_of(scan([examples, tmp_path / "runs"]))


def test_a_killed_worker_loses_nothing(processes: tuple[str, list[subprocess.Popen[str]]], tmp_path: Path) -> None:
    address, workers = processes
    text = write_log(tmp_path / "runs" / "r0" / "log.csv", points=5_000).read_text()
    for i in range(1, 120):
        (tmp_path / "runs" / f"r{i}").mkdir()
        (tmp_path / "runs" / f"r{i}" / "log.csv").write_text(text.replace("\n0,", f"\n{-i},", 1))
    job = ScanJob([tmp_path / "runs"], ScanOptions(how=LEAN, cluster=address))
    job.find()
    done = 0
    for step in job.examine():
        done += step is not None
        if done == 10:
            workers[0].send_signal(signal.SIGKILL)
            done += 1
    result = job.conclude()
    assert workers[0].wait(10) == -signal.SIGKILL
    assert len(result.runs) == 120
    assert text_of(result) == text_of(scan([tmp_path / "runs"]))


def test_a_file_that_never_ends_costs_that_file_only(
    processes: tuple[str, list[subprocess.Popen[str]]], tmp_path: Path
) -> None:
    address, _ = processes
    for name in ("a", "b-waits", "c", "d-loops", "e", "f"):
        write_log(tmp_path / "runs" / name / "log.csv")
    started = time.monotonic()
    result = run_job(ScanJob([tmp_path / "runs"], ScanOptions(how=LEAN, cluster=address, timeout=5.0)))
    assert time.monotonic() - started < 100
    assert [item.run.id[0] for item in result.runs] == ["a", "c", "e", "f"]
    errors = [problem for problem in result.problems if problem.level == "error"]
    assert [(problem.code, Path(problem.path).parent.name[0]) for problem in errors] == [
        ("too_slow", "b"),
        ("too_slow", "d"),
    ]


def test_a_broken_installation_on_a_worker_is_said(
    processes: tuple[str, list[subprocess.Popen[str]]], tmp_path: Path
) -> None:
    address, _ = processes
    write_log(tmp_path / "runs" / "broken" / "log.csv")
    with pytest.raises(KnowledgeError, match=r"data\.toml is broken"):
        run_job(ScanJob([tmp_path / "runs"], ScanOptions(how=LEAN, cluster=address)))


def test_an_address_where_nobody_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_log(tmp_path / "a" / "log.csv")
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 1)
    with pytest.raises(InputError, match="no Dask scheduler"):
        run_job(ScanJob([tmp_path], ScanOptions(how=LEAN, cluster="tcp://127.0.0.1:9")))
