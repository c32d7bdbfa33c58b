"""RecentPaths: the folders and files opened last, newest first, in a small JSON file of the user's."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from lossdoctor.errors import OutputError
from lossdoctor.workspace.atomic_file import write_text

MAX_RECENT = 10


def default_path() -> Path:
    """Where the list lives: the user's state folder, as the platform defines it."""
    from platformdirs import user_state_path

    return user_state_path("lossdoctor", appauthor=False) / "recent.json"


class RecentPaths:
    """At most `MAX_RECENT` absolute paths, newest first.

    The list is a convenience: a missing, damaged or unwritable file is the same as an empty list and never an error.
    It is read afresh for every question, so that several windows share it.

    Args:
        path: the JSON file; the user's state folder by default.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = default_path() if path is None else path

    def items(self) -> tuple[str, ...]:
        """The paths, newest first, whether or not they still exist."""
        try:
            stored = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ()
        if not isinstance(stored, list):
            return ()
        return tuple(dict.fromkeys(item for item in stored if isinstance(item, str) and item))[:MAX_RECENT]

    def add(self, path: Path | str) -> None:
        """Puts one path first."""
        absolute = os.path.abspath(path)
        self._write((absolute, *(item for item in self.items() if item != absolute)))

    def remove(self, path: Path | str) -> None:
        """Forgets one path."""
        self._write(tuple(item for item in self.items() if item != str(path)))

    def clear(self) -> None:
        """Forgets all of them."""
        self._write(())

    def _write(self, items: tuple[str, ...]) -> None:
        with contextlib.suppress(OSError, OutputError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_text(self.path, json.dumps(list(items[:MAX_RECENT]), ensure_ascii=True, indent=1))
