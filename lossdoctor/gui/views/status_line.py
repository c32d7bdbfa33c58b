"""StatusLine: counts at the left, the problems badge and the progress of a scan at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from lossdoctor import formatting
from lossdoctor.gui.plain_label import ElidedLabel, PlainLabel
from lossdoctor.gui.theme import Look


class StatusLine(QWidget):
    """The bottom line.

    Signals:
        cancel_asked(): the work under way is to stop.
        problems_asked(): the problems are to be shown or hidden.
    """

    cancel_asked = Signal()
    problems_asked = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.counts = PlainLabel(tone="small")
        self.problems = QPushButton()
        self.problems.setProperty("kind", "quiet")
        self.problems.clicked.connect(self.problems_asked)
        self.problems.hide()
        self._what = ElidedLabel(tone="small")
        self._what.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(160)
        self.bar.setAccessibleName("Progress")
        self.cancel = QPushButton("Cancel")
        self.cancel.setProperty("kind", "quiet")
        self.cancel.setAccessibleName("Cancel the work under way")
        self.cancel.clicked.connect(self.cancel_asked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 8, 0)
        layout.setSpacing(8)
        layout.addWidget(self.counts)
        layout.addWidget(self.problems)
        layout.addWidget(self._what, 1)
        layout.addWidget(self.bar)
        layout.addWidget(self.cancel)
        self.finish()

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._look = look
        self.problems.setIcon(look.icon("warning"))

    def set_counts(self, runs: int, points: int, problems: int, seconds: float | None = None) -> None:
        """What is open, in numbers; `seconds` is how long reading it took."""
        parts = (
            [formatting.count(runs, "run"), formatting.count(points, "point")] if runs or seconds is not None else []
        )
        if seconds is not None:
            parts.append(f"read in {formatting.number(seconds, 2)} s")
        self.counts.set_text("  ·  ".join(parts))
        self.problems.setText(formatting.count(problems, "problem"))
        self.problems.setAccessibleName(f"{formatting.count(problems, 'problem')} with the input: show")
        self.problems.setVisible(problems > 0)

    def show_progress(self, done: int, total: int, what: str) -> None:
        """How far the work is; `total` 0 means unknown."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self._what.set_text(what)
        for widget in (self.bar, self.cancel):
            widget.show()

    def finish(self) -> None:
        """No work is under way."""
        self._what.set_text("")
        self.bar.hide()
        self.cancel.hide()
