"""Commands: what each action of the table does; the methods are named in `actions.ACTIONS`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog
from shiboken6 import isValid

from lossdoctor import formatting, safe_text
from lossdoctor.gui import export
from lossdoctor.gui.dialogs.about import AboutBox
from lossdoctor.gui.dialogs.columns import ColumnsDialog
from lossdoctor.gui.dialogs.files import FileDialogs
from lossdoctor.gui.dialogs.roles import RolesDialog
from lossdoctor.gui.dialogs.shortcuts import ShortcutSheet
from lossdoctor.gui.jobs import JobError, JobRunner
from lossdoctor.gui.main_window import MainWindow
from lossdoctor.gui.messages import Level, Notice
from lossdoctor.gui.selection import RunSelection
from lossdoctor.gui.session import Session
from lossdoctor.gui.theme import Appearance, ThemeMode
from lossdoctor.gui.window_settings import WindowSettings
from lossdoctor.importers.preview import preview_file
from lossdoctor.resources import resource
from lossdoctor.runs import Role
from lossdoctor.workspace.checklists import ChecklistStore
from lossdoctor.workspace.recent import RecentPaths
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

# Text with numbers that is no table, and has readers of its own or none.
_NO_TABLES = (".json", ".jsonl", ".yaml", ".yml", ".toml", ".md", ".py", ".wandb", ".parquet")

# Each is opened, while the user waits.
_LOOKED_AT = 50


def can_be_mapped(path: str) -> bool:
    """Whether a path is a table of numbers whose columns a user could explain."""
    return os.path.isfile(path) and not path.lower().endswith(_NO_TABLES) and preview_file(path) is not None


def first_table(paths: Iterable[str]) -> str | None:
    """The first path that is a table whose columns could be explained; None when there is none among the first 50."""
    return next(filter(can_be_mapped, list(dict.fromkeys(paths))[:_LOOKED_AT]), None)


class Commands(QObject):
    """The handlers.

    Signals:
        exporting_changed(): an export began or ended.
    """

    exporting_changed = Signal()

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        selection: RunSelection,
        jobs: JobRunner,
        appearance: Appearance,
        settings: WindowSettings,
        recent: RecentPaths,
        dialogs: FileDialogs,
        store: ChecklistStore,
    ) -> None:
        super().__init__(window)
        self._store = store
        self._roles: RolesDialog | None = None
        self._window = window
        self._session = session
        self._selection = selection
        self._jobs = jobs
        self._appearance = appearance
        self._settings = settings
        self._recent = recent
        self._dialogs = dialogs

    # --- file ---

    def open_paths(self, paths: Sequence[Path], *, remember: bool = True) -> None:
        """Opens folders and files; what does not exist is told and left out."""
        there = [path.absolute() for path in paths if path.exists()]
        missing = [path for path in paths if not path.exists()]
        self._window.messages.clear()
        if missing:
            self._missing(missing)
        if not there:
            return
        if remember:
            for path in reversed(there):
                self._recent.add(path)
            self.refresh_recent()
        self._session.open(there)

    def _missing(self, paths: Sequence[Path]) -> None:
        for path in paths:
            self._recent.remove(path)
        self.refresh_recent()
        names = ", ".join(safe_text.plain(path) for path in paths[:3])
        self._window.messages.show_notice(Notice(Level.ERROR, f"{names}: no such file or folder.",
                                                 "It may have been moved or its disk is not mounted."))  # fmt: skip

    def refresh_recent(self) -> None:
        """Shows the recent paths as they are now."""
        self._window.set_recent(self._recent.items(), lambda path: self.open_paths([Path(path)]))

    def open_folder(self) -> None:
        """Asks for a folder and opens it."""
        chosen = self._dialogs.ask_folder(self._window, self._settings.last_folder)
        if chosen is not None:
            self._settings.last_folder = str(chosen.parent)
            self.open_paths([chosen])

    def open_file(self) -> None:
        """Asks for files and opens them."""
        chosen = self._dialogs.ask_files(self._window, self._settings.last_folder)
        if chosen:
            self._settings.last_folder = str(chosen[0].parent)
            self.open_paths(chosen)

    def open_examples(self) -> None:
        """Opens the runs that come with the program."""
        self.open_paths([resource("examples")], remember=False)

    def reload(self) -> None:
        """Reads the open paths again."""
        self._window.messages.clear()
        self._session.reload()

    def cancel_scan(self) -> None:
        """Stops the scan; the runs so far stay."""
        self._session.cancel()

    def cancel_work(self) -> None:
        """Stops whatever the status line shows the progress of."""
        if self._jobs.is_busy(export.CHANNEL):
            self._jobs.cancel(export.CHANNEL)
            self._export_ended()
        else:
            self.cancel_scan()

    def export_all(self) -> None:
        """Writes the report on all runs."""
        self._export(self._result())

    def export_selected(self) -> None:
        """Writes the report on the runs marked in the list, or on the one in view."""
        runs: list[DiagnosedRun] = self._window.runs.selected_runs()
        if not runs and self._selection.run is not None:
            runs = [self._selection.run]
        self._export(export.subset(self._result(), runs))

    def _result(self) -> ScanResult:
        if self._session.result is not None:
            return self._session.result
        return export.partial_result(self._session.paths, self._window.runs.model.all_runs())

    def _export(self, result: ScanResult) -> None:
        first = self._session.paths[0] if self._session.paths else Path.home()
        folder = first.parent if first != resource("examples") else Path.home()
        suggestion = folder / f"{safe_text.file_stem(first.stem)}-report.pdf"
        path = self._dialogs.ask_report_path(self._window, str(suggestion))
        if path is None:
            return
        options = self._session.report_options(result)
        self._jobs.submit(
            export.CHANNEL,
            lambda cancel, progress: export.write_report(result, path, cancel, progress, options),
            on_done=lambda written: self._exported(written, len(result.runs)),
            on_error=self._export_failed,
            on_progress=self._window.status.show_progress,
        )
        self.exporting_changed.emit()

    def _export_ended(self) -> None:
        if not self._session.is_scanning:
            self._window.status.finish()
        self.exporting_changed.emit()

    def _exported(self, path: Path, runs: int) -> None:
        self._export_ended()
        self._window.messages.show_notice(
            Notice(
                Level.SUCCESS,
                f"Report on {formatting.count(runs, 'run')} written.",
                str(path),
                "Open",
                lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))),
            )
        )

    def _export_failed(self, error: JobError) -> None:
        self._export_ended()
        self.show_error(error)

    def show_error(self, error: JobError) -> None:
        """Tells about a job that failed; a defect of ours offers its details for the clipboard."""
        copy = (lambda: self._copy(error.details)) if error.details else None
        hint = error.hint or ("This is a defect of lossdoctor; please report it." if error.details else "")
        action = "Copy details" if error.details else ""
        self._window.messages.show_notice(Notice(Level.ERROR, error.message, hint, action, copy))

    def quit(self) -> None:
        """Closes the window."""
        self._window.close()

    # --- edit ---

    def copy_run_path(self) -> None:
        """The path of the run in view to the clipboard."""
        if self._selection.run is not None:
            self._copy(self._selection.run.run.path)

    def copy_problems(self) -> None:
        """All problems to the clipboard."""
        self._copy(self._window.problems.model.as_text())

    def copy_text(self, text: str) -> None:
        """Some text to the clipboard."""
        self._copy(text)

    @staticmethod
    def _copy(text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def focus_filter(self) -> None:
        """The keyboard to the filter."""
        self._window.runs.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._window.runs.filter.selectAll()

    # --- roles ---

    def show_roles(self) -> None:
        """What each series of the run in view is taken for."""
        item = self._selection.run
        if item is None:
            return
        dialog = RolesDialog(item, self._store.roles(item.run), self._window)
        dialog.role_chosen.connect(self._choose_role)
        dialog.reset_asked.connect(self._forget_roles)
        self._roles = dialog
        self._show(dialog)

    def _choose_role(self, tag: str, role: Role | None) -> None:
        if self._selection.run is not None:
            self._judge_again(self._store.set_role(self._selection.run.run, tag, role))

    def _forget_roles(self) -> None:
        if self._selection.run is not None:
            self._judge_again(self._store.forget_roles(self._selection.run.run))

    def _judge_again(self, saved: bool) -> None:
        if not saved:
            self._window.messages.show_notice(Notice(Level.ERROR, self._store.notice))
        if self._selection.run is not None:
            self._session.judge_again(self._selection.run, self._window.runs.model.all_runs())

    def judged_again(self, item: DiagnosedRun) -> None:
        """Shows a run's new diagnosis in the roles dialog, when that is open on it."""
        if self._roles is not None and isValid(self._roles) and self._roles.run_id == item.run.id:
            self._roles.set_run(item, self._store.roles(item.run))

    # --- columns ---

    def map_columns(self) -> None:
        """Asks what the columns are of the table the user looks at: in the problems, in the run, in what was opened."""
        problems = self._window.problems
        paths = [problem.path for problem in (*problems.selected_problems(), *problems.model.problems)]
        if self._selection.run is not None:
            paths.insert(len(problems.selected_problems()), self._selection.run.run.path)
        path = first_table(paths)
        if path is None:
            text = "There is no table here whose columns could be explained."
            self._window.messages.show_notice(Notice(Level.INFO, text, "Open or choose a CSV, TSV or other table."))
            return
        self.map_columns_of(path)

    def map_columns_of(self, path: str) -> None:
        """Asks what the columns of one table are; does nothing when it is none."""
        found = preview_file(path)
        if found is None:
            return
        known = next((item.columns for item in self._store.column_maps() if item.path == path), ())
        dialog = ColumnsDialog(path, found, known, self._window)
        dialog.columns_chosen.connect(self._columns_chosen)
        self._show(dialog)

    def _columns_chosen(self, path: str, columns: tuple[tuple[str, str], ...]) -> None:
        if self._store.set_column_map(path, columns):
            self.reload()
        else:
            self._window.messages.show_notice(Notice(Level.ERROR, self._store.notice))

    # --- view ---

    def reset_zoom(self) -> None:
        """The whole run."""
        self._window.plot.stack.reset_view()

    def show_problems(self, on: bool) -> None:
        """Shows or hides the problems."""
        self._window.problems.setVisible(on)

    def toggle_problems(self) -> None:
        """Shows the problems, or hides them when they are shown."""
        self._window.actions_by_id["view.problems"].toggle()

    def next_pane(self) -> None:
        """The keyboard to the next pane."""
        self._window.focus_next_pane()

    def theme_system(self, on: bool) -> None:
        """Light or dark as the desktop is."""
        self._theme(ThemeMode.SYSTEM, on)

    def theme_light(self, on: bool) -> None:
        """Always light."""
        self._theme(ThemeMode.LIGHT, on)

    def theme_dark(self, on: bool) -> None:
        """Always dark."""
        self._theme(ThemeMode.DARK, on)

    def _theme(self, mode: ThemeMode, on: bool) -> None:
        if on:
            self._settings.theme = mode
            self._appearance.set_mode(mode)

    # --- findings ---

    def next_finding(self) -> None:
        """The next finding of the run."""
        self._selection.step_finding(1)

    def previous_finding(self) -> None:
        """The previous finding of the run."""
        self._selection.step_finding(-1)

    def next_run(self) -> None:
        """The next run of the list."""
        self._window.runs.choose_row(1)

    def previous_run(self) -> None:
        """The previous run of the list."""
        self._window.runs.choose_row(-1)

    # --- help ---

    def show_shortcuts(self) -> None:
        """Every shortcut."""
        self._show(ShortcutSheet(self._window))

    def show_about(self) -> None:
        """Version and licences."""
        self._show(AboutBox(self._window))

    @staticmethod
    def _show(dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
