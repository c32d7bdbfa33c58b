"""Overview: a strip below the panels with the whole run in small, its findings, and the part that is in view."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from lossdoctor.figures.decimate import minmax
from lossdoctor.figures.spec import FigureSpec
from lossdoctor.gui.plots import known, marks
from lossdoctor.gui.plots.mapping import LINEAR, LOG
from lossdoctor.gui.theme import Look
from lossdoctor.runs import Role

_HEIGHT = 40
_LEFT, _RIGHT = 58, 12  # as the panels, so that the strip lies below them
_MARK_HEIGHT = 6
_STEP = 0.1  # of the visible width, for the arrow keys


class Overview(QWidget):
    """The strip.

    Signals:
        window_asked(low, high): the user wants to see these steps.
    """

    window_asked = Signal(float, float)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._spec: FigureSpec | None = None
        self._lines: list[tuple[int, np.ndarray, np.ndarray]] = []
        self._window = (0.0, 1.0)
        self._known: float | None = None
        self._grabbed: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Overview of the whole run")
        self.setAccessibleDescription("Left and right move the part of the run that is in view.")
        self.setToolTip("The whole run: drag or click to move the view")

    def sizeHint(self) -> QSize:
        return QSize(300, _HEIGHT)

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._look = look
        self.update()

    def set_figure(self, spec: FigureSpec | None) -> None:
        """Shows the first panel of a figure in small; the place of every finding of all panels."""
        self._spec = spec
        self._lines = []
        if spec is not None and spec.panels:
            panel = spec.panels[0]
            scale = LOG if panel.log_y else LINEAR
            for index, line in enumerate(panel.lines):
                branch = line.series.last_branch()
                steps, values = minmax(branch.steps, branch.values, 200)
                shown = scale.view(np.where(np.isfinite(values), values, np.nan))
                self._lines.append((index, steps.astype(np.float64), shown))
        self.update()

    def set_known(self, step: float | None) -> None:
        """From which step on the verdict was clear; None for not known."""
        if step != self._known:
            self._known = step
            self.update()

    def set_window(self, low: float, high: float) -> None:
        """Shows which steps are in view."""
        if (low, high) != self._window:
            self._window = (low, high)
            self.update()

    # --- geometry ---

    def _range(self) -> tuple[float, float]:
        low, high = self._spec.x_range if self._spec is not None and self._spec.x_range else (0.0, 1.0)
        margin = max(high - low, 1.0) * 0.02
        return low - margin, high + margin

    def _x(self, step: float) -> float:
        low, high = self._range()
        return _LEFT + (min(max(step, low), high) - low) / (high - low) * (self.width() - _LEFT - _RIGHT)

    def _step_at(self, x: float) -> float:
        low, high = self._range()
        return low + (x - _LEFT) / max(self.width() - _LEFT - _RIGHT, 1) * (high - low)

    # --- Qt ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(_LEFT, 3, self.width() - _LEFT - _RIGHT, self.height() - 6)
        painter.fillRect(area, self._look.surface("window"))
        if self._spec is not None and self._spec.panels:
            painter.save()
            painter.setClipRect(area)
            self._paint_lines(painter, area.adjusted(0, 3, 0, -_MARK_HEIGHT - 3))
            self._paint_marks(painter, area)
            if self._known is not None:
                known.paint_line(painter, self._x(self._known), area, self._look.surface("muted"))
            painter.restore()
            self._paint_window(painter, area)
        painter.setPen(QPen(self._look.surface("accent" if self.hasFocus() else "border"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        painter.end()

    def _paint_lines(self, painter: QPainter, area: QRectF) -> None:
        assert self._spec is not None  # the caller has looked
        panel = self._spec.panels[0]
        limits = (LOG if panel.log_y else LINEAR).view(np.array(panel.y_range or (0.0, 1.0)))
        low, high = float(limits[0]), float(limits[1])
        if not np.isfinite([low, high]).all() or high <= low:
            return
        for index, steps, values in self._lines:
            line = panel.lines[index]
            theme = self._look.theme
            style = theme.series(line.role, index) if line.slot is None else theme.series(Role.OTHER, line.slot)
            painter.setPen(QPen(QColor(style.colour), 1))
            y = area.bottom() - (values - low) / (high - low) * area.height()
            for part in np.split(np.arange(values.size), np.flatnonzero(np.isnan(y))):
                points = [QPointF(self._x(steps[i]), min(max(y[i], -1e4), 1e4)) for i in part if np.isfinite(y[i])]
                painter.drawPolyline(QPolygonF(points))

    def _paint_marks(self, painter: QPainter, area: QRectF) -> None:
        assert self._spec is not None  # the caller has looked
        painter.setPen(Qt.PenStyle.NoPen)
        for mark in (mark for panel in self._spec.panels for mark in panel.marks):
            steps = marks.step_range(mark.evidence)
            if steps is None:
                continue
            colour = QColor(self._look.theme.severity(mark.severity).colour)
            colour.setAlphaF(0.8)
            left, right = self._x(steps[0]), self._x(steps[1])
            top = area.bottom() - _MARK_HEIGHT
            painter.fillRect(QRectF(left - 1, top, max(right - left, 2) + 1, _MARK_HEIGHT), colour)

    def _paint_window(self, painter: QPainter, area: QRectF) -> None:
        left, right = self._x(self._window[0]), self._x(self._window[1])
        if right - left >= area.width() - 2:
            return
        veil = self._look.surface("panel", 0.66)
        painter.fillRect(QRectF(area.left(), area.top(), left - area.left(), area.height()), veil)
        painter.fillRect(QRectF(right, area.top(), area.right() - right, area.height()), veil)
        painter.setPen(QPen(self._look.surface("accent"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(left, area.top(), max(right - left, 2), area.height()))

    def _centre_on(self, step: float) -> None:
        width = self._window[1] - self._window[0]
        low, high = self._range()
        first = min(max(step - width / 2, low), max(high - width, low))
        self.window_asked.emit(first, first + width)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._spec is not None:
            step = self._step_at(event.position().x())
            low, high = self._window
            self._grabbed = step - (low + high) / 2 if low <= step <= high else 0.0
            self._centre_on(step - self._grabbed)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            self._centre_on(self._step_at(event.position().x()) - self._grabbed)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._grabbed = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -_STEP, Qt.Key.Key_Right: _STEP}.get(Qt.Key(event.key()))
        if by is None or self._spec is None:
            super().keyPressEvent(event)
            return
        low, high = self._window
        self._centre_on((low + high) / 2 + by * (high - low))
