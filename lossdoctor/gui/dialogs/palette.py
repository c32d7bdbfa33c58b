"""CommandPalette: type a few letters of an action or a run and press Enter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout

from lossdoctor import safe_text
from lossdoctor.gui.actions import ACTIONS
from lossdoctor.gui.main_window import MainWindow

_MOST = 60
_SIZE = (560, 420)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the palette.

    Attributes:
        text: what is shown and searched, plain.
        keys: the shortcut, shown at the right.
        action: what Enter does; None where the palette only says what was chosen.
        run_id: the run to go to, or another thing's name; "" for an action.
    """

    text: str
    keys: str = ""
    action: QAction | None = None
    run_id: str = ""


def rank(asked: str, text: str) -> float | None:
    """How well a text fits what was typed: smaller is better, None not at all.

    The letters must occur in order; beginnings of words and letters next to each other count most.
    """
    folded, at, cost = text.casefold(), 0, 0.0
    for letter in asked.casefold().replace(" ", ""):
        found = folded.find(letter, at)
        if found < 0:
            return None
        starts_word = found == 0 or not folded[found - 1].isalnum()
        cost += 0.0 if found == at else 0.3 if starts_word else 1.0 + (found - at) / 50
        at = found + 1
    return cost + len(text) / 1000


class CommandPalette(QDialog):
    """The palette.

    Signals:
        run_chosen(run_id): an entry without an action was chosen, such as a run.

    Args:
        window: its window.
        entries: what can be chosen; every possible action and run by default.
        title: of the dialog.
        placeholder: what the empty line asks for.
    """

    run_chosen = Signal(str)

    def __init__(
        self,
        window: MainWindow,
        entries: Sequence[Entry] | None = None,
        title: str = "Commands and runs",
        placeholder: str = "Type a command or the name of a run",
    ) -> None:
        super().__init__(window)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        self._entries = [*_actions(window), *_runs(window)] if entries is None else list(entries)
        self.line = QLineEdit()
        self.line.setPlaceholderText(placeholder)
        self.line.setAccessibleName("Command or run")
        self.line.setClearButtonEnabled(True)
        self.line.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Commands and runs that fit")
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.line)
        layout.addWidget(self.list, 1)
        self.line.textChanged.connect(self._filter)
        self.line.returnPressed.connect(self._choose)
        self.list.itemClicked.connect(lambda _item: self._choose())
        self._filter("")
        self.line.setFocus()

    @property
    def texts(self) -> list[str]:
        """The lines shown, the best first."""
        return [self.list.item(row).data(Qt.ItemDataRole.UserRole).text for row in range(self.list.count())]

    def _filter(self, asked: str) -> None:
        ranked = [(score, entry) for entry in self._entries if (score := rank(asked, entry.text)) is not None]
        if asked:
            ranked.sort(key=lambda pair: pair[0])
        self.list.clear()
        for _, entry in ranked[:_MOST]:
            item = QListWidgetItem(f"{entry.text}    {entry.keys}" if entry.keys else entry.text)
            item.setData(Qt.ItemDataRole.UserRole, entry)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item is None:
            return
        entry: Entry = item.data(Qt.ItemDataRole.UserRole)
        self.accept()
        if entry.action is not None:
            entry.action.trigger()
        else:
            self.run_chosen.emit(entry.run_id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            moves = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            by = moves.get(Qt.Key(event.key()))
            if by is not None:
                row = min(max(self.list.currentRow() + by, 0), self.list.count() - 1)
                self.list.setCurrentRow(row)
                return True
        return super().eventFilter(watched, event)


def _actions(window: MainWindow) -> Iterator[Entry]:
    for spec in ACTIONS:
        action = window.actions_by_id[spec.id]
        if action.isEnabled() and spec.id != "help.palette":
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            yield Entry(f"{spec.menu.replace('&', '')}: {spec.plain_text}", keys, action)


def _runs(window: MainWindow) -> Iterator[Entry]:
    for item in window.runs.model.shown_runs():
        yield Entry(f"Run: {safe_text.plain(item.run.id)}", "", None, item.run.id)
