"""OutcomeList: what was checked and not found, and what could not be checked, each with its numbers or its reason."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from lossdoctor.findings import Outcome, Status
from lossdoctor.gui import icons
from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.gui.theme import Look
from lossdoctor.gui.views.finding_card import title_of
from lossdoctor.gui.views.measurement_table import MeasurementTable

_ICONS = {Status.CLEAR: "check", Status.NOT_APPLICABLE: "minus", Status.FAILED: "warning", Status.FOUND: "info"}
_WORDS = {
    Status.CLEAR: "clear",
    Status.NOT_APPLICABLE: "not applicable",
    Status.FAILED: "the check itself failed",
    Status.FOUND: "found",
}
_ORDER = (Status.FAILED, Status.CLEAR, Status.NOT_APPLICABLE)


class OutcomeRow(QWidget):
    """One rule's answer."""

    def __init__(self, outcome: Outcome, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"{title_of(outcome.name)}: {_WORDS[outcome.status]}")
        sign = QLabel()
        colour = look.theme.surface("muted")
        sign.setPixmap(icons.pixmap(_ICONS[outcome.status], colour, 16, self.devicePixelRatioF()))
        column = QVBoxLayout()
        column.setSpacing(1)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(PlainLabel(title_of(outcome.name)))
        head.addWidget(PlainLabel(outcome.code, tone="small"))
        head.addStretch(1)
        head.addWidget(PlainLabel(_WORDS[outcome.status], tone="small"))
        column.addLayout(head)
        for line in self._reason(outcome):
            column.addWidget(PlainLabel(line, tone="small", wrap=True, selectable=True))
        if outcome.measurements:
            column.addWidget(MeasurementTable(outcome.measurements))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(8)
        layout.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(column, 1)

    @staticmethod
    def _reason(outcome: Outcome) -> list[str]:
        reason = outcome.reason.strip().splitlines()
        # A failed rule's reason ends with the exception; the whole of it is in the log.
        return reason[-1:] if outcome.status is Status.FAILED else reason[:1]


def unfound(outcomes: tuple[Outcome, ...]) -> list[Outcome]:
    """The outcomes without findings: our own failures first, then what was clear, then what could not be checked."""
    return sorted((o for o in outcomes if o.status in _ORDER), key=lambda o: (_ORDER.index(o.status), o.code))
