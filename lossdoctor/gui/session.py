"""Session: the open paths and what a scan of them found so far; scans in a background job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from lossdoctor.gui.jobs import JobError, JobRunner
from lossdoctor.progress import Cancel, Progress
from lossdoctor.workspace.results import ScanResult

CHANNEL = "scan"


def _scan(paths: Sequence[Path], cancel: Cancel, progress: Progress, item: Callable[[Any], None]) -> ScanResult:
    # Imported in the worker: pandas and its friends must not delay the first paint.
    from lossdoctor.workspace.scan import scan

    return scan(paths, progress=progress, cancel=cancel, on_run=item)


class Session(QObject):
    """What is open.

    Signals:
        started(paths): a scan begins; what was shown before is to go.
        runs_added(items): some DiagnosedRuns are ready.
        progressed(done, total, what): how far the scan is.
        finished(result): the ScanResult.
        failed(error): the JobError of a scan that came to nothing.
        cancelled(): the user stopped the scan; the runs so far stay.
    """

    started = Signal(object)
    runs_added = Signal(object)
    progressed = Signal(int, int, str)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, jobs: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.paths: tuple[Path, ...] = ()
        self.result: ScanResult | None = None

    @property
    def is_scanning(self) -> bool:
        """True while a scan goes on."""
        return self._jobs.is_busy(CHANNEL)

    def open(self, paths: Sequence[Path]) -> None:
        """Scans these paths; a scan under way is dropped."""
        self.paths = tuple(paths)
        self.result = None
        self.started.emit(self.paths)
        self._jobs.submit_stream(
            CHANNEL,
            lambda cancel, progress, item: _scan(self.paths, cancel, progress, item),
            on_done=self._done,
            on_error=self._failed,
            on_progress=self.progressed.emit,
            on_items=self.runs_added.emit,
        )

    def reload(self) -> None:
        """Scans the same paths again."""
        if self.paths:
            self.open(self.paths)

    def cancel(self) -> None:
        """Stops the scan; what was found stays."""
        if self.is_scanning:
            self._jobs.cancel(CHANNEL)
            self.cancelled.emit()

    def _done(self, result: ScanResult) -> None:
        self.result = result
        self.finished.emit(result)

    def _failed(self, error: JobError) -> None:
        self.failed.emit(error)
