"""DiagnosisPane: the right pane: verdict, findings, checklist of likely causes, and what was checked besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from lossdoctor.findings import Finding, Status
from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.gui.theme import Look
from lossdoctor.gui.views.cause_card import CauseCard
from lossdoctor.gui.views.finding_card import FindingCard
from lossdoctor.gui.views.outcome_list import OutcomeRow, unfound
from lossdoctor.gui.views.section import Section
from lossdoctor.gui.views.verdict_header import VerdictHeader
from lossdoctor.knowledge.checklist import build_checklist
from lossdoctor.knowledge.marks import OPEN, Mark, Standing, reconsider
from lossdoctor.workspace.contrasts import Contrast
from lossdoctor.workspace.results import DiagnosedRun


class DiagnosisPane(QScrollArea):
    """Everything said about the run in view.

    Signals:
        finding_activated(finding): the user wants to see a finding on the plot.
        cause_ticked(cause_id, on): the user ticked or unticked a checklist item.
        cause_marked(cause_id, mark): the user ruled a cause out, confirmed it, took that back or wrote a note.
        page_asked(name): more about a finding is wanted: a page of help.
        layers_asked(finding): the histograms that a finding is about are wanted.
    """

    finding_activated = Signal(object)
    cause_ticked = Signal(str, bool)
    cause_marked = Signal(str, object)
    page_asked = Signal(str)
    layers_asked = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._item: DiagnosedRun | None = None
        self._marks: dict[str, Mark] = {}
        self._contrasts: tuple[Contrast, ...] = ()
        self.finding_cards: list[FindingCard] = []
        self.cause_cards: list[CauseCard] = []
        self.setAccessibleName("Diagnosis")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._arrange()
        self.set_run(None, {})

    def _arrange(self) -> None:
        self.header = VerdictHeader(self._look)
        self.findings = Section("Findings", self._look)
        self.causes = Section("Likely causes to check", self._look)
        self.checked = Section("What was checked", self._look, opened=False)
        self.checked.unfolded.connect(self._fill_rows)
        self._nothing = PlainLabel("Choose a run to see its diagnosis.", tone="muted", wrap=True)
        body = QWidget()
        body.setObjectName("pane")
        body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        body.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(body)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        for widget in (self.header, self.findings, self.causes, self.checked, self._nothing):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.setWidget(body)

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._look = look
        self.header.set_look(look)
        for section in (self.findings, self.causes, self.checked):
            section.head.set_look(look)
        self._fill()

    def set_run(self, item: DiagnosedRun | None, marks: Mapping[str, Mark], contrasts: Sequence[Contrast] = ()) -> None:
        """Shows this run with what was found out about its causes and the better runs beside it; None shows a hint."""
        again = item is not None and self._item is not None and item.run.id == self._item.run.id
        self._item = item
        self._marks = dict(marks)
        self._contrasts = tuple(contrasts)
        if not again:
            self.verticalScrollBar().setValue(0)
        self._fill()

    def _fill(self) -> None:
        item = self._item
        self._nothing.setVisible(item is None)
        self.header.setVisible(item is not None)
        for section in (self.findings, self.causes, self.checked):
            section.clear()
            section.setVisible(item is not None)
        self.finding_cards, self.cause_cards = [], []
        if item is None:
            return
        self.header.set_run(item)
        self._fill_findings(item)
        self._fill_causes(item)
        self._fill_checked(item)

    def _fill_findings(self, item: DiagnosedRun) -> None:
        findings = item.diagnosis.findings
        self.findings.head.set_note(str(len(findings)) if findings else "none")
        layers = {series.tag for series in item.run.histograms}
        for finding in findings:
            layered = not layers.isdisjoint(finding.tags)
            said = str(item.diagnosis.sentence)
            card = FindingCard(finding, item.run.step_unit, self._look, said=said, layered=layered)
            card.layers_asked.connect(self.layers_asked)
            card.activated.connect(self.finding_activated)
            card.page_asked.connect(self.page_asked)
            self.finding_cards.append(card)
            self.findings.add(card)
        if not findings:
            self.findings.add(PlainLabel("No rule found anything wrong with this run.", tone="muted", wrap=True))

    def _fill_causes(self, item: DiagnosedRun) -> None:
        ranked = {cause.id: cause for cause in reconsider(item.diagnosis.causes, self._marks)}
        self.causes.setVisible(bool(ranked))
        # A controlled comparison says more than any sign within the run, so it stands before the list.
        for contrast in self._contrasts:
            self.causes.add(PlainLabel(contrast.sentence, wrap=True, selectable=True))
        if len(ranked) > 1:
            self.causes.add(PlainLabel("First what is likely and cheap to settle.", tone="muted", wrap=True))
        for entry in build_checklist(item.diagnosis.causes, self._marks):
            card = CauseCard(ranked[entry.id], entry, self._look)
            card.ticked.connect(self._ticked)
            card.marked.connect(self._marked)
            self.cause_cards.append(card)
            self.causes.add(card)
        self._count_ticks()

    def _fill_checked(self, item: DiagnosedRun) -> None:
        outcomes = unfound(item.diagnosis.outcomes)
        self.checked.setVisible(bool(outcomes))
        clear = sum(outcome.status is Status.CLEAR for outcome in outcomes)
        skipped = len(outcomes) - clear
        self.checked.head.set_note(f"{clear} clear" + (f", {skipped} not applicable" if skipped else ""))
        self._fill_rows(self.checked.head.isChecked())

    def _fill_rows(self, wanted: bool) -> None:
        """The rows of what was checked, once they are to be seen: forty of them take longer than all the rest."""
        if wanted and self._item is not None and not self.checked.content.count():
            for outcome in unfound(self._item.diagnosis.outcomes):
                self.checked.add(OutcomeRow(outcome, self._look))

    def _ticked(self, cause_id: str, on: bool) -> None:
        note = self._marks.get(cause_id, OPEN).note
        self._marks[cause_id] = Mark(Standing.DONE if on else Standing.OPEN, note)
        self._count_ticks()
        self.cause_ticked.emit(cause_id, on)

    def _marked(self, cause_id: str, mark: Mark) -> None:
        before, self._marks[cause_id] = self._marks.get(cause_id, OPEN), mark
        self.cause_marked.emit(cause_id, mark)
        if mark.status is not before.status:
            # Not at once: the button that was clicked is one of those that make room for the new order.
            QTimer.singleShot(0, lambda: self._order_anew(cause_id))

    def _order_anew(self, cause_id: str) -> None:
        """The causes in their new order, with the same cards folded out; the keyboard stays on the card it was on."""
        if self._item is None:
            return
        unfolded = {card.cause.id for card in self.cause_cards if card.unfolded}
        place = self.verticalScrollBar().value()
        self.causes.clear()
        self.cause_cards = []
        self._fill_causes(self._item)
        for card in self.cause_cards:
            card.unfold(card.cause.id in unfolded)
            if card.cause.id == cause_id:
                card.box.setFocus()
        self.verticalScrollBar().setValue(place)

    def _count_ticks(self) -> None:
        marks = (self._marks.get(card.cause.id, OPEN) for card in self.cause_cards)
        done = sum(mark.status is not Standing.OPEN for mark in marks)
        self.causes.head.set_note(f"{done} of {len(self.cause_cards)} checked")

    def set_finding(self, finding: Finding | None) -> None:
        """Emphasises a finding's card and scrolls to it; None emphasises none."""
        for card in self.finding_cards:
            card.set_chosen(finding is not None and card.finding == finding)
            if card.property("chosen") == "true":
                self.ensureWidgetVisible(card, 0, 16)
