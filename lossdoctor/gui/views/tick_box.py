"""TickBox: a check box drawn in the theme's colours; a style sheet cannot tint the tick."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from lossdoctor.gui import icons
from lossdoctor.gui.theme import Look

_SIZE = 18
_GAP = 7  # between the box and its text


class TickBox(QCheckBox):
    """A check box, with or without text beside it."""

    def __init__(self, look: Look, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._look = look
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._look = look
        self.update()

    def sizeHint(self) -> QSize:
        if not self.text():
            return QSize(_SIZE, _SIZE)
        metrics = self.fontMetrics()
        return QSize(_SIZE + _GAP + metrics.horizontalAdvance(self.text()) + 2, max(_SIZE, metrics.height()) + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        return bool(self.rect().contains(pos))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.isChecked() or self.hasFocus() or self.underMouse()
        edge = self._look.surface("accent" if lit else "axis")
        if self.text():
            painter.setPen(self._look.surface("text"))
            beside = QRectF(self.rect()).adjusted(_SIZE + _GAP, 0, 0, 0)
            painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        painter.translate(0, (self.height() - _SIZE) / 2)
        painter.setPen(QPen(edge, 2.0 if self.hasFocus() else 1.2))
        painter.setBrush(self._look.surface("accent" if self.isChecked() else "panel"))
        painter.drawRoundedRect(QRectF(1.5, 1.5, _SIZE - 3, _SIZE - 3), 4, 4)
        if self.hasFocus() and self.isChecked():
            painter.setPen(QPen(self._look.surface("text"), 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(1, 1, _SIZE - 2, _SIZE - 2), 4, 4)
        if self.isChecked():
            colour = self._look.theme.surface("accent_text")
            painter.drawPixmap(2, 2, icons.pixmap("tick", colour, _SIZE - 4, self.devicePixelRatioF()))
        painter.end()
