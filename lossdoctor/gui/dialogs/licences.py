"""The licences of everything that is handed on with lossdoctor: the parts on the left, the text on the right."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QListWidget,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.resources import resource

_SIZE = QSize(900, 620)
_NOTE = (
    "Qt is used unchanged, as separate libraries under the LGPL 3.0; you may replace them by your own build. "
    "The page Licences of the help says where they are and where the source is."
)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing with a licence of its own: its name as listed, and the file with the text."""

    title: str
    path: Path


def parts() -> tuple[Part, ...]:
    """Everything with a licence: lossdoctor's own first, then Qt's, the fonts, and the packages by name.

    A file that is missing is left out; the list is never empty, since the index is part of the installation.
    """
    folder = resource("licences")
    packages = tomllib.loads((folder / "packages.toml").read_text(encoding="utf-8"))["package"]
    found = [
        Part("lossdoctor (Apache-2.0)", folder / "Apache-2.0.txt"),
        Part("Qt, PySide6 (LGPL-3.0)", folder / "LGPL-3.0.txt"),
        Part("GPL-3.0, to which it refers", folder / "GPL-3.0.txt"),
        Part("Fonts", resource("fonts") / "LICENSES.txt"),
    ]
    found += [Part(f"{item['name']} {item['version']}", folder / "packages" / item["file"]) for item in packages]
    return tuple(part for part in found if part.path.is_file())


class LicencesWindow(QDialog):
    """The list of the parts and the text of the chosen one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Licences")
        self._parts = parts()
        self.names = QListWidget()
        self.names.setAccessibleName("Parts with a licence")
        self.names.setFrameShape(QFrame.Shape.NoFrame)
        self.names.addItems([part.title for part in self._parts])
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Text of the licence")
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.names.currentRowChanged.connect(self._show)
        self._arrange()
        self.names.setCurrentRow(0)
        self.resize(_SIZE)

    def _arrange(self) -> None:
        split = QSplitter()
        split.addWidget(self.names)
        split.addWidget(self.text)
        split.setSizes([240, 660])
        split.setChildrenCollapsible(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(12)
        layout.addWidget(PlainLabel(_NOTE, wrap=True, tone="muted"))
        layout.addWidget(split, 1)
        layout.addWidget(buttons)

    def _show(self, row: int) -> None:
        self.text.setPlainText(self._parts[row].path.read_text(encoding="utf-8", errors="replace"))
