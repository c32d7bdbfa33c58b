"""NoteCommands: the user's own notes on the plot: at a step, over the part in view, over a span drawn with the mouse."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from lossdoctor import formatting
from lossdoctor.figures.x_axis import XAxis
from lossdoctor.gui.dialogs.files import FileDialogs
from lossdoctor.gui.main_window import MainWindow
from lossdoctor.gui.messages import Level, Notice
from lossdoctor.gui.selection import RunSelection
from lossdoctor.gui.undo import Change
from lossdoctor.runs import Run
from lossdoctor.workspace.run_marks import Note, RunMarks


class NoteCommands(QObject):
    """The handlers. Notes are kept beside the ticks of the checklist, and told in the report.

    Signals:
        notes_changed(): other notes are to be drawn.
    """

    notes_changed = Signal()

    def __init__(
        self, window: MainWindow, selection: RunSelection, dialogs: FileDialogs, marks: RunMarks, undo: QUndoStack
    ) -> None:
        super().__init__(window)
        self._window, self._selection, self._dialogs, self._marks = window, selection, dialogs, marks
        self._undo_stack = undo
        window.plot.stack.span_drawn.connect(self.add_note_over)

    def add_note(self) -> None:
        """Writes a note at the step last pointed at."""
        step = self._window.plot.stack.step_of_interest
        self.add_note_over(step, step)

    def add_span_note(self) -> None:
        """Writes a note over the part of the run that is in view."""
        stack = self._window.plot.stack
        low, high = stack.step_window
        if stack.spec is not None and stack.spec.x_range is not None:
            low, high = max(low, stack.spec.x_range[0]), min(high, stack.spec.x_range[1])
        self.add_note_over(low, high)

    def add_note_over(self, low: float, high: float, tag: str = "") -> None:
        """Writes a note from one step to another, on the panel that shows the series `tag`, or the first."""
        item, stack = self._selection.run, self._window.plot.stack
        if item is None or stack.spec is None:
            return
        if self._window.plot.x_axis.currentData() != XAxis.STEP:
            self._window.messages.show_notice(Notice(Level.INFO, "Notes are made at steps: choose Step as the axis."))
            return
        first, last = float(round(low)), float(round(high))
        unit = stack.spec.x_label or "step"
        where = f"{unit} {formatting.step(first)}" + (f" to {formatting.step(last)}" if last > first else "")
        text = self._dialogs.ask_note(self._window, where)
        if text:
            note = Note(0, tag, first, last, text)
            self._push("add a note", lambda: self._add(item.run, note), lambda: self._remove(item.run, note))

    def show_note(self, text: str) -> None:
        """Shows a note of the run in view in full and offers to remove it."""
        self._window.messages.show_notice(Notice(Level.INFO, text, "", "Remove", lambda: self.remove_note(text)))

    def remove_note(self, text: str) -> None:
        """Removes the notes of the run in view with this text."""
        item = self._selection.run
        self._window.messages.clear()
        for note in self._marks.notes(item.run) if item is not None else ():
            if note.text == text and item is not None:
                self._push("remove a note", partial(self._remove, item.run, note), partial(self._add, item.run, note))

    def _push(self, text: str, do: Callable[[], object], back: Callable[[], object]) -> None:
        self._undo_stack.push(Change(text, do, back))

    def _add(self, run: Run, note: Note) -> None:
        if not self._marks.add_note(run, note.tag, note.first, note.last, note.text):
            self._window.messages.show_notice(Notice(Level.ERROR, "The note could not be saved."))
        self.notes_changed.emit()

    def _remove(self, run: Run, note: Note) -> None:
        """Removes what is the same note, whatever number it has by now."""
        for found in self._marks.notes(run):
            if (found.tag, found.first, found.last, found.text) == (note.tag, note.first, note.last, note.text):
                self._marks.remove_note(found.id)
        self.notes_changed.emit()
