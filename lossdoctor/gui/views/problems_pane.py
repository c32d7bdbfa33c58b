"""ProblemsPane: the table of what was wrong with the input, below the plot, opened from the status bar's badge."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from lossdoctor import formatting
from lossdoctor.gui.copy_table import CopyTable
from lossdoctor.gui.models.problems_model import ProblemColumn, ProblemsModel
from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.gui.theme import Look
from lossdoctor.runs import Problem


class ProblemsPane(QWidget):
    """The problems.

    Signals:
        copy_asked(text): these lines are to go to the clipboard.
        map_asked(): the columns of the table in the chosen row are to be explained.
        close_asked(): the pane is to be hidden.
    """

    copy_asked = Signal(str)
    map_asked = Signal()
    close_asked = Signal()

    def __init__(self, model: ProblemsModel, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = model
        self._title = PlainLabel(tone="heading")
        self._copy = QPushButton("Copy all")
        self._copy.setProperty("kind", "quiet")
        self._copy.clicked.connect(lambda: self.copy_asked.emit(self.model.as_text()))
        self._map = QPushButton("Map columns…")
        self._map.setProperty("kind", "quiet")
        self._map.setToolTip("Say what the columns of a table are.")
        self._map.clicked.connect(self.map_asked)
        self._close = QToolButton()
        self._close.setAccessibleName("Close problems")
        self._close.setToolTip("Close")
        self._close.clicked.connect(self.close_asked)
        self.table = CopyTable()
        self.table.copy_asked.connect(self._copy_selected)
        self._set_up_table()
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 6, 8, 6)
        bar.addWidget(self._title)
        bar.addStretch(1)
        bar.addWidget(self._map)
        bar.addWidget(self._copy)
        bar.addWidget(self._close)
        rule = QFrame()
        rule.setObjectName("rule")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(rule)
        layout.addWidget(self.table, 1)
        model.modelReset.connect(self._count)
        self._count()
        self.set_look(look)

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName("Problems")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(28)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in ((ProblemColumn.LEVEL, 84), (ProblemColumn.FILE, 300), (ProblemColumn.PLACE, 110)):
            table.setColumnWidth(column, width)
        header.setStretchLastSection(True)

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._close.setIcon(look.icon("close"))

    def _count(self) -> None:
        n = self.model.rowCount()
        self._title.set_text(f"Problems with the input: {formatting.step(n)}" if n else "No problems with the input")
        self._copy.setEnabled(n > 0)
        self._map.setEnabled(n > 0)

    def _selected_rows(self) -> list[int]:
        return sorted({index.row() for index in self.table.selectionModel().selectedRows()})

    def selected_problems(self) -> tuple[Problem, ...]:
        """The problems in the chosen rows."""
        return tuple(self.model.problems[row] for row in self._selected_rows())

    def _copy_selected(self) -> None:
        self.copy_asked.emit(self.model.as_text(self._selected_rows()))
