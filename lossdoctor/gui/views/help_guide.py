"""GuideWindow: "My loss does not converge": the steps on the left, and beside each what the run in view says about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lossdoctor import formatting, safe_text
from lossdoctor.diagnosis.guide import Answer, GuideStep, guide, next_step
from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.gui.theme import Look
from lossdoctor.knowledge.marks import Mark
from lossdoctor.workspace.results import DiagnosedRun

_SIZE = QSize(940, 660)
_ICONS = {Answer.OPEN: "minus", Answer.FINE: "check", Answer.WRONG: "warning"}
_WORDS = {Answer.OPEN: "open", Answer.FINE: "fine", Answer.WRONG: "wrong"}


class GuideWindow(QDialog):
    """The guided path. It stays open beside the main window and follows the run in view.

    Signals:
        answered(step, answer): the user answered a step's question, or took the answer back.
        page_asked(name, part): more about something is wanted: a page of help and a heading.
    """

    answered = Signal(object, object)
    page_asked = Signal(str, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("My loss does not converge")
        self._look = look
        self._item: DiagnosedRun | None = None
        self.steps: tuple[GuideStep, ...] = ()
        self.run = PlainLabel(tone="muted")
        self.list = QListWidget()
        self.list.setAccessibleName("Steps")
        self.list.setObjectName("steps")
        self.list.setIconSize(QSize(16, 16))
        self.list.currentRowChanged.connect(self._show_step)
        self.page = QScrollArea()
        self.page.setWidgetResizable(True)
        self.page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page.setAccessibleName("Step")
        self.question = QWidget()
        self.question.setObjectName("pane")
        self.question.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._answers = QVBoxLayout(self.question)
        self._answers.setContentsMargins(20, 12, 20, 14)
        self._answers.setSpacing(6)
        self.asked, self.then = PlainLabel(tone="heading", wrap=True), PlainLabel(wrap=True)
        self.previous = _button("Previous")
        self.next = _button("Next", primary=True)
        self.previous.clicked.connect(lambda: self.list.setCurrentRow(self.list.currentRow() - 1))
        self.next.clicked.connect(lambda: self.list.setCurrentRow(self.list.currentRow() + 1))
        self.choices = {answer: QRadioButton() for answer in (Answer.FINE, Answer.WRONG, Answer.OPEN)}
        self._arrange()
        self.resize(_SIZE)

    def _arrange(self) -> None:
        close = _button("Close")
        close.clicked.connect(self.close)
        self.list.setFixedWidth(320)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self.list)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.page, 1)
        right.addWidget(self.question)
        middle.addLayout(right, 1)
        self._answers.addWidget(self.asked)
        group = QButtonGroup(self)
        for answer, choice in self.choices.items():
            group.addButton(choice)
            choice.clicked.connect(lambda _=False, a=answer: self._answer(a))
            self._answers.addWidget(choice)
        self._answers.addWidget(self.then)
        row = QHBoxLayout()
        row.addWidget(close)
        row.addStretch(1)
        row.addWidget(self.previous)
        row.addWidget(self.next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(self.run)
        layout.addLayout(middle, 1)
        layout.addLayout(row)

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._look = look
        self._mark_list()

    def set_run(self, item: DiagnosedRun | None, marks: Mapping[str, Mark]) -> None:
        """Shows the path for this run with the answers kept for it; another run opens at its first open step."""
        other = self._item is None or item is None or item.run.id != self._item.run.id
        self._item = item
        if item is None:
            self.run.set_text("Choose a run in the main window.")
            self.steps = ()
            self.list.clear()
            self.page.takeWidget()
            self.question.hide()
            return
        self.run.set_text(f"{item.run.name}: {item.diagnosis.verdict.label}")
        self.steps = guide(item.diagnosis, marks)
        row = max(self.list.currentRow(), 0)
        if other:
            ahead = next_step(self.steps)
            row = ahead.number - 1 if ahead is not None else 0
        self._mark_list()
        blocked = self.list.blockSignals(True)
        self.list.setCurrentRow(row)
        self.list.blockSignals(blocked)
        self._show_step(row)

    def _mark_list(self) -> None:
        blocked = self.list.blockSignals(True)
        while self.list.count() < len(self.steps):
            self.list.addItem(QListWidgetItem())
        for row, step in enumerate(self.steps):
            entry = self.list.item(row)
            entry.setText(f"{step.number}. {step.step.title}")
            entry.setIcon(self._look.icon(_ICONS[step.answer]))
            entry.setData(Qt.ItemDataRole.AccessibleTextRole, f"{step.step.title}: {_WORDS[step.answer]}")
        self.list.blockSignals(blocked)

    def _show_step(self, row: int) -> None:
        if not 0 <= row < len(self.steps):
            return
        step = self.steps[row]
        self.page.setWidget(self._body(step))
        self._ask(step)
        self.previous.setEnabled(row > 0)
        self.next.setEnabled(row + 1 < len(self.steps))

    def _body(self, step: GuideStep) -> QWidget:
        body = QWidget()
        body.setObjectName("pane")
        body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(body)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(6)
        column.addWidget(PlainLabel(f"{step.number}. {step.step.title}", tone="title", wrap=True))
        column.addWidget(PlainLabel(f"Costs: {step.step.cost}", tone="small"))
        column.addWidget(PlainLabel(step.step.why, wrap=True))
        self._add_list(column, "What the log says", step.said)
        self._add_list(column, "Looked for and not there", (", ".join(step.unseen),) if step.unseen else ())
        self._add_list(column, "What the log cannot tell", step.unknown)
        self._add_causes(column, step)
        column.addStretch(1)
        return body

    @staticmethod
    def _add_list(column: QVBoxLayout, title: str, lines: Sequence[str]) -> None:
        if not lines:
            return
        column.addSpacing(8)
        column.addWidget(PlainLabel(title, tone="heading"))
        for line in lines:
            column.addWidget(PlainLabel(line, wrap=True, selectable=True))

    def _add_causes(self, column: QVBoxLayout, step: GuideStep) -> None:
        if not step.causes:
            return
        column.addSpacing(8)
        column.addWidget(PlainLabel("Causes that belong here", tone="heading"))
        for cause in step.causes:
            link = QPushButton(safe_text.menu(f"{cause.title}, {formatting.percent(round(cause.score, 2))}"))
            link.setProperty("kind", "link")
            link.setAccessibleName(f"More about {safe_text.plain(cause.title)}")
            link.clicked.connect(lambda _=False, name=cause.id: self.page_asked.emit(f"causes/{name}.md", ""))
            column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)

    def _ask(self, step: GuideStep) -> None:
        self.question.show()
        self.asked.set_text(step.step.question)
        texts = {Answer.FINE: step.step.fine, Answer.WRONG: step.step.wrong, Answer.OPEN: "Not looked at yet"}
        for answer, choice in self.choices.items():
            choice.setText(safe_text.menu(texts[answer]))
        self.choices[step.answer].setChecked(True)
        self.then.set_text(step.step.then)
        self.then.setVisible(step.answer is Answer.WRONG)

    def _answer(self, answer: Answer) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self.steps):
            self.answered.emit(self.steps[row].step, answer)

    def set_answers(self, marks: Mapping[str, Mark]) -> None:
        """Shows answers that changed, without leaving the step in view."""
        if self._item is None:
            return
        self.steps = guide(self._item.diagnosis, marks)
        self._mark_list()
        row = self.list.currentRow()
        if 0 <= row < len(self.steps):
            self._ask(self.steps[row])


def _button(text: str, *, primary: bool = False) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    if primary:
        button.setProperty("kind", "primary")
    return button
