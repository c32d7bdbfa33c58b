"""FindingCard: one finding with severity shape, sentence, and the measurements behind it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from lossdoctor import formatting
from lossdoctor.findings import Finding
from lossdoctor.gui.badges import SeverityIcon
from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.gui.theme import Look
from lossdoctor.gui.views import words
from lossdoctor.gui.views.measurement_table import MeasurementTable
from lossdoctor.gui.views.section import Disclosure


def title_of(name: str) -> str:
    """A rule's slug as a heading: `loss_spike` is "Loss spike"."""
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


class FindingCard(QFrame):
    """One finding; a click or Enter shows it on the plot.

    Signals:
        activated(finding): the user wants to see it.
        page_asked(name): the user wants to read more about it: a page of help.
        layers_asked(finding): the user wants to see the histograms it is about.
    """

    activated = Signal(object)
    page_asked = Signal(str)
    layers_asked = Signal(object)

    def __init__(
        self,
        finding: Finding,
        unit: str,
        look: Look,
        *,
        said: str = "",
        layered: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.finding = finding
        self.setProperty("card", "true")
        self.setProperty("chosen", "false")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        severity = look.theme.severity(finding.severity)
        self.setAccessibleName(
            f"Finding {(finding.title or title_of(finding.name))}, severity {severity.word}: {finding.message}"
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(SeverityIcon(look, finding.severity))
        # A long title takes a second line: a row wider than the card would cut the sentence below it.
        head.addWidget(PlainLabel((finding.title or title_of(finding.name)), tone="heading", wrap=True), 1)
        head.addWidget(PlainLabel(finding.code, tone="small"))
        head.addWidget(PlainLabel(f"{severity.word} · {formatting.probability(finding.confidence)}",
                                  tone="small"))  # fmt: skip
        layout.addLayout(head)
        # The sentence under the verdict is often this very one; reading it twice helps nobody.
        if str(finding.message) != said:
            layout.addWidget(PlainLabel(str(finding.message), wrap=True))
        self.more = QPushButton("More about this")
        self.more.setProperty("kind", "quiet")
        self.more.setAccessibleName(f"More about {finding.title or title_of(finding.name)}")
        self.more.clicked.connect(lambda: self.page_asked.emit(f"findings/{finding.code}.md"))
        self.layers = QPushButton("Show the layers…")
        self.layers.setProperty("kind", "quiet")
        self.layers.setAccessibleName(f"Show the layers of {finding.title or title_of(finding.name)}")
        self.layers.clicked.connect(lambda: self.layers_asked.emit(finding))
        # A row of its own: three buttons in one do not fit the pane's least width.
        layout.addWidget(self.layers, 0, Qt.AlignmentFlag.AlignLeft)
        if not layered:
            self.layers.hide()
        self._add_details(layout, unit, look)

    def _add_details(self, layout: QVBoxLayout, unit: str, look: Look) -> None:
        finding = self.finding
        row = QHBoxLayout()
        layout.addLayout(row)
        if not finding.measurements and not finding.evidence:
            row.addStretch(1)
            row.addWidget(self.more)
            return
        places = [(e.label or "where", words.place(e, unit)) for e in finding.evidence]
        toggle = Disclosure("Measurements", look)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(3)
        column.addWidget(MeasurementTable(finding.measurements))
        for name, where in places:
            column.addWidget(PlainLabel(f"{name}: {where}", tone="small", wrap=True, selectable=True))
        body.hide()
        toggle.toggled.connect(body.setVisible)
        row.addWidget(toggle, 1)
        row.addWidget(self.more)
        layout.addWidget(body)

    def set_chosen(self, chosen: bool) -> None:
        """Emphasises the card."""
        value = "true" if chosen else "false"
        if self.property("chosen") != value:
            self.setProperty("chosen", value)
            self.style().unpolish(self)
            self.style().polish(self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.activated.emit(self.finding)
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.activated.emit(self.finding)
        else:
            super().keyPressEvent(event)
