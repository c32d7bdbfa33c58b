"""The few ReportLab shapes that figures are made of, from plain numbers, theme colours and plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from lossdoctor.figures.shapes import Shape, outlines
from lossdoctor.report import fonts

Array: TypeAlias = npt.NDArray[np.float64]
Piece: TypeAlias = tuple[Array, Array]

# Font sizes in figures, points.
TEXT = 7.2
TINY = 6.4


def new_drawing(width: float, height: float) -> Any:
    """An empty drawing; its initial font is ours, because ReportLab's default would be named without being embedded."""
    from reportlab.graphics.shapes import Drawing

    return Drawing(width, height, initialFontName=fonts.REGULAR)


def colour(value: str) -> Any:
    """A theme colour as ReportLab wants it."""
    from reportlab.lib.colors import HexColor

    return HexColor(value)


def mixed(ink: str, paper: str, share: float) -> str:
    """`share` of `ink` on `paper`: a tint that needs no transparency, which some printers drop."""
    parts = [(int(ink[i : i + 2], 16), int(paper[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(b + (a - b) * share):02x}" for a, b in parts)


def line_shape(points: Sequence[tuple[float, float]], ink: str, width: float, dash: Sequence[float] = ()) -> Any:
    """An open polyline."""
    from reportlab.graphics.shapes import PolyLine

    flat = [round(c, 2) for point in points for c in point]
    return PolyLine(flat, strokeColor=colour(ink), strokeWidth=width, strokeDashArray=list(dash) or None)


def path_shape(parts: Iterable[Piece], ink: str, width: float, dash: Sequence[float] = ()) -> Any:
    """Several polylines as one path, so that a curve with gaps is one object; dashes are multiples of the width."""
    from reportlab.graphics.shapes import Path

    path = Path(strokeColor=colour(ink), strokeWidth=width, fillColor=None, strokeLineJoin=1, strokeLineCap=1)
    if dash:
        path.strokeDashArray = [round(d * width, 2) for d in dash]
        path.strokeLineCap = 0
    for xs, ys in parts:
        # A hundredth of a point is 2540 dots an inch; more digits only make the file larger.
        points = zip(np.round(xs, 2).tolist(), np.round(ys, 2).tolist(), strict=True)
        path.moveTo(*next(points))
        for point in points:
            path.lineTo(*point)
    return path


def polygon_shape(points: Sequence[tuple[float, float]], fill: str, edge: str | None = None, width: float = 0.6) -> Any:
    """A filled polygon, with an edge in another colour where asked for."""
    from reportlab.graphics.shapes import Polygon

    flat = [round(c, 2) for point in points for c in point]
    stroke = colour(edge) if edge else None
    return Polygon(flat, fillColor=colour(fill), strokeColor=stroke, strokeWidth=width if edge else 0)


def rect_shape(x: float, y: float, width: float, height: float, fill: str, opacity: float = 1.0) -> Any:
    """A filled rectangle without an edge."""
    from reportlab.graphics.shapes import Rect

    return Rect(
        round(x, 2), round(y, 2), round(width, 2), round(height, 2),
        fillColor=colour(fill), strokeColor=None, strokeWidth=0, fillOpacity=None if opacity == 1 else opacity,
    )  # fmt: skip


def symbol(shape: Shape, x: float, y: float, size: float, ink: str, paper: str | None = None) -> list[Any]:
    """A badge or marker shape centred on (x, y); with `paper`, set off from what lies beneath by a thin edge."""
    made = []
    for part in outlines(shape):
        points = [(x + (px - 0.5) * size, y + (py - 0.5) * size) for px, py in part.points]
        if part.filled:
            made.append(polygon_shape(points, ink, paper, 0.8))
        else:
            made.append(line_shape(points, ink, max(0.16 * size, 0.8)))
    return made


def text_shapes(
    text: str, x: float, y: float, size: float, ink: str, font: str = fonts.REGULAR, anchor: str = "start"
) -> list[Any]:
    """Plain text with its baseline at y; `anchor` is start, middle or end. Several shapes when fonts are mixed."""
    from reportlab.graphics.shapes import String

    parts = fonts.pieces(text, font)
    total = fonts.width(text, size, font)
    at = x - {"start": 0.0, "middle": total / 2, "end": total}[anchor]
    made = []
    for name, piece in parts:
        made.append(String(round(at, 2), round(y, 2), piece, fontName=name, fontSize=size, fillColor=colour(ink)))
        at += fonts.width(piece, size, name)
    return made
