"""Sets tables and verdict counts."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from lossdoctor import safe_text
from lossdoctor.report import fonts
from lossdoctor.report.blocks import Badge, Cell, Column, Curve, Link, PageNumber, Sparkline, Table, VerdictCounts
from lossdoctor.report.ink import colour, line_shape, mixed
from lossdoctor.report.setting import CELL, SMALL, Flow, badge, grid, icon, paragraph, theme

_SPARK_HEIGHT = 13.0
# Where the pages of a table's rows are, as the writer finds them out.
PageOf = Callable[[str], str]


def set_counts(block: VerdictCounts, width: float) -> Flow:
    """One row a verdict: badge, number, and a bar to compare them by."""
    most = max((n for _, n in block.counts), default=1)
    bar_room = min(0.4 * width, width - 140)
    rows = []
    for verdict, n in block.counts:
        style = theme().verdict(verdict)
        length = max(2.0, bar_room * n / most)
        tint = mixed(style.text, theme().surface("panel"), 0.5)
        bar = icon([line_shape([(0, 4.6), (length, 4.6)], tint, 5)], bar_room, 10.3)
        rows.append([badge(verdict), paragraph(str(n), CELL, align="right"), "", bar])
    if not rows:
        return [paragraph("No runs.", SMALL, "muted")]
    return [grid(rows, [95, 25, 12, bar_room], [("BOTTOMPADDING", (0, 0), (-1, -1), 1.5)], hAlign="LEFT")]


def set_table(block: Table, width: float, page_of: PageOf = lambda _: "") -> Flow:
    """The table, its titles repeated on every page it breaks over."""
    total = sum(column.share for column in block.columns)
    widths = [width * column.share / total for column in block.columns]
    head = [_text(column.title, column, room, muted=True) for column, room in zip(block.columns, widths, strict=True)]
    body = [
        [_cell(cell, column, room, page_of) for cell, column, room in zip(row, block.columns, widths, strict=True)]
        for row in block.rows
    ]
    line = colour(theme().surface("border"))
    commands: list[tuple[Any, ...]] = [
        ("LINEBELOW", (0, 0), (-1, 0), 0.7, colour(theme().surface("axis"))),
        ("LINEBELOW", (0, 1), (-1, -1), 0.35, line),
        ("TOPPADDING", (0, 0), (-1, -1), 2.6),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.2),
        ("LEFTPADDING", (1, 0), (-1, -1), 7),
    ]
    for index, column in enumerate(block.columns):
        if any(isinstance(row[index], Sparkline) for row in block.rows):
            # A curve fills its row; text beside it stands in the middle.
            commands += [("TOPPADDING", (index, 1), (index, -1), 1.5), ("BOTTOMPADDING", (index, 1), (index, -1), 1.5)]
            commands.append(("VALIGN", (0, 1), (-1, -1), "MIDDLE"))
        elif column.wraps:
            commands.append(("VALIGN", (0, 1), (-1, -1), "TOP"))
    return [grid([head, *body], widths, commands, repeatRows=1)]


def _cell(cell: Cell, column: Column, room: float, page_of: PageOf) -> Any:
    match cell:
        case Badge(verdict=verdict):
            return badge(verdict)
        case Sparkline():
            return _sparkline(cell, room - 7)
        case PageNumber(anchor=anchor):
            return _text(page_of(anchor), column, room, anchor=anchor)
        case Link(text=text, anchor=anchor):
            return _text(text, column, room, anchor=anchor)
        case str():
            return _text(cell, column, room)


def _text(text: str, column: Column, room: float, muted: bool = False, anchor: str = "") -> Any:
    shown = fonts.markup(text if column.wraps else fonts.fitted(text, CELL, room - 7))
    if anchor:
        shown = f'<a href="#{safe_text.html(anchor)}" color="{theme().surface("accent")}">{shown}</a>'
    return paragraph(shown, CELL, "muted" if muted else "text", align="right" if column.numeric else "left")


def _sparkline(cell: Sparkline, width: float) -> Any:
    """The curves without axes, just large enough to tell one shape from another."""
    ink = theme().surface("text")
    faint = mixed(ink, theme().surface("panel"), 0.35)
    shapes = [
        line_shape([(x * width, 1.0 + y * (_SPARK_HEIGHT - 2)) for x, y in part], tint, thickness)
        for curve, tint, thickness in ((cell.faint, faint, 0.8), (cell.line, ink, 0.8))
        for part in unbroken(curve)
        if len(part) > 1
    ]
    return icon(shapes, width, _SPARK_HEIGHT)


def unbroken(curve: Curve) -> list[list[tuple[float, float]]]:
    """The parts of a curve between its NaNs."""
    parts: list[list[tuple[float, float]]] = [[]]
    for x, y in curve:
        if math.isnan(y):
            parts.append([])
        else:
            parts[-1].append((x, y))
    return [part for part in parts if part]
