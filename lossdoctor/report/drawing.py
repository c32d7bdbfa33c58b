"""Draws a FigureSpec as a ReportLab Drawing: vector, at print resolution, annotated, readable without colour."""

from __future__ import annotations

from typing import Any

from lossdoctor.figures import FigureSpec, ticks
from lossdoctor.figures.theme import Theme, load_theme
from lossdoctor.report import fonts
from lossdoctor.report.ink import TEXT, text_shapes
from lossdoctor.report.panel import PanelDrawer
from lossdoctor.report.placing import Box
from lossdoctor.report.scale import Scale

# Points. The first panel takes what the others leave.
_LOWER_HEIGHT = 50.0
_TITLE_HEIGHT = 13.0
_GAP = 7.0
_BOTTOM = 24.0
_RIGHT = 5.0
_GUTTER_MIN = 26.0


def heights(spec: FigureSpec) -> tuple[float, float, float]:
    """Least, preferred and greatest height of the figure in points."""
    lower = max(0, len(spec.panels) - 1) * (_LOWER_HEIGHT + _TITLE_HEIGHT + _GAP)
    fixed = lower + _TITLE_HEIGHT + _BOTTOM
    return fixed + 105.0, fixed + 150.0, fixed + 215.0


def figure_drawing(spec: FigureSpec, width: float, height: float, theme: Theme | None = None) -> Any:
    """The figure as a `reportlab.graphics.shapes.Drawing` of exactly `width` x `height` points.

    Args:
        spec: what to draw; without panels a sentence says so.
        width: in points.
        height: in points, at least the first of `heights(spec)`.
        theme: colours; the light theme by default.
    """
    from reportlab.graphics.shapes import Drawing

    fonts.register()
    theme = theme or load_theme("light")
    drawing = Drawing(width, height)
    if not spec.panels or spec.x_range is None:
        for shape in text_shapes("Nothing to draw: this run holds no scalar points.", 0, height / 2, TEXT,
                                 theme.surface("muted")):  # fmt: skip
            drawing.add(shape)
        return drawing
    drawers = [PanelDrawer(panel, theme) for panel in spec.panels]
    gutter = max(_GUTTER_MIN, *(drawer.gutter() for drawer in drawers))
    x = _x_scale(spec.x_range, gutter, width - gutter - _RIGHT)
    x_ticks = ticks.steps(x.low, x.high)
    top = height
    for index, drawer in enumerate(drawers):
        last = index == len(drawers) - 1
        rest = (len(drawers) - 1) * (_LOWER_HEIGHT + _TITLE_HEIGHT + _GAP) + _BOTTOM + _TITLE_HEIGHT
        plot = height - rest if index == 0 else _LOWER_HEIGHT
        frame = Box(gutter, top - _TITLE_HEIGHT - plot, width - gutter - _RIGHT, plot)
        for shape in drawer.shapes(frame, x, x_ticks, spec.x_label if last else ""):
            drawing.add(shape)
        top = frame.y - _GAP
    return drawing


def _x_scale(x_range: tuple[float, float], start: float, length: float) -> Scale:
    low, high = x_range
    pad = 0.012 * (high - low) or max(0.5, 1e-9 * abs(low))
    return Scale(low - pad, high + pad, start, length)
