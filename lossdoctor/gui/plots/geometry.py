"""Small geometry of the panels: margins of a range, pixels along a line."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF

from lossdoctor.gui.plots.curve import SeriesCurve
from lossdoctor.gui.plots.mapping import Mapping

_LINE_REACH = 6.0  # pixels
Y_MARGIN = 0.06  # of the range's height


def padded(low: float, high: float) -> tuple[float, float]:
    """A range with a margin; one of a single value gets room to read it."""
    span = high - low
    if span <= 0:
        span = abs(high) * 0.2 or 1.0
        return low - span / 2, high + span / 2
    return low - Y_MARGIN * span, high + Y_MARGIN * span


def densified(x: np.ndarray, y: np.ndarray, spacing: float = 6.0) -> np.ndarray:
    """Pixels along a polyline, so that a label does not lie across a long straight stretch either."""
    if x.size < 2 or x.size > 2000:
        return np.column_stack((x, y))
    pieces = np.maximum(np.ceil(np.hypot(np.diff(x), np.diff(y)) / spacing), 1).astype(int)
    pieces = np.minimum(pieces, 60)
    index = np.repeat(np.arange(x.size - 1), pieces)
    offset = np.arange(index.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = offset / pieces[index]
    return np.column_stack((x[index] + share * np.diff(x)[index], y[index] + share * np.diff(y)[index]))


def nearest_line(mapping: Mapping, curves: Sequence[SeriesCurve], at: QPointF) -> int | None:
    """Index of the visible line nearest to a pixel, when it is within a few pixels of it."""
    if not mapping.rect.contains(at):
        return None
    nearest, found = _LINE_REACH, None
    for index, curve in enumerate(curves):
        point = curve.value_at(mapping.step_at(at.x())) if curve.visible else None
        if point is not None and math.isfinite(point[1]) and abs(mapping.x(point[0]) - at.x()) < 4 * _LINE_REACH:
            distance = abs(mapping.y(point[1]) - at.y())
            if distance < nearest:
                nearest, found = distance, index
    return found
