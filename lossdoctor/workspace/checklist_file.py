"""Marks of the checklist as a JSON file: to back them up, or to take them to another machine."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from lossdoctor.errors import UsageError
from lossdoctor.knowledge.marks import Standing
from lossdoctor.workspace.atomic_file import write_text
from lossdoctor.workspace.checklists import ChecklistStore, StoredMark

FORMAT, VERSION = "lossdoctor checklists", 1
_STATUSES = frozenset(map(str, Standing))
_HINT = "Choose a file that `lossdoctor checklist export` wrote."


def export_marks(store: ChecklistStore, path: Path) -> int:
    """Writes every mark to a file, whole or not at all; the number of marks.

    Raises:
        OSError: it cannot be written.
    """
    marks = store.export()
    entries = []
    for mark in marks:
        place, _, name = mark.run.partition("\n")
        entry = {"path": place, "run": name, "cause": mark.item, "status": mark.status, "note": mark.note}
        entries.append(entry | {"changed_at": mark.changed_at})
    document = {"format": FORMAT, "version": VERSION, "marks": entries}
    write_text(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    return len(marks)


def import_marks(store: ChecklistStore, path: Path) -> int:
    """Takes in the marks of a file; where one is there already, the later one stays. The number of changes.

    Raises:
        UsageError: the file cannot be read or is no export; nothing is changed then.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.", _HINT) from error
    except ValueError as error:
        raise UsageError(f"{path} is no JSON: {error}.", _HINT) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT or document.get("version") != VERSION:
        raise UsageError(f"{path} holds no checklists of version {VERSION}.", _HINT)
    entries = document.get("marks")
    if not isinstance(entries, list):
        raise UsageError(f"{path}: `marks` is no list.", _HINT)
    marks = [_mark(entry, index, path) for index, entry in enumerate(entries, start=1)]
    try:
        return store.restore(marks)
    except sqlite3.Error as error:
        raise UsageError(f"The marks could not be saved in {store.path}: {error}.", "Close other windows.") from error


def _mark(entry: Any, index: int, path: Path) -> StoredMark:
    place = f"{path}, mark {index}"
    if not isinstance(entry, dict):
        raise UsageError(f"{place}: is no object.", _HINT)
    texts = [entry.get(key) for key in ("path", "run", "cause", "status", "note")]
    changed = entry.get("changed_at")
    if (
        not all(isinstance(text, str) for text in texts)
        or isinstance(changed, bool)
        or not isinstance(changed, (int, float))
    ):
        raise UsageError(f"{place}: path, run, cause, status and note must be texts, changed_at a number.", _HINT)
    where, run, cause, status, note = map(str, texts)
    if status not in _STATUSES:
        raise UsageError(f"{place}: {status!r} is none of {', '.join(sorted(_STATUSES))}.", _HINT)
    return StoredMark(f"{where}\n{run}", cause, status, note, float(changed))
