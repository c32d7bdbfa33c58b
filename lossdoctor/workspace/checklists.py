"""ChecklistStore: what the user found out about the causes of which run, and what they said of its series and tables.

All of it is the user's own work, so it is written with full durability: it survives a crash and a loss of power. The
logs themselves are never touched.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lossdoctor.importers.options import ColumnMap
from lossdoctor.importers.role_choice import CHOSEN, with_roles
from lossdoctor.knowledge.marks import OPEN, Mark, Standing
from lossdoctor.runs import Role, Run
from lossdoctor.workspace.damaged import set_aside

_SCHEMA = (
    """
    CREATE TABLE IF NOT EXISTS marks (
        run TEXT NOT NULL,
        item TEXT NOT NULL,
        status TEXT NOT NULL,
        note TEXT NOT NULL,
        changed_at REAL NOT NULL,
        PRIMARY KEY (run, item)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS prints (
        run TEXT PRIMARY KEY,
        print TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS roles (
        run TEXT NOT NULL,
        tag TEXT NOT NULL,
        role TEXT NOT NULL,
        chosen_at REAL NOT NULL,
        PRIMARY KEY (run, tag)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS maps (
        path TEXT PRIMARY KEY,
        columns TEXT NOT NULL,
        chosen_at REAL NOT NULL
    ) WITHOUT ROWID
    """,
)
# What brings a file of an older program up to date, by the version it has; the number stands in the file (user_version).
_VERSION = 1
_MIGRATIONS = (
    # 0: ticks only, without status or note.
    """
    INSERT OR IGNORE INTO marks SELECT run, item, 'done', '', ticked_at FROM ticks;
    DROP TABLE ticks
    """,
)
_STATUSES = frozenset(map(str, Standing))
_PRINTED_SERIES, _PRINTED_POINTS = 4, 3
_ROLES = frozenset(map(str, Role))
_BUSY_SECONDS = 0.5  # another window may be writing; a tick that waits longer than this would be felt


def default_path() -> Path:
    """Where the ticks live: the user's data folder, as the platform defines it."""
    from platformdirs import user_data_path

    return user_data_path("lossdoctor", appauthor=False) / "checklists.sqlite3"


def run_key(run: Run) -> str:
    """What a run is called in the store: absolute path and name.

    Not the run's id, which is relative to the folder that happened to be opened: ticks made with the whole experiment
    folder open are there when one of its runs is opened alone.
    """
    return storable(f"{os.path.abspath(run.path)}\n{run.name}")


def storable(text: str) -> str:
    """Text as SQLite takes it: bytes of a path that are no UTF-8, and halves of surrogate pairs, become escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


@dataclass(frozen=True, slots=True)
class StoredMark:
    """One mark as it is kept: run key, cause id, status, note, when it was changed (seconds since 1970)."""

    run: str
    item: str
    status: str
    note: str
    changed_at: float


def fingerprint(run: Run) -> str:
    """What tells a run from others wherever it lies: a digest of its name's series and their first points; "" without any.

    The first points do not change when a run grows; wall times make runs with equal seeds differ.
    """
    if not run.series:
        return ""
    digest = hashlib.sha256()
    for series in sorted(run.series, key=lambda s: s.tag)[:_PRINTED_SERIES]:
        digest.update(series.tag.encode("utf-8", "replace"))
        for array in (series.steps, series.values, series.wall_times):
            digest.update(b"" if array is None else array[:_PRINTED_POINTS].tobytes())
    return digest.hexdigest()


def _is_gone(path: str) -> bool:
    """Whether nothing lies at a stored path; one with escapes cannot be looked for, so it counts as there."""
    return "\\udc" not in path and not os.path.exists(path)


class ChecklistStore:
    """Marks in one SQLite file (rollback journal, every change synced to disk). Safe to use from several threads.

    A file that is not a database is set aside with the ending `.bad` and a new one is begun; a folder that cannot be
    written leaves the ticks in memory. Either way `notice` says so in one sentence; it is empty when all is well.

    Args:
        path: the database file; the user's data folder by default.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = default_path() if path is None else path
        self.notice = ""
        self._lock = threading.Lock()
        self._connection = self._open()

    def marks(self, run: Run) -> dict[str, Mark]:
        """What was noted for this run, by cause id; a run that moved takes its marks along (see `_adopt`)."""
        key = run_key(run)
        with self._lock:
            rows = self._marks(key) or (self._marks(key) if self._adopt(run, key) else [])
        return {str(item): Mark(Standing(status), str(note)) for item, status, note in rows if status in _STATUSES}

    def set_mark(self, run: Run, item: str, mark: Mark) -> bool:
        """Remembers a mark, or forgets it when it says nothing; False when it could not be written (`notice` says why)."""
        key = run_key(run)
        if mark == OPEN:
            return self._write("mark", ("DELETE FROM marks WHERE run = ? AND item = ?", (key, item)))
        values = (key, item, str(mark.status), mark.note, time.time())
        change = "INSERT OR REPLACE INTO marks (run, item, status, note, changed_at) VALUES (?, ?, ?, ?, ?)"
        known = fingerprint(run)
        print_too = [("INSERT OR REPLACE INTO prints (run, print) VALUES (?, ?)", (key, known))] if known else []
        return self._write("mark", (change, values), *print_too)

    def ticks(self, run: Run) -> frozenset[str]:
        """The ids of the items that were done, ruled out or confirmed for this run."""
        return frozenset(item for item, mark in self.marks(run).items() if mark.status is not Standing.OPEN)

    def set_ticked(self, run: Run, item: str, ticked: bool) -> bool:
        """Remembers or forgets one tick and keeps the note; False when it could not be written."""
        old = self.marks(run).get(item, OPEN)
        status = (Standing.DONE if old.status is Standing.OPEN else old.status) if ticked else Standing.OPEN
        return self.set_mark(run, item, Mark(status, old.note))

    def _marks(self, key: str) -> list[tuple[str, str, str]]:
        return self._read("SELECT item, status, note FROM marks WHERE run = ?", (key,))

    def _adopt(self, run: Run, key: str) -> bool:
        """Gives a run without marks those of an equal run whose file is gone: it was moved or renamed.

        Equal is what began with the same points. A copy beside its original stays a run of its own.
        """
        known = fingerprint(run)
        if not known:
            return False
        rows = self._read("SELECT run FROM prints WHERE print = ? AND run != ?", (known, key))
        gone = [str(row[0]) for row in rows if _is_gone(str(row[0]).partition("\n")[0])]
        if len(gone) != 1:
            return False
        try:
            with self._connection:
                self._connection.execute("UPDATE OR IGNORE marks SET run = ? WHERE run = ?", (key, gone[0]))
                self._connection.execute("UPDATE OR REPLACE prints SET run = ? WHERE run = ?", (key, gone[0]))
        except sqlite3.Error:
            return False  # read-only or busy: the marks stay where they are and are found the next time
        return True

    def export(self) -> list[StoredMark]:
        """Every mark of every run, by run and item."""
        asked = "SELECT run, item, status, note, changed_at FROM marks ORDER BY run, item"
        with self._lock:
            rows = self._read(asked)
        return [StoredMark(str(r), str(i), str(s), str(n), float(t)) for r, i, s, n, t in rows]

    def restore(self, marks: Iterable[StoredMark]) -> int:
        """Takes in exported marks; of two for one item the later one stays. All or none.

        Returns:
            How many changed something.

        Raises:
            sqlite3.Error: nothing could be written.
        """
        change = """
            INSERT INTO marks (run, item, status, note, changed_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (run, item) DO UPDATE
            SET status = excluded.status, note = excluded.note, changed_at = excluded.changed_at
            WHERE excluded.changed_at > marks.changed_at
        """
        with self._lock, self._connection:
            values = [(*map(storable, (m.run, m.item, m.status, m.note)), m.changed_at) for m in marks]
            return sum(self._connection.execute(change, row).rowcount for row in values)

    def roles(self, run: Run) -> dict[str, Role]:
        """The roles chosen for single series of this run, by tag, the last choice first; unknown words are left out."""
        asked = "SELECT tag, role FROM roles WHERE run = ? ORDER BY chosen_at DESC, tag"
        with self._lock:
            rows = self._read(asked, (run_key(run),))
        return {str(tag): Role(role) for tag, role in rows if role in _ROLES}

    def set_role(self, run: Run, tag: str, role: Role | None) -> bool:
        """Remembers the role of one series, or forgets it with None; False when it could not be written."""
        if role is None:
            return self._write("role", ("DELETE FROM roles WHERE run = ? AND tag = ?", (run_key(run), tag)))
        values = (run_key(run), tag, str(role), time.time())
        change = "INSERT OR REPLACE INTO roles (run, tag, role, chosen_at) VALUES (?, ?, ?, ?)"
        return self._write("role", (change, values))

    def forget_roles(self, run: Run) -> bool:
        """Forgets every role chosen for this run; False when it could not be written."""
        return self._write("role", ("DELETE FROM roles WHERE run = ?", (run_key(run),)))

    def with_choices(self, run: Run) -> Run:
        """The run with the roles that were chosen for its series."""
        return with_roles(run, {tag: (role, CHOSEN) for tag, role in self.roles(run).items()})

    def column_maps(self) -> tuple[ColumnMap, ...]:
        """What was said of the columns of single tables, by path; a damaged entry is left out."""
        with self._lock:
            rows = self._read("SELECT path, columns FROM maps ORDER BY path")
        maps = (_column_map(str(path), str(columns)) for path, columns in rows)
        return tuple(item for item in maps if item is not None)

    def set_column_map(self, path: str, columns: tuple[tuple[str, str], ...]) -> bool:
        """Remembers what the columns of one table mean, or forgets it when empty; False when it could not be written."""
        place = storable(os.path.abspath(path))
        if not columns:
            return self._write("meaning of the columns", ("DELETE FROM maps WHERE path = ?", (place,)))
        values = (place, json.dumps(columns), time.time())
        change = "INSERT OR REPLACE INTO maps (path, columns, chosen_at) VALUES (?, ?, ?)"
        return self._write("meaning of the columns", (change, values))

    def _read(self, asked: str, values: tuple[str, ...] = ()) -> list[Any]:
        """The rows; none, and a notice, where the file cannot be read any more."""
        try:
            return self._connection.execute(asked, values).fetchall()
        except sqlite3.Error as error:
            self.notice = f"The checklists could not be read from {self.path}: {error}."
            return []

    def _write(self, what: str, *changes: tuple[str, tuple[str | float, ...]]) -> bool:
        """Makes all of the changes or none."""
        try:
            with self._lock, self._connection:
                for change, values in changes:
                    self._connection.execute(change, [storable(v) if isinstance(v, str) else v for v in values])
        except sqlite3.Error as error:
            self.notice = f"The {what} could not be saved in {self.path}: {error}."
            return False
        return True

    def close(self) -> None:
        """Closes the file; further calls are errors."""
        with self._lock:
            self._connection.close()

    def _open(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                return _connect(self.path)
            except sqlite3.OperationalError:
                raise  # locked, read-only, disk full: the file itself may be sound and stays where it is
            except sqlite3.DatabaseError as error:
                kept = set_aside(self.path)
                self.notice = f"The saved checklist ticks were damaged ({error}); the file was kept as {kept}."
                return _connect(self.path)
        except (OSError, sqlite3.Error) as error:
            self.notice = f"Checklist ticks will not be kept: {self.path} cannot be used ({error})."
            return _connect(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _connect(path: Path | None) -> sqlite3.Connection:
    # Ticks may be read by the report's worker thread while the window writes; the store's lock orders them.
    connection = sqlite3.connect(":memory:" if path is None else path, timeout=_BUSY_SECONDS, check_same_thread=False)
    try:
        # Not a write-ahead log: it shares memory through a file, which home folders on a network do not keep in step, and
        # which ends the program by a signal where another one cuts that file short.
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = FULL")
        damage = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        if damage != "ok":
            raise sqlite3.DatabaseError(damage)
        _migrate(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    """Makes the tables that are missing, and brings those of an older program up to date in one transaction.

    A file of a newer program is left as it is: what this one knows of it works, and nothing is lost. A file that is up
    to date is not written to, so that opening it never waits for another window.
    """
    with connection:
        for table in _SCHEMA:
            connection.execute(table)
    if _version(connection) >= _VERSION:
        return
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        version = _version(connection)  # another window may have been faster
        old = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'ticks'").fetchone() is not None
        for script in _MIGRATIONS[version:] if old else ():
            for statement in script.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {max(version, _VERSION)}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _column_map(path: str, columns: str) -> ColumnMap | None:
    try:
        pairs = tuple((str(meaning), str(column)) for meaning, column in json.loads(columns))
    except (ValueError, TypeError):
        return None
    return ColumnMap(pairs, path, "your choice in the window")
