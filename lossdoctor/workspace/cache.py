"""ResultCache: what was found in sources before, in one file of the user's cache folder.

SQLite with a write-ahead log: several scans may use it at once, and a crash leaves it as it was. It is a convenience, so
nothing about it is ever an error: what cannot be read or written is computed again. The entries are pickles of a few plain
value classes, and nothing else is ever built from them, whoever wrote the file.
"""

from __future__ import annotations

import gc
import io
import os
import pickle
import sqlite3
import time
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lossdoctor.runs import Problem
from lossdoctor.workspace.damaged import set_aside
from lossdoctor.workspace.examined import SourceResult
from lossdoctor.workspace.results import RememberedScan

MAX_BYTES = 512_000_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS results (
    place BLOB PRIMARY KEY,
    fingerprint BLOB NOT NULL,
    used_at REAL NOT NULL,
    result BLOB NOT NULL
) WITHOUT ROWID
"""
_SCANS = _SCHEMA.replace("results", "scans")
# Whole scans remembered; each repeats what its sources hold, so only those of the folders scanned last are kept.
MAX_SCANS = 20
_BUSY_SECONDS = 2.0
_BATCH = 200
# When an entry was used is for throwing out the oldest; to the day is exact enough.
_DAY = 86400.0
# What may be different next time although no file has changed.
_FLEETING = frozenset({"internal_error", "crashed", "too_slow", "out_of_memory", "unreadable", "not_a_file"})
_TRUSTED = ("lossdoctor.findings.", "lossdoctor.runs.", "lossdoctor.diagnosis.", "lossdoctor.workspace.examined",
            "lossdoctor.workspace.results", "lossdoctor.knowledge.causes", "lossdoctor.knowledge.neighbours",
            "lossdoctor.knowledge.answer", "lossdoctor.knowledge.ranked")  # fmt: skip
_NUMBERS = frozenset({("numpy", "dtype"), ("numpy._core.multiarray", "scalar"), ("numpy.core.multiarray", "scalar")})


def default_path() -> Path:
    """Where the cache lives: the user's cache folder, as the platform defines it."""
    from platformdirs import user_cache_path

    return user_cache_path("lossdoctor", appauthor=False) / "results.sqlite3"


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """What a cache holds.

    Attributes:
        path: its file.
        entries: number of sources; 0 when there is no file.
        bytes: size on disk.
    """

    path: Path
    entries: int
    bytes: int


class ResultCache:
    """Results by place and fingerprint (`Fingerprints`). Used by one thread; close it when done.

    Args:
        path: the database file; the user's cache folder by default.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = default_path() if path is None else path
        self._waiting: list[tuple[bytes, bytes, float, bytes]] = []
        self._used: list[bytes] = []
        self._connection = self._open()

    def get(self, place: bytes, fingerprint: bytes) -> SourceResult | None:
        """What is known of a source; None when nothing is, or it has changed since."""
        row = self._row("results", place, fingerprint)
        found = None if row is None else _unpacked(row[1])
        if row is None or not isinstance(found, SourceResult):
            return None
        if row[0] < time.time() - _DAY:
            self._used.append(place)
        return found

    def get_scan(self, place: bytes, fingerprint: bytes) -> RememberedScan | None:
        """What a whole scan found; None when that is not known, or anything has changed since."""
        row = self._row("scans", place, fingerprint)
        found = None if row is None else _unpacked(row[1])
        if row is None or not isinstance(found, RememberedScan):
            return None
        if row[0] < time.time() - _DAY:
            self._scan_used(place)
        return found

    def _scan_used(self, place: bytes) -> None:
        """Notes that a scan is still asked for, so that it is not the first to go."""
        assert self._connection is not None  # a row was found in it
        try:
            with self._connection:
                self._connection.execute("UPDATE scans SET used_at = ? WHERE place = ?", (time.time(), place))
        except sqlite3.Error as error:
            self._failed(error)

    def put_scan(self, place: bytes, fingerprint: bytes, found: RememberedScan) -> None:
        """Remembers what a whole scan found; of earlier ones the last `MAX_SCANS` are kept."""
        if self._connection is None:
            return
        try:
            with self._connection:
                entry = (place, fingerprint, time.time(), _packed(found))
                self._connection.execute("INSERT OR REPLACE INTO scans VALUES (?, ?, ?, ?)", entry)
                kept = f"SELECT place FROM scans ORDER BY used_at DESC LIMIT {MAX_SCANS}"
                self._connection.execute(f"DELETE FROM scans WHERE place NOT IN ({kept})")
        except sqlite3.Error as error:
            self._failed(error)

    def _row(self, table: str, place: bytes, fingerprint: bytes) -> tuple[float, bytes] | None:
        if self._connection is None:
            return None
        question = f"SELECT used_at, result FROM {table} WHERE place = ? AND fingerprint = ?"
        try:
            row: tuple[float, bytes] | None = self._connection.execute(question, (place, fingerprint)).fetchone()
        except sqlite3.Error as error:
            self._failed(error)
            return None
        return row

    def put(self, place: bytes, fingerprint: bytes, result: SourceResult) -> None:
        """Remembers what came of a source, unless it may be different next time."""
        if self._connection is None or not lasting(result):
            return
        self._waiting.append((place, fingerprint, time.time(), _packed(result)))
        if len(self._waiting) >= _BATCH:
            self._flush()

    def close(self) -> None:
        """Writes what is still to be written and closes the file."""
        self._flush()
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._trim(self._connection)
            self._connection.close()
            self._connection = None

    def _flush(self) -> None:
        waiting, used, self._waiting, self._used = self._waiting, self._used, [], []
        if self._connection is None or not (waiting or used):
            return
        try:
            with self._connection:
                self._connection.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", waiting)
                now = time.time()
                self._connection.executemany(
                    "UPDATE results SET used_at = ? WHERE place = ?", ((now, place) for place in used)
                )
        except sqlite3.Error as error:
            self._failed(error)

    def _trim(self, connection: sqlite3.Connection) -> None:
        """Throws out the half that was not used for longest when the file has grown too large."""
        if _size(self.path) <= MAX_BYTES:
            return
        with connection:
            middle = "SELECT used_at FROM results ORDER BY used_at LIMIT 1 OFFSET (SELECT count(*) / 2 FROM results)"
            connection.execute(f"DELETE FROM results WHERE used_at <= ({middle})")
            connection.execute("DELETE FROM scans")
        connection.execute("VACUUM")

    def _open(self) -> sqlite3.Connection | None:
        with suppress(OSError, sqlite3.Error):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                return _connect(self.path)
            except sqlite3.OperationalError:
                return None  # locked, read-only or full: the file itself may be sound
            except sqlite3.DatabaseError:
                set_aside(self.path)
                return _connect(self.path)
        return None

    def _failed(self, error: sqlite3.Error) -> None:
        """Goes on without the cache; a damaged file is kept under another name, so that the next scan has a fresh one."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            with suppress(OSError):
                set_aside(self.path)


def cache_info(path: Path | None = None) -> CacheInfo:
    """What the cache holds; a file that cannot be read counts as 0 entries."""
    path = default_path() if path is None else path
    entries = 0
    if path.exists():
        with suppress(sqlite3.Error):
            connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=_BUSY_SECONDS)
            try:
                entries = int(connection.execute("SELECT count(*) FROM results").fetchone()[0])
            finally:
                connection.close()
    return CacheInfo(path, entries, _size(path))


def clear_cache(path: Path | None = None) -> CacheInfo:
    """Deletes the cache and returns what it held.

    Raises:
        OSError: the file cannot be deleted.
    """
    info = cache_info(path)
    for file in _files(info.path):
        file.unlink(missing_ok=True)
    return info


def lasting(result: SourceResult) -> bool:
    """Whether the same files would give this result again."""
    problems = [*result.problems, *(problem for item in result.runs for problem in item.run.problems)]
    failed = any(isinstance(item.examination, Problem) for item in result.runs)
    return not failed and not fleeting(problems)


def fleeting(problems: Iterable[Problem]) -> bool:
    """Whether any of these may be gone next time although no file has changed."""
    return any(problem.code in _FLEETING for problem in problems)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # after a loss of power the last scan may be missing
        with connection:
            connection.execute(_SCHEMA)
            connection.execute(_SCANS)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _files(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + ending) for ending in ("", "-wal", "-shm"))


def _size(path: Path) -> int:
    return sum(os.path.getsize(file) for file in _files(path) if file.exists())


def _packed(result: SourceResult | RememberedScan) -> bytes:
    target = io.BytesIO()
    _ByConstructor(target, protocol=pickle.HIGHEST_PROTOCOL).dump(result)
    return zlib.compress(target.getvalue(), 1)


def _unpacked(data: bytes) -> object:
    """What an entry holds; None for one that is damaged or holds anything but values."""
    collecting = gc.isenabled()
    gc.disable()  # thousands of values are made and none is thrown away: looking for garbage takes a third of the time
    try:
        return _ValuesOnly(io.BytesIO(zlib.decompress(data))).load()
    except Exception:  # noqa: BLE001  # a damaged pickle may raise anything
        return None
    finally:
        if collecting:
            gc.enable()


class _ByConstructor(pickle.Pickler):
    """Writes frozen dataclasses as calls of their constructors: read back three times as fast as by their fields."""

    def reducer_override(self, obj: Any) -> Any:
        """Class and arguments of a dataclass; NotImplemented for anything else."""
        kind: Any = type(obj)
        names = _constructor_fields(kind)
        return NotImplemented if names is None else (kind, tuple(getattr(obj, name) for name in names))


@cache
def _constructor_fields(kind: Any) -> tuple[str, ...] | None:
    """The fields that a dataclass' constructor takes in order; None for a class that pickles in a way of its own."""
    if not is_dataclass(kind) or "__reduce__" in vars(kind) or "__init__" not in vars(kind):
        return None
    made = fields(kind)
    return tuple(field.name for field in made) if all(f.init and not f.kw_only for f in made) else None


class _ValuesOnly(pickle.Unpickler):
    """Builds the value classes that a result is made of and nothing else."""

    def find_class(self, module: str, name: str) -> object:
        """The class, when it is one of them."""
        if module.startswith(_TRUSTED) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        if (module, name) in _NUMBERS:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a cache")
