"""DepthChart: the size of a typical element from the first layer to the last, at the start, middle and end of the run."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from lossdoctor import formatting, safe_text
from lossdoctor.figures import ticks
from lossdoctor.figures.layers import DepthProfile
from lossdoctor.gui.plots.chart import Chart, Tick
from lossdoctor.gui.theme import Look, mix
from lossdoctor.runs import Role

_DASHES = ((2.0, 3.0), (6.0, 3.0), ())
_STRENGTHS = (0.45, 0.7, 1.0)
_SMALLEST = 1e-38  # of a float32


class DepthChart(Chart):
    """The chart; a click or the arrow keys choose a layer.

    Signals:
        layer_chosen(index): the user wants to see this layer.
    """

    layer_chosen = Signal(int)
    above = 16.0

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__("Size by depth", look, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.profile = DepthProfile((), (), np.empty((0, 0)))
        self.chosen = -1

    def set_profile(self, profile: DepthProfile) -> None:
        """Shows the layers of this profile."""
        self.profile, self.chosen = profile, -1
        self.setAccessibleDescription(_in_words(profile))
        self.update()

    def set_chosen(self, index: int) -> None:
        """Marks one layer; -1 none."""
        self.chosen = index
        self.update()

    # --- geometry ---

    def _limits(self) -> tuple[float, float]:
        """(low, high) as log10 over all finite sizes."""
        good = self.profile.sizes[np.isfinite(self.profile.sizes) & (self.profile.sizes > 0)]
        if not good.size:
            return -1.0, 1.0
        low, high = float(np.log10(max(good.min(), _SMALLEST))), float(np.log10(max(good.max(), _SMALLEST)))
        room = max((high - low) * 0.08, 0.15)
        return low - room, high + room

    def _x(self, layer: int) -> float:
        last = max(len(self.profile.layers) - 1, 1)
        return self.area.left() + (0.03 + 0.94 * layer / last) * self.area.width()

    def _layer_at(self, x: float) -> int:
        last = max(len(self.profile.layers) - 1, 1)
        share = ((x - self.area.left()) / max(self.area.width(), 1.0) - 0.03) / 0.94
        return min(max(round(share * last), 0), len(self.profile.layers) - 1)

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._look.surface("panel"))
        if not self.profile.layers:
            self.paint_hint(painter, "No layers.")
        else:
            self._paint_profile(painter)
        painter.end()

    def _paint_profile(self, painter: QPainter) -> None:
        area, (low, high) = self.area, self._limits()
        made = ticks.logarithmic(10.0**low, 10.0**high, max(int(area.height() // 40), 2))
        y = [Tick((np.log10(v) - low) / (high - low), t) for v, t in zip(made.values, made.labels, strict=True)]
        every = max(1, round(len(self.profile.layers) / max(area.width() / 40, 1)))
        x = [Tick((self._x(i) - area.left()) / area.width(), str(i + 1))
             for i in range(0, len(self.profile.layers), every)]  # fmt: skip
        self.paint_axes(painter, x, y, ("layer, from the input to the output", "size"))
        if 0 <= self.chosen < len(self.profile.layers):
            painter.setPen(QPen(self._look.surface("accent"), 2 if self.hasFocus() else 1.2))
            at = self._x(self.chosen)
            painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))
        for time in range(len(self.profile.times)):
            self._paint_line(painter, time, low, high)
        self._paint_legend(painter)

    def _pen(self, time: int) -> QPen:
        kind = time if len(self.profile.times) == 3 else 2 * time
        full = self._look.theme.series(Role.TRAIN_LOSS).colour
        pen = QPen(mix(self._look.theme.surface("panel"), full, _STRENGTHS[min(kind, 2)]), 1.8)
        if _DASHES[min(kind, 2)]:
            pen.setDashPattern(list(_DASHES[kind]))
        return pen

    def _paint_line(self, painter: QPainter, time: int, low: float, high: float) -> None:
        area, sizes = self.area, self.profile.sizes[time]
        pen = self._pen(time)
        points: list[QPointF] = []
        for layer, size in enumerate([*sizes, np.nan]):
            if np.isfinite(size) and size > 0:
                place = (np.log10(max(size, _SMALLEST)) - low) / (high - low)
                points.append(QPointF(self._x(layer), area.bottom() - place * area.height()))
                continue
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF(points))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(pen.color()))
            for point in points:
                painter.drawEllipse(point, 2.4, 2.4)
            points = []

    def _paint_legend(self, painter: QPainter) -> None:
        painter.setFont(self.small_font())
        metrics = painter.fontMetrics()
        x = self.area.right()
        for time, name in reversed(list(enumerate(self.profile.times))):
            x -= metrics.horizontalAdvance(name)
            painter.setPen(self._look.surface("text"))
            painter.drawText(QPointF(x, self.area.top() - 8), name)
            painter.setPen(self._pen(time))
            middle = self.area.top() - 8 - metrics.ascent() * 0.35
            painter.drawLine(QPointF(x - 30, middle), QPointF(x - 6, middle))
            x -= 46

    # --- pointer and keys ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        inside = self.profile.layers and self.area.contains(event.position())
        text = self.text_of(self._layer_at(event.position().x())) if inside else ""
        QToolTip.showText(event.globalPosition().toPoint(), safe_text.html(text), self)

    def text_of(self, layer: int) -> str:
        """A layer's name and its sizes."""
        pairs = zip(self.profile.times, self.profile.sizes[:, layer], strict=True)
        return f"{self.profile.layers[layer]}: " + ", ".join(f"{t} {formatting.number(float(s))}" for t, s in pairs)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.profile.layers:
            self.layer_chosen.emit(self._layer_at(event.position().x()))
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None or not self.profile.layers:
            super().keyPressEvent(event)
            return
        self.layer_chosen.emit(min(max(self.chosen + by, 0), len(self.profile.layers) - 1))


def _in_words(profile: DepthProfile) -> str:
    """The chart in words, for those who hear it."""
    if not profile.layers:
        return "No layers."
    first, last = (formatting.number(float(profile.sizes[-1, place])) for place in (0, -1))
    input_, output = safe_text.plain(profile.layers[0]), safe_text.plain(profile.layers[-1])
    count = formatting.count(len(profile.layers), "layer")
    return f"{count}; at the end of the run {first} in the first, {input_}, and {last} in the last, {output}."
