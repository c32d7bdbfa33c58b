"""One painter, one hit test and one label position per evidence shape; everything in pixels through a Mapping.

To add a shape: write its three functions and enter them in the tables below; a test lists shapes without them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from lossdoctor.figures.shapes import Shape
from lossdoctor.figures.spec import Mark
from lossdoctor.findings import Evidence, Level, Line, Pair, Point, Span
from lossdoctor.gui.badges import paint_shape
from lossdoctor.gui.plots.mapping import Mapping

HIT_PIXELS = 8.0
MARKER_SIZE = 13.0
_NARROW = 3.0  # a span thinner than this is drawn as a line, or it would not be seen
MISS = math.inf
_FADED = 0.3


@dataclass(frozen=True, slots=True)
class MarkStyle:
    """How one mark is drawn now.

    Attributes:
        colour: of its severity.
        shape: of its severity, for markers.
        ground: the panel's colour, for contours that set a marker off from the curve.
        strong: true while it is hovered or selected.
        faded: true while another finding is selected.
    """

    colour: QColor
    shape: Shape
    ground: QColor
    strong: bool
    faded: bool = False

    def tint(self, alpha: float) -> QColor:
        """The colour, translucent."""
        result = QColor(self.colour)
        result.setAlphaF(min(alpha, 1.0) * (_FADED if self.faded else 1.0))
        return result


def _pen(style: MarkStyle, width: float, dashed: bool = False) -> QPen:
    pen = QPen(style.tint(1.0 if style.strong else 0.85), width + (0.8 if style.strong else 0.0))
    if dashed:
        pen.setDashPattern([5.0, 3.0])
    return pen


# --- painters: (painter, mapping, evidence, style) -------------------------------------------------------------------


def paint_span(painter: QPainter, mapping: Mapping, span: Span, style: MarkStyle) -> None:
    """A shaded band with a fine line at either end."""
    left, right = sorted((mapping.x(span.start), mapping.x(span.end)))
    area = mapping.rect
    band = QRectF(left, area.top(), max(right - left, _NARROW), area.height())
    painter.fillRect(band, style.tint(0.15 if style.strong else 0.075))
    painter.setPen(QPen(style.tint(0.75 if style.strong else 0.4), 1.0))
    for x in (band.left(), band.right()):
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))


def paint_point(painter: QPainter, mapping: Mapping, point: Point, style: MarkStyle) -> None:
    """The severity's shape on the point, with a thin drop line when it lies at the panel's edge (NaN, infinity)."""
    centre = _point_centre(mapping, point)
    if not math.isfinite(point.value):
        painter.setPen(QPen(style.tint(0.5), 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(centre.x(), mapping.rect.top()), QPointF(centre.x(), mapping.rect.bottom()))
    size = MARKER_SIZE + (3.0 if style.strong else 0.0)
    box = QRectF(centre.x() - size / 2, centre.y() - size / 2, size, size)
    paint_shape(painter, style.shape, box, style.tint(1.0), style.ground)


def _point_centre(mapping: Mapping, point: Point) -> QPointF:
    half = MARKER_SIZE / 2 + 2
    y = mapping.y(point.value)
    # A marker above or below the visible range stays at the edge: the step is right even when the value is far away.
    return QPointF(mapping.x(point.step), min(max(y, mapping.rect.top() + half), mapping.rect.bottom() - half))


def paint_level(painter: QPainter, mapping: Mapping, level: Level, style: MarkStyle) -> None:
    """A dashed horizontal line."""
    y = mapping.y(level.value)
    painter.setPen(_pen(style, 1.2, dashed=True))
    painter.drawLine(QPointF(mapping.rect.left(), y), QPointF(mapping.rect.right(), y))


def paint_line(painter: QPainter, mapping: Mapping, line: Line, style: MarkStyle) -> None:
    """The fitted line, over a contour of the panel's colour so that it is seen on a noisy curve."""
    start, end = _line_ends(mapping, line)
    if not style.faded:
        painter.setPen(QPen(style.ground, 4.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(start, end)
    pen = _pen(style, 2.0)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawLine(start, end)


def _line_ends(mapping: Mapping, line: Line) -> tuple[QPointF, QPointF]:
    return (
        QPointF(mapping.x(line.start), mapping.y(line.start_value)),
        QPointF(mapping.x(line.end), mapping.y(line.end_value)),
    )


def paint_pair(painter: QPainter, mapping: Mapping, pair: Pair, style: MarkStyle) -> None:
    """A vertical bracket from the low to the high value."""
    x, low, high = mapping.x(pair.step), mapping.y(pair.low), mapping.y(pair.high)
    for pen in (_pen(style, 1.8),) if style.faded else (QPen(style.ground, 4.5), _pen(style, 1.8)):
        painter.setPen(pen)
        painter.drawLine(QPointF(x, low), QPointF(x, high))
        for y in (low, high):
            painter.drawLine(QPointF(x - 5, y), QPointF(x + 5, y))


# --- hit tests: (mapping, evidence, pixel) -> distance, MISS when not hit --------------------------------------------


def hit_span(mapping: Mapping, span: Span, at: QPointF) -> float:
    """Anywhere in the band, but as the last choice: what lies on it is meant first."""
    left, right = sorted((mapping.x(span.start), mapping.x(span.end)))
    return HIT_PIXELS if left - 2 <= at.x() <= max(right, left + _NARROW) + 2 else MISS


def hit_point(mapping: Mapping, point: Point, at: QPointF) -> float:
    """Near the marker."""
    centre = _point_centre(mapping, point)
    distance = math.hypot(centre.x() - at.x(), centre.y() - at.y())
    return distance / 2 if distance <= HIT_PIXELS + MARKER_SIZE / 2 else MISS


def hit_level(mapping: Mapping, level: Level, at: QPointF) -> float:
    """Near the line."""
    distance = abs(mapping.y(level.value) - at.y())
    return distance if distance < HIT_PIXELS else MISS


def hit_line(mapping: Mapping, line: Line, at: QPointF) -> float:
    """Near the segment."""
    start, end = _line_ends(mapping, line)
    dx, dy = end.x() - start.x(), end.y() - start.y()
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else ((at.x() - start.x()) * dx + (at.y() - start.y()) * dy) / length
    along = min(max(along, 0.0), 1.0)
    distance = math.hypot(at.x() - start.x() - along * dx, at.y() - start.y() - along * dy)
    return distance if distance < HIT_PIXELS else MISS


def hit_pair(mapping: Mapping, pair: Pair, at: QPointF) -> float:
    """Near the bracket."""
    top, bottom = sorted((mapping.y(pair.low), mapping.y(pair.high)))
    distance = abs(mapping.x(pair.step) - at.x())
    return distance if distance < HIT_PIXELS and top - HIT_PIXELS <= at.y() <= bottom + HIT_PIXELS else MISS


# --- label places: (mapping, evidence, size) -> top-left corners, the best first --------------------------------------


def label_span(mapping: Mapping, span: Span, size: QSizeF) -> list[QPointF]:
    """At the top inside the band, or at its foot."""
    area = mapping.rect
    left, right = sorted((mapping.x(span.start), mapping.x(span.end)))
    left, right = max(left, area.left()), min(right, area.right())
    middle = (left + right - size.width()) / 2
    tops = (area.top() + 5, area.bottom() - size.height() - 5, area.top() + 5 + size.height() + 5)
    return [QPointF(x, y) for y in tops for x in (left + 5, middle, right - size.width() - 5)]


def label_point(mapping: Mapping, point: Point, size: QSizeF) -> list[QPointF]:
    """Beside the marker."""
    return _around(_point_centre(mapping, point), size, MARKER_SIZE)


def label_level(mapping: Mapping, level: Level, size: QSizeF) -> list[QPointF]:
    """On the line, at the right end, else at the left or in the middle."""
    area, y = mapping.rect, mapping.y(level.value)
    xs = (area.right() - size.width() - 6, area.left() + 6, area.center().x() - size.width() / 2)
    return [QPointF(x, top) for top in (y - size.height() - 4, y + 4) for x in xs]


def label_line(mapping: Mapping, line: Line, size: QSizeF) -> list[QPointF]:
    """Above or below the middle of the line, or at its ends."""
    start, end = _line_ends(mapping, line)
    middle = (start + end) / 2
    spots = (middle, start * 0.25 + end * 0.75, start * 0.75 + end * 0.25)
    return [
        QPointF(spot.x() - size.width() / 2, spot.y() + shift)
        for shift in (-size.height() - 10, 10, -size.height() - 30, 30)
        for spot in spots
    ]


def label_pair(mapping: Mapping, pair: Pair, size: QSizeF) -> list[QPointF]:
    """Beside the bracket."""
    middle = QPointF(mapping.x(pair.step), (mapping.y(pair.low) + mapping.y(pair.high)) / 2)
    return _around(middle, size, 14.0)


def _around(centre: QPointF, size: QSizeF, distance: float) -> list[QPointF]:
    left, right = centre.x() - size.width() - distance, centre.x() + distance
    above, below = centre.y() - size.height() - distance, centre.y() + distance
    level, middle = centre.y() - size.height() / 2, centre.x() - size.width() / 2
    corners = [(right, level), (left, level), (right, above), (left, above), (right, below), (left, below)]
    return [QPointF(x, y) for x, y in [*corners, (middle, above), (middle, below)]]


Painter = Callable[[QPainter, Mapping, Any, MarkStyle], None]
PAINTERS: dict[type[Evidence], Painter] = {
    Span: paint_span, Point: paint_point, Level: paint_level, Line: paint_line, Pair: paint_pair,
}  # fmt: skip
HITS: dict[type[Evidence], Callable[[Mapping, Any, QPointF], float]] = {
    Span: hit_span, Point: hit_point, Level: hit_level, Line: hit_line, Pair: hit_pair,
}  # fmt: skip
LABELS: dict[type[Evidence], Callable[[Mapping, Any, QSizeF], list[QPointF]]] = {
    Span: label_span, Point: label_point, Level: label_level, Line: label_line, Pair: label_pair,
}  # fmt: skip
# Bands lie under the curves, everything else above them.
UNDER_CURVES: tuple[type[Evidence], ...] = (Span,)


def is_visible(mapping: Mapping, evidence: Evidence) -> bool:
    """True when some of the evidence lies in the panel's visible range."""
    area = mapping.rect
    if isinstance(evidence, Level):
        return area.top() <= mapping.y(evidence.value) <= area.bottom()
    start, end = step_range(evidence) or mapping.steps
    return end >= mapping.steps[0] and start <= mapping.steps[1]


def step_range(evidence: Evidence) -> tuple[float, float] | None:
    """(first, last) step of the evidence; None for a level, which has none."""
    if isinstance(evidence, Level):
        return None
    if isinstance(evidence, Span | Line):
        low, high = sorted((evidence.start, evidence.end))
        return low, high
    return evidence.step, evidence.step


def values_of(evidence: Evidence) -> tuple[float, ...]:
    """The finite values the evidence shows, which a panel zoomed to it has to include."""
    match evidence:
        case Point() | Level():
            values: tuple[float, ...] = (evidence.value,)
        case Line():
            values = (evidence.start_value, evidence.end_value)
        case Pair():
            values = (evidence.low, evidence.high)
        case _:
            values = ()
    return tuple(value for value in values if math.isfinite(value))


def hit(mapping: Mapping, marks: tuple[Mark, ...], at: QPointF) -> int | None:
    """Index of the mark under a pixel, the nearest one; None when there is none."""
    distances = [HITS[type(mark.evidence)](mapping, mark.evidence, at) for mark in marks]
    if not distances or min(distances) == MISS:
        return None
    # Of nested spans the narrower one is meant.
    best = min(distances)
    tied = [index for index, distance in enumerate(distances) if distance == best]
    return min(tied, key=lambda index: _width(marks[index].evidence))


def _width(evidence: Evidence) -> float:
    low, high = step_range(evidence) or (0.0, math.inf)
    return high - low
