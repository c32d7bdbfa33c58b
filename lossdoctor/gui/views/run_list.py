"""RunList: the left pane, a filter above the table of runs."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFont, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from lossdoctor import formatting
from lossdoctor.findings import Verdict
from lossdoctor.gui.badges import paint_pill, pill_size
from lossdoctor.gui.models.runs_model import VERDICT_ROLE, Column, RunsModel
from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.gui.theme import Look
from lossdoctor.workspace.results import DiagnosedRun

_ROW_HEIGHT = 32
# A name cut to fewer characters than this tells runs apart no more.
_NAME_WIDTH = 168
# Which columns give way first when the pane is narrow; the verdict and the name never do.
_GIVE_WAY = (Column.FORMAT, Column.STEPS, Column.CONFIDENCE, Column.BEST_LOSS)


def _verdict(index: QModelIndex | QPersistentModelIndex) -> Verdict | None:
    value = index.data(VERDICT_ROLE)  # a QVariant makes a plain string of the enum
    return None if value is None else Verdict(value)


class VerdictDelegate(QStyledItemDelegate):
    """Paints the verdict column as a badge: shape, word and colour."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look

    @staticmethod
    def font(base: QFont) -> QFont:
        """The badge's font."""
        font = QFont(base)
        font.setPointSizeF(font.pointSizeF() * 0.94)
        font.setWeight(QFont.Weight.Medium)
        return font

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.initStyleOption(option, index)
        verdict = _verdict(index)
        option.text = ""
        style = option.widget.style() if option.widget is not None else self.parent().style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        if verdict is None:
            return
        badge = self.look.theme.verdict(verdict)
        font = self.font(option.font)
        width, height = pill_size(badge, font)
        rect = QRectF(option.rect)
        width = min(width, rect.width() - 10)
        paint_pill(painter, badge, QRectF(rect.left() + 8, rect.center().y() - height / 2, width, height), font)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        verdict = _verdict(index)
        if verdict is None:
            return super().sizeHint(option, index)
        width, height = pill_size(self.look.theme.verdict(verdict), self.font(option.font))
        return QSize(round(width) + 16, round(height) + 8)


class _Table(QTableView):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Left and right scroll a table of whole rows to nowhere; let them go to whoever wants them.
        if event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right} and not event.modifiers():
            event.ignore()
            return
        super().keyPressEvent(event)


class RunList(QWidget):
    """The runs.

    Signals:
        run_chosen(item): the current row is another DiagnosedRun, or None.
    """

    run_chosen = Signal(object)

    def __init__(self, model: RunsModel, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = model
        self._wanted: str | None = None
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter by name, verdict, format")
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName("Filter runs")
        self._search = QAction(self.filter)
        self.filter.addAction(self._search, QLineEdit.ActionPosition.LeadingPosition)
        self._count = PlainLabel(tone="small")
        self.table = _Table()
        self._delegate = VerdictDelegate(look, self.table)
        self._empty = PlainLabel(tone="muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._set_up_table()
        self._arrange()
        self.set_look(look)
        self.filter.textChanged.connect(self._filter)
        self.filter.returnPressed.connect(self.table.setFocus)
        for signal in (model.rowsInserted, model.modelReset, model.layoutChanged):
            signal.connect(self._rows_changed)
        self._rows_changed()

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName("Runs")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setWordWrap(False)
        table.setShowGrid(False)
        table.setMouseTracking(True)
        table.setTabKeyNavigation(False)
        table.setCornerButtonEnabled(False)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setItemDelegateForColumn(Column.VERDICT, self._delegate)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        header.setAccessibleName("Columns: click to sort")
        table.setSortingEnabled(True)
        table.sortByColumn(Column.VERDICT, Qt.SortOrder.AscendingOrder)
        table.selectionModel().currentRowChanged.connect(self._current_changed)

    def _arrange(self) -> None:
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(12, 12, 12, 8)
        column.setSpacing(6)
        column.addWidget(self.filter)
        column.addWidget(self._count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(top)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._empty, 1)

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._delegate.look = look
        self._search.setIcon(look.icon("search"))
        self.table.viewport().update()

    # --- rows ---

    def selected_runs(self) -> list[DiagnosedRun]:
        """The marked runs, in the order shown."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        return [self.model.run_at(row) for row in rows]

    def choose(self, run_id: str) -> None:
        """Goes to a run, now or as soon as it appears."""
        self._wanted = run_id
        row = self.model.row_of(run_id)
        if row is not None:
            self._select_row(row)

    def choose_row(self, by: int) -> None:
        """Goes `by` rows down (negative: up)."""
        rows = self.model.rowCount()
        if rows:
            current = self.table.currentIndex().row()
            self._select_row(min(max(current + by, 0), rows - 1))

    def _select_row(self, row: int) -> None:
        index = self.model.index(row, int(Column.NAME))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(index, flags)
        self.table.scrollTo(index)

    def _follow(self) -> None:
        """Keeps the chosen run current across resets; without one the first row is chosen."""
        if self.table.currentIndex().isValid() or not self.model.rowCount():
            return
        row = self.model.row_of(self._wanted) if self._wanted is not None else None
        if row is not None:
            self._select_row(row)
        elif self._wanted is None:
            self._select_row(0)

    def _current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            item = self.model.run_at(current.row())
            self._wanted = item.run.id
            self.run_chosen.emit(item)

    def choose_first(self) -> None:
        """Goes to the first row."""
        if self.model.rowCount():
            self._select_row(0)

    def keep_choice_or_first(self) -> None:
        """After a scan: a run that was wanted and did not come back is given up for the first one."""
        self._follow()
        if not self.table.currentIndex().isValid() and self.model.rowCount() and not self.filter.text():
            self._select_row(0)

    def _filter(self, text: str) -> None:
        self.model.set_filter(text)

    def _rows_changed(self, *_: object) -> None:
        shown, total = self.model.rowCount(), self.model.total
        words = formatting.count(total, "run")
        self._count.set_text(words if shown == total else f"{formatting.step(shown)} of {words}")
        appears = self.table.isHidden() and shown > 0
        self.table.setVisible(shown > 0)
        if appears and not self.filter.text():
            self.table.setFocus()
        self._empty.setVisible(shown == 0)
        self._empty.set_text("No run contains these words." if total else "Reading the logs…")
        if shown:
            self._fit_columns()
            self._follow()

    def set_placeholder(self, text: str) -> None:
        """What an empty list says."""
        self._empty.set_text(text)

    # --- columns ---

    def _fit_columns(self) -> None:
        """As many columns as the pane's width allows, the dispensable ones giving way first."""
        table = self.table
        widths = {column: max(table.sizeHintForColumn(column), self._header_width(column)) for column in Column}
        widths[Column.NAME] = _NAME_WIDTH
        rows_height = self.model.rowCount() * _ROW_HEIGHT + table.horizontalHeader().height()
        scrolls = rows_height > table.height()
        room = self.width() - (table.verticalScrollBar().sizeHint().width() if scrolls else 0)
        shown = list(Column)
        for column in _GIVE_WAY:
            if sum(widths[c] for c in shown) > room:
                shown.remove(column)
        for column in Column:
            table.setColumnHidden(column, column not in shown)
            if column is not Column.NAME:
                table.setColumnWidth(column, widths[column])

    def _header_width(self, column: Column) -> int:
        # Room for the sort arrow beside the title.
        return self.table.horizontalHeader().fontMetrics().horizontalAdvance(column.title) + 26

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.model.rowCount():
            self._fit_columns()
