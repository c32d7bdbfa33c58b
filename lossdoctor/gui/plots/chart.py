"""Chart: what the painted charts of the layers view share: a plotting area with ticks, grid and names on both axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from lossdoctor.gui.theme import Look

_LEFT, _TOP, _RIGHT, _BOTTOM = 72.0, 12.0, 18.0, 44.0


class Tick(NamedTuple):
    """A mark of an axis: a place from 0 to 1 along it, and its text."""

    place: float
    text: str


class Chart(QWidget):
    """An empty chart. Texts are painted, so no name can be taken for HTML.

    Args:
        name: what it shows, for those who hear it.
        look: colours.
    """

    above = 0.0  # pixels kept free over the plotting area

    def __init__(self, name: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setMinimumSize(260, 150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._look = look
        self.update()

    @property
    def area(self) -> QRectF:
        """Where the data is painted, in pixels."""
        return QRectF(self.rect()).adjusted(_LEFT, _TOP + self.above, -_RIGHT, -_BOTTOM)

    def small_font(self) -> QFont:
        """The font of ticks and labels."""
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.9)
        return font

    def paint_axes(self, painter: QPainter, x: Sequence[Tick], y: Sequence[Tick], names: tuple[str, str]) -> None:
        """Grid, ticks and the names of the x and y axis; a tick text that would touch its neighbour is left out."""
        area = self.area
        painter.setFont(self.small_font())
        metrics = QFontMetricsF(self.small_font())
        taken = -1e9
        for place, text in x:
            at = area.left() + place * area.width()
            self._grid(painter, QPointF(at, area.top()), QPointF(at, area.bottom()))
            width = metrics.horizontalAdvance(text)
            if at - width / 2 > taken:
                box = QRectF(at - width / 2, area.bottom() + 4, width + 1, metrics.height())
                self._text(painter, box, Qt.AlignmentFlag.AlignHCenter, text)
                taken = at + width / 2 + 6
        taken = 1e9
        for place, text in y:
            at = area.bottom() - place * area.height()
            self._grid(painter, QPointF(area.left(), at), QPointF(area.right(), at))
            if at + metrics.height() / 2 < taken:
                box = QRectF(0, at - metrics.height() / 2, area.left() - 6, metrics.height())
                self._text(painter, box, Qt.AlignmentFlag.AlignRight, text)
                taken = at - metrics.height() / 2
        painter.setPen(QPen(self._look.surface("border"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        self._names(painter, names, metrics.height())

    def _grid(self, painter: QPainter, first: QPointF, last: QPointF) -> None:
        painter.setPen(QPen(self._look.surface("grid"), 1))
        painter.drawLine(first, last)

    def _text(self, painter: QPainter, box: QRectF, align: Qt.AlignmentFlag, text: str) -> None:
        painter.setPen(self._look.surface("muted"))
        painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter, text)

    def _names(self, painter: QPainter, names: tuple[str, str], height: float) -> None:
        area = self.area
        below = QRectF(area.left(), self.height() - height - 2, area.width(), height)
        self._text(painter, below, Qt.AlignmentFlag.AlignHCenter, names[0])
        painter.save()
        painter.translate(height / 2 + 4, area.center().y())
        painter.rotate(-90)
        box = QRectF(-area.height() / 2, -height / 2, area.height(), height)
        self._text(painter, box, Qt.AlignmentFlag.AlignHCenter, names[1])
        painter.restore()

    def paint_hint(self, painter: QPainter, text: str) -> None:
        """A sentence where nothing can be drawn."""
        painter.setFont(self.font())
        painter.setPen(self._look.surface("muted"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(self.rect()).adjusted(24, 0, -24, 0), int(flags), text)
