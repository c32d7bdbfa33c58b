"""LayersWindow: a run's histograms: the table of layers, the values of one of them over the run, sizes by depth."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from lossdoctor import safe_text
from lossdoctor.figures.layers import DensityMap, LayerRow, depth_profile
from lossdoctor.gui.choice_box import ChoiceBox
from lossdoctor.gui.models.layers_model import SORT_ROLE, LayerColumn, LayersModel
from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.gui.plots.density import DensityChart
from lossdoctor.gui.plots.depth import DepthChart
from lossdoctor.gui.split_window import split_window
from lossdoctor.gui.theme import Look
from lossdoctor.gui.views.tick_box import TickBox
from lossdoctor.runs import HistogramKind, HistogramSeries

_SIZE = QSize(1120, 720)
_WIDTHS = {LayerColumn.NUMBER: 50, LayerColumn.SIZE: 82, LayerColumn.SPREAD: 82, LayerColumn.ZEROS: 70,
           LayerColumn.CHANGED: 84}  # fmt: skip
_KINDS = {
    HistogramKind.GRADIENT: "Gradients", HistogramKind.WEIGHT: "Weights", HistogramKind.BIAS: "Biases",
    HistogramKind.ACTIVATION: "Activations", HistogramKind.NORMALISATION: "Normalisation",
    HistogramKind.OTHER: "Other histograms",
}  # fmt: skip
NO_HISTOGRAMS = ("The log of this run has no histograms. TensorBoard's add_histogram and wandb.watch write them; a "
                 "handful of steps is enough.")  # fmt: skip
_NO_BUCKETS = "Of this layer only summaries were logged, no buckets."


class LayersWindow(QDialog):
    """The layers view. It stays open beside the main window and follows the run in view.

    Signals:
        kind_chosen(kind): histograms of another kind are wanted.
        layer_chosen(series, logarithmic): the values of a layer are wanted.
    """

    kind_chosen = Signal(object)
    layer_chosen = Signal(object, bool)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Layers")
        self.unit = "step"
        self.model = LayersModel(self)
        self.kinds = ChoiceBox()
        self.kinds.setAccessibleName("Kind of histogram")
        self.kinds.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self.table = QTableView()
        self.drawing = ChoiceBox()
        self.drawing.setAccessibleName("How values are drawn")
        for name in ("Heat map", "Ridges"):
            self.drawing.addItem(name)
        self.logarithmic = TickBox(look, "Logarithmic values")
        self.logarithmic.setToolTip("Symmetric: zero and negative values keep their place")
        self.density = DensityChart(look)
        self.profile = DepthChart(look)
        self.title = PlainLabel(tone="heading")
        self.hint = PlainLabel(NO_HISTOGRAMS, tone="muted", wrap=True)
        self._set_up_table()
        self._arrange()
        self._connect()
        self.resize(_SIZE)

    def _set_up_table(self) -> None:
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.model)
        self._sorted.setSortRole(SORT_ROLE)
        table = self.table
        table.setModel(self._sorted)
        table.setAccessibleName("Layers")
        table.setSortingEnabled(True)
        table.sortByColumn(LayerColumn.NUMBER, Qt.SortOrder.AscendingOrder)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(26)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        for column, width in _WIDTHS.items():
            table.setColumnWidth(column, width)
        header.setSectionResizeMode(LayerColumn.LAYER, QHeaderView.ResizeMode.Stretch)

    def _arrange(self) -> None:
        left = _pane()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 10, 0, 0)
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 12, 0)
        head.addWidget(self.kinds)
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self._values())
        right.addWidget(self._profile())
        right.setSizes([430, 270])
        self.split = split_window(self, left, right, (500, 620))
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setContentsMargins(40, 40, 40, 40)
        outer = self.layout()
        assert outer is not None  # split_window has made it
        outer.addWidget(self.hint)

    def _values(self) -> QWidget:
        pane = _pane()
        column = QVBoxLayout(pane)
        column.setContentsMargins(0, 10, 0, 4)
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 0, 16, 0)
        bar.addWidget(self.title, 1)
        bar.addWidget(self.logarithmic)
        bar.addWidget(self.drawing)
        column.addLayout(bar)
        column.addWidget(self.density, 1)
        return pane

    def _profile(self) -> QWidget:
        pane = _pane()
        column = QVBoxLayout(pane)
        column.setContentsMargins(0, 10, 0, 4)
        title = PlainLabel("Size of a typical element by depth", tone="heading")
        title.setContentsMargins(16, 0, 16, 0)
        column.addWidget(title)
        column.addWidget(self.profile, 1)
        return pane

    def _connect(self) -> None:
        self.kinds.activated.connect(lambda _: self.kind_chosen.emit(HistogramKind(self.kinds.currentData())))
        self.drawing.currentIndexChanged.connect(lambda index: self.density.set_ridges(index == 1))
        self.logarithmic.toggled.connect(lambda _: self._ask())
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.profile.layer_chosen.connect(self.choose)

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self.logarithmic.set_look(look)
        self.density.set_look(look)
        self.profile.set_look(look)

    # --- what is shown ---

    def set_run(self, name: str, unit: str, kinds: Sequence[HistogramKind], kind: HistogramKind | None) -> None:
        """Gets ready for a run with histograms of these kinds; without any it says how to log them."""
        self.setWindowTitle(f"Layers of {safe_text.plain(name)} – lossdoctor" if name else "Layers – lossdoctor")
        self.unit = unit
        self.kinds.clear()
        for item in kinds:
            self.kinds.addItem(_KINDS[item], item)
        if kind is not None:
            self.kinds.setCurrentIndex(self.kinds.findData(kind))
        self.split.setVisible(bool(kinds))
        self.hint.setVisible(not kinds)
        self.set_rows(())

    def set_rows(self, rows: Sequence[LayerRow], tag: str = "") -> None:
        """Shows these layers and chooses the one with this tag, or the first."""
        self.model.set_rows(rows)
        self.profile.set_profile(depth_profile(rows))
        self.title.set_text("")
        self.density.set_map(None, self.unit, "Reading the histograms…" if not rows else "")
        if rows:
            self.choose(next((i for i, row in enumerate(rows) if row.series.tag == tag), 0))

    def set_map(self, found: DensityMap | None) -> None:
        """Shows the values of the chosen layer."""
        self.density.set_map(found, self.unit, _NO_BUCKETS)

    @property
    def chosen(self) -> HistogramSeries | None:
        """The layer in view."""
        index = self._sorted.mapToSource(self.table.currentIndex())
        return self.model.rows[index.row()].series if 0 <= index.row() < len(self.model.rows) else None

    def choose(self, layer: int) -> None:
        """Looks at the layer in this place of the network."""
        index = self._sorted.mapFromSource(self.model.index(layer, 0))
        self.table.setCurrentIndex(index)
        self.table.scrollTo(index)

    def _row_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.profile.set_chosen(self._sorted.mapToSource(current).row() if current.isValid() else -1)
        self._ask()

    def _ask(self) -> None:
        series = self.chosen
        if series is not None:
            self.title.set_text(series.tag)
            self.layer_chosen.emit(series, self.logarithmic.isChecked())


def _pane() -> QWidget:
    pane = QWidget()
    pane.setObjectName("pane")
    pane.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return pane
