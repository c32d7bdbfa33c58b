"""The columns dialog: the first rows of a table, and above each column what it is; the answer is kept for the file."""

from __future__ import annotations

import os

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from lossdoctor import safe_text
from lossdoctor.gui.choice_box import ChoiceBox
from lossdoctor.gui.dialogs.roles import padded
from lossdoctor.gui.plain_label import ElidedLabel, PlainLabel
from lossdoctor.importers.preview import Preview
from lossdoctor.settings.options import ROLE_WORDS

# More combo boxes take a noticeable while; the columns beyond keep what their names say.
MAX_BOXES = 200
_BY_NAME = "What its name says"
_FIRST = ("step", "epoch", "train_loss", "val_loss", "train_metric", "val_metric", "lr", "ignore")
_WORDS = {**ROLE_WORDS, "step": "steps", "epoch": "epochs", "other": "not judged", "ignore": "leave out"}
_MEANINGS = (*_FIRST, *(name for name in ROLE_WORDS if name not in _FIRST))
_AXES = ("step", "epoch")


class ColumnsDialog(QDialog):
    """What the columns of one table are.

    Signals:
        columns_chosen(path, columns): the user is done; (meaning, column) pairs, none to forget what was said before.
    """

    columns_chosen = Signal(str, object)

    def __init__(
        self, path: str, found: Preview, known: tuple[tuple[str, str], ...] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Map columns")
        self._path, self._found = path, found
        self.boxes: list[ChoiceBox] = []
        self.table = self._make_table()
        self._hint = PlainLabel(tone="muted", wrap=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.done_button = self.buttons.addButton("Read the table", QDialogButtonBox.ButtonRole.AcceptRole)
        self.done_button.setProperty("kind", "primary")
        self.done_button.setDefault(True)
        self.buttons.accepted.connect(self._finish)
        self.buttons.rejected.connect(self.reject)
        if known:
            forget = self.buttons.addButton("Forget what I said", QDialogButtonBox.ButtonRole.ResetRole)
            forget.clicked.connect(self._forget)
        self._arrange()
        self._preset({column: meaning for meaning, column in known})
        self._check()
        width = 60 + 190 * len(found.names)
        self.resize(max(560, min(width, 1100)), min(330 + 26 * len(found.rows), 680))

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(PlainLabel(os.path.basename(self._path), tone="title"))
        layout.addWidget(ElidedLabel(self._path, tone="small"))
        text = "Say above each column what it is. The answer is kept for this file, and everything is read again."
        layout.addWidget(PlainLabel(text, wrap=True))
        layout.addWidget(self.table, 1)
        layout.addWidget(self._hint)
        layout.addWidget(self.buttons)

    def _make_table(self) -> QTableWidget:
        found = self._found
        table = QTableWidget(len(found.rows) + 1, len(found.names))
        table.setAccessibleName("The first rows of the table")
        table.setHorizontalHeaderLabels(
            [safe_text.plain(name, 60) or f"#{i + 1}" for i, name in enumerate(found.names)]
        )
        table.setVerticalHeaderLabels(["", *(str(i + 1) for i in range(len(found.rows)))])
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().setDefaultSectionSize(26)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        table.setRowHeight(0, 40)
        table.horizontalHeader().setDefaultSectionSize(184)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column in range(min(len(found.names), MAX_BOXES)):
            self.boxes.append(self._make_box(column))
            table.setCellWidget(0, column, padded(self.boxes[-1]))
        for row, cells in enumerate(found.rows, 1):
            for column, text in enumerate(cells):
                table.setItem(row, column, QTableWidgetItem(safe_text.plain(text, 60)))
        return table

    def _make_box(self, column: int) -> ChoiceBox:
        box = ChoiceBox()
        box.setAccessibleName(f"Column {safe_text.plain(self._found.names[column], 60) or column + 1} is")
        if not self._found.numeric[column]:
            box.addItem("No numbers", None)
            box.setEnabled(False)
            return box
        box.addItem(_BY_NAME, None)
        for meaning in _MEANINGS:
            box.addItem(_WORDS[meaning].capitalize(), meaning)
        box.currentIndexChanged.connect(lambda _index, b=box: self._changed(b))
        return box

    def _preset(self, known: dict[str, str]) -> None:
        for place, box in enumerate(self.boxes):
            meaning = known.get(self._column(place)) or known.get(f"#{place + 1}")
            if meaning is not None and (at := box.findData(meaning)) > 0:
                box.setCurrentIndex(at)

    def _changed(self, box: ChoiceBox) -> None:
        """There is one x axis: a second column for it takes the first one's place."""
        if box.currentData() in _AXES:
            for other in self.boxes:
                if other is not box and other.currentData() == box.currentData():
                    other.setCurrentIndex(0)
        self._check()

    def _check(self) -> None:
        meanings = {meaning for meaning, _ in self.columns()}
        self.done_button.setEnabled(bool(meanings - {"ignore"}))
        if not meanings & {"train_loss", "val_loss", "test_loss"}:
            self._hint.set_text("Without a loss the run is shown but cannot be judged.")
        elif not meanings & set(_AXES):
            self._hint.set_text("Without a column of steps or epochs the rows are counted.")
        else:
            self._hint.set_text("")

    def _column(self, place: int) -> str:
        return self._found.names[place] or f"#{place + 1}"

    def columns(self) -> tuple[tuple[str, str], ...]:
        """(meaning, column) of every column that the user explained."""
        chosen = ((box.currentData(), self._column(place)) for place, box in enumerate(self.boxes))
        return tuple((str(meaning), column) for meaning, column in chosen if meaning is not None)

    def _finish(self) -> None:
        self.columns_chosen.emit(self._path, self.columns())
        self.accept()

    def _forget(self) -> None:
        self.columns_chosen.emit(self._path, ())
        self.accept()
