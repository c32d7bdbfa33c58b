"""Before: what is known of folders before anything in them is read, for a window that reads them with all their points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lossdoctor.importers.where import EVERYWHERE
from lossdoctor.workspace.checklists import ChecklistStore
from lossdoctor.workspace.examined import HowToExamine
from lossdoctor.workspace.remembered import ScanMemory, scan_memory, without_any_points
from lossdoctor.workspace.results import DiagnosedRun, ScanResult
from lossdoctor.workspace.scan_job import CACHE_FROM
from lossdoctor.workspace.understanding import Understanding


class Before:
    """The runs of an earlier scan of the same folders, as long as nothing below them has changed.

    Args:
        cache: the file with what earlier scans found, those of the command line too; None for no memory.
        paths: what is opened.
        known: how it is read and judged.
        store: the choices for single runs; a run that has any is not remembered, because its diagnosis rests on them.
    """

    def __init__(self, cache: Path | None, paths: Sequence[Path], known: Understanding, store: ChecklistStore) -> None:
        self._store = store
        self._memory: ScanMemory | None = None
        if cache is not None:
            how = HowToExamine(keep_points=False, read=known.read, rules=known.rules)
            self._memory = scan_memory(cache, paths, EVERYWHERE, how, CACHE_FROM)
        found = None if self._memory is None else self._memory.get()
        runs = () if found is None else found.runs
        self._by_id = {item.run.id: item for item in runs if not store.roles(item.run)}

    @property
    def runs(self) -> tuple[DiagnosedRun, ...]:
        """What is known, by id: verdicts, findings and causes, but no points."""
        return tuple(self._by_id.values())

    def completed(self, item: DiagnosedRun) -> DiagnosedRun:
        """A run that was just read, with the diagnosis that it had, causes included; as it is when none is known."""
        known = self._by_id.get(item.run.id)
        return item if known is None else replace(item, diagnosis=known.diagnosis)

    def remember(self, result: ScanResult) -> None:
        """Keeps what was found for the next time, unless it rests on choices for single runs or is known already."""
        if self._memory is None or self._by_id or any(self._store.roles(item.run) for item in result.runs):
            return
        self._memory.put(without_any_points(result))
