"""PlotPanel: one panel of the stack, curves as pyqtgraph items with marks, labels and NaN flags painted around them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from lossdoctor import safe_text
from lossdoctor.figures import symlog
from lossdoctor.figures.spec import Panel
from lossdoctor.figures.x_axis import XAxis
from lossdoctor.gui.plots import known, marks
from lossdoctor.gui.plots.axes import StepAxis, ValueAxis
from lossdoctor.gui.plots.curve import SeriesCurve
from lossdoctor.gui.plots.geometry import nearest_line, padded
from lossdoctor.gui.plots.mapping import LINEAR, LOG, Mapping, ScaleKind, ValueScale
from lossdoctor.gui.plots.panel_painter import PanelPainter
from lossdoctor.gui.plots.smoothing import Smoothing
from lossdoctor.gui.plots.view_box import StepViewBox
from lossdoctor.gui.theme import Look
from lossdoctor.runs import Role

_CLICK = 4  # pixels that the mouse may move between press and release of a click
_GRID = 255  # the theme's grid colour is faint already


class PlotPanel(pg.PlotWidget):
    """One panel.

    Signals:
        steps_pointed_at(step): the pointer is at this step; NaN when it left.
        mark_clicked(index): a mark of this panel's spec was clicked.
        line_clicked(index): a line was clicked where no mark is.
        line_hovered(index): the line under the pointer where no mark is, -1 for none.
        span_drawn(low, high): the user dragged with Shift from one step to another.
        mark_hovered(index): the mark under the pointer, -1 for none.
    """

    steps_pointed_at = Signal(float)
    mark_clicked = Signal(int)
    mark_hovered = Signal(int)
    line_clicked = Signal(int)
    span_drawn = Signal(float, float)
    line_hovered = Signal(int)

    def __init__(self, panel: Panel, look: Look, parent: QWidget | None = None) -> None:
        self._axis_x, self._axis_y = StepAxis(), ValueAxis()
        self.box = StepViewBox()
        super().__init__(parent=parent, viewBox=self.box, axisItems={"bottom": self._axis_x, "left": self._axis_y})
        self.spec = panel
        self.scale_of_values = LOG if panel.log_y else LINEAR
        self._look = look
        self.curves = [SeriesCurve(line) for line in panel.lines]
        self._painter = PanelPainter(self, look)
        self._line = -1
        self._robust = True
        self._pressed_at: QPointF | None = None
        self._build()
        self.set_look(look)

    def _build(self) -> None:
        self.setFrameShape(self.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setMinimumHeight(84)
        self.setMenuEnabled(False)
        # pyqtgraph caches the background, and with it the spans of a view that is gone.
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.hideButtons()
        self.getPlotItem().setContentsMargins(0, 4, 12, 0)
        for curve in self.curves:
            for item in curve.items:
                self.addItem(item, ignoreBounds=True)
        self._crosshair = pg.InfiniteLine(angle=90, movable=False)
        self._crosshair.setVisible(False)
        self.addItem(self._crosshair, ignoreBounds=True)
        self._axis_y.scale_of_values = self.scale_of_values
        self.box.sigRangeChanged.connect(self._range_changed)
        self.box.sigResized.connect(self._range_changed)
        self.setAccessibleName(f"Plot: {safe_text.plain(self.spec.title)}")
        self.viewport().setAccessibleName(f"Plot: {safe_text.plain(self.spec.title)}")
        self.setAccessibleDescription(self._description())

    def _description(self) -> str:
        """The plot in words, for those who hear it: pyqtgraph's canvas says nothing itself."""
        lines = ", ".join(safe_text.plain(curve.line.label) for curve in self.curves)
        found = "; ".join(safe_text.plain(mark.evidence.label) for mark in self.spec.marks if mark.evidence.label)
        return f"{lines}. {found or 'No findings marked.'}"

    def show_step_axis(self, shown: bool, label: str = "", counts: XAxis = XAxis.STEP) -> None:
        """Step numbers (or times) and their name below this panel: only the lowest of a stack has them."""
        self._axis_x.counts = counts
        self._axis_x.setStyle(showValues=shown, tickLength=0)
        self._axis_x.setHeight(None if shown else 8)
        # Axis labels are HTML.
        self._axis_x.setLabel(safe_text.html(label) if shown and label else None)
        self._axis_x.showLabel(bool(shown and label))

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._look = look
        self._painter.look = look
        self.setBackground(look.surface("panel"))
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.9)
        grid = QPen(look.surface("grid"), 1.0)
        for axis in (self._axis_x, self._axis_y):
            axis.setPen(QPen(look.surface("border"), 1.0))
            axis.setTextPen(QPen(look.surface("muted")))
            axis.setTickPen(grid)
            axis.setTickFont(font)
            axis.setStyle(tickLength=0, tickTextOffset=6, maxTickLevel=0)
            axis.setGrid(_GRID)
            axis.setZValue(-10)  # pyqtgraph would draw the grid over the curves
        for index, curve in enumerate(self.curves):
            slot = curve.line.slot
            role, place = (curve.line.role, self._cycle_index(index)) if slot is None else (Role.OTHER, slot)
            style = look.theme.series(role, place)
            curve.set_style(QColor(style.colour), style.dash)
        self._crosshair.setPen(QPen(look.surface("muted", 0.7), 1.0))
        self.refresh()

    def _cycle_index(self, index: int) -> int:
        role = self.curves[index].line.role
        return sum(curve.line.role is role for curve in self.curves[:index])

    # --- ranges ---

    def full_view_range(self) -> tuple[float, float]:
        """(low, high) in view units that shows the panel well: the spec's robust range, else that of the data."""
        if self.spec.y_range is not None and self._robust:
            low, high = (self.scale_of_values.view_one(value) for value in self.spec.y_range)
            if math.isfinite(low) and math.isfinite(high):
                return padded(low, high)
        return self._data_range(-math.inf, math.inf) or (0.0, 1.0)

    def set_robust(self, robust: bool) -> None:
        """Whether the full view leaves out outliers."""
        self._robust = robust

    def shown_panel(self, low: float, high: float) -> Panel:
        """The panel cut to what is visible between two steps; hidden lines are left out."""
        lines = []
        for curve in self.curves:
            steps = curve.line.series.steps
            inside = (steps >= low) & (steps <= high)
            if curve.visible and bool(inside.any()):
                lines.append(replace(curve.line, series=curve.line.series.at(inside)))
        bottom, top = self.box.viewRange()[1]
        scale = self.scale_of_values
        y_range = (scale.value(bottom), scale.value(top))
        symmetric = scale.linear if scale.kind is ScaleKind.SYMLOG else 0.0
        mapping = self.mapping
        marked = tuple(mark for mark in self.spec.marks if marks.is_visible(mapping, mark.evidence))
        return replace(self.spec, lines=tuple(lines), marks=marked, log_y=self.log_y, y_range=y_range,
                       symlog=symmetric)  # fmt: skip

    def _data_range(self, low: float, high: float, extra: tuple[float, ...] = ()) -> tuple[float, float] | None:
        scale = self.scale_of_values
        found = [scale.view_one(value) for value in extra]
        for curve in self.curves:
            if curve.visible:
                rows = (curve.steps >= low) & (curve.steps <= high)
                inside = curve.values[rows]
                if curve.band is not None:
                    inside = np.concatenate((inside, curve.band.lower[rows], curve.band.upper[rows]))
                good = inside[np.isfinite(inside) & ((inside > 0) | (not self.log_y))]
                if good.size:
                    found += [scale.view_one(float(value)) for value in (good.min(), good.max())]
        found = [value for value in found if math.isfinite(value)]
        return padded(min(found), max(found)) if found else None

    def reset_y(self) -> None:
        """The y range that shows the whole run well."""
        self.box.setYRange(*self.full_view_range(), padding=0)

    def fit_y(self, low: float, high: float, extra: tuple[float, ...] = ()) -> None:
        """The y range of what lies between two steps, and of the values in `extra`."""
        fitted = self._data_range(low, high, extra)
        if fitted is not None:
            self.box.setYRange(*fitted, padding=0)

    @property
    def log_y(self) -> bool:
        """True when the value axis is logarithmic."""
        return self.scale_of_values.kind is ScaleKind.LOG

    def set_scale(self, kind: ScaleKind) -> None:
        """Lays the value axis out anew; the whole range comes into view."""
        values = [curve.values for curve in self.curves]
        linear = symlog.threshold(np.concatenate(values)) if values and kind is ScaleKind.SYMLOG else 1.0
        self.scale_of_values = ValueScale(kind, linear)
        self._axis_y.scale_of_values = self.scale_of_values
        self._axis_y.picture = None
        self.reset_y()
        self.refresh()

    def set_smoothing(self, weight: float, kind: Smoothing = Smoothing.EMA) -> None:
        """Smooths every curve; 0 not at all."""
        for curve in self.curves:
            # A schedule is exact; smoothing would only draw one that was never used.
            if curve.line.role is not Role.LEARNING_RATE:
                curve.set_smoothing(weight, kind)
        self.refresh()

    @property
    def mapping(self) -> Mapping:
        """Where data lies now, in viewport pixels."""
        rect = self.box.mapRectToScene(self.box.boundingRect())
        (x0, x1), (y0, y1) = self.box.viewRange()
        return Mapping(QRectF(rect), (x0, x1), (y0, y1), self.scale_of_values)

    def refresh(self) -> None:
        """Draws the curves anew for the visible range."""
        (low, high), view = self.box.viewRange()
        width = max(int(self.box.width()), 50)
        for curve in self.curves:
            if curve.visible:
                curve.refresh(low, high, (view[0], view[1]), width, self.scale_of_values)
        self.viewport().update()

    def _range_changed(self, *_: object) -> None:
        self.refresh()

    # --- pointer and selection ---

    def set_selected(self, indices: frozenset[int], *, focused: bool) -> None:
        """Emphasises these marks; with `focused` the others fade and lose their labels."""
        self._painter.selected, self._painter.focused = indices, focused
        self.viewport().update()

    def set_crosshair(self, step: float) -> None:
        """Shows the crosshair at a step; NaN hides it."""
        shown = math.isfinite(step)
        self._crosshair.setVisible(shown)
        if shown:
            self._crosshair.setValue(step)

    def mark_at(self, at: QPointF) -> int | None:
        """Index of the mark, or of the mark whose label lies, under a viewport pixel."""
        for index, box in self._painter.labels.items():
            if box.contains(at) and index != known.KEY:
                return index
        mapping = self.mapping
        return marks.hit(mapping, self.spec.marks, at) if mapping.rect.contains(at) else None

    def _hover(self, at: QPointF) -> None:
        index = self.mark_at(at)
        hovered = -1 if index is None else index
        if hovered != self._painter.hovered:
            self._painter.hovered = hovered
            self.mark_hovered.emit(hovered)
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if hovered >= 0 else Qt.CursorShape.CrossCursor)
            self.viewport().update()
        line = None if index is not None else self.line_at(at)
        if (-1 if line is None else line) != self._line:
            self._line = -1 if line is None else line
            self.line_hovered.emit(self._line)

    def line_at(self, at: QPointF) -> int | None:
        """Index of the visible line nearest to a viewport pixel, when it is within a few pixels of it."""
        return nearest_line(self.mapping, self.curves, at)

    @property
    def labels(self) -> dict[int, QRectF]:
        """Where the labels of marks were painted last, by the index of the mark."""
        return self._painter.labels

    @property
    def known_step(self) -> float | None:
        """From which step on the panel says that the verdict was clear."""
        return self._painter.known

    def set_known(self, step: float | None) -> None:
        """Shows from which step on the verdict was clear; None shows nothing."""
        if step != self._painter.known:
            self._painter.known = step
            self.viewport().update()

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        super().drawBackground(painter, rect)
        painter.save()
        painter.resetTransform()
        self._painter.paint_under(painter, self.mapping)
        painter.restore()

    def drawForeground(self, painter: QPainter, _rect: QRectF) -> None:
        painter.save()
        painter.resetTransform()
        self._painter.paint_over(painter, self.mapping)
        painter.restore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() is Qt.MouseButton.LeftButton
        if left and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            step = self.mapping.step_at(event.position().x())
            self._draw_span((step, step))
            return
        self._pressed_at = event.position() if left else None
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if (span := self._painter.span) is not None:
            self._draw_span(None)
            if abs(self.mapping.x(span[1]) - self.mapping.x(span[0])) > _CLICK:
                self.span_drawn.emit(min(span), max(span))
            return
        super().mouseReleaseEvent(event)
        pressed, self._pressed_at = self._pressed_at, None
        if pressed is None or (event.position() - pressed).manhattanLength() > _CLICK:
            return
        index = self.mark_at(event.position())
        if index is not None:
            self.mark_clicked.emit(index)
        elif (line := self.line_at(event.position())) is not None:
            self.line_clicked.emit(line)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        mapping = self.mapping
        if self._painter.span is not None:
            self._draw_span((self._painter.span[0], mapping.step_at(event.position().x())))
            return
        super().mouseMoveEvent(event)
        mapping = self.mapping
        inside = mapping.rect.contains(event.position())
        self.steps_pointed_at.emit(mapping.step_at(event.position().x()) if inside else math.nan)
        if not event.buttons():
            self._hover(event.position())

    def _draw_span(self, span: tuple[float, float] | None) -> None:
        self._painter.span = span
        self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.steps_pointed_at.emit(math.nan)
        self._hover(QPointF(-1e6, -1e6))

    def show_tip(self, text: str, at: QPointF) -> None:
        """A tooltip at a viewport pixel; `text` is plain."""
        QToolTip.showText(self.viewport().mapToGlobal(at.toPoint()), safe_text.html(text), self.viewport())
