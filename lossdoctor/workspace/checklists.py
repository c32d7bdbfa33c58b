"""ChecklistStore: what the user has ticked for which run, and what they said of its series and tables.

All of it is the user's own work, so it is written with full durability: it survives a crash and a loss of power. The
logs themselves are never touched.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from lossdoctor.importers.options import ColumnMap
from lossdoctor.importers.role_choice import CHOSEN, with_roles
from lossdoctor.runs import Role, Run
from lossdoctor.workspace.damaged import set_aside

_SCHEMA = (
    """
    CREATE TABLE IF NOT EXISTS ticks (
        run TEXT NOT NULL,
        item TEXT NOT NULL,
        ticked_at REAL NOT NULL,
        PRIMARY KEY (run, item)
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
    return f"{os.path.abspath(run.path)}\n{run.name}"


class ChecklistStore:
    """Ticks in one SQLite file (write-ahead log, every tick synced to disk). Safe to use from several threads.

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

    def ticks(self, run: Run) -> frozenset[str]:
        """The ids of the items ticked for this run."""
        with self._lock:
            rows = self._connection.execute("SELECT item FROM ticks WHERE run = ?", (run_key(run),)).fetchall()
        return frozenset(str(row[0]) for row in rows)

    def set_ticked(self, run: Run, item: str, ticked: bool) -> bool:
        """Remembers or forgets one tick; False when it could not be written (`notice` then says why)."""
        change, values = (
            ("INSERT OR REPLACE INTO ticks VALUES (?, ?, ?)", (run_key(run), item, time.time()))
            if ticked
            else ("DELETE FROM ticks WHERE run = ? AND item = ?", (run_key(run), item))
        )
        return self._write(change, values, "tick")

    def roles(self, run: Run) -> dict[str, Role]:
        """The roles chosen for single series of this run, by tag, the last choice first; unknown words are left out."""
        asked = "SELECT tag, role FROM roles WHERE run = ? ORDER BY chosen_at DESC, tag"
        with self._lock:
            rows = self._connection.execute(asked, (run_key(run),)).fetchall()
        return {str(tag): Role(role) for tag, role in rows if role in _ROLES}

    def set_role(self, run: Run, tag: str, role: Role | None) -> bool:
        """Remembers the role of one series, or forgets it with None; False when it could not be written."""
        if role is None:
            return self._write("DELETE FROM roles WHERE run = ? AND tag = ?", (run_key(run), tag), "role")
        values = (run_key(run), tag, str(role), time.time())
        return self._write("INSERT OR REPLACE INTO roles VALUES (?, ?, ?, ?)", values, "role")

    def forget_roles(self, run: Run) -> bool:
        """Forgets every role chosen for this run; False when it could not be written."""
        return self._write("DELETE FROM roles WHERE run = ?", (run_key(run),), "role")

    def with_choices(self, run: Run) -> Run:
        """The run with the roles that were chosen for its series."""
        return with_roles(run, {tag: (role, CHOSEN) for tag, role in self.roles(run).items()})

    def column_maps(self) -> tuple[ColumnMap, ...]:
        """What was said of the columns of single tables, by path; a damaged entry is left out."""
        with self._lock:
            rows = self._connection.execute("SELECT path, columns FROM maps ORDER BY path").fetchall()
        maps = (_column_map(str(path), str(columns)) for path, columns in rows)
        return tuple(item for item in maps if item is not None)

    def set_column_map(self, path: str, columns: tuple[tuple[str, str], ...]) -> bool:
        """Remembers what the columns of one table mean, or forgets it when empty; False when it could not be written."""
        place = os.path.abspath(path)
        if not columns:
            return self._write("DELETE FROM maps WHERE path = ?", (place,), "meaning of the columns")
        values = (place, json.dumps(columns), time.time())
        return self._write("INSERT OR REPLACE INTO maps VALUES (?, ?, ?)", values, "meaning of the columns")

    def _write(self, change: str, values: tuple[str | float, ...], what: str) -> bool:
        try:
            with self._lock, self._connection:
                self._connection.execute(change, values)
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
            self.path.parent.mkdir(parents=True, exist_ok=True)
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
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        damage = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        if damage != "ok":
            raise sqlite3.DatabaseError(damage)
        with connection:
            for table in _SCHEMA:
                connection.execute(table)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _column_map(path: str, columns: str) -> ColumnMap | None:
    try:
        pairs = tuple((str(meaning), str(column)) for meaning, column in json.loads(columns))
    except (ValueError, TypeError):
        return None
    return ColumnMap(pairs, path, "your choice in the window")
