"""HelpWindow: contents and search on the left, the page on the right, back and forward above."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from lossdoctor.gui.theme import Look
from lossdoctor.gui.views import help_pages
from lossdoctor.gui.views.help_browser import HelpBrowser

_SIZE = QSize(1060, 760)
_NAME = Qt.ItemDataRole.UserRole


class HelpWindow(QDialog):
    """The help. It stays open beside the main window.

    Args:
        look: colours.
        parent: the main window.
    """

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("lossdoctor help")
        self._look = look
        self._places: list[tuple[str, str]] = []
        self._at = -1
        self.browser = HelpBrowser(look)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search the help")
        self.search.setAccessibleName("Search the help")
        self.search.setClearButtonEnabled(True)
        self.contents = _list("Contents")
        self.results = _list("Pages found")
        self.lists = QStackedWidget()
        self.back = self._button("Back", "Alt+Left")
        self.forward = self._button("Forward", "Alt+Right")
        self.home = self._button("Contents", "Alt+Home")
        self._arrange()
        self._fill_contents()
        self._connect()
        self.resize(_SIZE)
        self.set_look(look)
        self.search.setFocus()

    def _button(self, text: str, keys: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setAccessibleName(text)
        button.setToolTip(f"{text} ({QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)})")
        button.setShortcut(QKeySequence(keys))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.setSpacing(4)
        for button in (self.back, self.forward, self.home):
            bar.addWidget(button)
        bar.addStretch(1)
        left = QWidget()
        left.setObjectName("pane")
        left.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(left)
        column.setContentsMargins(12, 12, 4, 8)
        column.setSpacing(8)
        column.addWidget(self.search)
        self.lists.addWidget(self.contents)
        self.lists.addWidget(self.results)
        column.addWidget(self.lists, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(left)
        split.addWidget(self.browser)
        split.setStretchFactor(1, 1)
        split.setSizes([270, 790])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(split, 1)

    def _connect(self) -> None:
        self.browser.page_asked.connect(self.show_page)
        self.search.textChanged.connect(self._searched)
        self.search.returnPressed.connect(self._first_result)
        self.contents.currentItemChanged.connect(self._chosen)
        self.results.currentItemChanged.connect(self._chosen)
        self.back.clicked.connect(lambda: self._go(-1))
        self.forward.clicked.connect(lambda: self._go(1))
        self.home.clicked.connect(lambda: self.show_page(help_pages.START))
        QShortcut(QKeySequence("Ctrl+F"), self, self.search.setFocus)

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._look = look
        self.browser.set_look(look)
        for button, icon in ((self.back, "back"), (self.forward, "forward"), (self.home, "info")):
            button.setIcon(look.icon(icon))

    # --- pages ---

    @property
    def page(self) -> str:
        """The path of the page in view; "" before the first."""
        return self._places[self._at][0] if self._places else ""

    def show_page(self, name: str, part: str = "") -> None:
        """Shows a page, and remembers it for the way back; one that does not exist shows the contents."""
        if help_pages.page(name) is None:
            name, part = help_pages.START, ""
        if (name, part) != (self._places[self._at] if self._places else None):
            self._places = [*self._places[: self._at + 1], (name, part)]
            self._at = len(self._places) - 1
        self._show()

    def _go(self, by: int) -> None:
        if 0 <= self._at + by < len(self._places):
            self._at += by
            self._show()

    def _show(self) -> None:
        name, part = self._places[self._at]
        self.browser.show_page(name, part)
        self.browser.mark_words(self.search.text())
        self.back.setEnabled(self._at > 0)
        self.forward.setEnabled(self._at + 1 < len(self._places))
        page = help_pages.page(name)
        self.setWindowTitle(f"{page.title if page else 'Help'} – lossdoctor help")
        self._choose(name)

    def _choose(self, name: str) -> None:
        """Marks the page in the contents, without going there once more."""
        blocked = self.contents.blockSignals(True)
        for item in _items(self.contents):
            if item.data(0, _NAME) == name:
                self.contents.setCurrentItem(item)
        self.contents.blockSignals(blocked)

    def _chosen(self, item: QTreeWidgetItem | None) -> None:
        if item is not None and item.data(0, _NAME):
            self.show_page(item.data(0, _NAME))

    # --- contents and search ---

    def _fill_contents(self) -> None:
        for heading, pages in help_pages.contents():
            parent: QTreeWidget | QTreeWidgetItem = self.contents
            if heading:
                parent = QTreeWidgetItem(self.contents, [heading])
                parent.setData(0, _NAME, pages[0].name)
                pages = pages[1:]
            for page in pages:
                QTreeWidgetItem(parent, [page.title]).setData(0, _NAME, page.name)

    def _searched(self, text: str) -> None:
        self.lists.setCurrentWidget(self.results if text.strip() else self.contents)
        self.results.clear()
        for hit in help_pages.search(text):
            item = QTreeWidgetItem(self.results, [f"{hit.page.title}\n{hit.excerpt}"])
            item.setData(0, _NAME, hit.page.name)
            item.setToolTip(0, "")
        if text.strip() and not self.results.topLevelItemCount():
            QTreeWidgetItem(self.results, ["No page holds all of these words."]).setDisabled(True)
        self.browser.mark_words(text)

    def _first_result(self) -> None:
        first = self.results.topLevelItem(0)
        if first is not None:
            self.results.setCurrentItem(first)


def _list(name: str) -> QTreeWidget:
    tree = QTreeWidget()
    tree.setAccessibleName(name)
    tree.setHeaderHidden(True)
    tree.setFrameShape(QTreeWidget.Shape.NoFrame)
    tree.setIndentation(14)
    tree.setTextElideMode(Qt.TextElideMode.ElideRight)
    return tree


def _items(tree: QTreeWidget) -> list[QTreeWidgetItem]:
    items: list[QTreeWidgetItem] = []
    for top in (tree.topLevelItem(at) for at in range(tree.topLevelItemCount())):
        if top is not None:
            children = (top.child(at) for at in range(top.childCount()))
            items += [top, *(child for child in children if child is not None)]
    return items
