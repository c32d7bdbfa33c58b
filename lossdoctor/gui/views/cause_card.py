"""CauseCard: one item of the checklist, with a tick, how likely it is, why, how to settle it and how to mend it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from lossdoctor import formatting, safe_text
from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.gui.theme import Look
from lossdoctor.gui.views.section import Disclosure
from lossdoctor.gui.views.tick_box import TickBox
from lossdoctor.knowledge.checklist import ChecklistItem
from lossdoctor.knowledge.marks import Mark, Standing
from lossdoctor.knowledge.ranked import Argument, Move, RankedCause

_BAR = 40


class ScoreBar(QWidget):
    """A short bar with its percentage: how likely a cause is."""

    def __init__(self, score: float, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._score = min(max(score, 0.0), 1.0)
        self._look = look
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"Likelihood {formatting.percent(round(self._score, 2))}")
        self.setToolTip("How likely this cause is, from its frequency and the evidence for and against it")

    def sizeHint(self) -> QSize:
        return QSize(_BAR + 8 + self.fontMetrics().horizontalAdvance("100 %"), self.fontMetrics().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        groove = QRectF(0, self.height() / 2 - 3, _BAR, 6)
        painter.setBrush(self._look.surface("border"))
        painter.drawRoundedRect(groove, 3, 3)
        painter.setBrush(self._look.surface("accent"))
        if self._score > 0:
            painter.drawRoundedRect(QRectF(groove.left(), groove.top(), max(_BAR * self._score, 6), 6), 3, 3)
        painter.setPen(self._look.surface("muted"))
        text = formatting.percent(round(self._score, 2))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class CauseCard(QFrame):
    """One possible cause as an item of the checklist.

    Signals:
        ticked(cause_id, on): the user ticked or unticked it.
        marked(cause_id, mark): the user ruled it out, confirmed it, took that back or wrote a note.
    """

    ticked = Signal(str, bool)
    marked = Signal(str, object)

    def __init__(self, cause: RankedCause, item: ChecklistItem, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cause = cause
        self._item = item
        self._look = look
        ticked = item.mark.status is not Standing.OPEN
        self.box = TickBox(look)
        self.box.setChecked(ticked)
        self.box.setAccessibleName(f"Checked: {safe_text.plain(cause.title)}")
        self.box.setToolTip("Tick what you have checked; ticks are kept")
        self._title = PlainLabel(cause.title, tone=_tone(item.mark.status), wrap=True)
        self._toggle = Disclosure("Why, and what to do", look)
        self.ruled_out = _choice("Ruled out", "The test spoke against it: the causes left are weighed again")
        self.confirmed = _choice("Confirmed", "The test proved it: it goes first, the others become less likely")
        self.ruled_out.setChecked(item.mark.status is Standing.RULED_OUT)
        self.confirmed.setChecked(item.mark.status is Standing.CONFIRMED)
        self.note = QLineEdit(item.mark.note)
        self.note.setPlaceholderText("Note")
        self.note.setAccessibleName(f"Note on {safe_text.plain(cause.title)}")
        # Filled when it is first folded out: eight cards' details take longer than all that is seen of a run.
        self._body = QWidget()
        self._body.hide()
        for widget in (self.ruled_out, self.confirmed, self.note):
            widget.setParent(
                self._body
            )  # a widget without a parent would go with Python's next collection, on any thread
        self._arrange()
        self.box.toggled.connect(self._ticked)
        self._toggle.toggled.connect(self._fold)
        self.ruled_out.clicked.connect(lambda on: self._settle(Standing.RULED_OUT if on else Standing.OPEN))
        self.confirmed.clicked.connect(lambda on: self._settle(Standing.CONFIRMED if on else Standing.OPEN))
        self.note.editingFinished.connect(self._noted)

    @property
    def unfolded(self) -> bool:
        """The details are shown."""
        return self._toggle.isChecked()

    def unfold(self, on: bool) -> None:
        """Shows or hides the details."""
        self._toggle.setChecked(on)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.box, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._title, 1)
        head.addWidget(ScoreBar(self.cause.score, self._look), 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        inner = QVBoxLayout()
        inner.setContentsMargins(self.box.sizeHint().width() + 8, 0, 0, 4)
        inner.setSpacing(4)
        lead = self._lead()
        if lead:
            inner.addWidget(PlainLabel(lead, tone="small", wrap=True))
        if said := _said(self._item.mark):
            inner.addWidget(PlainLabel(said, tone="small", wrap=True))
        inner.addWidget(self._toggle)
        inner.addWidget(self._body)
        layout.addLayout(inner)

    def _lead(self) -> str:
        """The strongest evidence in one line, or what the settling experiment is."""
        if self.cause.arguments_for:
            return self.cause.arguments_for[0].text
        return self.cause.experiment

    def _fold(self, out: bool) -> None:
        if out and self._body.layout() is None:
            self._fill_details()
        self._body.setVisible(out)

    def _fill_details(self) -> None:
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 2, 0, 6)
        column.setSpacing(8)
        cause = self.cause
        if cause.explanation:
            column.addWidget(PlainLabel(cause.explanation, wrap=True, selectable=True))
        blocks = (
            ("Beforehand", [f"{_signed(cause.prior)}  {cause.prior_source}"] if cause.prior_source else []),
            ("For", [_weighed(argument) for argument in cause.arguments_for]),
            ("Against", [_weighed(argument) for argument in cause.arguments_against]),
            ("Log this to decide", [_moving(move) for move in cause.moves[:3]]),
            ("Settle it", [f"{cause.experiment} ({self._item.cost})"] if cause.experiment else []),
            ("Mend it", [cause.fix] if cause.fix else []),
            ("Sources", list(cause.references)),
        )
        for title, lines in blocks:
            if lines:
                column.addWidget(_block(title, lines))
        column.addLayout(self._verdict_row())

    def _verdict_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.ruled_out)
        row.addWidget(self.confirmed)
        row.addWidget(self.note, 1)
        return row

    def _settle(self, status: Standing) -> None:
        self.marked.emit(self.cause.id, Mark(status, self.note.text().strip()))

    def _noted(self) -> None:
        note = self.note.text().strip()
        if note != self._item.mark.note:
            status = (
                Standing.DONE
                if self.box.isChecked() and self._item.mark.status is Standing.OPEN
                else self._item.mark.status
            )
            self._item = replace(self._item, mark=Mark(status, note))
            self.marked.emit(self.cause.id, self._item.mark)

    def _ticked(self, on: bool) -> None:
        self._title.set_tone("done" if on else "heading")
        self.ticked.emit(self.cause.id, on)


def _tone(status: Standing) -> str:
    """Struck out is what needs no more work; a confirmed cause is where the work begins."""
    return "done" if status in (Standing.DONE, Standing.RULED_OUT) else "heading"


def _said(mark: Mark) -> str:
    """What the user found out, in one line."""
    outcome = str(mark.status).capitalize() if mark.status in (Standing.RULED_OUT, Standing.CONFIRMED) else ""
    return ". ".join(part for part in (outcome, mark.note) if part)


def _choice(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setCheckable(True)
    button.setProperty("kind", "outcome")
    return button


def _signed(weight: float) -> str:
    return f"{weight:+.1f}".replace("-", "−")


def _weighed(argument: Argument) -> str:
    return f"{_signed(argument.weight)}  {argument.text}"


def _moving(move: Move) -> str:
    ways = " or ".join(_signed(way) for way in (move.up, move.down) if way)
    code = f" {move.snippets[0][1]}" if move.snippets else ""
    return f"{ways}  {move.text}{code}"


def _block(title: str, lines: list[str]) -> QWidget:
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(PlainLabel(title, tone="caption"))
    for line in lines:
        column.addWidget(PlainLabel(line, wrap=True, selectable=True))
    return widget
