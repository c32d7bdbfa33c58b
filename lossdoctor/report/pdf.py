"""Writes a ReportDocument as PDF: embedded fonts, searchable text, outline, page numbers; whole or not at all."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from lossdoctor import safe_text
from lossdoctor.progress import Cancel, Cancelled, Progress, never, silent
from lossdoctor.report import fonts
from lossdoctor.report.blocks import Block, Heading, Page, PageBreak, Table
from lossdoctor.report.canvas import canvas_class
from lossdoctor.report.document import ReportDocument
from lossdoctor.report.fitting import Flows, fit, one_sheet_holds, parts
from lossdoctor.report.flowables import set_block
from lossdoctor.report.furniture import BOTTOM, SIDE, TOP, draw_furniture
from lossdoctor.report.places import mark_place, place
from lossdoctor.report.tables import set_table
from lossdoctor.workspace.atomic_file import atomic_target

# A heading stays with at least this much of what follows it, in points.
_WITH_HEADING = 70.0
# Characters of a run's name above its second sheet: one line.
_CONTINUED = 70
# Of a report of so few pages everything set for counting is kept for drawing; of a longer one nothing, for its memory.
_KEPT = 32


def write_pdf(document: ReportDocument, path: Path, progress: Progress = silent, cancel: Cancel = never) -> None:
    """Writes the PDF; whatever stood at `path` stays until the new file is complete on disk.

    Equal documents give equal bytes when SOURCE_DATE_EPOCH is set. No scripts, no external links.

    Raises:
        OutputError: the folder does not exist or is not writable, or the disk is full.
        Cancelled: `cancel` said so; nothing was written.
    """
    with atomic_target(path) as temporary, temporary.open("wb") as file:
        render_pdf(document, file, progress, cancel)
        file.flush()
        os.fsync(file.fileno())


def render_pdf(document: ReportDocument, file: Any, progress: Progress = silent, cancel: Cancel = never) -> None:
    """Writes the PDF's bytes to an open binary file."""
    from reportlab import rl_config

    fonts.register()
    # Text armour for page contents dates from mail that took 7 bits: a quarter more bytes and a tenth more time.
    rl_config.useA85 = 0
    _Pdf(document, progress, cancel).render(file)


@dataclass
class _Pdf:
    """One PDF in the making: first every page is counted ("Page 3 of 12"), then written one by one."""

    document: ReportDocument
    progress: Progress
    cancel: Cancel
    pages: dict[str, int] = field(default_factory=dict)
    sheets_of: dict[str, int] = field(default_factory=dict)
    total: int = 0
    drawn: int = 0
    _in_hand: tuple[Page, list[tuple[Block, ...]], Flows] | None = None
    _kept: dict[str, tuple[tuple[Block, ...], Flows]] = field(default_factory=dict)

    @cached_property
    def groups(self) -> list[Page | tuple[Block, ...]]:
        """The document cut into pages that are fitted as a whole and stretches that flow over as many as they need."""
        return list(_groups(self.document.blocks))

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the part of the page that is printed on."""
        width, height = self.document.paper.points
        return width - 2 * SIDE, height - TOP - BOTTOM

    def render(self, file: Any) -> None:
        """Counts, then writes."""
        for group in self.groups:
            self._tell("Setting pages", len(self.pages))
            if isinstance(group, Page):
                self.pages[group.anchor] = self.total + 1
                self.sheets_of[group.anchor] = self._count_sheets(group)
                self.total += self.sheets_of[group.anchor]
            else:
                # Setting the flowing part twice is cheaper than keeping every finished page in memory.
                self.total += int(self._build([group], io.BytesIO(), counting=True).page)
        self._build(self.groups, file, counting=False)

    def draw_sheet(self, canvas: Any, page: Page, index: int) -> None:
        """One fitted sheet on the canvas, which is at the lower left corner of the printed part."""
        self._tell(page.title, self.n_pages + self.drawn)
        self.drawn += index == 0
        width, height = self.size
        if index == 0:
            mark_place(canvas, page.anchor, page.title, level=1)
        sheets, flows = self._sheets(page)
        fitted = fit(sheets[index], flows, height)
        canvas.saveState()
        canvas.translate(0, height)
        canvas.scale(fitted.scale, fitted.scale)
        y = 0.0
        for flowable in fitted.flow:
            y -= float(flowable.wrapOn(canvas, width, 1e6)[1])
            flowable.drawOn(canvas, 0, y)
        canvas.restoreState()

    def _count_sheets(self, page: Page) -> int:
        blocks, flows = page.make(), Flows(self.size[0])
        if self.n_pages <= _KEPT:
            self._kept[page.anchor] = blocks, flows
        return 1 if one_sheet_holds(blocks, flows, self.size[1]) else len(parts(blocks))

    def _sheets(self, page: Page) -> tuple[list[tuple[Block, ...]], Flows]:
        """The blocks of each sheet of a page, and how they are set; those of the page in hand are kept."""
        if self._in_hand is None or self._in_hand[0] is not page:
            known = page.anchor in self._kept
            blocks, flows = self._kept.pop(page.anchor) if known else (page.make(), Flows(self.size[0]))
            found = parts(blocks) if self.sheets_of[page.anchor] > 1 else [blocks]
            rest = [
                (Heading(f"{safe_text.elide_middle(page.title, _CONTINUED)}, continued"), *part) for part in found[1:]
            ]
            self._in_hand = page, [found[0], *rest], flows
        return self._in_hand[1], self._in_hand[2]

    @cached_property
    def n_pages(self) -> int:
        """Number of pages that are fitted, before a second sheet is counted."""
        return sum(isinstance(group, Page) for group in self.groups)

    def _tell(self, what: str, done: int) -> None:
        if self.cancel():
            raise Cancelled
        self.progress(done, 2 * self.n_pages, what)

    def _build(self, groups: Sequence[Page | tuple[Block, ...]], file: Any, *, counting: bool) -> Any:
        from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

        frame = Frame(SIDE, BOTTOM, *self.size, 0, 0, 0, 0)
        furnish = partial(draw_furniture, self.document, 0 if counting else self.total)
        document = BaseDocTemplate(
            file,
            pagesize=self.document.paper.points,
            pageTemplates=[PageTemplate("page", [frame], onPage=lambda canvas, _: furnish(canvas))],
            **_metadata(self.document),
        )
        story = list(self._story(groups))
        if counting:
            # ReportLab refuses links into nothing: in a part that is only counted they lead to its own end.
            story += [place(anchor) for anchor in self._anchors()]
        document.build(story, canvasmaker=canvas_class())
        return document

    def _story(self, groups: Sequence[Page | tuple[Block, ...]]) -> Iterator[Any]:
        from reportlab.platypus import PageBreak as NewPage

        part = ""
        for number, group in enumerate(groups):
            if number:
                yield NewPage()
            if not isinstance(group, Page):
                for block in group:
                    yield from self._flow(block, first=block is group[0])
                continue
            if group.part != part:
                part = group.part
                yield place(f"part-{part}", part, level=0)
            yield from self._sheet_flowables(group)

    def _sheet_flowables(self, page: Page) -> Iterator[Any]:
        from reportlab.platypus import PageBreak as NewPage
        from reportlab.platypus.flowables import Flowable

        class _Sheet(Flowable):  # type: ignore[misc]
            """Takes a whole page and is only set when it is drawn: thousands of pages need memory for one."""

            def __init__(self, pdf: _Pdf, index: int) -> None:
                super().__init__()
                self._pdf, self._index = pdf, index

            def wrap(self, _width: float, available: float) -> tuple[float, float]:
                return self._pdf.size[0], available

            def draw(self) -> None:
                self._pdf.draw_sheet(self.canv, page, self._index)

        for index in range(self.sheets_of[page.anchor]):
            if index:
                yield NewPage()
            yield _Sheet(self, index)

    def _flow(self, block: Block, *, first: bool) -> Iterator[Any]:
        from reportlab.platypus import CondPageBreak

        width = self.size[0]
        if isinstance(block, Table):
            yield from set_table(block, width, lambda anchor: str(self.pages.get(anchor, "")))
            return
        if isinstance(block, Heading):
            yield CondPageBreak(_WITH_HEADING)
            if block.anchor:
                yield place(
                    block.anchor, block.text, level=0 if block.level == 1 or block.anchor == self.document.home else 1
                )
        elif first:
            yield place("start", "Overview", level=0)
        yield from set_block(block, width)

    def _anchors(self) -> Iterator[str]:
        yield from ("start", self.document.home or "start")
        yield from (
            block.anchor for block in self.document.blocks if isinstance(block, Page | Heading) and block.anchor
        )


def _groups(blocks: Sequence[Block]) -> Iterator[Page | tuple[Block, ...]]:
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


def _metadata(document: ReportDocument) -> dict[str, Any]:
    return {
        "title": safe_text.plain(document.title),
        "author": f"lossdoctor {document.version}",
        "creator": f"lossdoctor {document.version}",
        "subject": "Diagnosis of training runs",
        "keywords": ["training", "loss curves", "diagnosis"],
        "lang": "en-GB",
        "displayDocTitle": 1,
        "invariant": 1 if os.environ.get("SOURCE_DATE_EPOCH", "").strip() else 0,
        "pageCompression": 1,
        # By default a canvas begins with Helvetica, which would then be named without being embedded.
        "initialFontName": fonts.REGULAR,
    }
