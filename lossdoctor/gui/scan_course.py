"""ScanCourse: shows in list, problems and status line how a scan goes, from its start to its end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from lossdoctor import formatting
from lossdoctor.gui.commands import Commands, first_table
from lossdoctor.gui.jobs import JobError
from lossdoctor.gui.main_window import MainWindow
from lossdoctor.gui.messages import Level, Notice
from lossdoctor.gui.models.problems_model import ProblemsModel
from lossdoctor.gui.models.runs_model import RunsModel
from lossdoctor.gui.place_memory import PlaceMemory
from lossdoctor.gui.run_commands import RunCommands
from lossdoctor.gui.selection import RunSelection
from lossdoctor.gui.session import Session
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

# After a scan shorter than this, the most urgent run comes into view; after a longer one the user is already reading.
_QUICK_SCAN_SECONDS = 3.0
_GATHER_MS = 300


class ScanCourse(QObject):
    """What the window shows of a scan.

    Signals:
        changed(): other actions may be possible now.
    """

    changed = Signal()

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        selection: RunSelection,
        runs: RunsModel,
        problems: ProblemsModel,
        commands: Commands,
        run_commands: RunCommands,
        place: PlaceMemory,
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._selection = window, session, selection
        self._runs, self._problems = runs, problems
        self._commands, self._run_commands, self._place = commands, run_commands, place
        self._chosen_by_user = False
        self._waiting: list[DiagnosedRun] = []
        self._gathering = QTimer(self)
        self._gathering.setSingleShot(True)
        self._gathering.setInterval(_GATHER_MS)
        self._gathering.timeout.connect(self._show_waiting)
        window.runs.table.pressed.connect(self._user_chose)
        session.started.connect(self._started)
        session.runs_added.connect(self._runs_added)
        session.progressed.connect(window.status.show_progress)
        session.finished.connect(self._finished)
        session.failed.connect(self._failed)
        session.cancelled.connect(self._cancelled)
        session.judged_again.connect(self._judged_again)
        session.judging_failed.connect(commands.show_error)

    def _user_chose(self) -> None:
        self._chosen_by_user = True

    def _started(self, paths: Sequence[Path]) -> None:
        self._chosen_by_user = False
        self._gathering.stop()
        self._waiting = []
        self._place.begin(paths)
        self._runs.clear()
        self._run_commands.set_folder(paths)
        self._problems.set_problems(())
        self._selection.set_run(None)
        self._place.resume()
        self._window.runs.set_placeholder("Reading the logs…")
        self._window.show_bench(True)
        self._window.status.set_counts(0, 0, 0)
        self._window.status.show_progress(0, 0, "Looking for logs")
        names = ", ".join(path.name or str(path) for path in paths[:2]) + ("…" if len(paths) > 2 else "")
        self._window.setWindowTitle(f"{names} – lossdoctor")
        self.changed.emit()

    def _runs_added(self, items: Sequence[DiagnosedRun]) -> None:
        self._waiting += items
        if not self._gathering.isActive():
            self._show_waiting()
            self._gathering.start()

    def _show_waiting(self) -> None:
        """Puts what was read since the last time into the list: each time it is drawn anew, so not for every run."""
        items, self._waiting = self._waiting, []
        if not items:
            return
        first = self._runs.total == 0
        self._runs.put(items)
        self._run_commands.refresh()
        self._renew(items)
        self.count()
        if first:
            self.changed.emit()

    def _renew(self, items: Sequence[DiagnosedRun]) -> None:
        """The run in view comes again with its causes: it is shown with them, and its plot left alone."""
        seen = self._selection.run
        # Of a short scan both readings come in one go; the last one has the causes.
        again = next((item for item in reversed(items) if seen is not None and item.run.id == seen.run.id), None)
        if again is not None and again is not seen:
            self._place.hold()
            self._selection.set_run(again)

    def count(self, result: ScanResult | None = None) -> None:
        """Shows how many runs, points and problems there are; a finished scan also says how long it took."""
        runs = self._runs.all_runs()
        problems = len(result.problems) if result is not None else sum(len(item.run.problems) for item in runs)
        points = sum(item.facts.points for item in runs)
        self._window.status.set_counts(len(runs), points, problems, result.seconds if result is not None else None)

    def _finished(self, result: ScanResult) -> None:
        self._gathering.stop()
        self._show_waiting()
        self._window.status.finish()
        self._problems.set_problems(result.problems)
        self._runs.keep_only({item.run.id for item in result.runs})
        self.count(result)
        if not result.runs:
            self._nothing_found(result)
        elif not self._chosen_by_user and not self._place.is_back and result.seconds < _QUICK_SCAN_SECONDS:
            self._window.runs.choose_first()
        self._window.runs.keep_choice_or_first()
        self.changed.emit()

    def _nothing_found(self, result: ScanResult) -> None:
        self._window.runs.set_placeholder("No runs.")
        self._window.show_bench(False)
        if result.problems:
            worst = self._problems.problems[0]
            more = len(result.problems) - 1
            text = f"{worst.path}: {worst.message}" + (
                f" (and {formatting.count(more, 'problem')} more)" if more else ""
            )
            hint = worst.hint
        else:
            text, hint = "No training log was found there.", "Open the folder your trainer writes its logs to."
        table = first_table(problem.path for problem in self._problems.problems)
        offer = ("", None) if table is None else ("Map columns…", lambda: self._commands.map_columns_of(table))
        self._window.messages.show_notice(Notice(Level.WARNING, text, hint, *offer))

    def _failed(self, error: JobError) -> None:
        self._gathering.stop()
        self._show_waiting()
        self._window.status.finish()
        self._window.show_bench(self._runs.total > 0)
        self._commands.show_error(error)
        self.changed.emit()

    def _cancelled(self) -> None:
        self._gathering.stop()
        self._show_waiting()
        self._window.status.finish()
        runs = self._runs.all_runs()
        self._problems.set_problems([problem for item in runs for problem in item.run.problems])
        self._window.runs.set_placeholder("Stopped before a run was read.")
        text = f"Stopped after {formatting.count(len(runs), 'run')}."
        self._window.messages.show_notice(Notice(Level.INFO, text, "Reload (F5) reads everything again."))
        self.changed.emit()

    def _judged_again(self, item: DiagnosedRun) -> None:
        self._runs.replace(item)
        if self._selection.run is not None and self._selection.run.run.id == item.run.id:
            self._place.hold()
            self._selection.set_run(item)
        self._commands.judged_again(item)
