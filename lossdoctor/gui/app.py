"""The composition root: makes every object of the window, connects them, and runs the event loop."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QColor, QGuiApplication, QUndoStack
from PySide6.QtWidgets import QApplication

from lossdoctor import __version__, formatting
from lossdoctor.figures.overlay import SLOTS, slots
from lossdoctor.figures.spec import FigureSpec, Mark
from lossdoctor.gui import export, icons
from lossdoctor.gui.actions import WindowState
from lossdoctor.gui.commands import Commands, first_table
from lossdoctor.gui.dialogs.crash import CrashReporter, log_path, start_log
from lossdoctor.gui.dialogs.files import FileDialogs
from lossdoctor.gui.drawn import NOTE, figure_of
from lossdoctor.gui.help_commands import HelpCommands
from lossdoctor.gui.hindsight import Hindsight
from lossdoctor.gui.jobs import JobError, JobRunner
from lossdoctor.gui.layer_commands import LayerCommands
from lossdoctor.gui.live import Live
from lossdoctor.gui.main_window import MainWindow
from lossdoctor.gui.messages import Level, Notice
from lossdoctor.gui.models.problems_model import ProblemsModel
from lossdoctor.gui.models.runs_model import RunsModel
from lossdoctor.gui.plot_commands import PlotCommands
from lossdoctor.gui.run_commands import RunCommands
from lossdoctor.gui.selection import RunSelection
from lossdoctor.gui.session import Session
from lossdoctor.gui.theme import Appearance, Look
from lossdoctor.gui.view_memory import remember_view, restore_view
from lossdoctor.gui.window_settings import WindowSettings
from lossdoctor.knowledge.marks import Mark as CauseMark
from lossdoctor.knowledge.marks import Standing
from lossdoctor.runs import Role
from lossdoctor.settings.in_force import NOTHING_SAID, Overrides
from lossdoctor.workspace.checklists import ChecklistStore, run_key
from lossdoctor.workspace.contrasts import contrasts_among
from lossdoctor.workspace.recent import RecentPaths
from lossdoctor.workspace.results import DiagnosedRun, ScanResult
from lossdoctor.workspace.run_marks import Note, RunMarks

DESKTOP_FILE = "org.lossdoctor.LossDoctor"
_FIGURE_CHANNEL = "figure"
# After a scan shorter than this, the most urgent run comes into view; after a longer one the user is already reading.
_QUICK_SCAN_SECONDS = 3.0


class Desk(QObject):
    """One window with everything it needs; what is not given is the user's own.

    Args:
        appearance: the look of the application.
        store: the checklist ticks.
        recent: the recent paths.
        settings: geometry and theme.
        dialogs: asks for files.
        said: what the command line said about settings.
    """

    def __init__(
        self,
        appearance: Appearance,
        store: ChecklistStore,
        recent: RecentPaths,
        settings: WindowSettings,
        dialogs: FileDialogs | None = None,
        said: Overrides = NOTHING_SAID,
    ) -> None:
        super().__init__()
        self.jobs = JobRunner(self)
        self.session = Session(self.jobs, store, self, said)
        self.selection = RunSelection(self)
        self.runs_model = RunsModel(self)
        self.problems_model = ProblemsModel(self)
        self.store = store
        self.settings = settings
        self.appearance = appearance
        self.window = MainWindow(self.runs_model, self.problems_model, appearance.look)
        # The models go with the window that shows them: a view that outlives its model warns on the console.
        self.runs_model.setParent(self.window)
        self.problems_model.setParent(self.window)
        self.commands = Commands(self.window, self.session, self.selection, self.jobs, appearance, settings, recent,
                                 dialogs or FileDialogs(), store)  # fmt: skip
        self.marks = RunMarks(store.path)
        self.undo_stack = QUndoStack(self)
        self.run_commands = RunCommands(self.window, self.selection, store, self.marks, self.undo_stack)
        self.plot_commands = PlotCommands(self.window, self.selection, self.jobs, dialogs or FileDialogs(), self.marks)
        self.help_commands = HelpCommands(self.window, self.selection, appearance, settings, store, self.run_commands,
                                          self.commands.open_examples)  # fmt: skip
        self.hindsight = Hindsight(self.jobs, self.window.diagnosis.header)
        self.live = Live(self.window, self.runs_model, self.session, self.selection, self.jobs)
        self.layer_commands = LayerCommands(self.window, self.selection, self.jobs, appearance)
        self.window.install_actions(self._handler)
        self._chosen_by_user = False
        self._drawn: list[DiagnosedRun] = []
        self._drawn_tags: tuple[tuple[str, ...], tuple[Note, ...]] = ((), ())
        self._connect_session()
        self._connect_panes()
        self.commands.refresh_recent()
        self.window.set_checked("view.outliers", True)
        self.window.set_checked(f"view.theme_{appearance.mode.value}", True)
        self._look_changed(appearance.look)
        settings.restore(self.window, self.window.splitters)
        restore_view(settings, self.window, self.plot_commands)
        self._update_actions()
        if store.notice:
            self.window.messages.show_notice(Notice(Level.WARNING, store.notice))

    def _handler(self, name: str) -> Callable[..., object]:
        homes = (self.commands, self.run_commands, self.plot_commands, self.help_commands, self.layer_commands,
                 self.live)  # fmt: skip
        handler: Callable[..., object] = next(getattr(home, name) for home in homes if hasattr(home, name))
        return handler

    def _connect_session(self) -> None:
        session = self.session
        session.started.connect(self._scan_started)
        session.runs_added.connect(self._runs_added)
        session.progressed.connect(self.window.status.show_progress)
        session.finished.connect(self._scan_finished)
        session.failed.connect(self._scan_failed)
        session.cancelled.connect(self._scan_cancelled)
        session.judged_again.connect(self._judged_again)
        self.live.following.grew.connect(lambda _growth: self._count(session.result))

    def _connect_panes(self) -> None:
        window, commands, selection = self.window, self.commands, self.selection
        window.empty.folder_asked.connect(commands.open_folder)
        window.empty.file_asked.connect(commands.open_file)
        window.empty.examples_asked.connect(commands.open_examples)
        window.empty.path_asked.connect(lambda path: commands.open_paths([Path(path)]))
        window.paths_dropped.connect(commands.open_paths)
        window.closing.connect(self.close)
        window.runs.run_chosen.connect(selection.set_run)
        window.runs.table.pressed.connect(self._user_chose)
        window.runs.marked_changed.connect(self._draw)
        window.plot.stack.line_activated.connect(self._line_activated)
        self.plot_commands.tags_changed.connect(self._draw)
        self.run_commands.baseline_changed.connect(self._draw)
        self.run_commands.ticks_changed.connect(self._show_ticks)
        self.undo_stack.indexChanged.connect(self._update_actions)
        window.plot.mark_activated.connect(self._mark_activated)
        window.diagnosis.finding_activated.connect(lambda finding: selection.set_finding(finding, show=True))
        window.diagnosis.cause_ticked.connect(self._ticked)
        window.diagnosis.cause_marked.connect(self._marked)
        window.problems.map_asked.connect(commands.map_columns)
        window.problems.copy_asked.connect(commands.copy_text)
        window.problems.close_asked.connect(commands.toggle_problems)
        window.status.cancel_asked.connect(commands.cancel_work)
        window.status.problems_asked.connect(commands.toggle_problems)
        commands.exporting_changed.connect(self._update_actions)
        selection.run_changed.connect(self._run_changed)
        selection.finding_changed.connect(window.diagnosis.set_finding)
        selection.finding_changed.connect(window.plot.stack.select)
        selection.finding_shown.connect(window.plot.stack.zoom_to)
        self.appearance.changed.connect(self._look_changed)

    # --- the scan ---

    def _scan_started(self, paths: Sequence[Path]) -> None:
        self._chosen_by_user = False
        self.runs_model.clear()
        self.run_commands.set_folder(paths)
        self.problems_model.set_problems(())
        self.selection.set_run(None)
        self.window.runs.set_placeholder("Reading the logs…")
        self.window.show_bench(True)
        self.window.status.set_counts(0, 0, 0)
        self.window.status.show_progress(0, 0, "Looking for logs")
        names = ", ".join(path.name or str(path) for path in paths[:2]) + ("…" if len(paths) > 2 else "")
        self.window.setWindowTitle(f"{names} – lossdoctor")
        self._update_actions()

    def _runs_added(self, items: Sequence[DiagnosedRun]) -> None:
        first = self.runs_model.total == 0
        self.runs_model.add(items)
        self.run_commands.refresh()
        self._count()
        if first:
            self._update_actions()

    def _count(self, result: ScanResult | None = None) -> None:
        runs = self.runs_model.all_runs()
        problems = len(result.problems) if result is not None else sum(len(item.run.problems) for item in runs)
        points = sum(item.run.points for item in runs)
        self.window.status.set_counts(len(runs), points, problems, result.seconds if result is not None else None)

    def _scan_finished(self, result: ScanResult) -> None:
        self.window.status.finish()
        self.problems_model.set_problems(result.problems)
        self._count(result)
        if not result.runs:
            self._nothing_found(result)
        elif not self._chosen_by_user and result.seconds < _QUICK_SCAN_SECONDS:
            self.window.runs.choose_first()
        self.window.runs.keep_choice_or_first()
        self._update_actions()

    def _nothing_found(self, result: ScanResult) -> None:
        self.window.runs.set_placeholder("No runs.")
        self.window.show_bench(False)
        if result.problems:
            worst = self.problems_model.problems[0]
            more = len(result.problems) - 1
            text = f"{worst.path}: {worst.message}" + (
                f" (and {formatting.count(more, 'problem')} more)" if more else ""
            )
            hint = worst.hint
        else:
            text, hint = "No training log was found there.", "Open the folder your trainer writes its logs to."
        table = first_table(problem.path for problem in self.problems_model.problems)
        offer = ("", None) if table is None else ("Map columns…", lambda: self.commands.map_columns_of(table))
        self.window.messages.show_notice(Notice(Level.WARNING, text, hint, *offer))

    def _scan_failed(self, error: JobError) -> None:
        self.window.status.finish()
        self.window.show_bench(self.runs_model.total > 0)
        self.commands.show_error(error)
        self._update_actions()

    def _scan_cancelled(self) -> None:
        self.window.status.finish()
        runs = self.runs_model.all_runs()
        self.problems_model.set_problems([problem for item in runs for problem in item.run.problems])
        self.window.runs.set_placeholder("Stopped before a run was read.")
        text = f"Stopped after {formatting.count(len(runs), 'run')}."
        self.window.messages.show_notice(Notice(Level.INFO, text, "Reload (F5) reads everything again."))
        self._update_actions()

    def _judged_again(self, item: DiagnosedRun) -> None:
        self.runs_model.replace(item)
        if self.selection.run is not None and self.selection.run.run.id == item.run.id:
            self.selection.set_run(item)
        self.commands.judged_again(item)

    # --- the run in view ---

    def _user_chose(self) -> None:
        self._chosen_by_user = True

    def _run_changed(self, item: DiagnosedRun | None) -> None:
        self._show_ticks()
        self._update_actions()
        self.hindsight.look_at(item)
        if item is None:
            self.jobs.cancel(_FIGURE_CHANNEL)
            self._drawn = []
            self.window.plot.set_figure(None)
            self.runs_model.set_colours({})
            return
        self._draw()

    def _show_ticks(self) -> None:
        item = self.selection.run
        if item is None:
            self.window.diagnosis.set_run(None, {})
            return
        found = contrasts_among(item, self.runs_model.all_runs()) if item.diagnosis.causes else ()
        self.window.diagnosis.set_run(item, self.store.marks(item.run), found)

    def _draw(self, *_: object) -> None:
        """Draws the run in view, or all marked runs and the baseline together."""
        item = self.selection.run
        if item is None:
            return
        marked: list[DiagnosedRun] = self.window.runs.selected_runs()
        several = marked if len(marked) > 1 and item in marked else [item]
        baseline = self.run_commands.baseline()
        if baseline is not None and baseline not in several:
            several = [*several, baseline]
        same = len(several) == len(self._drawn) and all(a is b for a, b in zip(several, self._drawn, strict=True))
        tags, notes = self.plot_commands.tags, self.marks.notes(item.run)
        if same and (tags, notes) == self._drawn_tags:
            return
        self._drawn, self._drawn_tags = several, (tags, notes)
        self._show_colours(several)
        self.jobs.submit(
            _FIGURE_CHANNEL,
            lambda _cancel, _progress: figure_of(several, tags, notes),
            on_done=self._figure_built,
            on_error=self.commands.show_error,
        )

    def _show_colours(self, several: Sequence[DiagnosedRun]) -> None:
        """Swatches in the list for the runs that are drawn together."""
        theme = self.appearance.look.theme
        if len(several) < 2:
            self.runs_model.set_colours({})
            return
        places = slots([run_key(item.run) for item in several[:SLOTS]])
        self.runs_model.set_colours(
            {
                item.run.id: QColor(theme.series(Role.OTHER, place).colour)
                for item, place in zip(several, places, strict=False)
            }
        )

    def _figure_built(self, figure: object) -> None:
        if self.selection.run is None:
            return
        assert isinstance(figure, FigureSpec)  # what the job on this channel makes
        self.window.plot.set_figure(figure, self.selection.run.diagnosis.findings)
        self.window.plot.stack.select(self.selection.finding)
        self.live.keep_view()
        self.window.set_checked("view.log_y", self.window.plot.stack.log_y)
        if len(self._drawn) > SLOTS:
            text = f"{SLOTS} of {len(self._drawn)} marked runs are drawn: more lines cannot be told apart."
            self.window.messages.show_notice(Notice(Level.INFO, text, "Filter or mark fewer runs."))

    def _mark_activated(self, mark: Mark) -> None:
        """A click on evidence chooses its finding; the plot stays where it is, for the user is looking at it."""
        if self.selection.run is None:
            return
        if mark.code == NOTE:
            self.plot_commands.show_note(mark.evidence.label)
            return
        findings = [f for f in self.selection.run.diagnosis.findings if f.code == mark.code]
        exact = [finding for finding in findings if mark.evidence in finding.evidence]
        if exact or findings:
            self.selection.set_finding((exact or findings)[0])

    def _line_activated(self, run_id: str) -> None:
        """A click on a line looks at its run; the marked runs stay on the plot."""
        item = next((found for found in self._drawn if found.run.id == run_id), None)
        if item is not None:
            self.selection.set_run(item)

    def _ticked(self, cause_id: str, on: bool) -> None:
        if self.selection.run is not None:
            self.run_commands.set_ticked(self.selection.run, cause_id, on)

    def _marked(self, cause_id: str, mark: object) -> None:
        if self.selection.run is not None:
            assert isinstance(mark, CauseMark)  # what the pane sends
            what = "note" if mark.status is Standing.OPEN else str(mark.status)
            self.run_commands.set_mark(self.selection.run, cause_id, mark, what)

    # --- the rest ---

    def _look_changed(self, look: Look) -> None:
        self.window.set_look(look)
        self._show_colours(self._drawn)

    @property
    def state(self) -> WindowState:
        """What decides which actions are possible now."""
        run = self.selection.run
        return WindowState(
            has_paths=bool(self.session.paths),
            has_runs=self.runs_model.total > 0,
            has_run=run is not None,
            has_findings=run is not None and bool(run.diagnosis.findings),
            is_scanning=self.session.is_scanning,
            is_exporting=self.jobs.is_busy(export.CHANNEL),
            can_undo=self.undo_stack.canUndo(),
            can_redo=self.undo_stack.canRedo(),
        )

    def _update_actions(self) -> None:
        self.window.update_actions(self.state)

    def close(self) -> None:
        """Stops all work and remembers what is to be remembered; the window may then go."""
        remember_view(self.settings, self.window, self.plot_commands)
        self.settings.save(self.window, self.window.splitters)
        # The stack says once more that it changed, the list which rows are marked, when nothing is left to update.
        self.undo_stack.blockSignals(True)
        self.window.runs.blockSignals(True)
        self.live.following.stop()
        self.jobs.shutdown()
        self.marks.close()


def make_application(arguments: Sequence[str] = ("lossdoctor",)) -> QApplication:
    """The QApplication with the program's names, which QSettings and the desktop go by."""
    QCoreApplication.setOrganizationName("lossdoctor")
    QCoreApplication.setOrganizationDomain("lossdoctor.org")
    QCoreApplication.setApplicationName("lossdoctor")
    QCoreApplication.setApplicationVersion(__version__)
    QGuiApplication.setDesktopFileName(DESKTOP_FILE)
    pg.setConfigOptions(antialias=True)
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(list(arguments))
    app.setWindowIcon(icons.application_icon())
    return app


def run_window(paths: Sequence[Path], *, demo: bool = False, said: Overrides = NOTHING_SAID) -> int:
    """Shows the window until it is closed.

    Args:
        paths: what to open; none shows the empty page.
        demo: open the bundled examples.
        said: what the command line said about settings.

    Returns:
        The exit status for the process.
    """
    app = make_application(sys.argv[:1])
    start_log(log_path())
    reporter = CrashReporter(log_path(), app)
    reporter.install()
    settings = WindowSettings()
    with ChecklistStore() as store:
        desk = Desk(Appearance(app, settings.theme), store, RecentPaths(), settings, said=said)
        desk.window.show()
        if demo:
            desk.commands.open_examples()
        elif paths:
            desk.commands.open_paths(paths)
        desk.help_commands.first_start()
        status = app.exec()
        desk.close()
    reporter.uninstall()
    return status
