"""The line above a panel: its title and a legend that shows the values at the crosshair and switches lines on and off."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from lossdoctor import formatting, safe_text
from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.gui.plots.curve import SeriesCurve
from lossdoctor.gui.plots.mapping import ScaleKind
from lossdoctor.gui.theme import Look

_SWATCH = 18
_GAP = 6
_MOST_ENTRIES = 3
_VALUE_WIDTH = "0.000 000"


class LegendEntry(QAbstractButton):
    """One line's swatch, name and value; unchecked while the line is hidden."""

    def __init__(self, curve: SeriesCurve, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curve = curve
        self._look = look
        self._name = safe_text.plain(curve.line.label)
        self._value = ""
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"Show {self._name}")
        self.setToolTip(safe_text.html(f"{curve.line.label}: click to hide or show the line"))

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._look = look
        self.update()

    def set_value(self, value: float | None) -> None:
        """The value at the crosshair; None for none."""
        text = "" if value is None else formatting.number(value)
        if text != self._value:
            self._value = text
            self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        width = metrics.horizontalAdvance(self._name) + metrics.horizontalAdvance(_VALUE_WIDTH)
        return QSize(_SWATCH + 2 * _GAP + width + 8, metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(_SWATCH + 2 * _GAP + metrics.averageCharWidth() * 12, metrics.height() + 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(self._look.surface("accent"), 1))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        colour = QColor(self._curve.colour) if self.isChecked() else self._look.surface("border")
        pen = QPen(colour, 2.4)
        if self._curve.dash:
            pen.setDashPattern([2.4, 1.4])
        painter.setPen(pen)
        middle = self.height() / 2
        painter.drawLine(QPointF(4, middle), QPointF(4 + _SWATCH - 4, middle))
        metrics = QFontMetrics(self.font())
        room = self.width() - _SWATCH - _GAP - 4
        value_width = metrics.horizontalAdvance(self._value) + _GAP if self._value else 0
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, room - value_width)
        painter.setPen(self._look.surface("text" if self.isChecked() else "muted"))
        area = self.rect().adjusted(_SWATCH + _GAP, 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(self._look.surface("muted"))
        offset = metrics.horizontalAdvance(name) + _GAP
        painter.drawText(area.adjusted(offset, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._value)
        painter.end()


class ScaleButton(QToolButton):
    """Says how the values of a panel are laid out, and offers the other ways.

    Signals:
        chosen(kind): another scale is wanted.
    """

    chosen = Signal(object)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = safe_text.plain(title, 60)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("kind", "scale")
        self.kind = ScaleKind.LINEAR
        self.clicked.connect(self._offer)
        self.set_kind(ScaleKind.LINEAR)

    def set_kind(self, kind: ScaleKind) -> None:
        """Shows the scale in force."""
        self.kind = kind
        self.setText(kind.short)
        self.setAccessibleName(f"Value axis of {self._title}: {kind.value}")
        self.setToolTip(f"Value axis: {kind.value.lower()}")

    def choices(self) -> QMenu:
        """The menu of all scales; made when it is asked for, since a figure has many panels and few are ever asked."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for kind in ScaleKind:
            choice = menu.addAction(kind.value)
            choice.setCheckable(True)
            choice.setChecked(kind is self.kind)
            choice.setToolTip(safe_text.html(kind.help))
            choice.triggered.connect(lambda _=False, k=kind: self.chosen.emit(k))
        return menu

    def _offer(self) -> None:
        self.choices().popup(self.mapToGlobal(QPoint(0, self.height())))


class PanelHeader(QWidget):
    """Title and legend of one panel.

    Signals:
        line_toggled(index, shown): the user hid or showed a line.
        scale_chosen(kind): the user wants the values laid out otherwise.
    """

    line_toggled = Signal(int, bool)
    scale_chosen = Signal(object)

    def __init__(self, title: str, curves: list[SeriesCurve], look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 6, 12, 0)
        layout.setSpacing(12)
        heading = PlainLabel(title, tone="caption")
        heading.setMinimumWidth(heading.sizeHint().width())
        layout.addWidget(heading)
        self.entries = [LegendEntry(curve, look) for curve in curves]
        # More names than these do not fit beside the title; the list of runs shows the same colours.
        many = len(curves) > _MOST_ENTRIES and all(curve.line.slot is not None for curve in curves)
        self._curves = curves
        for index, entry in enumerate(self.entries):
            entry.toggled.connect(lambda shown, i=index: self.line_toggled.emit(i, shown))
            entry.setVisible(not many)
            layout.addWidget(entry)
        if many:
            layout.addWidget(PlainLabel(f"{len(curves)} runs, in the colours of the list", tone="small"))
        layout.addStretch(1)
        self.scale = ScaleButton(title)
        self.scale.chosen.connect(self.scale_chosen)
        layout.addWidget(self.scale)

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        for entry in self.entries:
            entry.set_look(look)

    def show_values_at(self, step: float) -> None:
        """The values of the lines nearest to a step; NaN for none."""
        for entry, curve in zip(self.entries, self._curves, strict=True):
            point = curve.value_at(step) if math.isfinite(step) and curve.visible else None
            entry.set_value(None if point is None else point[1])
