"""A bound on memory: what fits is read, what does not is named, whatever the number of processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lossdoctor.cli.scan_options import bytes_of
from lossdoctor.errors import UsageError
from lossdoctor.workspace.examined import HowToExamine
from lossdoctor.workspace.memory import LEAST_BOUND, LEAST_BYTES, OWN_BYTES, affordable, environment, share
from lossdoctor.workspace.results import ScanResult
from lossdoctor.workspace.scan import run_job
from lossdoctor.workspace.scan_job import ScanJob, ScanOptions
from tests.workspace.test_scan import write_log
from tests.workspace.test_workers import odd_worker, text_of

LEAN = HowToExamine(keep_points=False)
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no limit on a process' data here")


def bounded(tree: Path, jobs: int, bound: int) -> ScanResult:
    return run_job(ScanJob([tree], ScanOptions(jobs=jobs, how=LEAN, max_memory=bound)))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("a", "b", "c", "d"):
        write_log(tmp_path / "runs" / name / "log.csv")
    return tmp_path / "runs"


def test_a_bound_that_suffices_changes_no_byte(tree: Path) -> None:
    free = text_of(run_job(ScanJob([tree], ScanOptions(jobs=1, how=LEAN))))
    assert text_of(bounded(tree, 1, 2_000_000_000)) == text_of(bounded(tree, 3, 2_000_000_000)) == free


@LINUX
def test_what_does_not_fit_is_named_and_costs_that_file_only(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd_worker(monkeypatch, 'if "b" in source.id: return large(source, 3_000_000_000)')
    found = {jobs: bounded(tree, jobs, 1_000_000_000) for jobs in (1, 2)}
    assert [run.run.id for run in found[1].runs] == ["a/log.csv", "c/log.csv", "d/log.csv"]
    assert [(p.code, p.path) for p in found[1].problems] == [("out_of_memory", str(tree / "b" / "log.csv"))]
    assert text_of(found[1]) == text_of(found[2])


@LINUX
def test_what_is_too_large_for_a_share_is_read_with_all_of_the_memory(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # More than half of the bound, less than all of it.
    odd_worker(monkeypatch, 'if "b" in source.id and (lost := large(source, 700_000_000)): return lost')
    found = bounded(tree, 2, 1_200_000_000)
    assert [run.run.id for run in found.runs] == ["a/log.csv", "b/log.csv", "c/log.csv", "d/log.csv"]
    assert not found.problems


@LINUX
def test_a_process_really_gets_no_more_than_its_share() -> None:
    code = """
from lossdoctor.workspace.memory import bound_from_environment
import numpy as np
assert bound_from_environment()
np.ones(10_000_000)
try:
    np.ones(40_000_000)
except MemoryError:
    print("refused")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(250_000_000), capture_output=True, text=True, check=True
    )
    assert done.stdout == "refused\n"


def test_processes_that_would_have_too_little_are_not_started() -> None:
    assert affordable(8, 0) == 8
    assert share(8, 0) == 0
    assert affordable(8, LEAST_BOUND) == 1
    assert affordable(8, OWN_BYTES + 3 * LEAST_BYTES) == 3
    assert share(3, OWN_BYTES + 3 * LEAST_BYTES) == LEAST_BYTES
    assert share(1, 2_000_000_000) == 2_000_000_000 - OWN_BYTES


@pytest.mark.parametrize(
    ("text", "size"),
    [(None, 0), ("2GB", 2_000_000_000), ("800 mb", 800_000_000), ("1.5GiB", 3 << 29), ("1t", 10**12)],
)
def test_sizes_are_read_as_people_write_them(text: str | None, size: int) -> None:
    assert bytes_of(text) == size


@pytest.mark.parametrize("text", ["", "much", "2", "-2GB", "2XB", "1e3GB", "100MB"])
def test_other_sizes_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--max-memory"):
        bytes_of(text)
