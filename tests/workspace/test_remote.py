"""Logs behind URLs give what the same files give here, in memory and on a real S3 server, and leave nothing behind."""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lossdoctor.importers.base import Source
from lossdoctor.importers.where import Where
from lossdoctor.workspace import remote, scan_job
from lossdoctor.workspace.examined import HowToExamine, SourceResult
from lossdoctor.workspace.reach import examine_anywhere
from lossdoctor.workspace.results import ScanResult
from lossdoctor.workspace.scan import run_job
from lossdoctor.workspace.scan_job import ScanJob, ScanOptions
from tests.workspace.test_scan import write_log
from tests.workspace.test_workers import text_of

fsspec = pytest.importorskip("fsspec")
LEAN = HowToExamine(keep_points=False)


def scanned(*paths: Path | str, **options: Any) -> ScanResult:
    return run_job(ScanJob(paths, replace(ScanOptions(jobs=1, how=LEAN), **options)))


def same_text(result: ScanResult, place: str) -> str:
    """The JSON, with the place that differs taken out of the paths."""
    return text_of(result).replace(place, "<root>")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the mirrors stand; empty again after every test."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def memory(examples: Path, temporary: Path) -> Iterator[Any]:
    """The examples in an in-memory file system, under /examples."""
    system = fsspec.filesystem("memory")
    system.put(f"{examples}/", "/examples", recursive=True)
    yield system
    system.store.clear()
    system.pseudo_dirs[:] = [""]
    assert list(temporary.iterdir()) == []


def test_what_lies_in_memory_is_scanned_like_what_lies_here(memory: Any, examples: Path) -> None:
    there = scanned("memory://examples")
    assert same_text(there, "memory://examples") == same_text(scanned(examples), str(examples))
    assert len(there.runs) == 6
    assert len(scanned("memory://examples", jobs=4).runs) == 6


def test_one_file_and_several_urls(memory: Any, examples: Path) -> None:
    one = scanned("memory://examples/02-underfitting/training.csv")
    here = scanned(examples / "02-underfitting" / "training.csv")
    assert same_text(one, "memory://examples") == same_text(here, str(examples))
    assert one.runs[0].run.path == "memory://examples/02-underfitting/training.csv"
    both = scanned("memory://examples/01-healthy", "memory://examples/05-plateau", examples / "04-spike-to-nan")
    assert sorted(str(item.diagnosis.verdict) for item in both.runs) == ["divergence", "healthy", "plateau"]


def test_patterns_and_age_hold_there_too(memory: Any) -> None:
    assert len(scanned("memory://examples", where=Where(include=("01-*",))).runs) == 1
    assert len(scanned("memory://examples", where=Where(exclude=("01-*", "02-*"))).runs) == 4
    assert len(scanned("memory://examples", since=time.time() + 1000).runs) == 0
    assert len(scanned("memory://examples", since=time.time() - 1000).runs) == 6


def test_configuration_beside_the_log_is_fetched(memory: Any, tmp_path: Path) -> None:
    log = write_log(tmp_path / "runs" / "a" / "log.csv")
    (log.parent / "config.yaml").write_text("lr: 0.5\n" + "# remark\n" * 20_000)  # longer than what a mirror holds
    memory.put(f"{tmp_path}/runs/", "/runs", recursive=True)
    [item] = scanned("memory://runs", how=HowToExamine()).runs
    assert item.run.config["lr"] == 0.5


def test_large_files_are_whole_when_they_are_read(memory: Any, tmp_path: Path) -> None:
    write_log(tmp_path / "runs" / "a" / "log.csv", points=20_000)
    assert (tmp_path / "runs" / "a" / "log.csv").stat().st_size > 3 * 65536
    memory.put(f"{tmp_path}/runs/", "/runs", recursive=True)
    [item] = scanned("memory://runs").runs
    assert item.facts.points == 40_000


@pytest.mark.parametrize("url", ["memory://nowhere", "nosuchprotocol://x/y"])
def test_what_cannot_be_reached_is_one_problem(memory: Any, url: str) -> None:
    result = scanned(url)
    [problem] = result.problems
    assert problem.level == "error"
    assert url in problem.sentence()
    assert problem.hint


def test_a_file_that_vanishes_costs_that_file_only(memory: Any) -> None:
    job = ScanJob(["memory://examples"], ScanOptions(jobs=1, how=LEAN))
    job.find()
    memory.rm("/examples/02-underfitting/training.csv")
    for _ in job.examine():
        pass
    result = job.conclude()
    assert len(result.runs) == 5
    [problem] = [p for p in result.problems if p.level == "error"]
    assert problem.path == "memory://examples/02-underfitting/training.csv"


def test_a_scan_that_is_not_finished_leaves_nothing(memory: Any, temporary: Path) -> None:
    job = ScanJob(["memory://examples"], ScanOptions(jobs=1, how=LEAN))
    job.find()
    steps = job.examine()
    next(steps)
    steps.close()
    assert list(temporary.iterdir()) == []


def test_file_urls_are_paths(examples: Path) -> None:
    assert text_of(scanned(f"file://{examples}")) == text_of(scanned(examples))


def test_the_command_takes_urls(memory: Any, lossdoctor_cli: Callable[..., tuple[int, str]]) -> None:
    code, out = lossdoctor_cli("scan", "memory://examples", "--format", "jsonl")
    runs = [row for row in map(json.loads, out.splitlines()) if row["kind"] == "run"]
    assert (code, len(runs)) == (1, 6)
    assert all(row["path"].startswith("memory://examples/") for row in runs)


@pytest.fixture
def lossdoctor_cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    from lossdoctor.cli.main import run

    return lambda *arguments: (run([str(a) for a in arguments]), capsys.readouterr().out)


# moto and botocore themselves use what Python and each other have deprecated.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_bucket_is_scanned_like_a_folder(examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    s3fs = pytest.importorskip("s3fs")
    for i in range(60):
        write_log(tmp_path / "runs" / f"run{i:03d}" / "log.csv", points=60 + i)
    server.start()
    try:
        host, port = server.get_host_and_port()
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            monkeypatch.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()
        system = s3fs.S3FileSystem()
        system.mkdir("bucket")
        system.put(f"{tmp_path}/runs/", "bucket/runs", recursive=True)
        system.put(f"{examples}/", "bucket/examples", recursive=True)
        for folder in (tmp_path / "runs", examples):
            url = f"s3://bucket/{folder.name}"
            here = same_text(scanned(folder), str(folder))
            assert same_text(scanned(url), url) == here
            assert same_text(scanned(url, jobs=2), url) == here
        assert re.search("nothing", scanned("s3://bucket/empty").problems[0].message)
    finally:
        s3fs.S3FileSystem.clear_instance_cache()
        server.stop()


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the sources that were really fetched and read; small scans use the cache too."""
    ids: list[str] = []

    def spy(source: Source, *args: Any) -> SourceResult:
        ids.append(source.id)
        return examine_anywhere(source, *args)

    monkeypatch.setattr(scan_job, "examine_anywhere", spy)
    monkeypatch.setattr(scan_job, "CACHE_FROM", 0)
    return ids


def test_what_has_not_changed_behind_a_url_is_not_fetched_again(
    memory: Any, tmp_path: Path, fetched: list[str]
) -> None:
    file = tmp_path / "cache"
    first = text_of(scanned("memory://examples"))
    number = len(fetched)
    assert text_of(scanned("memory://examples", cache=file)) == first
    assert len(fetched) == 2 * number
    assert text_of(scanned("memory://examples", cache=file)) == first
    assert len(fetched) == 2 * number

    log = "/examples/02-underfitting/training.csv"
    time.sleep(0.01)
    memory.pipe(log, memory.cat(log).replace(b"2.", b"3.", 1))  # as long as before, but written later
    changed = text_of(scanned("memory://examples", cache=file))
    assert len(fetched) == 2 * number + 1
    assert changed == text_of(scanned("memory://examples"))


def test_one_file_behind_a_url_is_known_again(memory: Any, tmp_path: Path, fetched: list[str]) -> None:
    file, url = tmp_path / "cache", "memory://examples/02-underfitting/training.csv"
    first, again = (text_of(scanned(url, cache=file)) for _ in range(2))
    assert first == again
    assert len(fetched) == 1
    memory.pipe("/examples/02-underfitting/config.json", b'{"lr": 0.5}')
    scanned(url, cache=file)
    assert len(fetched) == 2


def test_where_nothing_tells_versions_apart_everything_is_fetched_again(
    memory: Any, tmp_path: Path, fetched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_VERSION_KEYS", ())
    for _ in range(2):
        scanned("memory://examples/05-plateau", cache=tmp_path / "cache")
    assert len(fetched) == 2
