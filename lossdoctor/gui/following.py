"""Following: reads on what running trainings write, and hands over the runs that have grown or are new."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from lossdoctor.gui.jobs import JobError, JobRunner
from lossdoctor.runs import Run
from lossdoctor.workspace.results import DiagnosedRun

_CHANNEL = "follow"
_BUSY_MS, _IDLE_MS = 1_000, 5_000
# Polls without news after which a look every five seconds is enough.
_PATIENCE = 30

# What a poll works with: the runs as they are shown, and how one of them is judged anew beside the others.
Judge = Callable[[Run, Sequence[DiagnosedRun]], DiagnosedRun]
Reader = Callable[[], Sequence[Run] | None]


@dataclass(frozen=True, slots=True)
class Growth:
    """What one poll found: runs with a new diagnosis, and runs that were not there before."""

    grown: tuple[DiagnosedRun, ...] = ()
    new: tuple[DiagnosedRun, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.grown or self.new)


class Following(QObject):
    """Polls while it is on; a poll that takes long delays the next one, and a quiet folder is looked at less often.

    Signals:
        grew(growth): runs have grown or have come.
        failed(error): a poll ended with this JobError; following is off.

    Args:
        jobs: where polls run.
        make_reader: a reader for some paths. Each call of that gives all runs as they are now, None when nothing was
            written since the last call; it is only called from one thread at a time.
        judge: diagnoses a run anew.
        shown: the runs that are shown.
    """

    grew = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        jobs: JobRunner,
        make_reader: Callable[[Sequence[Path]], Reader],
        judge: Judge,
        shown: Callable[[], Sequence[DiagnosedRun]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs, self._make_reader, self._judge, self._shown = jobs, make_reader, judge, shown
        self._reader: Reader | None = None
        self._quiet = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._poll)

    @property
    def is_on(self) -> bool:
        """True while the paths are followed."""
        return self._reader is not None

    def start(self, paths: Sequence[Path]) -> None:
        """Follows these paths from now on."""
        self.stop()
        self._reader = self._make_reader(paths)
        self._quiet = 0
        self._timer.start(0)

    def stop(self) -> None:
        """Follows nothing any more."""
        self._timer.stop()
        self._jobs.cancel(_CHANNEL)
        self._reader = None

    def _poll(self) -> None:
        reader, shown = self._reader, tuple(self._shown())
        if reader is not None:
            self._jobs.submit(
                _CHANNEL,
                lambda _cancel, _progress: _growth(reader(), shown, self._judge),
                on_done=self._polled,
                on_error=self._failed,
            )

    def _polled(self, growth: Growth) -> None:
        self._quiet = 0 if growth else self._quiet + 1
        if growth:
            self.grew.emit(growth)
        if self.is_on:
            self._timer.start(_BUSY_MS if self._quiet < _PATIENCE else _IDLE_MS)

    def _failed(self, error: JobError) -> None:
        self.stop()
        self.failed.emit(error)


def _growth(runs: Sequence[Run] | None, shown: Sequence[DiagnosedRun], judge: Judge) -> Growth:
    """What has changed between the runs as shown and as they are now; in the worker's thread."""
    if runs is None:
        return Growth()
    known = {_key(item.run): item for item in shown}
    taken = {item.run.id for item in shown}
    grown, new = [], []
    for run in runs:
        item = known.get(_key(run))
        if item is None:
            named = replace(run, id=_free(run.id, taken))
            taken.add(named.id)
            new.append(judge(named, shown))
        elif run.points != item.run.points:
            grown.append(judge(replace(run, id=item.run.id), shown))
    return Growth(tuple(grown), tuple(new))


def _key(run: Run) -> tuple[str, str]:
    return os.path.abspath(run.path), run.name


def _free(name: str, taken: set[str]) -> str:
    """The name, or with a number behind it when another run has it."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name} ({number})"
    return found
