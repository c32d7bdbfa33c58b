"""What every page of the PDF has: a line, which report it is, who made it and when, and the page's number."""

from __future__ import annotations

from typing import Any

from lossdoctor.figures.theme import load_theme
from lossdoctor.report import fonts
from lossdoctor.report.document import ReportDocument
from lossdoctor.report.ink import colour

# Margins in points.
SIDE, TOP, BOTTOM = 51.0, 48.0, 50.0
_SIZE = 6.8


def draw_furniture(document: ReportDocument, total: int, canvas: Any) -> None:
    """The foot of a page; its title leads back to the list of runs."""
    theme = load_theme("light")
    right = document.paper.points[0] - SIDE
    canvas.saveState()
    canvas.setStrokeColor(colour(theme.surface("border")))
    canvas.setLineWidth(0.5)
    canvas.line(SIDE, BOTTOM - 14, right, BOTTOM - 14)
    canvas.setFillColor(colour(theme.surface("muted")))
    baseline = BOTTOM - 25
    number = f"Page {canvas.getPageNumber()} of {total}"
    made = f"lossdoctor {document.version}  ·  {document.created.day} {document.created:%B %Y, %H:%M} UTC"
    room = right - SIDE - fonts.width(number, _SIZE) - fonts.width(made, _SIZE) - 40
    title = fonts.fitted(document.title, _SIZE, room)
    _write(canvas, f"{title}  ·  {made}", SIDE, baseline)
    _write(canvas, number, right - fonts.width(number, _SIZE), baseline)
    if document.home:
        canvas.linkRect(
            "",
            document.home,
            (SIDE, baseline - 2, SIDE + fonts.width(title, _SIZE), baseline + _SIZE),
            Border="[0 0 0]",
        )
    canvas.restoreState()


def _write(canvas: Any, text: str, x: float, y: float) -> None:
    for font, piece in fonts.pieces(text):
        canvas.setFont(font, _SIZE)
        canvas.drawString(x, y, piece)
        x += fonts.width(piece, _SIZE, font)
