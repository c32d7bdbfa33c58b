"""What the program keeps survives kill -9, a full disk, other programs, other versions and damage; the user is told."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lossdoctor.errors import OutputError
from lossdoctor.importers import find_sources
from lossdoctor.knowledge.marks import Mark, Standing
from lossdoctor.runs import Role, Run, Series
from lossdoctor.workspace import checklists
from lossdoctor.workspace.atomic_file import write_text
from lossdoctor.workspace.cache import ResultCache, cache_info
from lossdoctor.workspace.checklists import ChecklistStore
from lossdoctor.workspace.examined import HowToExamine, SourceResult, examine_source
from lossdoctor.workspace.recent import RecentPaths
from tests.helpers.bounded import bounded
from tests.helpers.faults import full_disk
from tests.workspace.test_scan import write_log

DONE = Mark(Standing.DONE, "note " * 40)


def run_named(name: str) -> Run:
    """A run of its own: equal runs would inherit each other's marks."""
    return Run(name, f"/nowhere/{name}", name, "csv", (Series(f"loss of {name}", [0, 1], [1.0, 0.5]),))


def killed_while(work: Callable[..., None], *args: object, after: float) -> None:
    """Runs `work` in a fork of this process and kills it."""
    child = os.fork()
    if not child:
        try:
            work(*args)
        finally:
            os._exit(0)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def one_result(folder: Path) -> SourceResult:
    write_log(folder / "run" / "log.csv")
    (source,) = find_sources(folder).sources
    return examine_source(source, HowToExamine(keep_points=False))


def fill_cache(path: Path, result: SourceResult, seed: int) -> None:
    """Puts results into a cache as scans do, for ever: batches, closing in between."""
    number = seed * 1_000_000
    while True:
        cache = ResultCache(path)
        for _ in range(30):
            number += 1
            cache.put(b"%d" % number, b"print", result)
        cache.close()


def test_a_cache_survives_kill_9_at_any_moment(tmp_path: Path) -> None:
    path, result = tmp_path / "cache" / "results.sqlite3", one_result(tmp_path)
    rng, before = random.Random(9), 0
    for attempt in range(12):
        killed_while(fill_cache, path, result, attempt, after=0.03 + rng.random() * 0.1)
        cache = ResultCache(path)
        cache.put(b"mine%d" % attempt, b"mine", result)
        assert cache.get(b"nothing", b"print") is None
        cache.close()
        again = ResultCache(path)
        assert again.get(b"mine%d" % attempt, b"mine") == result
        again.close()
        entries = cache_info(path).entries
        assert entries > before
        before = entries
    assert not list(path.parent.glob("*.bad*"))


def tick_for_ever(path: Path, acknowledged: int, name: str) -> None:
    store, number = ChecklistStore(path), 0
    while True:
        number += 1
        store.set_mark(run_named(name), f"item{number}", DONE)
        os.pwrite(acknowledged, b"%8d" % number, 0)


def test_marks_survive_kill_9_again_and_again(tmp_path: Path) -> None:
    path = tmp_path / "marks.sqlite3"
    rng = random.Random(10)
    for attempt in range(12):
        said = os.open(tmp_path / f"said{attempt}", os.O_CREAT | os.O_RDWR)
        killed_while(tick_for_ever, path, said, f"run{attempt}", after=0.02 + rng.random() * 0.1)
        acknowledged = int(os.pread(said, 8, 0) or b"0")
        os.close(said)
        with ChecklistStore(path) as store:
            assert store.notice == ""
            marks = store.marks(run_named(f"run{attempt}"))
        assert {f"item{number}" for number in range(1, acknowledged + 1)} <= set(marks)
        assert len(marks) - acknowledged in (0, 1)
    assert not list(tmp_path.glob("*.bad*"))


def tick_on_a_full_disk(path: Path, size: int) -> tuple[int, str, int]:
    full_disk(size)
    store = ChecklistStore(path)
    kept = 0
    while kept < 5000 and store.set_mark(run_named("a"), f"item{kept}", DONE):
        kept += 1
    shown = len(store.marks(run_named("a")))
    notice = store.notice
    store.close()
    return kept, notice, shown


@pytest.mark.parametrize("size", [0, 5_000, 40_000, 120_000])
def test_a_full_disk_costs_the_mark_in_hand_and_is_told(size: int, tmp_path: Path) -> None:
    path = tmp_path / "marks.sqlite3"
    with ChecklistStore(path) as store:
        store.set_mark(run_named("before"), "item", DONE)
    outcome = bounded(tick_on_a_full_disk, path, size)
    assert outcome.error == ""
    kept, notice, shown = outcome.value
    assert kept < 5000
    assert str(path) in notice
    assert shown == kept
    with ChecklistStore(path) as store:
        assert store.notice == ""
        assert set(store.marks(run_named("before"))) == {"item"}
        # Where the store fell back to memory from the start, nothing was promised.
        assert len(store.marks(run_named("a"))) in ({kept} if size > 5_000 else {0, kept})


def scan_on_a_full_disk(path: Path, result: SourceResult, size: int) -> bool:
    full_disk(size)
    cache = ResultCache(path)
    for number in range(400):
        cache.put(b"%d" % number, b"print", result)
    found = cache.get(b"0", b"print")
    cache.close()
    return found is None or found == result


@pytest.mark.parametrize("size", [0, 5_000, 60_000])
def test_a_full_disk_costs_the_cache_only(size: int, tmp_path: Path) -> None:
    path, result = tmp_path / "results.sqlite3", one_result(tmp_path)
    outcome = bounded(scan_on_a_full_disk, path, result, size)
    assert (outcome.error, outcome.value) == ("", True)
    cache = ResultCache(path)
    cache.put(b"after", b"print", result)
    cache.close()
    cache = ResultCache(path)
    assert cache.get(b"after", b"print") == result
    cache.close()


def write_on_a_full_disk(path: Path, size: int) -> str:
    full_disk(size)
    try:
        write_text(path, "new " * 10_000)
    except OutputError as error:
        return error.message
    return ""


@pytest.mark.parametrize("size", [0, 1, 4096, 39_999])
def test_a_full_disk_leaves_the_old_file(size: int, tmp_path: Path) -> None:
    target = tmp_path / "report.md"
    target.write_text("old")
    said = bounded(write_on_a_full_disk, target, size).value
    assert str(target) in said
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["report.md"]


def recent_on_a_full_disk(path: Path) -> tuple[str, ...]:
    full_disk(0)
    recent = RecentPaths(path)
    recent.add("/a/b")
    return recent.items()


def test_recent_paths_survive_a_full_disk(tmp_path: Path) -> None:
    recent = RecentPaths(tmp_path / "recent.json")
    recent.add("/old")
    assert bounded(recent_on_a_full_disk, tmp_path / "recent.json").value == ("/old",)


def tick_many(path: Path, name: str) -> list[bool]:
    with ChecklistStore(path) as store:
        return [store.set_mark(run_named(name), f"item{number}", DONE) for number in range(60)]


def test_two_programs_at_once(tmp_path: Path) -> None:
    """Every mark that either was told is kept is there, whoever opened the file first."""
    path = tmp_path / "marks.sqlite3"
    children = []
    for name in ("a", "b", "c"):
        child = os.fork()
        if not child:
            said = tick_many(path, name)
            (tmp_path / name).write_text("".join("1" if one else "0" for one in said))
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    with ChecklistStore(path) as store:
        assert store.notice == ""
        for name in ("a", "b", "c"):
            told = (tmp_path / name).read_text()
            kept = {f"item{number}" for number, one in enumerate(told) if one == "1"}
            assert len(told) == 60
            assert kept <= set(store.marks(run_named(name)))
            assert len(kept) > 30  # waiting for each other, not giving up at once


def test_a_newer_programs_file_works_and_stays_newer(tmp_path: Path) -> None:
    path = tmp_path / "marks.sqlite3"
    with ChecklistStore(path) as store:
        store.set_mark(run_named("a"), "item", DONE)
    newer = sqlite3.connect(path)
    newer.executescript(
        "PRAGMA user_version = 99; ALTER TABLE marks ADD COLUMN author TEXT DEFAULT 'nobody';"
        "ALTER TABLE prints ADD COLUMN extra TEXT; ALTER TABLE roles ADD COLUMN extra TEXT;"
        "ALTER TABLE maps ADD COLUMN extra TEXT; CREATE TABLE votes (run TEXT); INSERT INTO votes VALUES ('kept');"
    )
    newer.close()
    with ChecklistStore(path) as store:
        assert store.notice == ""
        assert store.marks(run_named("a")) == {"item": DONE}
        assert store.set_mark(run_named("a"), "other", DONE)
        assert store.set_role(run_named("a"), "loss", Role.TRAIN_LOSS)
        assert store.set_column_map("/a.csv", (("step", "i"),))
        assert store.restore(store.export()) == 0
    newer = sqlite3.connect(path)
    assert newer.execute("PRAGMA user_version").fetchone() == (99,)
    assert newer.execute("SELECT * FROM votes").fetchall() == [("kept",)]
    assert newer.execute("SELECT count(*) FROM marks WHERE author = 'nobody'").fetchone() == (2,)
    newer.close()


def sound_file(folder: Path) -> bytes:
    folder.mkdir()
    with ChecklistStore(folder / "marks.sqlite3") as store:
        for number in range(60):
            store.set_mark(run_named("a"), f"item{number}", DONE)
    base = sqlite3.connect(folder / "marks.sqlite3")
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.close()
    return (folder / "marks.sqlite3").read_bytes()


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_file_is_kept_aside_or_gives_what_was_in_it(seed: int, tmp_path: Path) -> None:
    data = bytearray(sound_file(tmp_path / "sound"))
    rng = random.Random(seed)
    at = rng.choice([rng.randrange(100), rng.randrange(len(data))])
    length = rng.choice([1, 16, 4096])
    way = rng.choice([bytes(length), rng.randbytes(length), b""])
    damaged = bytes(data[:at] if not way else data[:at] + way + data[at + length :])
    path = tmp_path / "marks.sqlite3"
    path.write_bytes(damaged)
    with ChecklistStore(path) as store:
        marks = store.marks(run_named("a"))
        store.set_mark(run_named("b"), "new", DONE)
        assert set(store.marks(run_named("b"))) == {"new"} or store.notice
        aside = list(tmp_path.glob("marks.sqlite3.bad*"))
        if aside:
            assert aside[0].read_bytes() == damaged
            assert str(aside[0]) in store.notice
        # What was damaged inside a text is another text; what was not is as it was.
        assert set(marks) <= {f"item{number}" for number in range(60)} or not aside


def test_damage_while_the_file_is_open_is_told(tmp_path: Path) -> None:
    path = tmp_path / "marks.sqlite3"
    path.write_bytes(sound_file(tmp_path / "sound"))
    with ChecklistStore(path) as store:
        with open(path, "r+b") as file:
            file.seek(100)
            file.write(os.urandom(path.stat().st_size - 100))
        for suffix in ("-wal", "-shm"):
            side = path.with_name(path.name + suffix)
            if side.exists():
                side.write_bytes(b"")
        store.marks(run_named("a"))
        store.roles(run_named("a"))
        store.column_maps()
        assert len(store.export()) == 60 or store.notice
        kept = store.set_mark(run_named("a"), "item", DONE)
        assert kept or store.notice


def test_a_folder_that_vanishes_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with ChecklistStore(folder / "marks.sqlite3") as store:
        store.set_mark(run_named("a"), "item", DONE)
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
        store.marks(run_named("a"))
        kept = store.set_mark(run_named("a"), "other", DONE)
        assert kept or store.notice


def test_the_users_folders_are_private(tmp_path: Path) -> None:
    """What is kept about runs is nobody else's business on a shared machine."""
    with ChecklistStore(tmp_path / "new" / "marks.sqlite3") as store:
        store.set_mark(run_named("a"), "item", DONE)
    cache = ResultCache(tmp_path / "cache" / "results.sqlite3")
    cache.close()
    for folder in ("new", "cache"):
        assert (tmp_path / folder).stat().st_mode & 0o077 == 0


def test_every_released_schema_has_a_way_up() -> None:
    assert len(checklists._MIGRATIONS) == checklists._VERSION
