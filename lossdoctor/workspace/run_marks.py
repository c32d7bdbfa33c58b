"""RunMarks: which runs the user ignores, which one is the baseline, and what was noted on the curves."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lossdoctor.runs import Run
from lossdoctor.workspace.checklists import run_key, storable

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS ignored (run TEXT PRIMARY KEY, since REAL NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS baselines (folder TEXT PRIMARY KEY, run TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, run TEXT NOT NULL, tag TEXT NOT NULL,"
    " first REAL NOT NULL, last REAL NOT NULL, text TEXT NOT NULL, made_at REAL NOT NULL)",
)
_BUSY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Note:
    """A note of the user's on a plot.

    Attributes:
        id: its number in the store.
        tag: a series of the panel it was made on.
        first: first step it is about.
        last: last step; equal to `first` for a point.
        text: what the user wrote.
    """

    id: int
    tag: str
    first: float
    last: float
    text: str


class RunMarks:
    """The user's marks on runs, in the file of the checklists. The logs are never touched. Safe to use from threads.

    A file that cannot be opened leaves the marks in memory; the checklists' own notice tells the user about the file.

    Args:
        path: the database file.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            self._connection = _opened(str(path))
        except sqlite3.Error:
            self._connection = _opened(":memory:")

    def ignored(self) -> frozenset[str]:
        """The keys (`run_key`) of all ignored runs."""
        return frozenset(str(row[0]) for row in self._read("SELECT run FROM ignored"))

    def set_ignored(self, run: Run, ignored: bool) -> bool:
        """Ignores a run or takes it back; False when that could not be written."""
        if ignored:
            return self._write("INSERT OR REPLACE INTO ignored (run, since) VALUES (?, ?)", (run_key(run), time.time()))
        return self._write("DELETE FROM ignored WHERE run = ?", (run_key(run),))

    def baseline(self, folder: str) -> str | None:
        """The key of the baseline among the runs of an opened folder; None when none is pinned."""
        rows = self._read("SELECT run FROM baselines WHERE folder = ?", storable(folder))
        return str(rows[0][0]) if rows else None

    def set_baseline(self, folder: str, run: Run | None) -> bool:
        """Pins a baseline for an opened folder, or none; False when that could not be written."""
        if run is None:
            return self._write("DELETE FROM baselines WHERE folder = ?", (folder,))
        return self._write("INSERT OR REPLACE INTO baselines (folder, run) VALUES (?, ?)", (folder, run_key(run)))

    def notes(self, run: Run) -> tuple[Note, ...]:
        """The notes on a run, by step."""
        asked = "SELECT id, tag, first, last, text FROM notes WHERE run = ? ORDER BY first, id"
        rows = self._read(asked, run_key(run))
        return tuple(Note(int(i), str(tag), float(first), float(last), str(text)) for i, tag, first, last, text in rows)

    def add_note(self, run: Run, tag: str, first: float, last: float, text: str) -> bool:
        """Adds a note; False when it could not be written."""
        change = "INSERT INTO notes (run, tag, first, last, text, made_at) VALUES (?, ?, ?, ?, ?, ?)"
        return self._write(change, (run_key(run), tag, first, last, text, time.time()))

    def remove_note(self, note_id: int) -> bool:
        """Removes a note; False when that could not be written."""
        return self._write("DELETE FROM notes WHERE id = ?", (note_id,))

    def _read(self, asked: str, *values: str) -> list[Any]:
        """The rows; none where the file cannot be read any more, of which the checklists tell."""
        try:
            with self._lock:
                return self._connection.execute(asked, values).fetchall()
        except sqlite3.Error:
            return []

    def _write(self, change: str, values: tuple[str | float, ...]) -> bool:
        try:
            with self._lock, self._connection:
                self._connection.execute(change, [storable(v) if isinstance(v, str) else v for v in values])
        except sqlite3.Error:
            return False
        return True

    def close(self) -> None:
        """Closes the file; further calls are errors."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._connection.close()


def _opened(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, check_same_thread=False)
    try:
        for statement in _SCHEMA:
            connection.execute(statement)
        connection.commit()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
