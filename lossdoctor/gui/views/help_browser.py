"""HelpBrowser: shows one page of help; nothing is ever loaded from anywhere but the folder of help."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QImage,
    QPainter,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrame,
    QTextLength,
    QTextTable,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget

from lossdoctor.gui.theme import Look
from lossdoctor.gui.views import help_pages

_MARGIN = 28
_WIDEST = 760
_DARK = re.compile(r"@media \(prefers-color-scheme:dark\)\{((?:[^{}]*\{[^{}]*\})*)\}")
_DIALECT = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
_MOST_MARKED = 200
# The character that stands for a picture in a text.
_PICTURE = "\ufffc"


class HelpBrowser(QTextBrowser):
    """The page.

    Signals:
        page_asked(name, part): a link was followed: path of the page below the folder of help, and a heading or "".
    """

    page_asked = Signal(str, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._name = help_pages.START
        self._shown_width = 0
        self.setAccessibleName("Help page")
        self.setOpenLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        # Always there: pictures are drawn to the width that it leaves.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.document().setDocumentMargin(_MARGIN)
        self.anchorClicked.connect(self._follow)

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._look = look
        self._render()

    def show_page(self, name: str, part: str = "") -> bool:
        """Shows a page from its top, or from one of its headings; False when there is no such page."""
        if help_pages.page(name) is None:
            return False
        self._name = name
        self._render()
        self.verticalScrollBar().setValue(0)
        if part:
            self._scroll_to(part)
        return True

    def mark_words(self, text: str) -> None:
        """Emphasises words on the page and goes to the first of them; no words take the emphasis away."""
        marks: list[QTextEdit.ExtraSelection] = []
        shade = QTextCharFormat()
        shade.setBackground(self._look.surface("selection"))
        shade.setForeground(self._look.surface("selection_text"))
        for word in text.split():
            cursor = self.document().find(word)
            while not cursor.isNull() and len(marks) < _MOST_MARKED:
                mark = QTextEdit.ExtraSelection()
                mark.cursor, mark.format = cursor, shade  # type: ignore[attr-defined]
                marks.append(mark)
                cursor = self.document().find(word, cursor)
        self.setExtraSelections(marks)

    def _follow(self, url: QUrl) -> None:
        """A click on a link: another page, or a heading of this one. Whatever leads elsewhere is not followed."""
        if url.scheme() or url.host():
            return
        name = self._resolved(url.path()) if url.path() else self._name
        if help_pages.page(name) is not None:
            self.page_asked.emit(name, url.fragment())

    def _resolved(self, path: str) -> str:
        """A path of a link on this page, below the folder of help."""
        place = (help_pages.root() / PurePosixPath(self._name).parent / path).resolve()
        return place.relative_to(help_pages.root()).as_posix() if place.is_relative_to(help_pages.root()) else ""

    def _scroll_to(self, part: str) -> None:
        for block in _blocks(self.document()):
            if block.blockFormat().headingLevel() and help_pages.anchor(block.text()) == part:
                cursor = QTextCursor(block)
                self.setTextCursor(cursor)
                top = self.document().documentLayout().blockBoundingRect(block).top()
                self.verticalScrollBar().setValue(round(top) - 8)
                return

    # --- how it looks ---

    def _render(self) -> None:
        page = help_pages.page(self._name)
        if page is None:
            return
        self._shown_width = self._picture_width()
        self.document().setMarkdown(page.markdown, _DIALECT)
        self.document().setDocumentMargin(_MARGIN)
        # In one piece: each change alone would lay the whole page out anew.
        whole = QTextCursor(self.document())
        whole.beginEditBlock()
        after_code = False
        for block in _blocks(self.document()):
            self._shape(block, after_code)
            after_code = _is_code(block)
        for table in _tables(self.document().rootFrame()):
            self._shape_table(table)
        whole.endEditBlock()
        # The cursor stands where the text was put in last, and the view follows it when the window is shown.
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _shape(self, block: QTextBlock, after_code: bool) -> None:
        shape = block.blockFormat()
        level = shape.headingLevel()
        cursor = QTextCursor(block)
        if level:
            shape.setTopMargin((0, 4, 22, 14)[min(level, 3)])
            shape.setBottomMargin(8)
        elif _is_code(block):
            shape.setBackground(self._look.hover)
            shape.setLeftMargin(8)
        elif not cursor.currentTable() and block.textList() is None and _PICTURE not in block.text():
            shape.setLineHeight(122, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            shape.setBottomMargin(10)
            shape.setTopMargin(12 if after_code else 0)
        cursor.setBlockFormat(shape)
        self._set_fonts(block)

    def _set_fonts(self, block: QTextBlock) -> None:
        """Code in a typewriter face a little smaller; links in the accent colour without the line below them."""
        level = block.blockFormat().headingLevel()
        pieces = []
        at = block.begin()
        while not at.atEnd():
            piece = at.fragment()
            pieces.append((piece.position(), piece.length(), piece.charFormat()))
            at += 1  # type: ignore[operator]
        for position, length, old in pieces:
            new = QTextCharFormat()
            if old.fontFixedPitch():
                new.setFontFamilies([QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()])
                new.setFontPointSize(self.font().pointSizeF() * 0.95)
            if old.isAnchor():
                new.setForeground(self._look.surface("accent"))
                new.setFontUnderline(False)
            if level:
                new.setFontPointSize(self.font().pointSizeF() * (1.7, 1.7, 1.3, 1.1)[min(level, 3)])
                new.setFontWeight(QFont.Weight.DemiBold)
            cursor = QTextCursor(self.document())
            cursor.setPosition(position)
            cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(new)

    def _shape_table(self, table: QTextTable) -> None:
        shape = table.format()
        shape.setCellPadding(5)
        shape.setCellSpacing(0)
        shape.setBorder(1)
        shape.setBorderCollapse(True)
        shape.setBorderBrush(QColor(self._look.theme.surface("border")))
        shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        shape.setTopMargin(4)
        shape.setBottomMargin(12)
        table.setFormat(shape)
        for column in range(table.columns()):
            cell = table.cellAt(0, column)
            head = cell.format()
            head.setBackground(self._look.hover)
            cell.setFormat(head)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """A picture of the folder of help, drawn for this screen and theme; nothing else is loaded."""
        url = QUrl(name) if isinstance(name, str) else name
        path = self._resolved(url.path()) if not url.scheme() and not url.host() else ""
        place = help_pages.root() / path
        if kind != QTextDocument.ResourceType.ImageResource.value or not path or not place.is_file():
            return QImage()
        ratio = self.devicePixelRatioF()
        if place.suffix == ".svg":
            image = self._drawn(place.read_text(encoding="utf-8"), ratio)
        else:
            image = QImage(str(_in_theme(place, self._look.is_dark)))
            width = min(round(self._picture_width() * ratio), image.width())
            image = image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        image.setDevicePixelRatio(ratio)
        return image

    def _drawn(self, svg: str, ratio: float) -> QImage:
        dark = _DARK.search(svg)
        if dark is not None:
            svg = svg.replace(dark[0], dark[1] if self._look.is_dark else "")
        drawer = QSvgRenderer(QByteArray(svg.encode()))
        size = drawer.defaultSize()
        width = min(self._picture_width(), size.width())
        pixels = QSize(round(width * ratio), round(width * ratio * size.height() / max(size.width(), 1)))
        image = QImage(pixels, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        drawer.render(painter, QRectF(0, 0, pixels.width(), pixels.height()))
        painter.end()
        return image

    def _picture_width(self) -> int:
        return max(min(self.viewport().width() - 2 * _MARGIN - 8, _WIDEST), 200)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        if self._shown_width and abs(self._picture_width() - self._shown_width) > 24:
            place, at = self.verticalScrollBar().value(), self.textCursor().position()
            self._render()
            cursor = self.textCursor()
            cursor.setPosition(at)
            self.setTextCursor(cursor)
            self.verticalScrollBar().setValue(place)


def _is_code(block: QTextBlock) -> bool:
    shape, kinds = block.blockFormat(), QTextBlockFormat.Property
    return shape.hasProperty(kinds.BlockCodeFence) or shape.hasProperty(kinds.BlockCodeLanguage)


def _in_theme(place: Path, dark: bool) -> Path:
    """The dark one of a pair of pictures, where there is a pair and it is wanted."""
    other = place.with_name(place.name.replace("-light.", "-dark."))
    return other if dark and other.is_file() else place


def _blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def _tables(frame: QTextFrame) -> list[QTextTable]:
    return [child for child in frame.childFrames() if isinstance(child, QTextTable)]
