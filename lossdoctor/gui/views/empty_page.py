"""EmptyPage: what the window shows before anything is open: open, drop, recent folders, examples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from lossdoctor import safe_text
from lossdoctor.gui import icons
from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.gui.theme import Look

_WIDTH = 620
_MOST_RECENT = 6
_READS = (
    "Reads TensorBoard event files, CSV of Keras, Lightning and others, W&B run files and exports, Hugging Face states, "
    "MLflow, DVCLive, JSON lines and plain text logs."
)


class EmptyPage(QWidget):
    """The first thing a new user sees.

    Signals:
        folder_asked(), file_asked(), examples_asked(): a button was pressed.
        path_asked(path): a recent folder was chosen.
    """

    folder_asked = Signal()
    file_asked = Signal()
    examples_asked = Signal()
    path_asked = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._drop = QFrame()
        self._drop.setObjectName("drop")
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.open_folder = self._button("Open folder…", self.folder_asked, primary=True)
        self.open_file = self._button("Open file…", self.file_asked)
        self.examples = self._button("Open the bundled examples", self.examples_asked)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        self.recent_buttons: list[QPushButton] = []
        self._arrange()
        self.set_look(look)

    @staticmethod
    def _button(text: str, signal: object, *, primary: bool = False) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(text.removesuffix("…"))
        if primary:
            button.setProperty("kind", "primary")
            button.setDefault(True)
        button.clicked.connect(lambda: signal.emit())  # type: ignore[attr-defined]
        return button

    def _arrange(self) -> None:
        inner = QVBoxLayout(self._drop)
        inner.setContentsMargins(40, 36, 40, 36)
        inner.setSpacing(8)
        inner.addWidget(self._picture)
        inner.addSpacing(8)
        title = PlainLabel("What is wrong with your training runs?", tone="hero")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inner.addWidget(title)
        lead = PlainLabel("Open a folder of training logs, or drop it here. Nothing is uploaded or changed.", tone="muted",
                          wrap=True)  # fmt: skip
        lead.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inner.addWidget(lead)
        inner.addSpacing(16)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addStretch(1)
        for button in (self.open_folder, self.open_file, self.examples):
            row.addWidget(button)
        row.addStretch(1)
        inner.addLayout(row)
        inner.addSpacing(8)
        reads = PlainLabel(_READS, tone="small", wrap=True)
        reads.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inner.addWidget(reads)
        column = QVBoxLayout()
        column.setSpacing(24)
        column.addStretch(2)
        column.addWidget(self._drop)
        column.addLayout(self._recent)
        column.addStretch(3)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.addStretch(1)
        holder = QWidget()
        holder.setFixedWidth(_WIDTH)
        holder.setLayout(column)
        layout.addWidget(holder)
        layout.addStretch(1)

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._look = look
        self._picture.setPixmap(icons.pixmap(icons.APPLICATION_ICON, "", 72, self.devicePixelRatioF()))
        for button in self.recent_buttons:
            button.setIcon(look.icon("folder-open"))

    def set_recent(self, paths: Sequence[str]) -> None:
        """Offers these paths."""
        while (entry := self._recent.takeAt(0)) is not None:
            if (widget := entry.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.recent_buttons = []
        if paths:
            self._recent.addWidget(PlainLabel("Recent", tone="caption"))
        for path in paths[:_MOST_RECENT]:
            button = QPushButton(safe_text.menu(_short(path)))
            button.setProperty("kind", "link")
            button.setIcon(self._look.icon("folder-open"))
            button.setToolTip(safe_text.html(path))
            button.setAccessibleName(f"Open recent: {safe_text.plain(path)}")
            button.clicked.connect(lambda _=False, p=path: self.path_asked.emit(p))
            self.recent_buttons.append(button)
            self._recent.addWidget(button)

    def set_over(self, over: bool) -> None:
        """Shows that what is being dragged may be dropped."""
        self._drop.setProperty("over", "true" if over else "false")
        self._drop.style().unpolish(self._drop)
        self._drop.style().polish(self._drop)


def _short(path: str) -> str:
    """A path with the home folder as ~, its middle left out when long."""
    home = str(Path.home())
    shown = "~" + path[len(home) :] if home != "/" and path.startswith(home + "/") else path
    return safe_text.elide_middle(safe_text.plain(shown), 72)
