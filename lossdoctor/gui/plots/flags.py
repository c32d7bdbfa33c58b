"""Flags at a panel's edge where a series is NaN or infinite: they are what the user came for, so they are never a hole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from lossdoctor.figures.shapes import Shape
from lossdoctor.gui.badges import paint_shape
from lossdoctor.gui.plots.curve import SeriesCurve
from lossdoctor.gui.plots.mapping import Mapping

_SIZE = 9.0
_NEAR = 12.0  # pixels: bad points closer than this are drawn as one stretch


@dataclass(frozen=True, slots=True)
class Flag:
    """One stretch of values that are not finite.

    Attributes:
        start: first step.
        end: last step.
        below: true for minus infinity, drawn at the lower edge; NaN and plus infinity are drawn at the upper one.
        infinite: true when the stretch begins with an infinity, false when with NaN.
        colour: the series' colour.
    """

    start: float
    end: float
    below: bool
    infinite: bool
    colour: QColor


def flags(curves: Sequence[SeriesCurve], mapping: Mapping) -> list[Flag]:
    """The flags of the visible range, stretches nearer than a few pixels joined."""
    per_pixel = (mapping.steps[1] - mapping.steps[0]) / max(mapping.rect.width(), 1.0)
    found = []
    for curve in curves:
        if not curve.visible:
            continue
        bad = curve.bad
        steps = curve.steps[bad]
        inside = (steps >= mapping.steps[0]) & (steps <= mapping.steps[1])
        found += _stretches(curve, bad[inside], steps[inside], _NEAR * per_pixel)
    return found


def _stretches(curve: SeriesCurve, bad: np.ndarray, steps: np.ndarray, near: float) -> list[Flag]:
    if bad.size == 0:
        return []
    values = curve.values[bad]
    below = values == -math.inf
    breaks = np.flatnonzero((np.diff(steps) > near) | (np.diff(below.astype(int)) != 0)) + 1
    starts, ends = np.concatenate(([0], breaks)), np.concatenate((breaks, [bad.size])) - 1
    return [
        Flag(float(steps[a]), float(steps[b]), bool(below[a]), bool(np.isinf(values[a])), curve.colour)
        for a, b in zip(starts, ends, strict=True)
    ]


def paint_flag(painter: QPainter, mapping: Mapping, flag: Flag, ground: QColor) -> None:
    """A cross (NaN) or a triangle (infinity) at the stretch's first step and a bar as long as the stretch."""
    area = mapping.rect
    y = area.bottom() - _SIZE / 2 - 3 if flag.below else area.top() + _SIZE / 2 + 3
    left, right = mapping.x(flag.start), mapping.x(flag.end)
    if right - left > 1:
        bar = QColor(flag.colour)
        bar.setAlphaF(0.45)
        painter.setPen(QPen(bar, 4.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(left, y), QPointF(right, y))
    shape = Shape.CROSS
    if flag.infinite:
        shape = Shape.TRIANGLE_DOWN if flag.below else Shape.TRIANGLE_UP
    paint_shape(painter, shape, QRectF(left - _SIZE / 2, y - _SIZE / 2, _SIZE, _SIZE), flag.colour, ground)
