"""Paints verdict and severity badges: a shape, a word and a colour, never colour alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from lossdoctor.figures.shapes import Shape, outlines
from lossdoctor.figures.theme import VerdictStyle
from lossdoctor.findings import Severity, Verdict
from lossdoctor.gui.theme import Look

_STROKE = 0.17  # of the shape's size, as figures.shapes says of its open lines
_PADDING = 8.0
_GAP = 6.0


def paint_shape(painter: QPainter, shape: Shape, rect: QRectF, colour: QColor, edge: QColor | None = None) -> None:
    """Draws a shape into `rect`; `edge` is a thin contour that sets it off from what lies behind."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for part in outlines(shape):
        points = QPolygonF(
            [QPointF(rect.left() + x * rect.width(), rect.bottom() - y * rect.height()) for x, y in part.points]
        )
        width = _STROKE * rect.width()
        cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        if part.filled:
            painter.setPen(QPen(edge, 1.2) if edge is not None else Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPolygon(points)
            continue
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if edge is not None:
            painter.setPen(QPen(edge, width + 2.4, Qt.PenStyle.SolidLine, cap, join))
            painter.drawPolyline(points)
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, cap, join))
        painter.drawPolyline(points)
    painter.restore()


def pill_size(style: VerdictStyle, font: QFont) -> tuple[float, float]:
    """Width and height of a verdict's pill."""
    metrics = QFontMetricsF(font)
    shape = metrics.ascent() * 0.82
    return 2 * _PADDING + shape + _GAP + metrics.horizontalAdvance(style.word), metrics.height() + 6


def paint_pill(painter: QPainter, style: VerdictStyle, rect: QRectF, font: QFont) -> None:
    """Draws a verdict's pill into `rect`: tinted ground, shape, word (elided when `rect` is too narrow)."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.background))
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    metrics = QFontMetricsF(font)
    size = metrics.ascent() * 0.82
    colour = QColor(style.text)
    left = rect.left() + _PADDING
    paint_shape(painter, style.shape, QRectF(left, rect.center().y() - size / 2, size, size), colour)
    words = QRectF(left + size + _GAP, rect.top(), rect.right() - _PADDING / 2 - left - size - _GAP, rect.height())
    painter.setFont(font)
    painter.setPen(colour)
    elided = metrics.elidedText(style.word, Qt.TextElideMode.ElideRight, words.width())
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)
    painter.restore()


class VerdictBadge(QWidget):
    """A verdict's pill as a widget."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._verdict = Verdict.NOT_CLASSIFIABLE
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_verdict(self, verdict: Verdict) -> None:
        """Shows this verdict."""
        self._verdict = verdict
        self.setAccessibleName(f"Verdict: {verdict.label}")
        self.updateGeometry()
        self.update()

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._look = look
        self.update()

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        font.setPointSizeF(font.pointSizeF() * 1.12)
        return font

    def sizeHint(self) -> QSize:
        width, height = pill_size(self._look.theme.verdict(self._verdict), self._font())
        return QSize(round(width + 6), round(height + 2))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        style = self._look.theme.verdict(self._verdict)
        paint_pill(painter, style, QRectF(self.rect()), self._font())
        painter.end()


class SeverityIcon(QWidget):
    """A severity's shape as a small widget."""

    def __init__(self, look: Look, severity: Severity, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._severity = severity
        self.setFixedSize(14, 14)
        self.setAccessibleName(f"Severity: {look.theme.severity(severity).word}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        style = self._look.theme.severity(self._severity)
        paint_shape(painter, style.shape, QRectF(1, 1, 12, 12), QColor(style.colour))
        painter.end()
