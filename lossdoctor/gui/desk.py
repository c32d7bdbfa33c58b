"""Desk: one window with everything it needs: makes the objects and connects them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoStack

from lossdoctor.gui import export
from lossdoctor.gui.actions import WindowState
from lossdoctor.gui.commands import Commands
from lossdoctor.gui.compare_commands import CompareCommands
from lossdoctor.gui.dialogs.files import FileDialogs
from lossdoctor.gui.drawing import Drawing
from lossdoctor.gui.help_commands import HelpCommands
from lossdoctor.gui.hindsight import Hindsight
from lossdoctor.gui.jobs import JobRunner
from lossdoctor.gui.layer_commands import LayerCommands
from lossdoctor.gui.live import Live
from lossdoctor.gui.main_window import MainWindow
from lossdoctor.gui.messages import Level, Notice
from lossdoctor.gui.models.problems_model import ProblemsModel
from lossdoctor.gui.models.runs_model import RunsModel
from lossdoctor.gui.note_commands import NoteCommands
from lossdoctor.gui.place_memory import PlaceMemory
from lossdoctor.gui.plot_commands import PlotCommands
from lossdoctor.gui.run_commands import RunCommands
from lossdoctor.gui.scan_course import ScanCourse
from lossdoctor.gui.selection import RunSelection
from lossdoctor.gui.session import Session
from lossdoctor.gui.theme import Appearance, Look
from lossdoctor.gui.view_memory import remember_view, restore_view
from lossdoctor.gui.window_settings import WindowSettings
from lossdoctor.knowledge.marks import Mark as CauseMark
from lossdoctor.knowledge.marks import Standing
from lossdoctor.settings.in_force import NOTHING_SAID, Overrides
from lossdoctor.workspace.checklists import ChecklistStore
from lossdoctor.workspace.contrasts import contrasts_among
from lossdoctor.workspace.recent import RecentPaths
from lossdoctor.workspace.results import DiagnosedRun
from lossdoctor.workspace.run_marks import RunMarks


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
        self.store, self.settings, self.appearance = store, settings, appearance
        self.jobs = JobRunner(self)
        self.session = Session(self.jobs, store, self, said)
        self.selection = RunSelection(self)
        self.runs_model = RunsModel(self)
        self.problems_model = ProblemsModel(self)
        self.window = MainWindow(self.runs_model, self.problems_model, appearance.look)
        # The models go with the window that shows them: a view that outlives its model warns on the console.
        self.runs_model.setParent(self.window)
        self.problems_model.setParent(self.window)
        self._make_handlers(recent, dialogs or FileDialogs())
        self.window.install_actions(self._handler)
        self._make_followers()
        self._connect_panes()
        self._begin()

    def _make_handlers(self, recent: RecentPaths, dialogs: FileDialogs) -> None:
        """The objects that do what the actions say."""
        window, selection, jobs, store, settings = self.window, self.selection, self.jobs, self.store, self.settings
        appearance = self.appearance
        self.commands = Commands(window, self.session, selection, jobs, appearance, settings, recent, dialogs, store)
        self.marks = RunMarks(store.path)
        self.undo_stack = QUndoStack(self)
        self.run_commands = RunCommands(window, self.session, selection, store, self.marks, self.undo_stack)
        self.plot_commands = PlotCommands(window, selection, jobs, dialogs)
        self.note_commands = NoteCommands(window, selection, dialogs, self.marks, self.undo_stack)
        self.help_commands = HelpCommands(window, selection, appearance, settings, store, self.run_commands,
                                          self.commands.open_examples)  # fmt: skip
        self.layer_commands = LayerCommands(window, selection, jobs, appearance)
        self.compare_commands = CompareCommands(window, selection, jobs, appearance, self.runs_model, self.run_commands,
                                                self.commands.copy_text)  # fmt: skip
        self.live = Live(window, self.runs_model, self.session, selection, jobs)

    def _make_followers(self) -> None:
        """The objects that keep the panes on what is read and chosen."""
        self.hindsight = Hindsight(self.jobs, self.window.diagnosis.header, self.window.plot.stack)
        self.selection.run_changed.connect(self._run_changed)
        self.drawing = Drawing(self.window, self.selection, self.jobs, self.runs_model, self.marks, self.appearance,
                               self.commands, self.run_commands, self.plot_commands, self.note_commands,
                               self.live)  # fmt: skip
        self.place = PlaceMemory(self.settings, self.window, self.selection, self.drawing)
        self.course = ScanCourse(self.window, self.session, self.selection, self.runs_model, self.problems_model,
                                 self.commands, self.run_commands, self.place)  # fmt: skip
        self.course.changed.connect(self._update_actions)
        self.live.following.grew.connect(lambda _growth: self.course.count(self.session.result))

    def _handler(self, name: str) -> Callable[..., object]:
        homes = (self.commands, self.run_commands, self.plot_commands, self.note_commands, self.help_commands,
                 self.layer_commands, self.compare_commands, self.live)  # fmt: skip
        handler: Callable[..., object] = next(getattr(home, name) for home in homes if hasattr(home, name))
        return handler

    def _connect_panes(self) -> None:
        window, commands, selection = self.window, self.commands, self.selection
        window.empty.folder_asked.connect(commands.open_folder)
        window.empty.file_asked.connect(commands.open_file)
        window.empty.examples_asked.connect(commands.open_examples)
        window.empty.path_asked.connect(lambda path: commands.open_paths([Path(path)]))
        window.paths_dropped.connect(commands.open_paths)
        window.closing.connect(self.close)
        window.runs.run_chosen.connect(selection.set_run)
        window.diagnosis.finding_activated.connect(lambda finding: selection.set_finding(finding, show=True))
        window.diagnosis.cause_ticked.connect(self._ticked)
        window.diagnosis.cause_marked.connect(self._marked)
        window.problems.map_asked.connect(commands.map_columns)
        window.problems.copy_asked.connect(commands.copy_text)
        window.problems.close_asked.connect(commands.toggle_problems)
        window.status.cancel_asked.connect(commands.cancel_work)
        window.status.problems_asked.connect(commands.toggle_problems)
        commands.exporting_changed.connect(self._update_actions)
        self.run_commands.ticks_changed.connect(self._show_ticks)
        self.undo_stack.indexChanged.connect(self._update_actions)
        selection.finding_changed.connect(window.diagnosis.set_finding)
        self.appearance.changed.connect(self._look_changed)

    def _begin(self) -> None:
        """The window as the user left it."""
        self.commands.refresh_recent()
        self.window.set_checked("view.outliers", True)
        self.window.set_checked(f"view.theme_{self.appearance.mode.value}", True)
        self._look_changed(self.appearance.look)
        self.settings.restore(self.window, self.window.splitters)
        restore_view(self.settings, self.window, self.plot_commands)
        self._update_actions()
        if self.store.notice:
            self.window.messages.show_notice(Notice(Level.WARNING, self.store.notice))

    # --- the run in view ---

    def _run_changed(self, item: DiagnosedRun | None) -> None:
        self._show_ticks()
        self._update_actions()
        self.hindsight.look_at(item)

    def _show_ticks(self) -> None:
        item = self.selection.run
        if item is None:
            self.window.diagnosis.set_run(None, {})
            return
        found = contrasts_among(item, self.runs_model.all_runs()) if item.diagnosis.causes else ()
        self.window.diagnosis.set_run(item, self.store.marks(item.run), found)

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
        self.place.save()
        self.settings.save(self.window, self.window.splitters)
        # The stack says once more that it changed, the list which rows are marked, when nothing is left to update.
        self.undo_stack.blockSignals(True)
        self.window.runs.blockSignals(True)
        self.live.following.stop()
        self.jobs.shutdown()
        self.marks.close()
