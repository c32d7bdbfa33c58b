"""LayersModel: the layers of one kind of histogram, one row a layer, in the network's order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from lossdoctor import formatting, safe_text
from lossdoctor.figures.layers import LayerRow

Index = QModelIndex | QPersistentModelIndex
SORT_ROLE = int(Qt.ItemDataRole.UserRole) + 1


class LayerColumn(IntEnum):
    """The columns."""

    NUMBER = 0
    LAYER = 1
    SIZE = 2
    SPREAD = 3
    ZEROS = 4
    CHANGED = 5


_TITLES = ("#", "Layer", "Size", "Spread", "Zeros", "Change")
_HELP = (
    "Place in the network, as in the profile by depth",
    "The layer the tag names",
    "Size of a typical element: its root mean square, median over the run",
    "Standard deviation of the elements, median over the run",
    "Share of elements that are exactly 0 late in the run; – where the buckets do not tell",
    "Largest change of mean, size or ends since the first point, of the first size; 0 is a layer that never moved",
)


class LayersModel(QAbstractTableModel):
    """The table of layers; sorting is a proxy's."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.rows: tuple[LayerRow, ...] = ()

    def set_rows(self, rows: Sequence[LayerRow]) -> None:
        """Shows these layers."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(LayerColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(LayerColumn):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return _HELP[section]
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self.rows):
            return None
        row, column = self.rows[index.row()], LayerColumn(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(index.row(), row, column)
        if role == SORT_ROLE:
            return _key(index.row(), row, column)
        if role == Qt.ItemDataRole.ToolTipRole and column is LayerColumn.LAYER:
            return safe_text.html(row.series.tag)
        return _alignment(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column == LayerColumn.LAYER else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


def _text(place: int, row: LayerRow, column: LayerColumn) -> str:
    match column:
        case LayerColumn.NUMBER:
            return str(place + 1)
        case LayerColumn.LAYER:
            return safe_text.plain(row.series.layer)
        case LayerColumn.SIZE:
            return _number(row.size)
        case LayerColumn.SPREAD:
            return _number(row.spread)
        case LayerColumn.ZEROS:
            return "–" if math.isnan(row.zeros) else formatting.percent(row.zeros)
    return "–" if math.isnan(row.changed) else formatting.percent(row.changed)


def _number(value: float) -> str:
    return "–" if math.isnan(value) else formatting.number(value)


def _key(place: int, row: LayerRow, column: LayerColumn) -> float | str:
    """What a row is sorted by; unknown numbers come below every known one."""
    numbers = {
        LayerColumn.NUMBER: float(place), LayerColumn.SIZE: row.size, LayerColumn.SPREAD: row.spread,
        LayerColumn.ZEROS: row.zeros, LayerColumn.CHANGED: row.changed,
    }  # fmt: skip
    if column is LayerColumn.LAYER:
        return row.series.layer.casefold()
    return -math.inf if math.isnan(numbers[column]) else numbers[column]
