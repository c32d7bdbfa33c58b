"""Sets findings, causes, checklists and bullets."""

from __future__ import annotations

from typing import Any

from lossdoctor import formatting
from lossdoctor.report import fonts
from lossdoctor.report.blocks import (
    Bullets,
    CauseItem,
    CauseList,
    Checklist,
    ChecklistItem,
    FindingItem,
    FindingList,
)  # fmt: skip
from lossdoctor.report.ink import line_shape, symbol
from lossdoctor.report.setting import BODY, SMALL, Flow, grid, icon, paragraph, theme

_AFTER_ITEM = ("BOTTOMPADDING", (0, 0), (-1, -1), 4)


def set_findings(block: FindingList, width: float) -> Flow:
    """Each finding with its sentence and its numbers."""
    rows = [_finding(item, width) for item in block.items]
    return [*rows, *_omitted(block.omitted, block.noun)]


def _finding(item: FindingItem, width: float) -> Any:
    style = theme().severity(item.severity)
    shape = icon(symbol(style.shape, 4, 4.4, 7.5, style.colour), 12, 10.8)
    name = fonts.markup(item.name[:1].upper() + item.name[1:], fonts.BOLD)
    about = f"{item.code}, {style.word.lower()} severity, {formatting.probability(item.confidence)} sure"
    text = [paragraph(f"<b>{name}</b>&nbsp; {fonts.prose(item.sentence or about)}")]
    numbers = "; ".join((about, *item.numbers) if item.sentence else item.numbers)
    text += [paragraph(fonts.markup(numbers), SMALL, "muted")] if numbers else []
    return grid([[shape, text]], [12, width - 12], [("BOTTOMPADDING", (0, 0), (-1, -1), 3)])


def set_causes(block: CauseList, width: float) -> Flow:
    """Each cause with its probability, what speaks for and against it, and what is missing."""
    return [*(_cause(item, width) for item in block.items), *_omitted(block.omitted, block.noun)]


def _cause(item: CauseItem, width: float) -> Any:
    score = paragraph(formatting.probability(item.score), BODY, bold=True, align="right")
    text = [paragraph(fonts.markup(item.title, fonts.BOLD), bold=True)]
    text += [paragraph(fonts.prose(item.explanation), SMALL)] if item.explanation else []
    for sign, sentences in (("+", item.speaks_for), ("−", item.speaks_against), ("?", item.missing)):
        text += [_signed(sign, sentence, width - 36) for sentence in sentences]
    return grid([[score, text]], [29, width - 29], [("LEFTPADDING", (1, 0), (1, 0), 7), _AFTER_ITEM])


def _signed(sign: str, sentence: str, width: float) -> Any:
    mark = paragraph(fonts.markup(sign, fonts.BOLD), SMALL, "muted", bold=True)
    return grid([[mark, paragraph(fonts.prose(sentence), SMALL)]], [8, width - 8])


def set_checklist(block: Checklist, width: float) -> Flow:
    """Each thing to try behind a box."""
    return [*(_check(item, width) for item in block.items), *_omitted(block.omitted, block.noun)]


def _check(item: ChecklistItem, width: float) -> Any:
    ink = theme().surface("text")
    box = [(0.6, 1.0), (7.6, 1.0), (7.6, 8.0), (0.6, 8.0), (0.6, 1.0)]
    tick = [(2.0, 4.6), (3.7, 2.7), (7.4, 8.8)]
    shapes = [line_shape(box, ink, 0.8)] + ([line_shape(tick, ink, 1.4)] if item.ticked else [])
    text = [paragraph(fonts.prose(item.text))]
    if item.about:
        text.append(paragraph(f"settles: {fonts.markup(item.about)}", SMALL, "muted"))
    if item.found_out:
        text.append(paragraph(f"found out: <b>{fonts.markup(item.found_out, fonts.BOLD)}</b>", SMALL))
    if item.then:
        text.append(paragraph(f"then: {fonts.prose(item.then)}", SMALL, "muted"))
    return grid([[icon(shapes, 14, 10.8), text]], [14, width - 14], [_AFTER_ITEM])


def set_bullets(block: Bullets, width: float) -> Flow:
    """Short sentences behind dots."""
    dot = paragraph("•", SMALL, "muted")
    rows = [[dot, paragraph(fonts.prose(item), SMALL)] for item in block.items]
    listing = [grid(rows, [9, width - 9], [("BOTTOMPADDING", (0, 0), (-1, -1), 1)])] if rows else []
    return [*listing, *_omitted(block.omitted, block.noun)]


def _omitted(n: int, noun: str) -> Flow:
    if not n:
        return []
    return [paragraph(f"({formatting.count(n, f'more {noun}')} in the window and in the JSON)", SMALL, "muted")]
