"""PlotPane: the centre: a slim bar with the plot's own controls above the PlotStack."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSlider, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from lossdoctor import formatting
from lossdoctor.figures.spec import FigureSpec
from lossdoctor.findings import Finding
from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.gui.plots.stack import PlotStack
from lossdoctor.gui.theme import Look

# Slider positions are hundredths; the weight of the past never reaches 1, where nothing new would count.
_SMOOTHEST = 99


class PlotPane(QWidget):
    """The plot of the run in view.

    Signals:
        mark_activated(mark): a piece of evidence was clicked.
    """

    mark_activated = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.stack = PlotStack(look)
        self.stack.finding_activated.connect(self.mark_activated)
        self.stack.step_pointed_at.connect(self._show_step)
        self._unit = "step"
        self._step = PlainLabel(tone="small")
        self._hint = PlainLabel(tone="muted", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing.setRange(0, _SMOOTHEST)
        self.smoothing.setFixedWidth(96)
        self.smoothing.setAccessibleName("Smoothing")
        self.smoothing.setToolTip("Exponential moving average; the logged values stay visible behind it")
        self.smoothing.valueChanged.connect(lambda value: self._smooth(value / 100))
        self._weight = PlainLabel("off", tone="small")
        self._weight.setFixedWidth(self._weight.fontMetrics().horizontalAdvance("0.00") + 6)
        self._bar = QHBoxLayout()
        self._arrange()

    def _arrange(self) -> None:
        bar = QWidget()
        bar.setLayout(self._bar)
        self._bar.setContentsMargins(16, 6, 8, 6)
        self._bar.setSpacing(8)
        self._bar.addWidget(self._step, 1)
        self._bar.addWidget(PlainLabel("Smoothing", tone="small"))
        self._bar.addWidget(self.smoothing)
        self._bar.addWidget(self._weight)
        rule = QFrame()
        rule.setObjectName("rule")
        self._pages = QStackedLayout()
        self._pages.addWidget(self._hint)
        self._pages.addWidget(self.stack)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(rule)
        layout.addLayout(self._pages, 1)

    def add_action_button(self, action: QAction) -> None:
        """Puts an action's button at the right end of the bar."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAccessibleName(action.text().replace("&", ""))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._bar.addWidget(button)

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self.stack.set_look(look)

    def set_figure(self, spec: FigureSpec | None, findings: tuple[Finding, ...] = ()) -> None:
        """Shows a figure; None, or one without panels, says what is missing."""
        empty = spec is None or not spec.panels
        self._unit = spec.x_label if spec is not None and spec.x_label else "step"
        self._hint.set_text("Choose a run to see its curves." if spec is None else "This run has no numbers to draw.")
        self.stack.set_figure(None if empty else spec, findings)
        if self.smoothing.value():
            self.stack.set_smoothing(self.smoothing.value() / 100)
        self._pages.setCurrentWidget(self._hint if empty else self.stack)
        self._show_step(math.nan)

    def _smooth(self, weight: float) -> None:
        self._weight.set_text(f"{weight:.2f}" if weight else "off")
        self.stack.set_smoothing(weight)

    def _show_step(self, step: float) -> None:
        if math.isfinite(step):
            self._step.set_text(f"{self._unit} {formatting.step(round(step))}")
        else:
            self._step.set_text("")
