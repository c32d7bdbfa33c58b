"""Writes a ReportDocument as PDF: A4, embedded fonts, searchable text, outline, page numbers; whole or not at all."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lossdoctor import safe_text
from lossdoctor.errors import OutputError
from lossdoctor.figures.theme import load_theme
from lossdoctor.report import fonts
from lossdoctor.report.blocks import Block, Heading, Page, PageBreak
from lossdoctor.report.document import ReportDocument
from lossdoctor.report.flowables import fit_page, set_block
from lossdoctor.report.ink import colour
from lossdoctor.workspace.atomic_file import atomic_target

# A4 and its margins, points.
_WIDTH, _HEIGHT = 595.28, 841.89
_SIDE, _TOP, _BOTTOM = 51.0, 48.0, 50.0
_FOOT = 6.8


def write_pdf(document: ReportDocument, path: Path) -> None:
    """Writes the PDF; whatever stood at `path` stays until the new file is complete on disk.

    Equal documents give equal bytes when SOURCE_DATE_EPOCH is set. No scripts, no external links.

    Raises:
        OutputError: the folder does not exist or is not writable, the disk is full, or SOURCE_DATE_EPOCH is no number.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    if epoch and not epoch.isdigit():
        raise OutputError(f"SOURCE_DATE_EPOCH is {epoch!r}.", "Set it to whole seconds since 1970, or unset it.")
    with atomic_target(path) as temporary, temporary.open("wb") as file:
        render_pdf(document, file)
        file.flush()
        os.fsync(file.fileno())


def render_pdf(document: ReportDocument, file: Any) -> None:
    """Writes the PDF's bytes to an open binary file."""
    fonts.register()
    groups = list(_groups(document.blocks))
    total = sum(1 if isinstance(group, Page) else _count_pages(document, group) for group in groups)
    _build(document, groups, file, total)


def _groups(blocks: tuple[Block, ...]) -> Iterator[Page | tuple[Block, ...]]:
    """The document cut into pages that are fitted as a whole and stretches that flow over as many as they need."""
    flowing: list[Block] = []
    for block in blocks:
        if not isinstance(block, Page | PageBreak):
            flowing.append(block)
            continue
        if flowing:
            yield tuple(flowing)
        flowing = []
        if isinstance(block, Page):
            yield block
    if flowing:
        yield tuple(flowing)


def _count_pages(document: ReportDocument, group: tuple[Block, ...]) -> int:
    # "Page 3 of 12" needs the 12 before the first page is written; setting the flowing part twice is cheaper than
    # keeping every finished page in memory.
    return int(_build(document, [group], io.BytesIO(), 0).page)


def _build(document: ReportDocument, groups: list[Page | tuple[Block, ...]], file: Any, total: int) -> Any:
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate
    from reportlab.platypus import PageBreak as NewPage

    width, height = _WIDTH - 2 * _SIDE, _HEIGHT - _TOP - _BOTTOM
    frame = Frame(_SIDE, _BOTTOM, width, height, 0, 0, 0, 0)
    template = PageTemplate("page", [frame], onPage=lambda canvas, _: _furniture(canvas, document, total))
    doc = BaseDocTemplate(
        file,
        pagesize=(_WIDTH, _HEIGHT),
        pageTemplates=[template],
        title=safe_text.plain(document.title),
        author=f"lossdoctor {document.version}",
        creator=f"lossdoctor {document.version}",
        subject="Diagnosis of training runs",
        keywords=["training", "loss curves", "diagnosis"],
        lang="en-GB",
        displayDocTitle=1,
        invariant=1 if os.environ.get("SOURCE_DATE_EPOCH") else 0,
        pageCompression=1,
    )
    story: list[Any] = []
    for group in groups:
        if story:
            story.append(NewPage())
        if isinstance(group, Page):
            story.append(_fitted_page(group, width, height))
        else:
            story += [flowable for block in group for flowable in _flow(block, width)]
    if not total:
        # ReportLab refuses links into nothing: in a part that is only counted they lead to its own end.
        story += [_outline_place(block.anchor) for block in document.blocks if isinstance(block, Page)]
    doc.build(story)
    return doc


def _flow(block: Block, width: float) -> Iterator[Any]:
    if isinstance(block, Heading) and block.level == 1:
        yield _outline_place("summary", block.text)
    yield from set_block(block, width)


def _furniture(canvas: Any, document: ReportDocument, total: int) -> None:
    """What every page has: a line, who made it and when, and the page's number."""
    theme = load_theme("light")
    canvas.saveState()
    canvas.setStrokeColor(colour(theme.surface("border")))
    canvas.setLineWidth(0.5)
    canvas.line(_SIDE, _BOTTOM - 14, _WIDTH - _SIDE, _BOTTOM - 14)
    canvas.setFillColor(colour(theme.surface("muted")))
    baseline = _BOTTOM - 25
    number = f"Page {canvas.getPageNumber()} of {total}"
    made = f"lossdoctor {document.version}  ·  {document.created:%d %B %Y, %H:%M} UTC".replace("·  0", "·  ")
    room = _WIDTH - 2 * _SIDE - fonts.width(number, _FOOT) - fonts.width(made, _FOOT) - 40
    title = fonts.fitted(document.title, _FOOT, room)
    _write(canvas, f"{title}  ·  {made}", _SIDE, baseline)
    _write(canvas, number, _WIDTH - _SIDE - fonts.width(number, _FOOT), baseline)
    canvas.restoreState()


def _write(canvas: Any, text: str, x: float, y: float) -> None:
    for font, piece in fonts.pieces(text):
        canvas.setFont(font, _FOOT)
        canvas.drawString(x, y, piece)
        x += fonts.width(piece, _FOOT, font)


def _outline_place(anchor: str, title: str = "") -> Any:
    """A flowable without size: the target of links, and an outline entry where it has a title."""
    from reportlab.platypus.flowables import Flowable

    class _Place(Flowable):  # type: ignore[misc]
        def wrap(self, _width: float, _height: float) -> tuple[float, float]:
            return 0.0, 0.0

        def draw(self) -> None:
            _mark_place(self.canv, anchor, title)

    return _Place()


def _mark_place(canvas: Any, anchor: str, title: str) -> None:
    canvas.bookmarkPage(anchor)
    if title:
        canvas.addOutlineEntry(safe_text.plain(title, 160), anchor, level=0, closed=None)
        canvas.showOutline()


def _fitted_page(page: Page, width: float, height: float) -> Any:
    """A flowable that takes a whole page and is only set when it is drawn: thousands of pages need memory for one."""
    from reportlab.platypus.flowables import Flowable

    class _FittedPage(Flowable):  # type: ignore[misc]
        def wrap(self, _width: float, available: float) -> tuple[float, float]:
            return width, available

        def draw(self) -> None:
            canvas = self.canv
            _mark_place(canvas, page.anchor, page.title)
            flow, scale = fit_page(page, width, height)
            canvas.saveState()
            canvas.translate(0, height)
            canvas.scale(scale, scale)
            y = 0.0
            for flowable in flow:
                y -= float(flowable.wrapOn(canvas, width, 1e6)[1])
                flowable.drawOn(canvas, 0, y)
            canvas.restoreState()

    return _FittedPage()
