"""What all settings of blocks share: the theme, paragraph styles, spaces, layout tables, icons and badges."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, TypeAlias

from lossdoctor.figures.theme import Theme, load_theme
from lossdoctor.findings import Verdict
from lossdoctor.report import fonts
from lossdoctor.report.ink import colour, new_drawing, symbol

Flow: TypeAlias = list[Any]

BODY, SMALL = 8.2, 7.2
GUTTER = 16.0
CELL = 7.8


@cache
def theme() -> Theme:
    """The report's theme."""
    # Paper is white, whatever the window's theme is.
    return load_theme("light")


@cache
def style(size: float, ink: str, bold: bool = False, align: str = "left") -> Any:
    """A paragraph style. No space before or after: distances are spacers, so that heights add up."""
    from reportlab.lib.enums import TA_LEFT, TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle

    return ParagraphStyle(
        f"{size}{ink}{bold}{align}",
        fontName=fonts.BOLD if bold else fonts.REGULAR,
        fontSize=size,
        bulletFontName=fonts.REGULAR,
        leading=round(size * 1.32, 1),
        textColor=colour(theme().surface(ink) if not ink.startswith("#") else ink),
        alignment=TA_RIGHT if align == "right" else TA_LEFT,
    )


def paragraph(markup: str, size: float = BODY, ink: str = "text", bold: bool = False, align: str = "left") -> Any:
    """A paragraph of ReportLab markup; `ink` is a surface of the theme or a colour."""
    return _paragraph_class()(markup, style(size, ink, bold, align))


@cache
def _paragraph_class() -> Any:
    from reportlab.platypus import Paragraph

    class _Paragraph(Paragraph):  # type: ignore[misc]
        """Breaks its lines once a width; a table asks three times for the height of each cell, with the same width."""

        _broken_for: tuple[float, tuple[float, float]] | None = None

        def wrap(self, width: float, height: float) -> tuple[float, float]:
            # Where a paragraph cannot be split at the foot of a page, ReportLab drops its lines and asks again.
            if self._broken_for is None or self._broken_for[0] != width or not hasattr(self, "blPara"):
                self._broken_for = width, super().wrap(width, height)
            return self._broken_for[1]

    return _Paragraph


def space(height: float) -> Any:
    """Empty height, in points."""
    from reportlab.platypus import Spacer

    return Spacer(1, height)


def grid(rows: list[list[Any]], widths: list[float], commands: Iterable[tuple[Any, ...]] = (), **options: Any) -> Any:
    """A layout table without padding of its own."""
    from reportlab.platypus import Table as Flowable
    from reportlab.platypus import TableStyle

    plain = [("VALIGN", (0, 0), (-1, -1), "TOP")]
    # A table names the font of every cell, drawn or not; its own default would not be embedded.
    plain += [("FONTNAME", (0, 0), (-1, -1), fonts.REGULAR)]
    plain += [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]  # type: ignore[misc]
    return Flowable(rows, colWidths=widths, style=TableStyle([*plain, *commands]), **options)


def icon(shapes: Iterable[Any], width: float, height: float) -> Any:
    """A small drawing that stands on its own as a flowable."""
    drawing = new_drawing(width, height)
    for shape in shapes:
        drawing.add(shape)
    return drawing


def badge(verdict: Verdict, size: float = CELL) -> Any:
    """Shape and word of a verdict on one line."""
    style = theme().verdict(verdict)
    shape = icon(symbol(style.shape, size * 0.5, size * 0.52, size * 0.95, style.text), size * 1.4, size * 1.32)
    word = paragraph(fonts.markup(style.word, fonts.BOLD), size, style.text, bold=True)
    return grid([[shape, word]], [size * 1.6, fonts.width(style.word, size, fonts.BOLD) + 3], hAlign="LEFT")
