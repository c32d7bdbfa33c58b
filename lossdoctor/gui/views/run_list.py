"""RunList: the left pane, a filter above the table of runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from lossdoctor import formatting
from lossdoctor.gui.models.run_query import RunQuery
from lossdoctor.gui.models.runs_model import Column, RunsModel
from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.gui.theme import Look
from lossdoctor.gui.views.run_delegates import HEADING_HEIGHT, RowDelegate, VerdictDelegate
from lossdoctor.gui.views.run_menus import header_menu, runs_menu
from lossdoctor.gui.views.verdict_chips import VerdictChips
from lossdoctor.workspace.results import DiagnosedRun

_ROW_HEIGHT = 32
_MEASURED_ROWS = 40
# A name cut to fewer characters than this tells runs apart no more.
_NAME_WIDTH = 168
# Which columns give way first when the pane is narrow; the verdict, the name and settings never do.
_GIVE_WAY = (Column.FORMAT, Column.AGE, Column.DURATION, Column.STEPS, Column.LAST_LOSS, Column.CONFIDENCE,
             Column.BEST_LOSS)  # fmt: skip
# More headings than this would be a heading a run; the order alone then shows the groups.
_MOST_HEADINGS = 400


class _Table(QTableView):
    def __init__(self) -> None:
        super().__init__()
        self.headings: dict[int, str] = {}
        self.takes_focus = False  # Qt makes the first row the current one then, which the user did not choose

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.takes_focus = True
        super().focusInEvent(event)
        self.takes_focus = False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        font = painter.font()
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(self.palette().placeholderText().color())
        for row, text in self.headings.items():
            top = self.rowViewportPosition(row)
            if -HEADING_HEIGHT < top < self.viewport().height():
                area = QRect(10, top + 4, self.viewport().width() - 20, HEADING_HEIGHT - 4)
                shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, area.width())
                painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()

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
        marked_changed(items): these DiagnosedRuns are marked, in the order shown.
    """

    run_chosen = Signal(object)
    marked_changed = Signal(object)

    def __init__(self, model: RunsModel, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = model
        self._wanted: str | None = None
        self._sought: str | None = None  # a run that is to be chosen once it is there
        # While a scan adds rows twenty times a second the columns are measured once.
        self._fit_again = False
        self._fitted = QTimer(self)
        self._fitted.setSingleShot(True)
        self._fitted.setInterval(1000)
        self._fitted.timeout.connect(self._fit_late)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter: words, best<0.5, lr=0.001")
        self.filter.setToolTip(
            "Words from name, verdict or format; comparisons with best, last, steps, confidence, seconds "
            "or any setting, such as best<0.5 or lr>=1e-3"
        )
        self.regex = QToolButton()
        self.regex.setText(".*")
        self.regex.setCheckable(True)
        self.regex.setAccessibleName("Filter is a regular expression")
        self.regex.setToolTip("The filter is a regular expression on name and path")
        self.columns_button = QToolButton()
        self.columns_button.setAccessibleName("Columns and groups")
        self.columns_button.setToolTip("Choose columns, settings as columns, and groups")
        self.columns_button.clicked.connect(lambda: self._header_menu(None))
        self.chips = VerdictChips(look)
        self._menu_actions: Sequence[QAction] = ()
        self._hidden: frozenset[Column] = frozenset({Column.FORMAT})
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName("Filter runs")
        self._search = QAction(self.filter)
        self.filter.addAction(self._search, QLineEdit.ActionPosition.LeadingPosition)
        self._count = PlainLabel(tone="small")
        self.table = _Table()
        self._delegate = VerdictDelegate(look, self.table)
        self._rows_delegate = RowDelegate(look, self.table)
        self._marked_timer = QTimer(self)
        self._marked_timer.setSingleShot(True)
        self._marked_timer.setInterval(0)
        self._marked_timer.timeout.connect(lambda: self.marked_changed.emit(self.selected_runs()))
        self._empty = PlainLabel(tone="muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._set_up_table()
        self._arrange()
        self.set_look(look)
        self.filter.textChanged.connect(self._filter)
        self.regex.toggled.connect(self._filter)
        self.chips.chosen.connect(self._filter)
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
        table.setItemDelegate(self._rows_delegate)
        table.setItemDelegateForColumn(Column.VERDICT, self._delegate)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = table.horizontalHeader()
        # Measuring a thousand rows at each batch of a scan would hold the window up for half a second.
        header.setResizeContentsPrecision(_MEASURED_ROWS)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        header.setAccessibleName("Columns: click to sort")
        table.setSortingEnabled(True)
        table.sortByColumn(Column.VERDICT, Qt.SortOrder.AscendingOrder)
        table.selectionModel().currentRowChanged.connect(self._current_changed)
        table.selectionModel().selectionChanged.connect(lambda *_: self._marked_timer.start())
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._header_menu)

    def _arrange(self) -> None:
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(12, 12, 12, 8)
        column.setSpacing(6)
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.filter, 1)
        line.addWidget(self.regex)
        line.addWidget(self.columns_button)
        column.addLayout(line)
        column.addWidget(self.chips)
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
        self.chips.set_look(look)
        self.columns_button.setIcon(look.icon("columns"))
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
        else:
            self._sought = run_id

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
        sought = self.model.row_of(self._sought) if self._sought is not None else None
        if sought is not None:
            self._select_row(sought)
            return
        if self.table.currentIndex().isValid() or not self.model.rowCount():
            return
        row = self.model.row_of(self._wanted) if self._wanted is not None else None
        if row is not None:
            self._select_row(row)
        elif self._wanted is None:
            self._select_row(0)

    def _current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            if not self.table.takes_focus:
                self._sought = None
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

    def _filter(self, *_: object) -> None:
        try:
            query = RunQuery.parse(self.filter.text(), regex=self.regex.isChecked(), verdicts=self.chips.verdicts)
        except ValueError as error:
            self._count.set_text(str(error))
            return
        self.model.set_query(query)
        self._rows_changed()

    def _rows_changed(self, *_: object) -> None:
        shown, total = self.model.rowCount(), self.model.total
        self.chips.set_counts(self.model.verdict_counts())
        self._show_headings()
        words = formatting.count(total, "run")
        self._count.set_text(words if shown == total else f"{formatting.step(shown)} of {words}")
        appears = self.table.isHidden() and shown > 0
        if shown:
            # Before the table takes the keyboard: Qt would go to the first row then, and the wanted one be forgotten.
            self._follow()
        self.table.setVisible(shown > 0)
        if appears and not self.filter.text():
            self.table.setFocus()
        self._empty.setVisible(shown == 0)
        self._empty.set_text("No run passes the filter." if total else "Reading the logs…")
        if shown:
            if appears or not self._fitted.isActive():
                self._fit_columns()
            else:
                self._fit_again = True
            if appears:
                self.table.scrollTo(self.table.currentIndex())

    def set_placeholder(self, text: str) -> None:
        """What an empty list says."""
        self._empty.set_text(text)

    def _show_headings(self) -> None:
        """Makes room for the headings of the groups as they are now."""
        titles = self.model.group_titles()
        new = titles if len(titles) <= _MOST_HEADINGS else {}
        if new == self.table.headings:
            return
        rows = self.table.verticalHeader()
        for row in self.table.headings.keys() - new.keys():
            if row < rows.count():
                rows.resizeSection(row, _ROW_HEIGHT)
        for row in new:
            rows.resizeSection(row, _ROW_HEIGHT + HEADING_HEIGHT)
        self.table.headings = self._delegate.headings = self._rows_delegate.headings = new
        self.table.viewport().update()

    # --- columns and menus ---

    def set_menu_actions(self, actions: Sequence[QAction]) -> None:
        """What the context menu of a run offers."""
        self._menu_actions = actions

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.table.isVisible() and self.table.geometry().contains(event.pos()) and self.selected_runs():
            runs_menu(self, self._menu_actions).popup(event.globalPos())

    def _header_menu(self, at: QPoint | None) -> None:
        menu = header_menu(self, self.model, self._hidden, self.show_column, self.show_config_keys, self.group_by)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        button = self.columns_button
        place = button.mapToGlobal(button.rect().bottomLeft()) if at is None else None
        menu.popup(place or self.table.horizontalHeader().mapToGlobal(at or QPoint()))

    @property
    def hidden_columns(self) -> frozenset[Column]:
        """The columns the user does not want."""
        return self._hidden

    def show_column(self, column: Column, shown: bool) -> None:
        """Wants a column or does not; a wanted one still gives way in a narrow pane."""
        self._hidden = self._hidden - {column} if shown else self._hidden | {column}
        if self.model.rowCount():
            self._fit_columns()

    def show_config_keys(self, keys: Sequence[str]) -> None:
        """Shows these settings as columns."""
        self.model.set_config_keys(keys)

    def group_by(self, group: str) -> None:
        """Groups the rows: "" not, "/" by folder, else by a setting."""
        self.model.set_group_by(group)

    def _fit_late(self) -> None:
        if self._fit_again and self.model.rowCount():
            self._fit_columns()

    def _fit_columns(self) -> None:
        """As many columns as the pane's width allows, the dispensable ones giving way first."""
        self._fit_again = False
        self._fitted.start()
        table = self.table
        sections = range(self.model.columnCount())
        widths = {
            column: _NAME_WIDTH
            if column == Column.NAME
            else max(table.sizeHintForColumn(column), self._header_width(column))
            for column in sections
        }
        rows_height = self.model.rowCount() * _ROW_HEIGHT + table.horizontalHeader().height()
        scrolls = rows_height > table.height()
        room = self.width() - (table.verticalScrollBar().sizeHint().width() if scrolls else 0)
        shown = [column for column in sections if column not in self._hidden]
        for column in _GIVE_WAY:
            if column in shown and sum(widths[c] for c in shown) > room:
                shown.remove(column)
        for section in sections:
            table.setColumnHidden(section, section not in shown)
            if section != Column.NAME:
                table.setColumnWidth(section, widths[section])

    def _header_width(self, column: int) -> int:
        # Room for the sort arrow beside the title.
        return self.table.horizontalHeader().fontMetrics().horizontalAdvance(self.model.column_title(column)) + 26

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.model.rowCount():
            self._fit_columns()
