"""VerdictChips: a row of switches below the filter line, one for each verdict among the runs, with its number."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from lossdoctor import formatting
from lossdoctor.findings import Verdict
from lossdoctor.gui.badges import paint_shape
from lossdoctor.gui.theme import Look

_GLYPH = 10.0
_PADDING = 7


class _Chip(QAbstractButton):
    def __init__(self, verdict: Verdict, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.verdict = verdict
        self.look = look
        self._count = 0
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_count(self, count: int) -> None:
        self._count = count
        words = f"{self.verdict.label}: {formatting.count(count, 'run')}"
        self.setAccessibleName(f"Only {words}")
        self.setToolTip(f"{words}; click to show only these")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        width = round(_GLYPH) + 4 + metrics.horizontalAdvance(formatting.step(self._count)) + 2 * _PADDING
        return QSize(width, metrics.height() + 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        style = self.look.theme.verdict(self.verdict)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        ink, ground = QColor(style.text), QColor(style.background)
        edge = (
            self.look.surface("accent") if self.hasFocus() else ink if self.isChecked() else Qt.GlobalColor.transparent
        )
        painter.setPen(QPen(QColor(edge), 1.4))
        painter.setBrush(ground)
        painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        middle = rect.center().y()
        glyph = QRectF(_PADDING, middle - _GLYPH / 2, _GLYPH, _GLYPH)
        paint_shape(painter, style.shape, glyph, ink, ground)
        painter.setPen(ink)
        painter.drawText(
            QRectF(QPointF(_PADDING + _GLYPH + 4, 0), rect.bottomRight()),
            Qt.AlignmentFlag.AlignVCenter,
            formatting.step(self._count),
        )
        painter.end()


class VerdictChips(QWidget):
    """The switches.

    Signals:
        chosen(verdicts): a frozenset of the verdicts switched on; empty for all.
    """

    chosen = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips = {verdict: _Chip(verdict, look, self) for verdict in Verdict}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        for chip in self._chips.values():
            chip.hide()
            chip.toggled.connect(self._changed)
        self._row.addStretch(1)

    @property
    def verdicts(self) -> frozenset[Verdict]:
        """The verdicts switched on."""
        return frozenset(verdict for verdict, chip in self._chips.items() if chip.isChecked())

    def set_counts(self, counts: Mapping[Verdict, int]) -> None:
        """Shows a switch for each of these verdicts, in their order; one that is on stays although it counts none."""
        place = 0
        for verdict in [*counts, *(v for v in self._chips if v not in counts)]:
            chip = self._chips[verdict]
            count = counts.get(verdict, 0)
            shown = count > 0 or chip.isChecked()
            if shown:
                chip.set_count(count)
                if self._row.indexOf(chip) != place:
                    self._row.removeWidget(chip)
                    self._row.insertWidget(place, chip)
                place += 1
            chip.setVisible(shown)
        self.setVisible(place > 1)

    def clear(self) -> None:
        """Switches all off."""
        for chip in self._chips.values():
            chip.setChecked(False)

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        for chip in self._chips.values():
            chip.look = look
            chip.update()

    def _changed(self) -> None:
        self.chosen.emit(self.verdicts)
