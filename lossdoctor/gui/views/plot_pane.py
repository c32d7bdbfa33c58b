"""PlotPane: the centre: a slim bar with the plot's own controls above the PlotStack."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSlider, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from lossdoctor.figures.families import families_on, without_families
from lossdoctor.figures.spec import FigureSpec
from lossdoctor.figures.time_axis import over_axis
from lossdoctor.figures.x_axis import XAxis
from lossdoctor.findings import Finding
from lossdoctor.gui.choice_box import ChoiceBox
from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.gui.plots.axes import place_text
from lossdoctor.gui.plots.smoothing import Smoothing
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
        self.smoothing.setFixedWidth(72)
        self.smoothing.setAccessibleName("Smoothing")
        self.smoothing.setToolTip("Smoothing; the logged values stay visible behind it")
        self.smoothing.valueChanged.connect(lambda value: self._smooth(value / 100))
        self.kind = ChoiceBox()
        self.kind.setAccessibleName("Kind of smoothing")
        for kind in Smoothing:
            self.kind.addItem(kind.value, kind)
            self.kind.setItemData(self.kind.count() - 1, kind.help, Qt.ItemDataRole.ToolTipRole)
        self.kind.currentIndexChanged.connect(lambda _: self._smooth(self.smoothing.value() / 100))
        self.x_axis = ChoiceBox()
        self.x_axis.setAccessibleName("Horizontal axis")
        self.x_axis.setToolTip("What the horizontal axis counts")
        for axis in XAxis:
            self.x_axis.addItem(axis.value, axis)
        self.x_axis.currentIndexChanged.connect(lambda _: self._redraw())
        for box in (self.kind, self.x_axis):
            box.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
            box.setMinimumWidth(box.sizeHint().width())
        self._align: Callable[[FigureSpec], FigureSpec] = lambda spec: spec
        self._whole: FigureSpec | None = None
        self._hidden: frozenset[str] = frozenset()
        self._findings: tuple[Finding, ...] = ()
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
        self._bar.addWidget(self.x_axis)
        self._bar.addWidget(self.kind)
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

    def set_alignment(self, align: Callable[[FigureSpec], FigureSpec]) -> None:
        """Has every figure laid along the x axis by this function, once its axis counts what the user chose."""
        self._align = align

    def set_figure(self, spec: FigureSpec | None, findings: tuple[Finding, ...] = ()) -> None:
        """Shows a figure; None, or one without panels, says what is missing."""
        self._whole, self._findings = spec, findings
        if spec is not None:
            spec = without_families(spec, self._hidden)
        over_steps = spec
        counts = XAxis(self.x_axis.currentData())
        untimed = False
        if spec is not None and counts is not XAxis.STEP:
            timed = over_axis(spec, counts)
            untimed = bool(spec.panels) and not timed.panels
            spec = timed
        if spec is not None:
            spec = self._align(spec)
        self.stack.set_counts(counts, over_steps)
        empty = spec is None or not spec.panels
        self._unit = spec.x_label if spec is not None and spec.x_label else "step"
        self._hint.set_text("Choose a run to see its curves." if spec is None else "This run has no numbers to draw.")
        if untimed:
            what = {XAxis.EPOCH: "epochs", XAxis.TOKENS: "numbers of tokens"}.get(counts, "times")
            medians = over_steps is not None and _of_groups(over_steps)
            said = "Medians of runs are drawn over steps." if medians else f"The log of this run has no {what}."
            self._hint.set_text(f"{said} Choose Step above.")
        self.stack.set_figure(None if empty else spec, findings)
        if self.smoothing.value():
            self.stack.set_smoothing(self.smoothing.value() / 100, self._kind)
        self._pages.setCurrentWidget(self._hint if empty else self.stack)
        self._show_step(math.nan)

    @property
    def families(self) -> dict[str, int]:
        """How many marks each family of findings has on the plot, the hidden ones among them."""
        return families_on(self._whole) if self._whole is not None else {}

    @property
    def hidden_families(self) -> frozenset[str]:
        """Families whose marks are not drawn."""
        return self._hidden

    def hide_families(self, hidden: Iterable[str]) -> None:
        """Draws the marks of all families but these; what is in view stays in view."""
        self._hidden = frozenset(hidden)
        view, zoomed = self.stack.view, self.stack.is_zoomed
        self._redraw()
        if zoomed:
            self.stack.look_at(view)

    def _smooth(self, weight: float) -> None:
        self._weight.set_text(f"{weight:.2f}" if weight else "off")
        self.stack.set_smoothing(weight, self._kind)

    @property
    def _kind(self) -> Smoothing:
        return Smoothing(self.kind.currentData())

    def _redraw(self) -> None:
        self.set_figure(self._whole, self._findings)

    def _show_step(self, step: float) -> None:
        self._step.set_text(place_text(step, XAxis(self.x_axis.currentData()), self._unit))


def _of_groups(spec: FigureSpec) -> bool:
    """Whether a figure shows medians of runs: lines of a slot of their own, with bands."""
    return any(line.slot is not None and line.series.band is not None for panel in spec.panels for line in panel.lines)
