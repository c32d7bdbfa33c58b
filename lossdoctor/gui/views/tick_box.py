"""TickBox: a check box drawn in the theme's colours; a style sheet cannot tint the tick."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from lossdoctor.gui import icons
from lossdoctor.gui.theme import Look

_SIZE = 18


class TickBox(QCheckBox):
    """A check box without text."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(_SIZE, _SIZE)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        return bool(self.rect().contains(pos))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.isChecked() or self.hasFocus() or self.underMouse()
        edge = self._look.surface("accent" if lit else "axis")
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
