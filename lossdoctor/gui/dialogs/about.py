"""The about box: version, licences, and what is inside."""

from __future__ import annotations

import platform

import numpy as np
import pyqtgraph as pg
from PySide6 import __version__ as pyside_version
from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from lossdoctor import __version__
from lossdoctor.gui import icons
from lossdoctor.gui.dialogs.licences import LicencesWindow
from lossdoctor.gui.plain_label import PlainLabel


def versions() -> str:
    """The versions that matter for a defect report, one a line."""
    return "\n".join(
        (
            f"lossdoctor {__version__}",
            f"Python {platform.python_version()} on {platform.platform()}",
            f"Qt {qVersion()}, PySide6 {pyside_version}, pyqtgraph {pg.__version__}, numpy {np.__version__}",
        )
    )


class AboutBox(QDialog):
    """Version and licences."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About lossdoctor")
        picture = QLabel()
        picture.setPixmap(icons.pixmap(icons.APPLICATION_ICON, "", 72, self.devicePixelRatioF()))
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(PlainLabel(f"lossdoctor {__version__}", tone="title"))
        column.addWidget(PlainLabel("Reads training logs, says what is wrong with each run and why, and shows it on the "
                                    "curve. It works offline and never changes a log.", wrap=True))  # fmt: skip
        column.addWidget(PlainLabel("Apache License 2.0. The window uses Qt for Python under the LGPL 3.0.", wrap=True,
                                    tone="muted"))  # fmt: skip
        for line in versions().splitlines()[1:]:
            column.addWidget(PlainLabel(line, tone="small", wrap=True, selectable=True))
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.licences = buttons.addButton("Licences", QDialogButtonBox.ButtonRole.ActionRole)
        self.licences.setAutoDefault(False)
        self.licences.clicked.connect(self.show_licences)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(row)
        layout.addWidget(buttons)
        self.setMinimumWidth(520)

    def show_licences(self) -> None:
        """The texts of all licences, in a window of their own."""
        LicencesWindow(self).open()
