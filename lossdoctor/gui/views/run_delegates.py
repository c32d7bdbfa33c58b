"""How the rows of the run table are painted: verdicts as badges, headings where a group begins."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from lossdoctor.findings import Verdict
from lossdoctor.gui.badges import paint_pill, pill_size
from lossdoctor.gui.models.runs_model import VERDICT_ROLE
from lossdoctor.gui.theme import Look

HEADING_HEIGHT = 26

Index = QModelIndex | QPersistentModelIndex


def _verdict(index: Index) -> Verdict | None:
    value = index.data(VERDICT_ROLE)  # a QVariant makes a plain string of the enum
    return None if value is None else Verdict(value)


class RowDelegate(QStyledItemDelegate):
    """Paints a cell; in a row that begins a group it leaves room above for the heading, which the table paints."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look
        self.headings: dict[int, str] = {}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if index.row() in self.headings:
            option = QStyleOptionViewItem(option)
            option.rect.setTop(option.rect.top() + HEADING_HEIGHT)
        self.paint_cell(painter, option, index)

    def paint_cell(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paints the cell itself."""
        super().paint(painter, option, index)


class VerdictDelegate(RowDelegate):
    """Paints the verdict column as a badge: shape, word and colour."""

    @staticmethod
    def font(base: QFont) -> QFont:
        """The badge's font."""
        font = QFont(base)
        font.setPointSizeF(font.pointSizeF() * 0.94)
        font.setWeight(QFont.Weight.Medium)
        return font

    def paint_cell(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect = QRectF(option.rect)
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
        width = min(width, rect.width() - 10)
        paint_pill(painter, badge, QRectF(rect.left() + 8, rect.center().y() - height / 2, width, height), font)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        verdict = _verdict(index)
        if verdict is None:
            return super().sizeHint(option, index)
        width, height = pill_size(self.look.theme.verdict(verdict), self.font(option.font))
        return QSize(round(width) + 16, round(height) + 8)
