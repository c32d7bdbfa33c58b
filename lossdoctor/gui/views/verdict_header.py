"""VerdictHeader: the top of the diagnosis pane: badge, sentence, confidence, runner-up, which checkpoint to use."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from lossdoctor import formatting
from lossdoctor.gui.badges import VerdictBadge
from lossdoctor.gui.plain_label import ElidedLabel, PlainLabel
from lossdoctor.gui.theme import Look
from lossdoctor.gui.views import words
from lossdoctor.workspace.results import DiagnosedRun


class VerdictHeader(QWidget):
    """What lossdoctor says about one run."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ElidedLabel(tone="title")
        self.id = ElidedLabel(tone="small")
        self.badge = VerdictBadge(look)
        self.sentence = PlainLabel(tone="sentence", wrap=True, selectable=True)
        self._item: DiagnosedRun | None = None
        self._clear_from: tuple[str, str] = ("", "")  # id of the run, and what is known of it
        self._facts = QGridLayout()
        self._facts.setContentsMargins(0, 4, 0, 0)
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnMinimumWidth(0, 136)
        self._facts.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        titles = QVBoxLayout()
        titles.setSpacing(0)
        titles.addWidget(self.name)
        titles.addWidget(self.id)
        layout.addLayout(titles)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.badge)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addWidget(self.sentence)
        layout.addLayout(self._facts)

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self.badge.set_look(look)

    def set_run(self, item: DiagnosedRun) -> None:
        """Shows the diagnosis of this run."""
        self._item = item
        diagnosis, unit = item.diagnosis, item.run.step_unit
        self.name.set_text(item.run.name)
        self.id.set_text(item.run.id)
        self.id.setVisible(item.run.id != item.run.name)
        self.badge.set_verdict(diagnosis.verdict)
        self.sentence.set_text(diagnosis.sentence)
        facts = [("Confidence", words.confidence(diagnosis.confidence))]
        if diagnosis.runner_up is not None:
            facts.append(("Could also be", diagnosis.runner_up.label))
        if diagnosis.onset_step is not None:
            facts.append(("Begins at", f"{unit} {formatting.step(diagnosis.onset_step)}"))
        if diagnosis.nan_step is not None:
            facts.append(("NaN or infinite from", f"{unit} {formatting.step(diagnosis.nan_step)}"))
        if diagnosis.best_step is not None:
            facts.append(("Use the checkpoint", f"at {unit} {formatting.step(diagnosis.best_step)}"))
        if self._clear_from[0] == item.run.id:
            facts.append(("Clear from", self._clear_from[1]))
        self._show(facts)

    def set_clear_from(self, run_id: str, text: str) -> None:
        """Says from where on the verdict of this run was clear; it comes later than the rest, because it takes longer."""
        self._clear_from = (run_id, text) if text else ("", "")
        if self._item is not None and self._item.run.id == run_id:
            self.set_run(self._item)

    def _show(self, facts: list[tuple[str, str]]) -> None:
        while (entry := self._facts.takeAt(0)) is not None:
            if (widget := entry.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row, (name, value) in enumerate(facts):
            self._facts.addWidget(PlainLabel(name, tone="muted"), row, 0)
            self._facts.addWidget(PlainLabel(value, wrap=True, selectable=True), row, 1)
