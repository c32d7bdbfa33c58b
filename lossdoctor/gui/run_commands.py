"""RunCommands: what can be done with runs of the list: compare, pin, ignore, reveal; and undo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QUndoStack

from lossdoctor import formatting
from lossdoctor.gui.main_window import MainWindow
from lossdoctor.gui.messages import Level, Notice
from lossdoctor.gui.selection import RunSelection
from lossdoctor.gui.session import Session
from lossdoctor.gui.undo import Change
from lossdoctor.knowledge.marks import OPEN, Mark, Standing
from lossdoctor.workspace.checklists import ChecklistStore, run_key
from lossdoctor.workspace.results import DiagnosedRun
from lossdoctor.workspace.run_marks import RunMarks


class RunCommands(QObject):
    """The handlers.

    Signals:
        ticks_changed(): a tick was set or taken back otherwise than by its box.
        baseline_changed(): another run is the baseline, or none.
    """

    ticks_changed = Signal()
    baseline_changed = Signal()

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        selection: RunSelection,
        store: ChecklistStore,
        marks: RunMarks,
        undo: QUndoStack,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._selection = selection
        self._store = store
        self._marks = marks
        self._undo_stack = undo
        self._folder = ""
        self._show_ignored = False

    @property
    def _chosen(self) -> list[DiagnosedRun]:
        marked: list[DiagnosedRun] = self._window.runs.selected_runs()
        return marked or ([self._selection.run] if self._selection.run is not None else [])

    def set_folder(self, paths: Sequence[Path]) -> None:
        """Says what is open: the baseline belongs to it."""
        self._folder = "\n".join(map(str, paths))
        self._undo_stack.clear()
        self.refresh()

    def refresh(self) -> None:
        """Shows what is remembered of the runs as they are now."""
        model = self._window.runs.model
        keys = {item.run.id: run_key(item.run) for item in model.all_runs()}
        ignored, baseline = self._marks.ignored(), self._marks.baseline(self._folder)
        model.set_ignored(frozenset(i for i, key in keys.items() if key in ignored), shown=self._show_ignored)
        model.set_pinned(next((i for i, key in keys.items() if key == baseline), None))

    def baseline(self) -> DiagnosedRun | None:
        """The pinned run, when it is among those read."""
        pinned = self._window.runs.model.pinned
        return next((item for item in self._window.runs.model.all_runs() if item.run.id == pinned), None)

    def together(self) -> list[DiagnosedRun]:
        """The runs that are looked at together: the one in view, or all marked ones with it; and the baseline."""
        item = self._selection.run
        if item is None:
            return []
        marked: list[DiagnosedRun] = self._window.runs.selected_runs()
        several = marked if len(marked) > 1 and item in marked else [item]
        baseline = self.baseline()
        return [*several, baseline] if baseline is not None and baseline not in several else several

    # --- handlers ---

    def toggle_baseline(self) -> None:
        """Pins the run in view as baseline, or takes the pin off it."""
        item = self._selection.run
        if item is None:
            return
        pinned = self._window.runs.model.pinned == item.run.id
        self._said(self._marks.set_baseline(self._folder, None if pinned else item.run))
        self.refresh()
        self.baseline_changed.emit()

    def ignore_runs(self) -> None:
        """Ignores the marked runs; those that are ignored already are taken back."""
        chosen = self._chosen
        if not chosen:
            return
        ignored = self._marks.ignored()
        back = all(run_key(item.run) in ignored for item in chosen)
        text = f"{'take back' if back else 'ignore'} {formatting.count(len(chosen), 'run')}"
        self._undo_stack.push(
            Change(text, lambda: self._set_ignored(chosen, not back), lambda: self._set_ignored(chosen, back))
        )
        if not back:
            notice = f"{formatting.count(len(chosen), 'run')} ignored; the logs are untouched."
            self._window.messages.show_notice(Notice(Level.INFO, notice, "", "Undo", self._undo_stack.undo))

    def _set_ignored(self, items: Sequence[DiagnosedRun], ignored: bool) -> None:
        saved = [self._marks.set_ignored(item.run, ignored) for item in items]
        self._said(all(saved))
        self.refresh()

    def show_ignored(self, on: bool) -> None:
        """Shows the ignored runs too, or leaves them out."""
        self._show_ignored = on
        self.refresh()

    def set_ticked(self, item: DiagnosedRun, cause_id: str, on: bool) -> None:
        """Remembers a tick, so that it can be undone."""
        note = self._store.marks(item.run).get(cause_id, OPEN).note
        self.set_mark(item, cause_id, Mark(Standing.DONE if on else Standing.OPEN, note), "tick" if on else "untick")

    def set_mark(self, item: DiagnosedRun, cause_id: str, mark: Mark, what: str) -> None:
        """Remembers what was found out about a cause, so that it can be undone; `what` names it in the menu."""
        before = self._store.marks(item.run).get(cause_id, OPEN)
        shown = [True]  # the card shows the first change already

        def write(new: Mark) -> None:
            if not self._store.set_mark(item.run, cause_id, new):
                self._window.messages.show_notice(Notice(Level.ERROR, self._store.notice))
            if not shown:
                self.ticks_changed.emit()
            shown.clear()

        self._undo_stack.push(Change(what, lambda: write(mark), lambda: write(before)))

    def undo(self) -> None:
        """Takes the last change back."""
        self._undo_stack.undo()

    def redo(self) -> None:
        """Does the last change taken back again."""
        self._undo_stack.redo()

    def read_again(self) -> None:
        """Reads the log of the run in view again."""
        if self._selection.run is not None:
            self._session.read_again(self._selection.run, self._window.runs.model.all_runs())

    def reveal_run(self) -> None:
        """Opens the folder of the run in view in the file manager."""
        if self._selection.run is not None:
            path = Path(self._selection.run.run.path)
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path if path.is_dir() else path.parent)))

    def mark_all(self) -> None:
        """Marks every run shown."""
        self._window.runs.table.selectAll()

    def _said(self, saved: bool) -> None:
        if not saved:
            self._window.messages.show_notice(Notice(Level.ERROR, f"This could not be saved in {self._store.path}."))
