"""Sets blocks as ReportLab flowables of a given width: the report's typography lives here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from typing import Any, TypeAlias

from lossdoctor import formatting, safe_text
from lossdoctor.figures.theme import Theme, load_theme
from lossdoctor.findings import Verdict
from lossdoctor.report import fonts
from lossdoctor.report.blocks import (
    Badge,
    Block,
    Bullets,
    CauseItem,
    CauseList,
    Cell,
    Checklist,
    ChecklistItem,
    Column,
    Columns,
    Fact,
    Figure,
    FindingItem,
    FindingList,
    Heading,
    KeyFacts,
    Link,
    Page,
    Paragraph,
    Table,
    Tone,
    VerdictBanner,
    VerdictCounts,
)
from lossdoctor.report.drawing import figure_drawing, heights
from lossdoctor.report.ink import colour, line_shape, mixed, symbol

Flow: TypeAlias = list[Any]

_BODY, _SMALL = 8.2, 7.2
_GUTTER = 16.0
_CELL_TEXT = 7.8


@cache
def _theme() -> Theme:
    # Paper is white, whatever the window's theme is.
    return load_theme("light")


@cache
def _style(size: float, ink: str, bold: bool = False, align: str = "left") -> Any:
    """A paragraph style. No space before or after: distances are spacers, so that heights add up."""
    from reportlab.lib.enums import TA_LEFT, TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle

    return ParagraphStyle(
        f"{size}{ink}{bold}{align}",
        fontName=fonts.BOLD if bold else fonts.REGULAR,
        fontSize=size,
        leading=round(size * 1.32, 1),
        textColor=colour(_theme().surface(ink) if not ink.startswith("#") else ink),
        alignment=TA_RIGHT if align == "right" else TA_LEFT,
    )


def _paragraph(markup: str, size: float = _BODY, ink: str = "text", bold: bool = False, align: str = "left") -> Any:
    from reportlab.platypus import Paragraph as Flowable

    return Flowable(markup, _style(size, ink, bold, align))


def _space(height: float) -> Any:
    from reportlab.platypus import Spacer

    return Spacer(1, height)


def _grid(rows: list[list[Any]], widths: list[float], commands: Iterable[tuple[Any, ...]] = (), **options: Any) -> Any:
    """A layout table without padding of its own."""
    from reportlab.platypus import Table as Flowable
    from reportlab.platypus import TableStyle

    plain = [("VALIGN", (0, 0), (-1, -1), "TOP")]
    plain += [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]  # type: ignore[misc]
    return Flowable(rows, colWidths=widths, style=TableStyle([*plain, *commands]), **options)


def set_block(block: Block, width: float, figure_height: float | None = None) -> Flow:
    """The flowables of one block, in order.

    Args:
        block: any block but `Page` and `PageBreak`, which are the writer's own business.
        width: of the column in points.
        figure_height: for figures; their preferred height by default.

    Raises:
        TypeError: there is no setting for this kind of block.
    """
    if isinstance(block, Figure):
        return [figure_drawing(block.spec, width, figure_height or heights(block.spec)[1], _theme()), _space(4)]
    try:
        setter = _SETTERS[type(block)]
    except KeyError:
        raise TypeError(f"the PDF writer cannot set a {type(block).__name__}") from None
    return setter(block, width)


def _heading(block: Heading, width: float) -> Flow:
    if block.level == 1:
        # One line: the end of a run's name matters most, so it is cut in the middle.
        text = fonts.fitted(block.text, 16, width, fonts.BOLD)
        return [_paragraph(fonts.markup(text, fonts.BOLD), 16, bold=True), _space(2)]
    return [_space(7), _paragraph(fonts.markup(block.text, fonts.BOLD), 9.4, bold=True), _space(3)]


def _text(block: Paragraph, width: float) -> Flow:
    if block.tone is Tone.MUTED:
        return [_paragraph(fonts.markup(block.text), _SMALL, "muted"), _space(3)]
    return [_paragraph(fonts.markup(block.text)), _space(3)]


def _key_facts(block: KeyFacts, width: float) -> Flow:
    label_width = max((fonts.width(fact.label, _BODY) for fact in block.rows), default=0.0) + 14
    rows = [
        [_paragraph(fonts.markup(fact.label), ink="muted"), _paragraph(fonts.markup(fact.value))] for fact in block.rows
    ]
    padding = [("BOTTOMPADDING", (0, 0), (-1, -1), 2)]
    return [_space(4), _grid(rows, [label_width, width - label_width], padding, hAlign="LEFT")]


def _banner(block: VerdictBanner, width: float) -> Flow:
    style = _theme().verdict(block.verdict)
    word_width = fonts.width(style.word, 13, fonts.BOLD) + 2
    pad = 9.0
    icon = _icon(symbol(style.shape, 6, 8.2, 11, style.text), 18, 13 * 1.32)
    word = _paragraph(fonts.markup(style.word, fonts.BOLD), 13, style.text, bold=True)
    text = [_paragraph(fonts.markup(block.sentence), 8.8)]
    if block.facts:
        text += [_space(2.5), _paragraph(_inline(block.facts), _SMALL, "muted")]
    widths = [pad + 18, word_width + 14, width - 2 * pad - 18 - word_width - 14, pad]
    commands = [
        ("BACKGROUND", (0, 0), (-1, -1), colour(style.background)),
        ("LEFTPADDING", (0, 0), (0, 0), pad),
        ("TOPPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (2, 0), (2, 0), 9.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
        ("ROUNDEDCORNERS", [4, 4, 4, 4]),
    ]
    return [_space(3), _grid([[icon, word, text, ""]], widths, commands), _space(8)]


def _inline(facts: Iterable[Fact]) -> str:
    # A fact stays on one line: "step" and its number belong together.
    shown = (f"{fact.label} <b>{fonts.markup(fact.value, fonts.BOLD)}</b>".replace(" ", "\u00a0") for fact in facts)
    return "\u00a0\u00a0\u00a0 ".join(text.replace("<font\u00a0", "<font ") for text in shown)


def _icon(shapes: Iterable[Any], width: float, height: float) -> Any:
    """A small drawing that stands on its own as a flowable."""
    from reportlab.graphics.shapes import Drawing

    drawing = Drawing(width, height)
    for shape in shapes:
        drawing.add(shape)
    return drawing


def _badge(verdict: Verdict, size: float = _CELL_TEXT) -> Any:
    """Shape and word of a verdict on one line."""
    style = _theme().verdict(verdict)
    icon = _icon(symbol(style.shape, size * 0.5, size * 0.52, size * 0.95, style.text), size * 1.4, size * 1.32)
    word = _paragraph(fonts.markup(style.word, fonts.BOLD), size, style.text, bold=True)
    return _grid([[icon, word]], [size * 1.6, fonts.width(style.word, size, fonts.BOLD) + 3], hAlign="LEFT")


def _verdict_counts(block: VerdictCounts, width: float) -> Flow:
    """One row a verdict: badge, number, and a bar to compare them by."""
    most = max((n for _, n in block.counts), default=1)
    bar_room = 0.4 * width
    rows = []
    for verdict, n in block.counts:
        style = _theme().verdict(verdict)
        length = max(2.0, bar_room * n / most)
        tint = mixed(style.text, _theme().surface("panel"), 0.5)
        bar = _icon([line_shape([(0, 4.6), (length, 4.6)], tint, 5)], bar_room, 10.3)
        rows.append([_badge(verdict), _paragraph(str(n), _CELL_TEXT, align="right"), "", bar])
    if not rows:
        return [_paragraph("No runs.", _SMALL, "muted")]
    return [_grid(rows, [95, 25, 12, bar_room], [("BOTTOMPADDING", (0, 0), (-1, -1), 1.5)], hAlign="LEFT")]


def _table(block: Table, width: float) -> Flow:
    total = sum(column.share for column in block.columns)
    widths = [width * column.share / total for column in block.columns]
    head = [_cell(column.title, column, room, muted=True) for column, room in zip(block.columns, widths, strict=True)]
    body = [
        [_cell(cell, column, room) for cell, column, room in zip(row, block.columns, widths, strict=True)]
        for row in block.rows
    ]
    line = colour(_theme().surface("border"))
    commands: list[tuple[Any, ...]] = [
        ("LINEBELOW", (0, 0), (-1, 0), 0.7, colour(_theme().surface("axis"))),
        ("LINEBELOW", (0, 1), (-1, -1), 0.35, line),
        ("TOPPADDING", (0, 0), (-1, -1), 2.6),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.2),
        ("LEFTPADDING", (1, 0), (-1, -1), 8),
    ]
    return [_grid([head, *body], widths, commands, repeatRows=1)]


def _cell(cell: Cell, column: Column, room: float, muted: bool = False) -> Any:
    if isinstance(cell, Badge):
        return _badge(cell.verdict)
    align = "right" if column.numeric else "left"
    text = fonts.fitted(cell.text if isinstance(cell, Link) else cell, _CELL_TEXT, room - 9)
    shown = fonts.markup(text)
    if isinstance(cell, Link):
        shown = f'<a href="#{safe_text.html(cell.anchor)}" color="{_theme().surface("accent")}">{shown}</a>'
    return _paragraph(shown, _CELL_TEXT, "muted" if muted else "text", align=align)


def _finding_list(block: FindingList, width: float) -> Flow:
    rows = [_finding(item, width) for item in block.items]
    return [*rows, *_omitted(block.omitted, block.noun)]


def _finding(item: FindingItem, width: float) -> Any:
    style = _theme().severity(item.severity)
    icon = _icon(symbol(style.shape, 4, 4.4, 7.5, style.colour), 12, 10.8)
    name = fonts.markup(item.name[:1].upper() + item.name[1:], fonts.BOLD)
    about = f"{item.code}, {style.word.lower()} severity, {formatting.probability(item.confidence)} sure"
    text = [_paragraph(f"<b>{name}</b>&nbsp; {fonts.markup(item.sentence or about)}")]
    numbers = "; ".join((about, *item.numbers) if item.sentence else item.numbers)
    text += [_paragraph(fonts.markup(numbers), _SMALL, "muted")] if numbers else []
    return _grid([[icon, text]], [12, width - 12], [("BOTTOMPADDING", (0, 0), (-1, -1), 3)])


def _cause_list(block: CauseList, width: float) -> Flow:
    return [*(_cause(item, width) for item in block.items), *_omitted(block.omitted, block.noun)]


def _cause(item: CauseItem, width: float) -> Any:
    score = _paragraph(formatting.probability(item.score), _BODY, bold=True, align="right")
    text = [_paragraph(fonts.markup(item.title, fonts.BOLD), bold=True)]
    text += [_paragraph(fonts.markup(item.explanation), _SMALL)] if item.explanation else []
    for sign, sentences in (("+", item.speaks_for), ("−", item.speaks_against), ("?", item.missing)):
        text += [_signed(sign, sentence, width - 36) for sentence in sentences]
    return _grid([[score, text]], [29, width - 29], [("LEFTPADDING", (1, 0), (1, 0), 7), _AFTER_ITEM])


def _signed(sign: str, sentence: str, width: float) -> Any:
    mark = _paragraph(fonts.markup(sign, fonts.BOLD), _SMALL, "muted", bold=True)
    return _grid([[mark, _paragraph(fonts.markup(sentence), _SMALL)]], [8, width - 8])


def _checklist(block: Checklist, width: float) -> Flow:
    return [*(_check(item, width) for item in block.items), *_omitted(block.omitted, block.noun)]


def _check(item: ChecklistItem, width: float) -> Any:
    ink = _theme().surface("text")
    box = [(0.6, 1.0), (7.6, 1.0), (7.6, 8.0), (0.6, 8.0), (0.6, 1.0)]
    tick = [(2.0, 4.6), (3.7, 2.7), (7.4, 8.8)]
    shapes = [line_shape(box, ink, 0.8)] + ([line_shape(tick, ink, 1.4)] if item.ticked else [])
    text = [_paragraph(fonts.markup(item.text))]
    if item.about:
        text.append(_paragraph(f"settles: {fonts.markup(item.about)}", _SMALL, "muted"))
    if item.then:
        text.append(_paragraph(f"then: {fonts.markup(item.then)}", _SMALL, "muted"))
    return _grid([[_icon(shapes, 14, 10.8), text]], [14, width - 14], [_AFTER_ITEM])


def _bullets(block: Bullets, width: float) -> Flow:
    dot = _paragraph("•", _SMALL, "muted")
    rows = [[dot, _paragraph(fonts.markup(item), _SMALL)] for item in block.items]
    listing = [_grid(rows, [9, width - 9], [("BOTTOMPADDING", (0, 0), (-1, -1), 1)])] if rows else []
    return [*listing, *_omitted(block.omitted, block.noun)]


def _columns(block: Columns, width: float) -> Flow:
    left = (width - _GUTTER) * block.share
    right = width - _GUTTER - left
    stacks = [[f for b in stack for f in set_block(b, room)] for stack, room in
              ((block.left, left), (block.right, right))]  # fmt: skip
    return [_grid([[stacks[0], "", stacks[1]]], [left, _GUTTER, right])]


def _omitted(n: int, noun: str) -> Flow:
    if not n:
        return []
    return [_paragraph(f"({formatting.count(n, f'more {noun}')} in the window and in the JSON)", _SMALL, "muted")]


_AFTER_ITEM = ("BOTTOMPADDING", (0, 0), (-1, -1), 4)

_SETTERS: dict[type[Any], Callable[[Any, float], Flow]] = {
    Heading: _heading,
    Paragraph: _text,
    KeyFacts: _key_facts,
    VerdictBanner: _banner,
    VerdictCounts: _verdict_counts,
    Table: _table,
    FindingList: _finding_list,
    CauseList: _cause_list,
    Checklist: _checklist,
    Bullets: _bullets,
    Columns: _columns,
}


def fit_page(page: Page, width: float, height: float) -> tuple[Flow, float]:
    """The flowables of one page, and the scale at which they fit (1 unless nothing was left to cut).

    Figures take the room that the text leaves, between their least and greatest height. Where even the least is too
    much, causes and checks first lose their secondary lines, then lists their last items, the longest list first.
    """
    blocks = page.blocks
    while True:
        figures = [heights(block.spec) for block in blocks if isinstance(block, Figure)]
        text = _height([block for block in blocks if not isinstance(block, Figure)], width) + 4.0 * len(figures)
        least = sum(limits[0] for limits in figures)
        if text + least <= height or (shorter := _shortened(blocks)) is None:
            break
        blocks = shorter
    share = (height - text) / len(figures) if figures else 0.0
    flow = [
        flowable
        for block in blocks
        for flowable in set_block(
            block,
            width,
            min(max(share, heights(block.spec)[0]), heights(block.spec)[2]) if isinstance(block, Figure) else None,
        )
    ]
    return flow, min(1.0, height / max(text + least, 1.0))


def _height(blocks: Iterable[Block], width: float) -> float:
    return sum(float(f.wrap(width, 1e6)[1]) for block in blocks for f in set_block(block, width))


def _shortened(blocks: tuple[Block, ...]) -> tuple[Block, ...] | None:
    """The blocks a little shorter: without secondary lines, else one item less; None when every list is down to one."""
    for path, found in _lists(blocks):
        if isinstance(found, Checklist | CauseList) and found != (bare := _bare(found)):
            return _replaced(blocks, path, bare)
    lists = [(path, found) for path, found in _lists(blocks) if len(found.items) > 1]
    if not lists:
        return None
    path, longest = max(lists, key=lambda pair: len(pair[1].items) * _SPARE.get(type(pair[1]), 1.0))
    return _replaced(blocks, path, replace(longest, items=longest.items[:-1], omitted=longest.omitted + 1))


def _bare(found: Checklist | CauseList) -> Checklist | CauseList:
    if isinstance(found, Checklist):
        return replace(found, items=tuple(replace(item, then="") for item in found.items))
    return replace(found, items=tuple(replace(item, missing=()) for item in found.items))


# How readily a list gives up an item: unlikely causes first, findings last.
_SPARE = {CauseList: 1.3, Checklist: 1.2, Bullets: 1.1, FindingList: 0.6}
_Path: TypeAlias = tuple[tuple[str, int], ...]


def _lists(blocks: tuple[Block, ...], path: _Path = (), side: str = "") -> Iterable[tuple[_Path, Any]]:
    for index, block in enumerate(blocks):
        here = (*path, (side, index))
        if isinstance(block, Columns):
            yield from _lists(block.left, here, "left")
            yield from _lists(block.right, here, "right")
        elif isinstance(block, (FindingList, CauseList, Checklist, Bullets)):
            yield here, block


def _replaced(blocks: tuple[Block, ...], path: _Path, new: Block) -> tuple[Block, ...]:
    (_, index), rest = path[0], path[1:]
    old = blocks[index]
    if rest and isinstance(old, Columns):
        side = rest[0][0]
        stack = _replaced(old.left if side == "left" else old.right, rest, new)
        new = replace(old, left=stack) if side == "left" else replace(old, right=stack)
    return (*blocks[:index], new, *blocks[index + 1 :])
