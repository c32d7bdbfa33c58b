"""Session: the open paths and what a scan of them found so far; scans in a background job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from lossdoctor.errors import InputError
from lossdoctor.gui.jobs import JobError, JobRunner
from lossdoctor.progress import Cancel, Progress
from lossdoctor.report.options import ReportOptions
from lossdoctor.runs import Run
from lossdoctor.settings.in_force import NOTHING_SAID, Overrides
from lossdoctor.workspace.checklists import ChecklistStore, run_key
from lossdoctor.workspace.results import DiagnosedRun, ScanResult
from lossdoctor.workspace.run_marks import RunMarks
from lossdoctor.workspace.siblings import sibling_groups
from lossdoctor.workspace.understanding import Understanding, judged_again, understanding, with_remembered

CHANNEL = "scan"


def judge_channel(run: Run) -> str:
    """The channel of jobs that judge this run again: a later one takes the place of an earlier one, of this run only."""
    return f"judge {run.id}"


class Session(QObject):
    """What is open.

    Signals:
        started(paths): a scan begins; what was shown before is to go.
        runs_added(items): some DiagnosedRuns are ready; each comes as it is read, and again when its causes are ranked.
        progressed(done, total, what): how far the scan is.
        finished(result): the ScanResult.
        failed(error): the JobError of a scan that came to nothing.
        cancelled(): the user stopped the scan; the runs so far stay.
        judging_failed(error): the JobError of one run that was to be judged or read again; a scan goes on.
        judged_again(item): a run has a new diagnosis: its roles were changed, or it was read again.

    Args:
        jobs: runs the scans.
        store: the roles and columns the user chose.
        said: what the command line said.

    Attributes:
        remembers: what earlier scans found is shown until the logs are read, and what this one finds is kept.
        paths: what is open.
        result: what the last scan that came to its end found.
    """

    started = Signal(object)
    runs_added = Signal(object)
    progressed = Signal(int, int, str)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    judged_again = Signal(object)
    judging_failed = Signal(object)

    def __init__(
        self,
        jobs: JobRunner,
        store: ChecklistStore,
        parent: QObject | None = None,
        said: Overrides = NOTHING_SAID,
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._store = store
        self._said = said
        self._known = Understanding()
        self.remembers = False
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
            lambda cancel, progress, item: self._scan(paths, cancel, progress, item),
            on_done=self._done,
            on_error=self._failed,
            on_progress=self.progressed.emit,
            on_items=self.runs_added.emit,
        )

    def _scan(
        self, paths: Sequence[Path], cancel: Cancel, progress: Progress, item: Callable[[Any], None]
    ) -> ScanResult:
        """The scan, in the worker's thread. Settings are read each time: the user may have changed the file."""
        # Imported here: pandas and its friends must not delay the first paint.
        from lossdoctor.workspace.before import Before
        from lossdoctor.workspace.cache import default_path
        from lossdoctor.workspace.scan import scan

        known = self._known = with_remembered(understanding(paths, self._said), self._store)
        before = Before(default_path() if self.remembers else None, paths, known, self._store)
        for remembered in before.runs:
            item(remembered)
        result = scan(
            paths,
            progress=progress,
            cancel=cancel,
            on_run=item,
            on_early=lambda early: item(before.completed(early)),
            jobs=None,  # a thread that reads would take turns with the window
            rules=known.rules,
            read=known.read,
            amend=self._store.with_choices,
        )
        before.remember(result)
        return result

    def report_options(self, result: ScanResult) -> ReportOptions:
        """What a report on these runs holds beside the results: the user's ticks and notes."""
        marks = {item.run.id: self._store.marks(item.run) for item in result.runs}
        with closing(RunMarks(self._store.path)) as noted:
            notes = {item.run.id: noted.notes(item.run) for item in result.runs}
        return ReportOptions(marks=marks, notes=notes)

    def judge_again(self, item: DiagnosedRun, others: Sequence[DiagnosedRun]) -> None:
        """Diagnoses one run anew with the roles that are chosen for it now; `others` are the runs beside it."""
        self._jobs.submit(
            judge_channel(item.run),
            lambda _cancel, _progress: self.judged(item.run, others),
            on_done=self._judged,
            on_error=self.judging_failed.emit,
        )

    def read_again(self, item: DiagnosedRun, others: Sequence[DiagnosedRun]) -> None:
        """Reads the log of one run again and diagnoses it beside `others`; all other runs stay as they are."""
        self._jobs.submit(
            judge_channel(item.run),
            lambda cancel, progress: self._read_again(item.run, others, cancel, progress),
            on_done=self._judged,
            on_error=self.judging_failed.emit,
        )

    def _read_again(self, run: Run, others: Sequence[DiagnosedRun], cancel: Cancel, progress: Progress) -> DiagnosedRun:
        from lossdoctor.workspace.scan import scan

        known = self._known
        amend = self._store.with_choices
        result = scan(
            [Path(run.path)], progress=progress, cancel=cancel, rules=known.rules, read=known.read, amend=amend
        )
        key = run_key(run)
        found = next((item.run for item in result.runs if run_key(item.run) == key), None)
        if found is None:
            worst = next(iter(result.problems), None)
            raise InputError(
                f"{run.name} is no longer there.", worst.sentence() if worst else "Reload (F5) the folder."
            )
        # Its id says where it lies in the folder that is open, not in itself.
        return self.judged(replace(found, id=run.id), others)

    def judged(self, run: Run, others: Sequence[DiagnosedRun]) -> DiagnosedRun:
        """A run's diagnosis beside `others`, by the settings of the last scan; touches no widget, for use in jobs."""
        siblings = sibling_groups([run, *(other.run for other in others if other.run.id != run.id)]).get(run.id, ())
        return judged_again(run, [other for other in siblings if other.id != run.id], self._known, self._store)

    def reader(self, paths: Sequence[Path]) -> Callable[[], Sequence[Run] | None]:
        """Reads on what is written below these paths: all runs at each call, None when nothing was written since."""
        from lossdoctor.importers.follow import Follower

        followers = [Follower(path, self._known.read) for path in paths]
        last: list[object] = []

        def runs() -> Sequence[Run] | None:
            results = [follower.poll() for follower in followers]
            if len(last) == len(results) and all(a is b for a, b in zip(last, results, strict=True)):
                return None
            last[:] = results
            return [run for result in results for run in result.runs]

        return runs

    def keep(self, items: Sequence[DiagnosedRun]) -> None:
        """Takes these runs into the result, in place of those with their ids."""
        if self.result is not None:
            fresh = {item.run.id: item for item in items}
            kept = [fresh.pop(old.run.id, old) for old in self.result.runs]
            self.result = replace(self.result, runs=tuple(kept + list(fresh.values())))

    def _judged(self, item: DiagnosedRun) -> None:
        self.keep([item])
        self.judged_again.emit(item)

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
