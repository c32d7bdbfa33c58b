"""Writes a ReportDocument as Markdown that GitHub and GitLab show well, to paste into an issue or pull request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lossdoctor import formatting, safe_text
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
    Columns,
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
    VerdictBanner,
    VerdictCounts,
)  # fmt: skip
from lossdoctor.report.document import ReportDocument
from lossdoctor.report.fonts import CODE
from lossdoctor.report.tables import unbroken
from lossdoctor.workspace.atomic_file import atomic_target

_esc = safe_text.markdown
_BARS = "▁▂▃▄▅▆▇█"
_BAR_COLUMNS = 16


def write_markdown(document: ReportDocument, path: Path, progress: Progress = silent, cancel: Cancel = never) -> None:
    """Writes the text; whatever stood at `path` stays until the new file is complete.

    Figures are said in words, because Markdown holds no pictures of its own.

    Raises:
        OutputError: the folder does not exist or is not writable, or the disk is full.
        Cancelled: `cancel` said so; nothing was written.
    """
    with atomic_target(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        for piece in markdown_pieces(document, progress, cancel):
            file.write(piece)


def markdown_pieces(document: ReportDocument, progress: Progress = silent, cancel: Cancel = never) -> Iterator[str]:
    """The file in pieces, one or more a page."""
    total = sum(isinstance(block, Page) for block in document.blocks)
    done = 0
    for block in document.blocks:
        if isinstance(block, Page):
            if cancel():
                raise Cancelled
            progress(done, total, block.title)
            done += 1
        yield _block(block)
    yield f"---\n\n{_esc(document.title)} · lossdoctor {document.version} · {document.created:%Y-%m-%d %H:%M} UTC\n"


def _block(block: Block) -> str:
    """One block with an empty line after it.

    Raises:
        TypeError: there is no Markdown for this kind of block.
    """
    try:
        setter = _SETTERS[type(block)]
    except KeyError:
        raise TypeError(f"the Markdown writer cannot write a {type(block).__name__}") from None
    text = setter(block)
    return f"{text.rstrip()}\n\n" if text else ""


def _prose(text: str) -> str:
    """A sentence of lossdoctor's own; `code` in it stays code."""
    parts = CODE.split(text)
    return "".join(
        f"`{safe_text.plain(part)}`" if index % 2 else _esc(part, safe_text.MAX_PROSE)
        for index, part in enumerate(parts)
    )


def _page(block: Page) -> str:
    return f'<a id="{block.anchor}"></a>\n\n' + "".join(_block(inner) for inner in block.make())


def _columns(block: Columns) -> str:
    return "".join(_block(inner) for inner in (*block.left, *block.right))


def _title(block: Title) -> str:
    return f"# {_esc(block.text)}\n\n{_esc(block.subtitle)}"


def _heading(block: Heading) -> str:
    anchor = f'<a id="{block.anchor}"></a>\n\n' if block.anchor else ""
    return f"{anchor}{'#' * (block.level + 1)} {_esc(block.text)}"


def _key_facts(block: KeyFacts) -> str:
    return "\n".join(f"- {_esc(fact.label)}: {_esc(fact.value)}" for fact in block.rows)


def _inline_facts(block: InlineFacts) -> str:
    more = [f"and {formatting.count(block.omitted, f'more {block.noun}')}"] if block.omitted else []
    return ", ".join([*(f"{_esc(fact.label)} **{_esc(fact.value)}**" for fact in block.items), *more])


def _code(block: Code) -> str:
    # Four spaces of indent: a fence could be closed by what the text holds.
    return "\n".join("    " + safe_text.plain(line, 4000) for line in block.text.splitlines())


def _banner(block: VerdictBanner) -> str:
    facts = ", ".join(f"{fact.label.lower()} {_esc(fact.value)}" for fact in block.facts)
    return f"**{_esc(block.verdict.label)}**: {_esc(block.sentence)}\n\n{facts}"


def _counts(block: VerdictCounts) -> str:
    return "\n".join(f"- {verdict.label}: {n}" for verdict, n in block.counts)


def _table(block: Table) -> str:
    kept = [i for i in range(len(block.columns)) if not any(isinstance(row[i], PageNumber) for row in block.rows)]
    head = " | ".join(_esc(block.columns[i].title) for i in kept)
    rule = " | ".join("---:" if block.columns[i].numeric else "---" for i in kept)
    rows = (" | ".join(_cell(row[i]) for i in kept) for row in block.rows)
    return "\n".join(f"| {line} |" for line in (head, rule, *rows))


def _cell(cell: Cell) -> str:
    match cell:
        case Badge(verdict=verdict):
            return verdict.label
        case Link(text=text, anchor=anchor):
            return f"[{_esc(text)}](#{anchor})"
        case Sparkline():
            return _bars(cell)
        case PageNumber():
            return ""
        case str():
            return _prose(cell)


def _bars(cell: Sparkline) -> str:
    """The curve as a row of block characters; a gap where nothing was logged."""
    heights: list[float | None] = [None] * _BAR_COLUMNS
    for part in unbroken(cell.line):
        for x, y in part:
            heights[min(int(x * _BAR_COLUMNS), _BAR_COLUMNS - 1)] = y
    return "".join(" " if h is None else _BARS[min(int(h * len(_BARS)), len(_BARS) - 1)] for h in heights).strip()


def _figure(block: Figure) -> str:
    return f"Figure: {_esc(block.alternative)}" if block.alternative else ""


def _findings(block: FindingList) -> str:
    return _listed((_finding(item) for item in block.items), block.omitted, block.noun)


def _finding(item: FindingItem) -> str:
    about = f"{item.code}, {item.severity.value} severity, {formatting.probability(item.confidence)} sure"
    sentence = f" {_prose(item.sentence)}" if item.sentence else ""
    numbers = "".join(f"\n  - {_esc(number)}" for number in item.numbers)
    return f"- **{_esc(item.name[:1].upper() + item.name[1:])}** ({about}){sentence}{numbers}"


def _causes(block: CauseList) -> str:
    return _listed((_cause(item) for item in block.items), block.omitted, block.noun)


def _cause(item: CauseItem) -> str:
    lines = [f"- **{_esc(item.title)}** ({formatting.probability(item.score)})"]
    lines += [f"  - {_prose(item.explanation)}"] if item.explanation else []
    lines += [f"  - for: {_prose(text)}" for text in item.speaks_for]
    lines += [f"  - against: {_prose(text)}" for text in item.speaks_against]
    lines += [f"  - unknown: {_prose(text)}" for text in item.missing]
    return "\n".join(lines)


def _checklist(block: Checklist) -> str:
    return _listed((_check(item) for item in block.items), block.omitted, block.noun)


def _check(item: ChecklistItem) -> str:
    box = "[x]" if item.ticked else "[ ]"
    about = f" Settles: {_esc(item.about)}." if item.about else ""
    then = f"\n  - then: {_prose(item.then)}" if item.then else ""
    found = f"\n  - found out: **{_esc(item.found_out)}**" if item.found_out else ""
    return f"- {box} {_prose(item.text)}{about}{found}{then}"


def _bullets(block: Bullets) -> str:
    return _listed((f"- {_prose(item)}" for item in block.items), block.omitted, block.noun)


def _listed(items: Iterator[str], omitted: int, noun: str) -> str:
    return "\n".join([*items, *([f"- and {formatting.count(omitted, f'more {noun}')}"] if omitted else [])])


def _paragraph(block: Paragraph) -> str:
    return _prose(block.text)


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
    Figure: _figure,
    FindingList: _findings,
    CauseList: _causes,
    Checklist: _checklist,
    Bullets: _bullets,
    Columns: _columns,
    Page: _page,
    PageBreak: _nothing,
    MayBreak: _nothing,
}
