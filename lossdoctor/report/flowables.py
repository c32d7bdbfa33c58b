"""Sets blocks as ReportLab flowables of a given width: the report's typography lives here."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

from lossdoctor import formatting
from lossdoctor.report import fonts
from lossdoctor.report.blocks import (
    Block,
    Bullets,
    CauseList,
    Checklist,
    Code,
    Columns,
    Fact,
    Figure,
    FindingList,
    Heading,
    InlineFacts,
    KeyFacts,
    MayBreak,
    Paragraph,
    Table,
    Title,
    Tone,
    VerdictBanner,
    VerdictCounts,
)
from lossdoctor.report.drawing import figure_drawing, heights
from lossdoctor.report.ink import colour, symbol
from lossdoctor.report.lists import set_bullets, set_causes, set_checklist, set_findings
from lossdoctor.report.setting import BODY, GUTTER, SMALL, Flow, grid, icon, paragraph, space, theme
from lossdoctor.report.tables import set_counts, set_table

BELOW_FIGURE = 4.0
_LOGO_WIDTH, _LOGO_HEIGHT = 150.0, 34.0
# A setting longer than this is cut in the middle: paths to data sets.
_SETTING_WIDTH = 170.0


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
        return [
            figure_drawing(block.spec, width, figure_height or heights(block.spec)[1], theme()),
            space(BELOW_FIGURE),
        ]
    try:
        setter = _SETTERS[type(block)]
    except KeyError:
        raise TypeError(f"the PDF writer cannot set a {type(block).__name__}") from None
    return setter(block, width)


def _title(block: Title, width: float) -> Flow:
    text = [
        paragraph(fonts.markup(block.text, fonts.BOLD), 20, bold=True),
        space(3),
        paragraph(fonts.markup(block.subtitle), BODY, "muted"),
        space(4),
    ]
    if not block.logo:
        return text
    logo = _logo(block.logo)
    aside = [("ALIGN", (1, 0), (1, 0), "RIGHT"), ("VALIGN", (1, 0), (1, 0), "MIDDLE")]
    return [grid([[text, logo]], [width - logo.drawWidth - GUTTER, logo.drawWidth + GUTTER], aside)]


def _logo(content: bytes) -> Any:
    """The logo in its own proportions, as large as its corner of the first page allows."""
    from reportlab.platypus import Image

    image = Image(io.BytesIO(content))
    scale = min(_LOGO_WIDTH / image.imageWidth, _LOGO_HEIGHT / image.imageHeight)
    image.drawWidth, image.drawHeight = image.imageWidth * scale, image.imageHeight * scale
    return image


def _heading(block: Heading, width: float) -> Flow:
    if block.level == 1:
        # One line: the end of a run's name matters most, so it is cut in the middle.
        text = fonts.fitted(block.text, 16, width, fonts.BOLD)
        return [paragraph(fonts.markup(text, fonts.BOLD), 16, bold=True), space(2)]
    size = 9.4 if block.level == 2 else BODY
    heading = paragraph(fonts.markup(block.text, fonts.BOLD), size, bold=True)
    heading.keepWithNext = 1
    return [space(7 if block.level == 2 else 5), heading, space(3 if block.level == 2 else 1)]


def _text(block: Paragraph, width: float) -> Flow:
    if block.tone is Tone.MUTED:
        return [paragraph(fonts.prose(block.text), SMALL, "muted"), space(3)]
    return [paragraph(fonts.prose(block.text)), space(3)]


def _key_facts(block: KeyFacts, width: float) -> Flow:
    label_width = max((fonts.width(fact.label, BODY) for fact in block.rows), default=0.0) + 14
    rows = [
        [paragraph(fonts.markup(fact.label), ink="muted"), paragraph(fonts.markup(fact.value))] for fact in block.rows
    ]
    padding = [("BOTTOMPADDING", (0, 0), (-1, -1), 2)]
    return [space(4), grid(rows, [label_width, width - label_width], padding, hAlign="LEFT")]


def _banner(block: VerdictBanner, width: float) -> Flow:
    style = theme().verdict(block.verdict)
    word_width = fonts.width(style.word, 13, fonts.BOLD) + 2
    pad = 9.0
    shape = icon(symbol(style.shape, 6, 8.2, 11, style.text), 18, 13 * 1.32)
    word = paragraph(fonts.markup(style.word, fonts.BOLD), 13, style.text, bold=True)
    text = [paragraph(fonts.markup(block.sentence), 8.8)]
    if block.facts:
        text += [space(2.5), paragraph(_inline(block.facts), SMALL, "muted")]
    widths = [pad + 18, word_width + 14, width - 2 * pad - 18 - word_width - 14, pad]
    commands = [
        ("BACKGROUND", (0, 0), (-1, -1), colour(style.background)),
        ("LEFTPADDING", (0, 0), (0, 0), pad),
        ("TOPPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (2, 0), (2, 0), 9.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
        ("ROUNDEDCORNERS", [4, 4, 4, 4]),
    ]
    return [space(3), grid([[shape, word, text, ""]], widths, commands), space(8)]


def _inline_facts(block: InlineFacts, _width: float) -> Flow:
    shown = [_setting(fact) for fact in block.items]
    shown += [f"({formatting.count(block.omitted, f'more {block.noun}')})"] if block.omitted else []
    return [paragraph("\u00a0\u00a0 ".join(shown), SMALL), space(3)]


def _setting(fact: Fact) -> str:
    """Name and value on one line, the name paler."""
    label, value = (fonts.markup(_cut(text).replace(" ", "\u00a0")) for text in (fact.label, fact.value))
    return f'<font color="{theme().surface("muted")}">{label}</font>\u00a0{value}'


def _cut(text: str) -> str:
    return fonts.fitted(text, SMALL, _SETTING_WIDTH)


def _code(block: Code, width: float) -> Flow:
    lines = "<br/>".join(fonts.markup(line) for line in block.text.splitlines())
    box = [("BACKGROUND", (0, 0), (-1, -1), colour(theme().surface("window"))), ("LEFTPADDING", (0, 0), (0, 0), 6)]
    box += [("TOPPADDING", (0, 0), (-1, -1), 4), ("BOTTOMPADDING", (0, 0), (-1, -1), 5)]
    return [grid([[paragraph(lines, SMALL)]], [width], box), space(4)]


def _nothing(_block: MayBreak, _width: float) -> Flow:
    return []


def _inline(facts: Iterable[Fact]) -> str:
    # A fact stays on one line: "step" and its number belong together.
    shown = (
        f"{fonts.markup(fact.label)} <b>{fonts.markup(fact.value, fonts.BOLD)}</b>".replace(" ", "\u00a0")
        for fact in facts
    )
    return "\u00a0\u00a0\u00a0 ".join(text.replace("<font\u00a0", "<font ") for text in shown)


def _columns(block: Columns, width: float) -> Flow:
    left = (width - GUTTER) * block.share
    right = width - GUTTER - left
    stacks = [[f for b in stack for f in set_block(b, room)] for stack, room in
              ((block.left, left), (block.right, right))]  # fmt: skip
    return [grid([[stacks[0], "", stacks[1]]], [left, GUTTER, right])]


_SETTERS: dict[type[Any], Callable[[Any, float], Flow]] = {
    Title: _title,
    Heading: _heading,
    Paragraph: _text,
    KeyFacts: _key_facts,
    InlineFacts: _inline_facts,
    Code: _code,
    VerdictBanner: _banner,
    VerdictCounts: set_counts,
    Table: set_table,
    FindingList: set_findings,
    CauseList: set_causes,
    Checklist: set_checklist,
    Bullets: set_bullets,
    MayBreak: _nothing,
    Columns: _columns,
}
