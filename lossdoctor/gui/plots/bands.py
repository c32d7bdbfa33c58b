"""Bands: the range that each point of a thinned or averaged series stands for, as a tinted area behind its line."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from lossdoctor.gui.plots.curve import SeriesCurve
from lossdoctor.gui.plots.mapping import Mapping

Floats = npt.NDArray[np.float64]
_ALPHA = 0.18
_FAR = 1e5  # pixels: beyond, QPainter misdraws


def edges(curve: SeriesCurve, mapping: Mapping) -> tuple[Floats, Floats, Floats]:
    """(x, top, bottom) in pixels of a curve's band where it is in view, at most about two points a pixel column.

    Several points of one column are joined by the lowest and the highest of them; NaN where the log names no range, or
    where the axis cannot show it. All empty for a curve without a band.
    """
    band = curve.band
    if band is None or not curve.steps.size:
        none = np.empty(0)
        return none, none, none
    first = max(int(np.searchsorted(curve.steps, mapping.steps[0])) - 1, 0)
    last = min(int(np.searchsorted(curve.steps, mapping.steps[1], side="right")) + 1, curve.steps.size)
    steps, lower, upper = curve.steps[first:last].astype(np.float64), band.lower[first:last], band.upper[first:last]
    size = max(int(steps.size // max(2 * mapping.rect.width(), 1.0)), 1)
    if size > 1:
        starts = np.arange(0, steps.size, size)
        steps, lower, upper = steps[starts], np.fmin.reduceat(lower, starts), np.fmax.reduceat(upper, starts)
    low, high = mapping.view_values
    height = mapping.rect.height() / ((high - low) or 1.0)
    x = mapping.rect.left() + (steps - mapping.steps[0]) / ((mapping.steps[1] - mapping.steps[0]) or 1.0) * (
        mapping.rect.width()
    )
    top, bottom = (mapping.rect.bottom() - (mapping.scale.view(edge) - low) * height for edge in (upper, lower))
    # A lower edge that a logarithm cannot show reaches out of the picture; the upper one still says something.
    bottom = np.where(np.isnan(bottom) & np.isfinite(top) & np.isfinite(lower), _FAR, bottom)
    return x, np.clip(top, -_FAR, _FAR), np.clip(bottom, -_FAR, _FAR)


def paint(painter: QPainter, curve: SeriesCurve, mapping: Mapping) -> None:
    """The band of a visible curve, each unbroken part for itself."""
    x, top, bottom = edges(curve, mapping)
    if not x.size or not curve.visible:
        return
    colour = QColor(curve.colour)
    colour.setAlphaF(_ALPHA)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    good = np.isfinite(top) & np.isfinite(bottom)
    breaks = np.flatnonzero(np.diff(good.astype(np.int8))) + 1
    for part in np.split(np.arange(x.size), breaks):
        if good[part[0]] and part.size > 1:
            over = [QPointF(x[i], top[i]) for i in part]
            under = [QPointF(x[i], bottom[i]) for i in part[::-1]]
            painter.drawPolygon(QPolygonF(over + under))
