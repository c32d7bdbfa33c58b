"""A FigureSpec as inline SVG: the same drawing as in the PDF, in colours that follow the reader's light or dark theme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lossdoctor import safe_text
from lossdoctor.figures import FigureSpec
from lossdoctor.figures.theme import load_theme
from lossdoctor.report import fonts
from lossdoctor.report.drawing import figure_drawing, heights

# Points; figures scale with the column, this only decides how large their text is beside its.
WIDTH = 520.0


class Palette:
    """Collects the colours that figures use, as (light, dark) pairs, each under a class name of its own."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str, str], str] = {}

    def name(self, kind: str, light: Any, dark: Any) -> str:
        """The class that gives this colour; `kind` is "fill" or "stroke"."""
        key = (kind, _hex(light), _hex(dark))
        return self._names.setdefault(key, f"c{len(self._names)}")

    def css(self, dark: bool) -> str:
        """The rules of one theme."""
        return "".join(f".{name}{{{kind}:{d if dark else a}}}" for (kind, a, d), name in self._names.items())


def svg_figure(spec: FigureSpec, alternative: str, palette: Palette) -> str:
    """The figure as one `<svg>` element without scripts, links or styles of its own.

    Args:
        spec: what to draw.
        alternative: what it shows in words, for readers who cannot see it.
        palette: takes the colours; its CSS belongs into the same page.
    """
    height = heights(spec)[1] if spec.panels else 40.0
    light, dark = (figure_drawing(spec, WIDTH, height, load_theme(name)) for name in ("light", "dark"))
    # Both themes draw the same shapes in the same order, only their colours differ.
    shapes = "".join(_shape(shape, other, palette) for shape, other in zip(light.contents, dark.contents, strict=True))
    label = safe_text.html(alternative)
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {height:g}" role="img" aria-label="{label}">'
        f'<g transform="matrix(1 0 0 -1 0 {height:g})">{shapes}</g></svg>'
    )


def _shape(shape: Any, dark: Any, palette: Palette) -> str:
    from reportlab.graphics import shapes

    if isinstance(shape, shapes.String):
        return _text(shape, palette.name("fill", shape.fillColor, dark.fillColor))
    if isinstance(shape, shapes.Rect):
        box = f'x="{shape.x:g}" y="{shape.y:g}" width="{shape.width:g}" height="{shape.height:g}"'
        opacity = "" if shape.fillOpacity is None else f' fill-opacity="{shape.fillOpacity:g}"'
        return f'<rect {box} class="{palette.name("fill", shape.fillColor, dark.fillColor)}"{opacity}/>'
    paint = " ".join(_paint(shape, dark, palette))
    if isinstance(shape, shapes.Path):
        return f'<path d="{_path(shape)}" {paint}/>'
    points = " ".join(f"{x:g},{y:g}" for x, y in zip(shape.points[::2], shape.points[1::2], strict=True))
    element = "polygon" if isinstance(shape, shapes.Polygon) else "polyline"
    return f'<{element} points="{points}" {paint}/>'


def _paint(shape: Any, dark: Any, palette: Palette) -> Iterator[str]:
    """Class, width and dash of an outline or an area."""
    classes = []
    if getattr(shape, "fillColor", None) is not None:
        classes.append(palette.name("fill", shape.fillColor, dark.fillColor))
    else:
        yield 'fill="none"'
    if shape.strokeColor is not None:
        classes.append(palette.name("stroke", shape.strokeColor, dark.strokeColor))
        yield f'stroke-width="{shape.strokeWidth:g}"'
    if shape.strokeDashArray:
        yield f'stroke-dasharray="{" ".join(f"{d:g}" for d in shape.strokeDashArray)}"'
    yield f'class="{" ".join(classes)}"'


def _path(path: Any) -> str:
    """The path's moves and lines; nothing here draws curves."""
    parts = []
    coordinates = iter(path.points)
    for operator in path.operators:
        parts.append(f"{'ML'[operator]}{next(coordinates):g} {next(coordinates):g}")
    return "".join(parts)


def _text(string: Any, name: str) -> str:
    # The viewer's fonts are not ours: fixing the length keeps labels inside the places that were measured for them.
    length = fonts.face_width(string.text, string.fontSize, string.fontName)
    weight = ' font-weight="bold"' if string.fontName == fonts.BOLD else ""
    return (
        f'<text transform="matrix(1 0 0 -1 {string.x:g} {string.y:g})" font-size="{string.fontSize:g}" '
        f'textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs" class="{name}"{weight}>'
        f"{safe_text.html(string.text)}</text>"
    )


def _hex(colour: Any) -> str:
    return "#" + str(colour.hexval())[2:]
