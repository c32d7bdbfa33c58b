"""The roles dialog: what each series of a run is taken for, and why; every change is judged at once."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from lossdoctor import formatting, safe_text
from lossdoctor.gui.choice_box import ChoiceBox
from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.runs import Role, RoleAssignment
from lossdoctor.settings.options import ROLE_WORDS
from lossdoctor.workspace.results import DiagnosedRun

# A combo box costs a millisecond; of 5,000 tags the filter finds the few that matter.
MAX_ROWS = 200
_FILTER_FROM = 12
_ROW_HEIGHT = 38
_TAG, _POINTS, _ROLE, _WHY = range(4)
_BY_THE_LOG = "As the log says"


class RolesDialog(QDialog):
    """The series of one run with their roles.

    Signals:
        role_chosen(tag, role): the user gave a series a role; None takes the choice back.
        reset_asked(): every choice for this run is to be forgotten.
    """

    role_chosen = Signal(str, object)
    reset_asked = Signal()

    def __init__(self, item: DiagnosedRun, chosen: Mapping[str, Role], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Roles of the series")
        self.run_id = item.run.id
        self._boxes: dict[str, ChoiceBox] = {}
        self._rows = sorted(item.run.roles, key=_importance)
        self._item, self._chosen = item, dict(chosen)
        self._verdict = PlainLabel(tone="heading", wrap=True)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Find a series")
        self.filter.setAccessibleName("Find a series")
        self.filter.setClearButtonEnabled(True)
        self.filter.setVisible(len(self._rows) > _FILTER_FROM)
        self.filter.textChanged.connect(self._fill)
        self.table = self._table()
        self._more = PlainLabel(tone="small")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._reset = self.buttons.addButton("Take all back", QDialogButtonBox.ButtonRole.ResetRole)
        self._reset.setToolTip("Every series plays the role that the log suggests again.")
        self._reset.clicked.connect(self.reset_asked)
        self.buttons.rejected.connect(self.reject)
        self._arrange(item)
        self.resize(940, min(250 + _ROW_HEIGHT * len(self._rows), 680))
        self._fill()

    def _arrange(self, item: DiagnosedRun) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(PlainLabel(item.run.id, tone="title"))
        layout.addWidget(self._verdict)
        text = (
            "The bold series stand for their roles. A change is kept for this run, and the run is judged again at once."
        )
        layout.addWidget(PlainLabel(text, tone="muted", wrap=True))
        layout.addWidget(self.filter)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._more)
        layout.addWidget(self.buttons)

    def _table(self) -> QTableWidget:
        table = QTableWidget(0, 4)
        table.setAccessibleName("Series and their roles")
        table.setHorizontalHeaderLabels(["Series", "Points", "Role", "Why"])
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        table.setWordWrap(False)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in ((_TAG, 230), (_POINTS, 80), (_ROLE, 250)):
            table.setColumnWidth(column, width)
        header.setStretchLastSection(True)
        return table

    def box(self, tag: str) -> ChoiceBox:
        """The combo box of a series that is shown.

        Raises:
            KeyError: the filter hides it.
        """
        return self._boxes[tag]

    def set_run(self, item: DiagnosedRun, chosen: Mapping[str, Role]) -> None:
        """Shows the run as it was judged again; rows stay where they are."""
        self._item, self._chosen = item, dict(chosen)
        now = {role.tag: role for role in item.run.roles}
        self._rows = [now.get(role.tag, role) for role in self._rows]
        for row, tag in enumerate(self._boxes):
            self._show(row, now[tag])
        self._say()

    def _fill(self) -> None:
        words = self.filter.text().casefold().split()
        shown = [role for role in self._rows if all(word in role.tag.casefold() for word in words)]
        self._boxes = {}
        self.table.setRowCount(0)
        self.table.setRowCount(min(len(shown), MAX_ROWS))
        for row, role in enumerate(shown[:MAX_ROWS]):
            self._boxes[role.tag] = self._make_box(role.tag)
            self.table.setCellWidget(row, _ROLE, padded(self._boxes[role.tag]))
            self._show(row, role)
        rest = len(shown) - MAX_ROWS
        self._more.set_text(
            f"{formatting.count(rest, 'more series', 'more series')}: type to find them." if rest > 0 else ""
        )
        self._more.setVisible(rest > 0)
        self._say()

    def _make_box(self, tag: str) -> ChoiceBox:
        box = ChoiceBox()
        box.setAccessibleName(f"Role of {safe_text.plain(tag, 120)}")
        box.addItem(_BY_THE_LOG, None)
        for name, words in ROLE_WORDS.items():
            box.addItem(words.capitalize(), name)
        box.activated.connect(lambda _index, t=tag, b=box: self.role_chosen.emit(t, chosen_role(b)))
        return box

    def _show(self, row: int, role: RoleAssignment) -> None:
        """One row: the role in force, marked as the log's or the user's."""
        box = self._boxes[role.tag]
        with QSignalBlocker(box):
            own = role.tag in self._chosen
            box.setItemText(0, _BY_THE_LOG if own else f"{ROLE_WORDS[role.role].capitalize()} (by the log)")
            box.setCurrentIndex(box.findData(self._chosen[role.tag]) if own else 0)
        series = self._item.run.get(role.tag)
        points = formatting.step(len(series)) if series is not None else ""
        for column, text in ((_TAG, role.tag), (_POINTS, points), (_WHY, role.reason)):
            cell = QTableWidgetItem(safe_text.plain(text, 300))
            cell.setToolTip(safe_text.html(text))
            font = cell.font()
            font.setBold(column == _TAG and role.primary)
            cell.setFont(font)
            self.table.setItem(row, column, cell)

    def _say(self) -> None:
        diagnosis = self._item.diagnosis
        self._verdict.set_text(f"{diagnosis.verdict.label}, {formatting.probability(diagnosis.confidence)} sure")
        self._reset.setEnabled(bool(self._chosen))


def padded(box: QWidget) -> QWidget:
    """A control with air around it, for a cell of a table."""
    cell = QWidget()
    layout = QVBoxLayout(cell)
    layout.setContentsMargins(4, 4, 12, 4)
    layout.addWidget(box)
    return cell


def chosen_role(box: QComboBox) -> Role | None:
    """The role a box shows as chosen by the user; None for the log's own."""
    name = box.currentData()
    return None if name is None else Role(name)


def _importance(role: RoleAssignment) -> tuple[bool, int]:
    """Sort key: the series that stand for their roles first, then by role; equal ones stay in the log's order."""
    return (not role.primary, list(Role).index(role.role))
