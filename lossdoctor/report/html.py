"""Writes a ReportDocument as one HTML file that needs no network, no script and no other file."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lossdoctor import formatting, safe_text
from lossdoctor.figures.shapes import Shape, outlines
from lossdoctor.figures.theme import load_theme
from lossdoctor.findings import Verdict
from lossdoctor.progress import Cancel, Cancelled, Progress, never, silent
from lossdoctor.report.blocks import (
    Badge,
    Block,
    Bullets,
    CauseItem,
    CauseList,
    Cell,
    Checklist,
    ChecklistItem,
    Code,
    Column,
    Columns,
    Curve,
    Figure,
    FindingItem,
    FindingList,
    Heading,
    InlineFacts,
    KeyFacts,
    Link,
    MayBreak,
    Page,
    PageBreak,
    PageNumber,
    Paragraph,
    Sparkline,
    Table,
    Title,
    Tone,
    VerdictBanner,
    VerdictCounts,
)  # fmt: skip
from lossdoctor.report.document import ReportDocument
from lossdoctor.report.fonts import CODE
from lossdoctor.report.html_style import style_sheet
from lossdoctor.report.svg import Palette, svg_figure
from lossdoctor.report.tables import unbroken
from lossdoctor.workspace.atomic_file import atomic_target

_esc = safe_text.html
# Longer names are cut in the middle of a table row; the whole one shows when the pointer rests on it.
_NAME = 56


def write_html(document: ReportDocument, path: Path, progress: Progress = silent, cancel: Cancel = never) -> None:
    """Writes the page; whatever stood at `path` stays until the new file is complete.

    Equal documents give equal bytes. The file holds no script, no link to anything outside and no name that is not
    escaped; a content security policy in its head forbids the browser to load anything.

    Raises:
        OutputError: the folder does not exist or is not writable, or the disk is full.
        Cancelled: `cancel` said so; nothing was written.
    """
    with atomic_target(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        for piece in html_pieces(document, progress, cancel):
            file.write(piece)


def html_pieces(document: ReportDocument, progress: Progress = silent, cancel: Cancel = never) -> Iterator[str]:
    """The file in pieces, one or more a page, so that memory holds one run's at a time."""
    writer = _Html(document)
    total = sum(isinstance(block, Page) for block in document.blocks)
    done = 0
    yield writer.head()
    for block in document.blocks:
        if isinstance(block, Page):
            if cancel():
                raise Cancelled
            progress(done, total, block.title)
            done += 1
        yield writer.top_level(block)
    yield writer.foot()


class _Html:
    """Blocks to HTML. Sections are opened and closed as headings and pages come."""

    def __init__(self, document: ReportDocument) -> None:
        self._document = document
        self._palette = Palette()
        self._open = False

    def head(self) -> str:
        title = _esc(self._document.title)
        policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        return (
            f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f'<meta name="generator" content="lossdoctor {_esc(self._document.version)}">'
            f"<style>{style_sheet()}</style></head><body>\n"
        )

    def foot(self) -> str:
        # The figures' colours are known only now; they are few, whatever the number of figures.
        light, dark = self._palette.css(dark=False), self._palette.css(dark=True)
        when = f"{self._document.created:%Y-%m-%d %H:%M} UTC"
        made = f"{_esc(self._document.title)} · lossdoctor {_esc(self._document.version)} · {when}"
        colours = f"<style>{light}@media(prefers-color-scheme:dark){{{dark}}}</style>"
        return f"{self._closed()}<footer>{made}</footer>{colours}</body></html>\n"

    def top_level(self, block: Block) -> str:
        """A block of the document itself, with the section it begins or stands in."""
        if isinstance(block, PageBreak):
            return self._closed()
        if isinstance(block, Page):
            body = "".join(self.block(inner) for inner in block.make())
            up = f'<a class="top" href="#{_esc(self._document.home)}">all runs</a>' if self._document.home else ""
            return f'{self._closed()}<section class="run" id="{_esc(block.anchor)}">{up}{body}</section>\n'
        opened = "" if self._open else "<section>"
        self._open = True
        return opened + self.block(block)

    def _closed(self) -> str:
        was_open, self._open = self._open, False
        return "</section>\n" if was_open else ""

    def block(self, block: Block) -> str:
        """One block.

        Raises:
            TypeError: there is no HTML for this kind of block.
        """
        if isinstance(block, Figure):
            return f"<figure>{svg_figure(block.spec, block.alternative, self._palette)}</figure>"
        if isinstance(block, Columns):
            sides = ("".join(self.block(inner) for inner in stack) for stack in (block.left, block.right))
            return f'<div class="cols">{"".join(f"<div>{side}</div>" for side in sides)}</div>'
        try:
            setter = _SETTERS[type(block)]
        except KeyError:
            raise TypeError(f"the HTML writer cannot write a {type(block).__name__}") from None
        return setter(block)


def _prose(text: str) -> str:
    """A sentence of lossdoctor's own, where `code` is marked as such."""
    return CODE.sub(r"<code>\1</code>", _esc(text, safe_text.MAX_PROSE))


def _title(block: Title) -> str:
    logo = ""
    if block.logo:
        kind = "png" if block.logo.startswith(b"\x89PNG") else "jpeg"
        logo = f'<img class="logo" alt="" src="data:image/{kind};base64,{base64.b64encode(block.logo).decode()}">'
    return f'{logo}<h1>{_esc(block.text)}</h1><p class="muted">{_esc(block.subtitle)}</p>'


def _heading(block: Heading) -> str:
    anchor = f' id="{_esc(block.anchor)}"' if block.anchor else ""
    return f"<h{block.level + 1}{anchor}>{_esc(block.text)}</h{block.level + 1}>"


def _paragraph(block: Paragraph) -> str:
    return f"<p{' class=muted' if block.tone is Tone.MUTED else ''}>{_prose(block.text)}</p>"


def _key_facts(block: KeyFacts) -> str:
    return "<dl>" + "".join(f"<dt>{_esc(f.label)}</dt><dd>{_esc(f.value)}</dd>" for f in block.rows) + "</dl>"


def _inline_facts(block: InlineFacts) -> str:
    facts = "".join(f"<span><i>{_esc(f.label)}</i> {_esc(f.value)}</span>" for f in block.items)
    return f'<p class="settings">{facts}</p>{_omitted(block.omitted, block.noun)}'


def _code(block: Code) -> str:
    return f"<pre>{'<br>'.join(_esc(line) for line in block.text.splitlines())}</pre>"


def _banner(block: VerdictBanner) -> str:
    facts = "".join(f"{_esc(f.label)} <b>{_esc(f.value)}</b> " for f in block.facts)
    return (
        f'<div class="banner b-{block.verdict.value}">{_badge(block.verdict)}'
        f'<div><div>{_esc(block.sentence)}</div><div class="sub">{facts}</div></div></div>'
    )


def _badge(verdict: Verdict) -> str:
    style = load_theme("light").verdict(verdict)
    return f'<span class="badge v-{verdict.value}">{_icon(style.shape)}{_esc(style.word)}</span>'


def _icon(shape: Shape) -> str:
    """A badge's shape in the colour of the text beside it."""
    parts = []
    for part in outlines(shape):
        points = " ".join(f"{x:.3g},{1 - y:.3g}" for x, y in part.points)
        paint = 'fill="currentColor"' if part.filled else 'fill="none" stroke="currentColor" stroke-width=".16"'
        parts.append(f'<{"polygon" if part.filled else "polyline"} points="{points}" {paint}/>')
    return f'<svg viewBox="0 0 1 1" aria-hidden="true">{"".join(parts)}</svg>'


def _counts(block: VerdictCounts) -> str:
    most = max((n for _, n in block.counts), default=1)
    rows = "".join(
        f'<tr><td>{_badge(v)}</td><td class="n">{n}</td>'
        f'<td><span class="bar v-{v.value}" style="width:{100 * n / most:.1f}%"></span></td></tr>'
        for v, n in block.counts
    )
    return f'<table class="counts">{rows}</table>'


def _table(block: Table) -> str:
    kept = [i for i in range(len(block.columns)) if not any(isinstance(row[i], PageNumber) for row in block.rows)]
    classes = [' class="n"' if c.numeric else ' class="w"' if c.wraps else "" for c in block.columns]
    head = "".join(f"<th{classes[i]}>{_esc(block.columns[i].title)}</th>" for i in kept)
    body = "".join(
        "<tr>" + "".join(f"<td{classes[i]}>{_cell(row[i], block.columns[i])}</td>" for i in kept) + "</tr>\n"
        for row in block.rows
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(cell: Cell, column: Column) -> str:
    match cell:
        case Badge(verdict=verdict):
            return _badge(verdict)
        case Link(text=text, anchor=anchor):
            return f'<a href="#{_esc(anchor)}" title="{_esc(text)}">{_esc(safe_text.elide_middle(text, _NAME))}</a>'
        case Sparkline():
            return _sparkline(cell)
        case PageNumber():
            return ""
        case str():
            return _prose(cell) if column.wraps else _esc(safe_text.elide_middle(cell, _NAME))


def _sparkline(cell: Sparkline) -> str:
    lines = f'<path class="f" d="{_line(cell.faint)}"/><path d="{_line(cell.line)}"/>'
    return f'<svg class="spark" viewBox="0 -5 100 110" preserveAspectRatio="none" aria-hidden="true">{lines}</svg>'


def _line(curve: Curve) -> str:
    return "".join(
        "M" + "L".join(f"{100 * x:.4g} {100 - 100 * y:.4g}" for x, y in part)
        for part in unbroken(curve)
        if len(part) > 1
    )


def _findings(block: FindingList) -> str:
    return f"<ul>{''.join(_finding(item) for item in block.items)}</ul>{_omitted(block.omitted, block.noun)}"


def _finding(item: FindingItem) -> str:
    style = load_theme("light").severity(item.severity)
    about = f"{item.code}, {style.word.lower()} severity, {formatting.probability(item.confidence)} sure"
    numbers = "; ".join((about, *item.numbers))
    return (
        f'<li><span class="mark s-{item.severity.value}">{_icon(style.shape)}</span>'
        f"<b>{_esc(item.name[:1].upper() + item.name[1:])}</b> {_prose(item.sentence)}"
        f'<div class="sub">{_esc(numbers)}</div></li>'
    )


def _causes(block: CauseList) -> str:
    return (
        f'<ul class="causes">{"".join(_cause(item) for item in block.items)}</ul>{_omitted(block.omitted, block.noun)}'
    )


def _cause(item: CauseItem) -> str:
    signed = (
        [("+", t) for t in item.speaks_for] + [("−", t) for t in item.speaks_against] + [("?", t) for t in item.missing]
    )
    arguments = "".join(f'<li><span class="mark">{sign}</span>{_prose(text)}</li>' for sign, text in signed)
    explanation = f'<div class="sub">{_prose(item.explanation)}</div>' if item.explanation else ""
    return (
        f'<li><span class="pct">{formatting.probability(item.score)}</span><b>{_esc(item.title)}</b>{explanation}'
        f'<ul class="args">{arguments}</ul></li>'
    )


def _checklist(block: Checklist) -> str:
    return f"<ul>{''.join(_check(item) for item in block.items)}</ul>{_omitted(block.omitted, block.noun)}"


def _check(item: ChecklistItem) -> str:
    ticked = " checked" if item.ticked else ""
    about = f'<div class="sub">settles: {_esc(item.about)}</div>' if item.about else ""
    found = f'<div class="sub">found out: <b>{_esc(item.found_out)}</b></div>' if item.found_out else ""
    then = f'<div class="sub">then: {_prose(item.then)}</div>' if item.then else ""
    return f'<li><input type="checkbox" disabled{ticked}>{_prose(item.text)}{about}{found}{then}</li>'


def _bullets(block: Bullets) -> str:
    items = "".join(f"<li>{_prose(item)}</li>" for item in block.items)
    return f'<ul class="bullets">{items}</ul>{_omitted(block.omitted, block.noun)}'


def _omitted(n: int, noun: str) -> str:
    return f'<p class="muted">({formatting.count(n, f"more {noun}")})</p>' if n else ""


def _nothing(_block: Any) -> str:
    return ""


_SETTERS: dict[type[Any], Callable[[Any], str]] = {
    Title: _title,
    Heading: _heading,
    Paragraph: _paragraph,
    KeyFacts: _key_facts,
    InlineFacts: _inline_facts,
    Code: _code,
    VerdictBanner: _banner,
    VerdictCounts: _counts,
    Table: _table,
    FindingList: _findings,
    CauseList: _causes,
    Checklist: _checklist,
    Bullets: _bullets,
    MayBreak: _nothing,
    PageBreak: _nothing,
}
