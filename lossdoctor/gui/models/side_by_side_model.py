"""SideBySideModel: rows of text with one column a run; the best of a row is bold and says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QPixmap

from lossdoctor import safe_text
from lossdoctor.workspace.side_by_side import Row

Index = QModelIndex | QPersistentModelIndex


class SideBySideModel(QAbstractTableModel):
    """The table.

    Args:
        first: heading of the column with the rows' names.
    """

    def __init__(self, first: str, parent: Any = None) -> None:
        super().__init__(parent)
        self._first = first
        self._names: tuple[str, ...] = ()
        self._swatches: tuple[QPixmap, ...] = ()
        self.rows: tuple[Row, ...] = ()

    def set_rows(self, names: Sequence[str], swatches: Sequence[QPixmap], rows: Sequence[Row]) -> None:
        """Shows these rows under the runs' names, each beside a swatch of its line."""
        self.beginResetModel()
        self._names, self._swatches, self.rows = tuple(names), tuple(swatches), tuple(rows)
        self.endResetModel()

    def as_text(self) -> str:
        """The table for the clipboard: tabs between columns."""
        lines = [(self._first, *self._names), *((row.name, *row.cells) for row in self.rows)]
        return "\n".join("\t".join(safe_text.plain(cell) for cell in line) for line in lines)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._names) + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section <= len(self._names):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            # The end of a run's name tells more than its beginning.
            return safe_text.plain(self._names[section - 1], 28) if section else self._first
        if role == Qt.ItemDataRole.ToolTipRole and section:
            return safe_text.html(self._names[section - 1])
        if role == Qt.ItemDataRole.DecorationRole and 0 < section <= len(self._swatches):
            return self._swatches[section - 1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self.rows):
            return None
        row, place = self.rows[index.row()], index.column() - 1
        text = row.name if place < 0 else row.cells[place]
        if role == Qt.ItemDataRole.DisplayRole:
            return safe_text.plain(text)
        if role == Qt.ItemDataRole.FontRole and place in row.best:
            bold = QFont()
            bold.setBold(True)
            return bold
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return safe_text.plain(text) + (", best of these" if place in row.best else "")
        return safe_text.html(text) if role == Qt.ItemDataRole.ToolTipRole else None
