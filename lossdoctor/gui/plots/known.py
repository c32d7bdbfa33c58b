"""The line at the step from which a run's verdict was already clear: what more steps could no longer change."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from lossdoctor.gui.plots.labels import LabelRequest
from lossdoctor.gui.plots.mapping import Mapping

TEXT = "verdict clear from here"
# Among the keys of labels, which are otherwise places in the list of marks.
KEY = -1
_DASHES = [4.0, 3.0]
_GAP = 4.0


def label_request(mapping: Mapping, step: float, size: QSizeF) -> LabelRequest | None:
    """The places its label would like: beside the line, at its foot, its head or between; None out of view."""
    if not mapping.sees_step(step):
        return None
    x, area = mapping.x(step), mapping.rect
    free = area.height() - size.height() - 2 * _GAP
    tops = tuple(area.top() + _GAP + share * free for share in (1.0, 0.0, 0.75, 0.5, 0.25))
    places = tuple(QPointF(left, top) for top in tops for left in (x + _GAP, x - _GAP - size.width()))
    # After the marks of findings: those say what is wrong, this only when it could be known.
    return LabelRequest(KEY, size, places, rank=1.0)


def paint_line(painter: QPainter, x: float, area: QRectF, colour: QColor) -> None:
    """A dashed line over the height of an area."""
    pen = QPen(colour, 1.2, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
    pen.setDashPattern(_DASHES)
    painter.setPen(pen)
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))


def paint_label(painter: QPainter, box: QRectF, text: QColor, ground: QColor) -> None:
    """The words beside the line."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(text)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, TEXT)
