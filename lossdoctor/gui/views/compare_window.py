"""CompareWindow: runs side by side: what they reached, how their settings differ, their curves with a common beginning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDoubleSpinBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from lossdoctor import formatting, safe_text
from lossdoctor.figures.spec import FigureSpec
from lossdoctor.figures.time_axis import shifted, starts
from lossdoctor.figures.x_axis import XAxis
from lossdoctor.gui.choice_box import ChoiceBox
from lossdoctor.gui.copy_table import CopyTable
from lossdoctor.gui.models.side_by_side_model import SideBySideModel
from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.gui.split_window import split_window
from lossdoctor.gui.theme import Look
from lossdoctor.gui.views.plot_pane import PlotPane
from lossdoctor.gui.views.tick_box import TickBox
from lossdoctor.runs import Role
from lossdoctor.workspace.side_by_side import PairOffer, Row

_SIZE = QSize(1240, 760)
_SWATCH = QSize(22, 14)
_FARTHEST = 1e9
_FEW, _NAMES = 4, 168
AS_LOGGED, FROM_START = "As logged", "Each from its start"


@dataclass(frozen=True, slots=True)
class Compared:
    """What is shown of some runs.

    Attributes:
        ids: the runs' ids, which are the labels of their lines.
        names: what to call them.
        slots: their places in the colour cycle.
        results: rows of what they reached.
        settings: rows of their settings.
        figure: their curves, laid over each other.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    slots: tuple[int, ...]
    results: tuple[Row, ...]
    settings: tuple[Row, ...]
    figure: FigureSpec


class CompareWindow(QDialog):
    """The compare view. It stays open beside the main window and follows the marked runs.

    Signals:
        pair_chosen(offer): a pair is to be compared; None for the marked runs.
        copy_asked(text): a table is to go to the clipboard.
        run_activated(run_id): the line of a run was clicked.
    """

    pair_chosen = Signal(object)
    copy_asked = Signal(str)
    run_activated = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare runs – lossdoctor")
        self._look = look
        self._shown: Compared | None = None
        self._offers: tuple[PairOffer, ...] = ()
        self._moved: dict[str, float] = {}
        self.results, self.settings = SideBySideModel("Result", self), SideBySideModel("Setting", self)
        self.results_table, self.settings_table = self._table(self.results), self._table(self.settings)
        self.results_table.setAccessibleName("Results side by side")
        self.settings_table.setAccessibleName("Settings side by side")
        self.pairs = _choice("Which runs are compared")
        self.with_same = TickBox(look, "Show settings that are the same")
        self.plot = PlotPane(look)
        self.plot.set_alignment(self._aligned)
        self.begin = _choice("Where each run begins")
        self.begin.addItems([AS_LOGGED, FROM_START])
        self.run = _choice("Run to move")
        self.move_by = QDoubleSpinBox()
        self.move_by.setRange(-_FARTHEST, _FARTHEST)
        self.move_by.setAccessibleName("Move the run by")
        self.move_by.setKeyboardTracking(False)
        self.move_by.setGroupSeparatorShown(True)
        self._count = PlainLabel(tone="small")
        self._arrange()
        self._connect()
        self._unit_follows()
        self.resize(_SIZE)

    def _table(self, model: SideBySideModel) -> QTableView:
        table = CopyTable()
        table.setModel(model)
        table.copy_asked.connect(lambda: self.copy_asked.emit(model.as_text()))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(26)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setDefaultSectionSize(170)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        return table

    def _arrange(self) -> None:
        left = QSplitter(Qt.Orientation.Vertical)
        left.addWidget(_titled("What they reached", self.results_table, self.pairs))
        left.addWidget(_titled("Settings", self.settings_table, self.with_same, self._count))
        right = QWidget()
        right.setObjectName("pane")
        right.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.plot, 1)
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 6, 12, 10)
        bar.setSpacing(8)
        begin, move = QLabel("&Begin"), QLabel("&Move")
        begin.setBuddy(self.begin)
        move.setBuddy(self.run)
        for widget in (begin, self.begin, move, self.run, self.move_by):
            bar.addWidget(widget)
        bar.setStretchFactor(self.run, 1)
        column.addLayout(bar)
        self.split = split_window(self, left, right, (590, 650))

    def _connect(self) -> None:
        self.pairs.activated.connect(self._pair_activated)
        self.with_same.toggled.connect(lambda _: self._fill_settings())
        self.begin.currentIndexChanged.connect(lambda _: self._align_again())
        self.run.currentIndexChanged.connect(lambda _: self._show_move())
        self.move_by.valueChanged.connect(self._move)
        self.plot.x_axis.currentIndexChanged.connect(lambda _: self._unit_follows())
        self.plot.stack.line_activated.connect(self.run_activated)

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._look = look
        self.with_same.set_look(look)
        self.plot.set_look(look)
        self._fill()

    # --- what is shown ---

    def set_offers(self, offers: Sequence[PairOffer]) -> None:
        """Offers pairs of the folder beside the marked runs."""
        self._offers = tuple(offers)
        self.pairs.blockSignals(True)
        self.pairs.clear()
        self.pairs.addItem("The marked runs")
        for offer in offers:
            self.pairs.addItem(safe_text.plain(f"beside {offer.sentence}", 90))
        self.pairs.blockSignals(False)

    def set_compared(self, compared: Compared) -> None:
        """Shows these runs; what was moved along the axis stays moved."""
        self._shown = compared
        self._moved = {run: by for run, by in self._moved.items() if run in compared.ids}
        self.run.blockSignals(True)
        self.run.clear()
        for name, run in zip(compared.names, compared.ids, strict=True):
            self.run.addItem(safe_text.plain(name, 40), run)
        self.run.setCurrentIndex(len(compared.ids) - 1)
        self.run.blockSignals(False)
        self._show_move()
        self._fill()
        self.plot.set_figure(compared.figure)

    def _pair_activated(self, index: int) -> None:
        self.pair_chosen.emit(self._offers[index - 1] if index else None)

    def _fill(self) -> None:
        if self._shown is None:
            return
        shown = self._shown
        self.results.set_rows(shown.names, self._swatches(), shown.results)
        self._fill_settings()
        # Few runs share the width; more than these scroll.
        few = len(shown.ids) <= _FEW
        for table in (self.results_table, self.settings_table):
            head = table.horizontalHeader()
            head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch if few else QHeaderView.ResizeMode.Interactive)
            head.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
            table.setColumnWidth(0, _NAMES)

    def _fill_settings(self) -> None:
        if self._shown is None:
            return
        rows = self._shown.settings
        differing = tuple(row for row in rows if not row.same)
        self.settings.set_rows(self._shown.names, self._swatches(), rows if self.with_same.isChecked() else differing)
        same = len(rows) - len(differing)
        self._count.set_text(f"{formatting.step(len(differing))} differ, {formatting.step(same)} are the same"
                             if rows else "No settings were recorded.")  # fmt: skip

    def _swatches(self) -> list[QPixmap]:
        assert self._shown is not None  # the callers have looked
        ratio = self.devicePixelRatioF()
        return [self._swatch(slot, ratio) for slot in self._shown.slots]

    def _swatch(self, slot: int, ratio: float) -> QPixmap:
        style = self._look.theme.series(Role.OTHER, slot)
        pixmap = QPixmap(_SWATCH * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(QColor(0, 0, 0, 0))
        painter = QPainter(pixmap)
        pen = QPen(QColor(style.colour), 2.4)
        if style.dash:
            pen.setDashPattern([2.4, 1.4])
        painter.setPen(pen)
        middle = _SWATCH.height() / 2
        painter.drawLine(QPointF(1, middle), QPointF(_SWATCH.width() - 3, middle))
        painter.end()
        return pixmap

    # --- alignment ---

    @property
    def _axis(self) -> XAxis:
        return XAxis(self.plot.x_axis.currentData())

    def _aligned(self, spec: FigureSpec) -> FigureSpec:
        """The figure as the user laid its lines: each from its own start, then moved by what was asked."""
        scale = 1000.0 if self._axis.is_time else self._axis.scale
        by = {run: moved * scale for run, moved in self._moved.items()}
        if self.begin.currentText() == FROM_START:
            for run, first in starts(spec).items():
                by[run] = by.get(run, 0.0) - first
        return shifted(spec, by) if any(by.values()) else spec

    def _align_again(self) -> None:
        if self._shown is not None:
            self.plot.set_figure(self._shown.figure)

    def _move(self, by: float) -> None:
        self._moved[str(self.run.currentData())] = by
        self._align_again()

    def _show_move(self) -> None:
        self.move_by.blockSignals(True)
        self.move_by.setValue(self._moved.get(str(self.run.currentData()), 0.0))
        self.move_by.blockSignals(False)

    def _unit_follows(self) -> None:
        """A move in steps means nothing in seconds: another axis begins anew."""
        axis = self._axis
        unit = "s" if axis.is_time else {XAxis.EPOCH: "epochs", XAxis.TOKENS: "tokens"}.get(axis, "steps")
        self.move_by.setSuffix(f" {unit}")
        self.move_by.setDecimals(2 if axis is XAxis.EPOCH else 0)
        self._moved = {}
        self._show_move()
        self._align_again()


def _choice(name: str) -> ChoiceBox:
    box = ChoiceBox()
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(16)
    return box


def _titled(title: str, table: QTableView, *beside: QWidget) -> QWidget:
    pane = QWidget()
    pane.setObjectName("pane")
    pane.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    bar = QHBoxLayout()
    bar.setContentsMargins(16, 0, 12, 0)
    bar.addWidget(PlainLabel(title, tone="heading"))
    bar.addStretch(1)
    for widget in reversed(beside):
        bar.addWidget(widget)
    column = QVBoxLayout(pane)
    column.setContentsMargins(0, 10, 0, 0)
    column.addLayout(bar)
    column.addWidget(table, 1)
    return pane
