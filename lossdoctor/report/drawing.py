"""Draws a FigureSpec as a ReportLab Drawing: vector, at print resolution, annotated, readable without colour."""

from __future__ import annotations

from typing import Any

from lossdoctor.figures import FigureSpec
from lossdoctor.figures.theme import Theme, load_theme
from lossdoctor.figures.time_ticks import axis_ticks
from lossdoctor.report import fonts
from lossdoctor.report.ink import TEXT, new_drawing, text_shapes
from lossdoctor.report.panel import PanelDrawer
from lossdoctor.report.placing import Box
from lossdoctor.report.scale import Scale

# Points. The first panel takes what the others leave; many others are made lower.
_LOWER_HEIGHTS = (50.0, 50.0, 40.0)
_TITLE_HEIGHT = 13.0
_GAP = 7.0
_BOTTOM = 24.0
_RIGHT = 5.0
_GUTTER_MIN = 26.0


def heights(spec: FigureSpec) -> tuple[float, float, float]:
    """Least, preferred and greatest height of the figure in points."""
    fixed = _rest(spec)
    if not any(panel.y_range for panel in spec.panels[:1]):
        # Without a finite value there is nothing to see but where the rest happened.
        return fixed + 60.0, fixed + 80.0, fixed + 100.0
    return fixed + 105.0, fixed + 150.0, fixed + 330.0


def _lower_height(spec: FigureSpec) -> float:
    return _LOWER_HEIGHTS[min(len(spec.panels), len(_LOWER_HEIGHTS)) - 1] if spec.panels else 0.0


def _rest(spec: FigureSpec) -> float:
    """Everything but the first panel's plot."""
    return max(0, len(spec.panels) - 1) * (_lower_height(spec) + _TITLE_HEIGHT + _GAP) + _TITLE_HEIGHT + _BOTTOM


def figure_drawing(spec: FigureSpec, width: float, height: float, theme: Theme | None = None) -> Any:
    """The figure as a `reportlab.graphics.shapes.Drawing` of exactly `width` x `height` points.

    Args:
        spec: what to draw; without panels a sentence says so.
        width: in points.
        height: in points, at least the first of `heights(spec)`.
        theme: colours; the light theme by default.
    """
    fonts.register()
    theme = theme or load_theme("light")
    drawing = new_drawing(width, height)
    if not spec.panels or spec.x_range is None:
        for shape in text_shapes("Nothing to draw: this run holds no scalar points.", 0, height / 2, TEXT,
                                 theme.surface("muted")):  # fmt: skip
            drawing.add(shape)
        return drawing
    plots = [height - _rest(spec), *[_lower_height(spec)] * (len(spec.panels) - 1)]
    drawers = [PanelDrawer(panel, theme, plot) for panel, plot in zip(spec.panels, plots, strict=True)]
    gutter = max(_GUTTER_MIN, *(drawer.gutter() for drawer in drawers))
    x = _x_scale(spec.x_range, gutter, width - gutter - _RIGHT)
    x_ticks = axis_ticks(spec.axis, x.low, x.high)
    top = height
    for drawer, plot in zip(drawers, plots, strict=True):
        frame = Box(gutter, top - _TITLE_HEIGHT - plot, width - gutter - _RIGHT, plot)
        for shape in drawer.shapes(frame, x, x_ticks, spec.x_label if drawer is drawers[-1] else ""):
            drawing.add(shape)
        top = frame.y - _GAP
    return drawing


def _x_scale(x_range: tuple[float, float], start: float, length: float) -> Scale:
    low, high = x_range
    pad = 0.012 * (high - low) or max(0.5, 1e-9 * abs(low))
    return Scale(low - pad, high + pad, start, length)
