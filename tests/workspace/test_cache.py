"""The cache changes no byte, notices every change, and survives damage, other scans and crashes."""

from __future__ import annotations

import os
import pickle
import re
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lossdoctor.importers.base import Source
from lossdoctor.importers.where import EVERYWHERE, Where
from lossdoctor.progress import Cancelled
from lossdoctor.rules.choice import RuleChoice
from lossdoctor.runs import Problem, ProblemLevel
from lossdoctor.workspace import cache, scan_job
from lossdoctor.workspace.cache import ResultCache, cache_info, clear_cache, lasting
from lossdoctor.workspace.examined import HowToExamine, SourceResult, examine_source
from lossdoctor.workspace.fingerprint import Fingerprints
from lossdoctor.workspace.remembered import scan_memory
from lossdoctor.workspace.scan import run_job
from lossdoctor.workspace.scan_job import ScanJob, ScanOptions
from tests.workspace.test_scan import write_log
from tests.workspace.test_workers import text_of

LEAN = HowToExamine(keep_points=False)


@pytest.fixture(autouse=True)
def any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small scans use the cache too."""
    monkeypatch.setattr(scan_job, "CACHE_FROM", 0)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the sources that were really read."""
    ids: list[str] = []

    def spy(source: Source, *args: Any) -> SourceResult:
        ids.append(source.id)
        return examine_source(source, *args)

    monkeypatch.setattr(scan_job, "examine_anywhere", spy)
    return ids


def scanned(file: Path | None, *paths: Path, how: HowToExamine = LEAN, jobs: int = 1) -> str:
    return text_of(run_job(ScanJob(paths, ScanOptions(jobs=jobs, how=how, cache=file))))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("a", "b", "c"):
        write_log(tmp_path / "runs" / name / "log.csv")
    return tmp_path / "runs"


def test_with_and_without_it_every_byte_is_the_same(
    examples: Path, tree: Path, tmp_path: Path, read: list[str]
) -> None:
    file = tmp_path / "cache"
    without = scanned(None, examples, tree)
    number = len(read)
    assert scanned(file, examples, tree) == without
    assert len(read) == 2 * number
    assert scanned(file, examples, tree) == without
    assert scanned(file, examples, tree, jobs=2) == without
    assert len(read) == 2 * number
    assert cache_info(file).entries == number


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text()))


def configure_below(log: Path) -> None:
    (log.parent / ".hydra").mkdir()
    (log.parent / ".hydra" / "config.yaml").write_text("lr: 0.5\n")


CHANGES: dict[str, Callable[[Path], object]] = {
    "a point more": lambda log: rewrite(log, lambda text: text + "60,0.1,0.12\n"),
    "a point less": lambda log: rewrite(log, lambda text: text.rsplit("\n", 2)[0] + "\n"),
    "written again": lambda log: os.utime(log, (1e9, 1e9)),
    "configuration": lambda log: (log.parent / "config.yaml").write_text("lr: 0.5\n"),
    "configuration in a sub-folder": configure_below,
    "another log beside it": lambda log: write_log(log.parent / "more.csv", rate=0.2),
}


@pytest.mark.parametrize("what", CHANGES)
def test_every_change_is_noticed(tree: Path, tmp_path: Path, read: list[str], what: str) -> None:
    file = tmp_path / "cache"
    scanned(file, tree)
    read.clear()
    CHANGES[what](tree / "b" / "log.csv")
    after = scanned(file, tree)
    assert "b/log.csv" in read
    assert {"a/log.csv", "c/log.csv"}.isdisjoint(read)
    assert after == scanned(None, tree)
    read.clear()
    assert scanned(file, tree) == after
    assert read == []


def test_a_changed_configuration_is_noticed(tree: Path, tmp_path: Path, read: list[str]) -> None:
    config = tree / "b" / "config.yaml"
    config.write_text("lr: 0.5\n")
    scanned(tmp_path / "cache", tree)
    read.clear()
    config.write_text("lr: 0.1\n")
    scanned(tmp_path / "cache", tree)
    assert read == ["b/log.csv"]


def test_same_size_and_time_but_another_end_is_noticed(tree: Path, tmp_path: Path, read: list[str]) -> None:
    log = tree / "b" / "log.csv"
    scanned(tmp_path / "cache", tree)
    read.clear()
    status = log.stat()
    data = log.read_bytes()
    log.write_bytes(data[:-2] + (b"7" if data[-2:-1] != b"7" else b"8") + data[-1:])
    os.utime(log, ns=(status.st_atime_ns, status.st_mtime_ns))
    scanned(tmp_path / "cache", tree)
    assert read == ["b/log.csv"]


def test_other_settings_and_another_program_are_other_results(
    tree: Path, tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cache"
    other = HowToExamine(keep_points=False, rules=RuleChoice(ignore=("overfitting",)))
    scanned(file, tree)
    assert scanned(file, tree, how=other) == scanned(None, tree, how=other)
    read.clear()
    scanned(file, tree)
    scanned(file, tree, how=other)
    assert read == []  # neither threw the other out
    monkeypatch.setattr("lossdoctor.workspace.fingerprint.program_version", lambda: "another")
    scanned(file, tree)
    assert len(read) == 3


def test_points_are_never_taken_from_it(tree: Path, tmp_path: Path) -> None:
    file = tmp_path / "cache"
    scanned(file, tree)
    job = ScanJob([tree], ScanOptions(jobs=1, cache=file))
    assert all(item.run.series for item in run_job(job).runs)


def test_a_small_scan_leaves_it_alone(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_job, "CACHE_FROM", 1_000_000)
    scanned(tmp_path / "cache", tree)
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("damage", [b"", b"no database at all" * 100, None])
def test_a_damaged_file_is_kept_aside_and_begun_anew(
    tree: Path, tmp_path: Path, read: list[str], damage: bytes | None
) -> None:
    file = tmp_path / "cache"
    expected = scanned(file, tree)
    data = file.read_bytes()
    # Sound at the beginning, torn behind it: noticed when something is looked up.
    file.write_bytes(data[:4096] + os.urandom(len(data) - 4096) if damage is None else damage)
    for _ in range(3):
        assert scanned(file, tree) == expected
    read.clear()
    assert scanned(file, tree) == expected
    assert read == []
    assert damage == b"" or list(tmp_path.glob("cache.bad*"))


def test_a_damaged_or_foreign_entry_is_computed_again(tree: Path, tmp_path: Path, read: list[str]) -> None:
    file, mark = tmp_path / "cache", tmp_path / "mark"
    expected = scanned(file, tree)

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(mark),)

    for data in (b"", b"x" * 50, zlib.compress(b"x"), *(zlib.compress(pickle.dumps(o)) for o in (Evil(), 1, [Evil()]))):
        with sqlite3.connect(file) as connection:
            for table in ("results", "scans"):
                assert connection.execute(f"UPDATE {table} SET result = ?", (data,)).rowcount > 0
        connection.close()
        read.clear()
        assert scanned(file, tree) == expected
        assert len(read) == 3
    assert not mark.exists()


def test_what_may_differ_next_time_is_not_kept(tree: Path) -> None:
    kept = SourceResult((), (Problem("truncated", ProblemLevel.WARNING, "x", "is cut."),))
    assert lasting(kept)
    for code in ("unreadable", "internal_error", "too_slow", "crashed"):
        assert not lasting(SourceResult((), (Problem(code, ProblemLevel.ERROR, "x", "y"),)))


def test_a_file_that_grows_while_it_is_read_is_read_again(tree: Path, tmp_path: Path, monkeypatch: Any) -> None:
    file = tmp_path / "cache"

    def growing(source: Source, *args: Any) -> SourceResult:
        result = examine_source(source, *args)
        if source.id == "b/log.csv":
            with open(source.files[0], "a") as log:
                log.write("60,0.1,0.12\n")
        return result

    monkeypatch.setattr(scan_job, "examine_anywhere", growing)
    first = scanned(file, tree)
    monkeypatch.undo()
    monkeypatch.setattr(scan_job, "CACHE_FROM", 0)
    assert scanned(file, tree) == scanned(None, tree) != first


def test_an_unwritable_folder_costs_nothing_but_time(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert scanned(tmp_path / "file" / "cache", tree) == scanned(None, tree)


def test_scans_at_once_agree(tmp_path: Path) -> None:
    for i in range(30):
        write_log(tmp_path / "runs" / f"r{i}" / "log.csv", points=300)
    command = [sys.executable, "-m", "lossdoctor", "scan", str(tmp_path / "runs"), "--format", "json"]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    outs = [process.communicate(timeout=120) for process in processes]
    assert {err for _, err in outs} == {""}
    assert len({re.sub(r'"seconds": [0-9.]+', "", out) for out, _ in outs}) == 1
    assert cache_info().entries == 30


def test_a_locked_file_is_waited_for_and_then_done_without(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cache"
    scanned(file, tree)
    monkeypatch.setattr(cache, "_BUSY_SECONDS", 0.05)
    write_log(tree / "d" / "log.csv")
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        assert scanned(file, tree) == scanned(None, tree)
    finally:
        holder.close()
    assert not list(tmp_path.glob("cache.bad*"))


def test_the_oldest_half_goes_when_it_has_grown_too_large(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cache"
    result = SourceResult((), (Problem("p", ProblemLevel.INFO, "x" * 1000, "y"),))
    with_entries(file, [bytes([i]) * 32 for i in range(10)], result)
    monkeypatch.setattr(cache, "MAX_BYTES", 1000)
    ResultCache(file).close()
    assert 0 < cache_info(file).entries <= 5


def with_entries(file: Path, places: list[bytes], result: SourceResult) -> None:
    opened = ResultCache(file)
    for place in places:
        opened.put(place, b"f", result)
        opened._flush()
    opened.close()


def test_info_and_clear(tree: Path, tmp_path: Path) -> None:
    file = tmp_path / "cache"
    assert cache_info(file) == cache.CacheInfo(file, 0, 0)
    scanned(file, tree)
    held = cache_info(file)
    assert (held.entries, held.bytes > 0) == (3, True)
    assert clear_cache(file).entries == 3
    assert not list(tmp_path.glob("cache*"))


def test_a_source_that_is_gone_has_no_fingerprint(tree: Path) -> None:
    log = str(tree / "a" / "log.csv")
    source = Source("csv", "a", log, (log,), 10)
    prints = Fingerprints([source], LEAN)
    assert prints.of(source) == prints.of(source) is not None
    os.unlink(log)
    assert prints.of(source) is None


def test_the_command_shows_and_clears_it(
    examples: Path, lossdoctor_command: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lossdoctor_command("scan", examples, "--no-cache")[0] == 1
    assert "entries  0" in lossdoctor_command("cache", "info")[1]
    lossdoctor_command("scan", examples)
    assert re.search(r"entries  [1-9]", lossdoctor_command("cache", "info")[1])
    assert "deleted" in lossdoctor_command("cache", "clear")[2]
    assert "entries  0" in lossdoctor_command("cache", "info")[1]


@pytest.fixture
def lossdoctor_command(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    from lossdoctor.cli.main import run

    def call(*args: object) -> tuple[int, str, str]:
        code = run([str(arg) for arg in args])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_an_unchanged_tree_is_neither_searched_nor_judged_again(
    examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cache"
    without = scanned(None, examples)
    assert scanned(file, examples) == without

    def forbidden(*_: Any, **__: Any) -> Any:
        raise AssertionError("nothing has changed")

    monkeypatch.setattr(scan_job, "find_all", forbidden)
    monkeypatch.setattr(scan_job, "conclude", forbidden)
    assert scanned(file, examples) == without
    assert scanned(file, examples, jobs=2) == without


@pytest.mark.parametrize(
    "change",
    [
        lambda root: rewrite(root / "a" / "log.csv", lambda text: text + "99,9.5\n"),
        lambda root: write_log(root / "d" / "log.csv"),
        lambda root: (root / "b" / "log.csv").unlink(),
        lambda root: (root / "c").rename(root / "e"),
        lambda root: (root / "a" / "config.json").write_text('{"lr": 0.1}'),
        lambda root: (root.parent / "config.json").write_text('{"lr": 0.1}'),
    ],
    ids=["grown", "new", "gone", "renamed", "config", "config above"],
)
def test_whatever_changes_in_a_tree_is_noticed(tree: Path, tmp_path: Path, change: Callable[[Path], object]) -> None:
    file = tmp_path / "elsewhere" / "cache"
    (tree / "readme.txt").write_text("all runs")  # so that the folder may be a run, and what lies beside it counts
    scanned(file, tree)
    before = scan_memory(file, [tree], EVERYWHERE, LEAN, 0)
    change(tree)
    assert scan_memory(file, [tree], EVERYWHERE, LEAN, 0) != before
    assert scanned(file, tree) == scanned(None, tree)


def test_what_is_excluded_is_not_looked_into(tree: Path, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere" / "cache"
    where = Where(exclude=("data",), max_depth=1)
    (tree / "data").mkdir()
    (tree / "data" / "log.csv").write_text("x")
    (tree / "a" / "deep").mkdir()
    before = scan_memory(file, [tree], where, LEAN, 0)
    assert before is not None
    (tree / "data" / "log.csv").write_text("other")
    (tree / "a" / "deep" / "log.csv").write_text("x")
    assert scan_memory(file, [tree], where, LEAN, 0) == before
    assert scan_memory(file, [tree], EVERYWHERE, LEAN, 0) != before

    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        scan_memory(file, [tree], where, LEAN, 0, stop)


def test_a_scan_is_remembered_for_what_it_was_told_only(tree: Path, tmp_path: Path) -> None:
    file = tmp_path / "cache"
    fewer = HowToExamine(keep_points=False, rules=RuleChoice(ignore=("too_short",)))
    everything, chosen = scanned(file, tree), scanned(file, tree, how=fewer)
    assert (everything, chosen) == (scanned(None, tree), scanned(None, tree, how=fewer))
    assert scanned(file, tree, tree / "a") == scanned(None, tree, tree / "a")
    assert scanned(file, tree / "a" / "log.csv") == scanned(None, tree / "a" / "log.csv")


def test_an_interrupted_scan_is_not_remembered_as_a_whole(tree: Path, tmp_path: Path) -> None:
    file = tmp_path / "cache"
    for steps in (0, 1):
        job = ScanJob([tree], ScanOptions(jobs=1, how=LEAN, cache=file))
        job.find()
        examined = job.examine()
        for _ in range(steps):
            next(examined)
        examined.close()
        assert len(job.conclude().runs) == steps
    unsearched = ScanJob([tree], ScanOptions(jobs=1, how=LEAN, cache=file))
    assert not unsearched.conclude().runs
    assert scanned(file, tree) == scanned(None, tree)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_links_to_folders_are_remembered_unless_they_lead_outside(tree: Path, tmp_path: Path) -> None:
    file = tmp_path / "cache"
    os.symlink(tree / "a", tree / "latest")
    os.symlink(tree / "nowhere", tree / "dangling")
    assert scan_memory(file, [tree], EVERYWHERE, LEAN, 0) is not None
    write_log(tmp_path / "outside" / "log.csv")
    os.symlink(tmp_path / "outside", tree / "away")
    assert scan_memory(file, [tree], EVERYWHERE, LEAN, 0) is None
    assert scan_memory(file, [tree / "a" / "log.csv"], EVERYWHERE, LEAN, 0) is None
    assert scanned(file, tree) == scanned(file, tree) == scanned(None, tree)
