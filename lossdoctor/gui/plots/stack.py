"""PlotStack: the panels of one FigureSpec, one below the other, on one step axis."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TypeAlias

from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QSplitter, QVBoxLayout, QWidget

from lossdoctor import formatting
from lossdoctor.figures.spec import FigureSpec
from lossdoctor.figures.x_axis import XAxis
from lossdoctor.findings import Evidence, Finding
from lossdoctor.gui.plots import marks
from lossdoctor.gui.plots.axes import place_text
from lossdoctor.gui.plots.mapping import ScaleKind
from lossdoctor.gui.plots.overview import Overview
from lossdoctor.gui.plots.panel import PlotPanel
from lossdoctor.gui.plots.panel_view import PanelView
from lossdoctor.gui.plots.smoothing import Smoothing
from lossdoctor.gui.plots.view_history import ViewHistory
from lossdoctor.gui.theme import Look

_FIRST_PANEL_SHARE = 5
_OTHER_PANEL_SHARE = 2
_EDGE = 0.02  # of the run's length, kept free on either side
_CONTEXT = 0.6  # of a finding's length, shown on either side of it
_SETTLED_MS = 300  # a view that stands this long counts as looked at
_SHORTEST_VIEW = 0.06  # of the run's length: a zoom to one point still shows its neighbourhood


View: TypeAlias = tuple[tuple[float, float], ...]


class PlotStack(QWidget):
    """The plot of one run.

    Signals:
        finding_activated(mark): a piece of evidence was clicked.
        line_activated(label): a line of several runs was clicked; the label is the run's id.
        step_pointed_at(step): the step under the pointer; NaN when it left the plot.
        span_drawn(low, high, tag): a span of steps was drawn on the panel whose first series is `tag`.
        scale_changed(kind): the values of the first panel are laid out otherwise.
    """

    finding_activated = Signal(object)
    step_pointed_at = Signal(float)
    line_activated = Signal(str)
    scale_changed = Signal(object)
    span_drawn = Signal(float, float, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.spec: FigureSpec | None = None
        self._views: list[PanelView] = []
        self._messages: dict[str, str] = {}
        self._history: ViewHistory[View] = ViewHistory()
        self.panel_sizes: dict[int, list[int]] = {}  # heights the user gave to so many panels
        self._scales: dict[str, ScaleKind] = {}
        self._rectangle_zoom = False
        self._robust = True
        self._counts = XAxis.STEP
        self._pointed = math.nan
        self._known: float | None = None
        self._over_steps: FigureSpec | None = None
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(lambda: self._history.visit(self.view))
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setObjectName("stack")
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(5)
        self._splitter.splitterMoved.connect(self._keep_sizes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        # Many panels keep a height in which they can be read; the stack then scrolls.
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._splitter)
        for part in (scroll.viewport(), self._splitter):
            part.setAutoFillBackground(False)
        self.overview = Overview(look)
        self.overview.window_asked.connect(self._go_to_steps)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.overview)

    @property
    def panels(self) -> list[PlotPanel]:
        """The panels, from top to bottom."""
        return [view.plot for view in self._views]

    def set_counts(self, counts: XAxis, steps: FigureSpec | None = None) -> None:
        """What the x axis of the next figure counts; `steps` is the same figure over steps, as findings know it."""
        self._counts = counts
        self._over_steps = steps

    def _evidence_of(self, finding: Finding) -> tuple[Evidence, ...]:
        """A finding's evidence where the figure has it: over time it lies elsewhere than over steps."""
        if self.spec is None or self._over_steps is None or self._counts is XAxis.STEP:
            return finding.evidence
        before = {panel.title: panel.marks for panel in self._over_steps.panels}
        return tuple(
            now.evidence
            for panel in self.spec.panels
            for was, now in zip(before.get(panel.title, ()), panel.marks, strict=False)
            if was.code == finding.code and was.evidence in finding.evidence
        )

    def set_figure(self, spec: FigureSpec | None, findings: tuple[Finding, ...] = ()) -> None:
        """Shows this figure; None shows nothing. `findings` give the marks' tooltips their sentences."""
        for view in self._views:
            view.plot.box.setXLink(None)
            view.setParent(None)
            view.deleteLater()
        self.spec = spec
        self._messages = {finding.code: str(finding.message) for finding in findings}
        self._views = [PanelView(panel, self._look) for panel in spec.panels] if spec is not None else []
        for index, view in enumerate(self._views):
            self._splitter.addWidget(view)
            self._connect(index, view)
        if self._views:
            shares = [_FIRST_PANEL_SHARE] + [_OTHER_PANEL_SHARE] * (len(self._views) - 1)
            for index, share in enumerate(shares):
                self._splitter.setStretchFactor(index, share)
            self._splitter.setSizes(self.panel_sizes.get(len(shares), [share * 1000 for share in shares]))
        self.overview.set_figure(spec)
        self._show_known()
        self._history.clear()
        self.reset_view()
        self._history.visit(self.view)

    def set_known(self, step: float | None) -> None:
        """From which step on the verdict of the run in view was clear; None when that is not known.

        Drawn where one run is shown over steps: over time the step lies elsewhere, and of many runs it would be one's.
        """
        self._known = step
        self._show_known()

    def _show_known(self) -> None:
        lines = [line for panel in self.spec.panels for line in panel.lines] if self.spec is not None else []
        alone = self._counts is XAxis.STEP and all(line.slot is None for line in lines)
        shown = self._known if alone else None
        for index, plot in enumerate(self.panels):
            plot.set_known(shown if index == 0 else None)
        self.overview.set_known(shown)

    def _keep_sizes(self, *_: object) -> None:
        self.panel_sizes[self._splitter.count()] = self._splitter.sizes()

    def _connect(self, index: int, view: PanelView) -> None:
        plot, first = view.plot, self._views[0].plot
        if index:
            plot.box.setXLink(first.box)
        last = index == len(self._views) - 1
        plot.show_step_axis(last, self.spec.x_label if self.spec else "", self._counts)
        plot.steps_pointed_at.connect(self._point_at)
        plot.mark_clicked.connect(lambda mark: self.finding_activated.emit(plot.spec.marks[mark]))
        tag = plot.spec.lines[0].series.tag if plot.spec.lines else ""
        plot.span_drawn.connect(lambda low, high: self.span_drawn.emit(low, high, tag))
        plot.mark_hovered.connect(lambda mark: self._hovered(plot, mark))
        plot.line_clicked.connect(lambda line: self._line_clicked(plot, line))
        plot.line_hovered.connect(lambda line: self._line_hovered(plot, line))
        plot.box.reset_asked.connect(self.reset_view)
        plot.box.sigRangeChanged.connect(self._moved)
        plot.box.set_rectangle_zoom(self._rectangle_zoom)
        plot.set_robust(self._robust)
        chosen = self._scales.get(plot.spec.title)
        if chosen is not None and chosen is not plot.scale_of_values.kind:
            view.set_scale(chosen)
        view.scale_chosen.connect(lambda kind: self._keep_scale(index, kind))

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._look = look
        self.overview.set_look(look)
        for view in self._views:
            view.plot.set_look(look)
            view.header.set_look(look)

    # --- what is visible ---

    @property
    def step_window(self) -> tuple[float, float]:
        """(first, last) visible step; (0, 1) without a figure."""
        if not self._views:
            return 0.0, 1.0
        low, high = self._views[0].plot.box.viewRange()[0]
        return float(low), float(high)

    def reset_view(self) -> None:
        """Shows the whole run."""
        if self.spec is None or not self._views:
            return
        low, high = self.spec.x_range or (0.0, 1.0)
        margin = max(high - low, 1.0) * _EDGE
        for plot in self.panels:
            plot.box.bound(low, high)
            plot.reset_y()
        self._views[0].plot.box.setXRange(low - margin, high + margin, padding=0)

    def zoom_to(self, finding: Finding) -> None:
        """Moves the view to a finding's evidence; one that has no place in time shows the whole run."""
        self.select(finding)
        own = self._evidence_of(finding)
        ranges = [found for evidence in own if (found := marks.step_range(evidence)) is not None]
        if self.spec is None or not self._views or not ranges:
            self.reset_view()
            return
        first, last = self.spec.x_range or (0.0, 1.0)
        low, high = min(r[0] for r in ranges), max(r[1] for r in ranges)
        context = max((high - low) * _CONTEXT, (last - first) * _SHORTEST_VIEW, 2.0)
        edge = max(last - first, 1.0) * _EDGE
        low, high = max(low - context, first - edge), min(high + context, last + edge)
        self._views[0].plot.box.setXRange(low, high, padding=0)
        for plot in self.panels:
            shown = [mark.evidence for mark in plot.spec.marks if mark.evidence in own]
            plot.fit_y(low, high, tuple(value for evidence in shown for value in marks.values_of(evidence)))

    def select(self, finding: Finding | None) -> None:
        """Emphasises a finding's evidence; None emphasises nothing."""
        own = self._evidence_of(finding) if finding is not None else ()
        for plot in self.panels:
            plot.set_selected(
                frozenset(
                    index
                    for index, mark in enumerate(plot.spec.marks)
                    if finding is not None and mark.code == finding.code and mark.evidence in own
                ),
                focused=finding is not None,
            )

    # --- where one looked ---

    @property
    def view(self) -> View:
        """The visible range: of the steps, then of the values of each panel."""
        if not self._views:
            return ()
        ranges = [self._views[0].plot.box.viewRange()[0], *(plot.box.viewRange()[1] for plot in self.panels)]
        return tuple((float(low), float(high)) for low, high in ranges)

    @property
    def axes(self) -> tuple[str, ...]:
        """What the x axis counts, then the kind of scale of each panel: a view means nothing on other ones."""
        return (self._counts.value, *(plot.scale_of_values.kind.value for plot in self.panels))

    @property
    def is_zoomed(self) -> bool:
        """True when less than the whole run is visible."""
        if self.spec is None or self.spec.x_range is None:
            return False
        (low, high), (first, last) = self.step_window, self.spec.x_range
        slack = 1e-6 * max(last - first, 1.0)
        return low > first + slack or high < last - slack

    def look_at(self, view: View, axes: tuple[str, ...] | None = None) -> None:
        """Goes to a view of a figure with as many panels; does nothing for another.

        Args:
            view: the ranges.
            axes: those that it was taken on; where only the values' scales are others, the part of the x axis is shown.
        """
        if axes is None or axes == self.axes:
            self._go(view)
        elif view and axes[:1] == self.axes[:1]:
            self._go_to_steps(*view[0])

    def go_back(self) -> None:
        """Looks where one looked before."""
        self._history.visit(self.view)
        self._go(self._history.back())

    def go_forward(self) -> None:
        """Looks where one had looked before going back."""
        self._go(self._history.forward())

    def _go(self, view: View | None) -> None:
        if view is None or len(view) != len(self._views) + 1:
            return
        self._views[0].plot.box.setXRange(*view[0], padding=0)
        for plot, (low, high) in zip(self.panels, view[1:], strict=True):
            plot.box.setYRange(low, high, padding=0)
        self._settled.stop()

    def _go_to_steps(self, low: float, high: float) -> None:
        if self._views:
            self._views[0].plot.box.setXRange(low, high, padding=0)

    def _moved(self, *_: object) -> None:
        self.overview.set_window(*self.step_window)
        self._settled.start()

    def set_rectangle_zoom(self, on: bool) -> None:
        """Dragging with the left button zooms to a rectangle instead of panning."""
        self._rectangle_zoom = on
        for plot in self.panels:
            plot.box.set_rectangle_zoom(on)

    def set_robust_range(self, on: bool) -> None:
        """The full view leaves out outliers, or shows every finite value."""
        self._robust = on
        for plot in self.panels:
            plot.set_robust(on)
            plot.reset_y()

    def shown_spec(self) -> FigureSpec | None:
        """The figure as it is on the screen: visible lines, cut to the visible range; None without a figure."""
        if self.spec is None or not self._views:
            return None
        low, high = self.step_window
        panels = tuple(plot.shown_panel(low, high) for plot in self.panels)
        first, last = self.spec.x_range or (low, high)
        shown = tuple(panel for panel in panels if panel.lines)
        return replace(self.spec, panels=shown, x_range=(max(low, first), min(high, last)))

    # --- how it is shown ---

    def set_scale(self, kind: ScaleKind) -> None:
        """Lays the values of the first panel, that of the losses, out so."""
        if self._views:
            self._views[0].set_scale(kind)
            self._keep_scale(0, kind)

    def _keep_scale(self, index: int, kind: ScaleKind) -> None:
        """What the user chose for a panel holds for the next figure too."""
        self._scales[self._views[index].plot.spec.title] = kind
        if index == 0:
            self.scale_changed.emit(kind)

    @property
    def scale(self) -> ScaleKind:
        """How the values of the first panel are laid out."""
        return self._views[0].plot.scale_of_values.kind if self._views else ScaleKind.LINEAR

    def set_smoothing(self, weight: float, kind: Smoothing = Smoothing.EMA) -> None:
        """Smooths all curves; 0 none."""
        for plot in self.panels:
            plot.set_smoothing(weight, kind)

    @property
    def step_of_interest(self) -> float:
        """The step last pointed at while it is in view, else the middle of the view."""
        low, high = self.step_window
        return self._pointed if low <= self._pointed <= high else (low + high) / 2

    def _point_at(self, step: float) -> None:
        if math.isfinite(step):
            self._pointed = step
        for view in self._views:
            view.plot.set_crosshair(step)
            view.header.show_values_at(step)
        self.step_pointed_at.emit(step)

    def _line_clicked(self, plot: PlotPanel, index: int) -> None:
        line = plot.spec.lines[index]
        if line.slot is not None:
            self.line_activated.emit(line.label)

    def _line_hovered(self, plot: PlotPanel, index: int) -> None:
        """Says whose line is under the pointer, and its value there; -1 for none."""
        if index < 0:
            plot.show_tip("", QPointF())
            return
        at = plot.mapFromGlobal(plot.cursor().pos())
        point = plot.curves[index].value_at(plot.mapping.step_at(at.x()))
        unit = self.spec.x_label if self.spec is not None else "step"
        where = "" if point is None else place_text(point[0], self._counts, unit)
        value = "" if point is None else f": {formatting.number(point[1])} at {where}"
        plot.show_tip(f"{plot.spec.lines[index].label}{value}", QPointF(at.x() + 4, at.y() + 8))

    def _hovered(self, plot: PlotPanel, index: int) -> None:
        if index < 0:
            plot.show_tip("", QPointF())
            return
        mark = plot.spec.marks[index]
        text = self._messages.get(mark.code, "")
        at = plot.mapFromGlobal(plot.cursor().pos())
        plot.show_tip(text or mark.evidence.label, QPointF(at.x() + 4, at.y() + 8))
