"""DensityChart: the values of one layer over the run, as a heat map (steps across) or as ridges (steps downwards)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from lossdoctor import formatting, safe_text
from lossdoctor.figures import symlog, ticks
from lossdoctor.figures.layers import DensityMap
from lossdoctor.gui.plots.chart import Chart, Tick
from lossdoctor.gui.theme import Look, mix
from lossdoctor.runs import Role

_RIDGES = 22  # more of them overlap beyond recognition
_RIDGE_HEIGHT = 2.6  # of the distance between two ridges
# A column of more pixels than its share of the run stands for a gap in the log.
_LEVELS = 64


class DensityChart(Chart):
    """The chart. `ridges` chooses which of the two it paints."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__("Values of the layer over the run", look, parent)
        self.map: DensityMap | None = None
        self.unit = "step"
        self.hint = ""
        self.ridges = False

    def set_map(self, found: DensityMap | None, unit: str, hint: str = "") -> None:
        """Shows the values of a layer; None shows the hint."""
        self.map, self.unit, self.hint = found, unit, hint
        self.setAccessibleDescription(_in_words(found, unit) if found is not None else hint)
        self.update()

    def set_ridges(self, on: bool) -> None:
        """Ridges instead of the heat map."""
        self.ridges = on
        self.update()

    # --- axes ---

    def _value_ticks(self, found: DensityMap, room: float) -> list[Tick]:
        low, high = float(found.edges[0]), float(found.edges[-1])
        wanted = max(int(room // 70), 2)
        if found.linear:
            first, last = (float(place) for place in symlog.forward(np.array([low, high]), found.linear))
            marks = np.array(symlog.ticks(first, last, found.linear, wanted))
            places = (symlog.forward(marks, found.linear) - first) / (last - first)
            return [Tick(float(p), formatting.number(m, 2)) for p, m in zip(places, marks, strict=True)]
        made = ticks.linear(low, high, wanted)
        return [Tick((v - low) / (high - low), t) for v, t in zip(made.values, made.labels, strict=True)]

    def _step_range(self, found: DensityMap) -> tuple[float, float]:
        first, last = float(found.steps[0]), float(found.steps[-1])
        return (first, last) if last > first else (first - 0.5, last + 0.5)

    def _step_ticks(self, found: DensityMap, room: float) -> list[Tick]:
        low, high = self._step_range(found)
        made = ticks.steps(low, high, max(int(room // 90), 2))
        return [Tick((v - low) / (high - low), t) for v, t in zip(made.values, made.labels, strict=True)]

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._look.surface("panel"))
        if self.map is None:
            self.paint_hint(painter, self.hint)
        elif self.ridges:
            self._paint_ridges(painter, self.map)
        else:
            self._paint_heat(painter, self.map)
        painter.end()

    def _paint_heat(self, painter: QPainter, found: DensityMap) -> None:
        area = self.area
        columns = column_of_pixel(found.steps, self._step_range(found), max(int(area.width()), 1))
        image = self._image(shade(found.shares)[columns])
        painter.drawImage(area, image)
        x, y = self._step_ticks(found, area.width()), self._value_ticks(found, area.height() * 1.4)
        self.paint_axes(painter, x, y, (self.unit, "value"))

    def _image(self, levels: npt.NDArray[np.float64]) -> QImage:
        """One pixel a column and bin, the largest values on top."""
        rows = np.ascontiguousarray((levels.T[::-1] * (_LEVELS - 1)).round().astype(np.uint8))
        # QImage wants lines of whole words.
        height, width = rows.shape
        padded = np.zeros((height, (width + 3) // 4 * 4), dtype=np.uint8)
        padded[:, :width] = rows
        image = QImage(padded.tobytes(), width, height, padded.shape[1], QImage.Format.Format_Indexed8)
        image.setColorTable([colour.rgb() for colour in self._colours()])
        # The bytes belong to Python and go when this returns.
        return image.convertToFormat(QImage.Format.Format_RGB32)

    def _colours(self) -> list[QColor]:
        """From the panel's colour to the strongest; in either theme more means farther from the background."""
        panel, full = self._look.theme.surface("panel"), self._look.theme.series(Role.TRAIN_LOSS).colour
        strong = self._look.theme.surface("text")
        half = [mix(panel, full, i / (_LEVELS * 0.7)) for i in range(int(_LEVELS * 0.7))]
        rest = _LEVELS - len(half)
        return half + [mix(full, strong, 0.75 * i / rest) for i in range(1, rest + 1)]

    def _paint_ridges(self, painter: QPainter, found: DensityMap) -> None:
        area = self.area
        shown = np.unique(np.linspace(0, found.steps.size - 1, min(_RIDGES, found.steps.size)).round().astype(int))
        heights = found.shares[shown] / max(float(found.shares[shown].max()), 1e-300)
        gap = area.height() / (shown.size + _RIDGE_HEIGHT - 1)
        base = [area.bottom() - (shown.size - 1 - i) * gap for i in range(shown.size)]
        labels = [Tick((area.bottom() - y) / area.height(), formatting.step(int(found.steps[s])))
                  for y, s in zip(reversed(base), shown[::-1], strict=True)]  # fmt: skip
        self.paint_axes(painter, self._value_ticks(found, area.width()), labels, ("value", self.unit))
        colour = QColor(self._look.theme.series(Role.TRAIN_LOSS).colour)
        # The last step stands in front.
        for y, ridge in zip(base, heights, strict=True):
            self._paint_ridge(painter, area, y, ridge * gap * _RIDGE_HEIGHT, colour)

    def _paint_ridge(
        self, painter: QPainter, area: QRectF, base: float, heights: npt.NDArray[np.float64], colour: QColor
    ) -> None:
        centres = area.left() + (np.arange(heights.size) + 0.5) / heights.size * area.width()
        line = [QPointF(x, base - h) for x, h in zip(centres, heights, strict=True)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(self._look.theme.surface("panel"), colour.name(), 0.25))
        painter.drawPolygon(QPolygonF([QPointF(centres[0], base), *line, QPointF(centres[-1], base)]))
        painter.setPen(QPen(colour, 1.2))
        painter.drawPolyline(QPolygonF(line))

    # --- pointer ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        text = self.text_at(event.position())
        QToolTip.showText(event.globalPosition().toPoint(), safe_text.html(text), self)

    def text_at(self, at: QPointF) -> str:
        """The step, the values and their share under a pixel; "" outside of the map or on ridges."""
        if self.map is None or self.ridges or not self.area.contains(at):
            return ""
        area, found = self.area, self.map
        columns = column_of_pixel(found.steps, self._step_range(found), max(int(area.width()), 1))
        column = int(columns[min(max(int(at.x() - area.left()), 0), columns.size - 1)])
        row = min(int((area.bottom() - at.y()) / area.height() * found.shares.shape[1]), found.shares.shape[1] - 1)
        low, high = formatting.number(float(found.edges[row])), formatting.number(float(found.edges[row + 1]))
        share = formatting.percent(float(found.shares[column, row]))
        return f"{self.unit} {formatting.step(int(found.steps[column]))}: {share} between {low} and {high}"


def column_of_pixel(steps: npt.NDArray[np.int64], limits: tuple[float, float], width: int) -> npt.NDArray[np.int64]:
    """For each of `width` pixels across `limits` the index of the step it shows: the last one at or before it."""
    at = np.linspace(limits[0], limits[1], width)
    return np.asarray(np.clip(np.searchsorted(steps, at, side="right") - 1, 0, steps.size - 1), dtype=np.int64)


def shade(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Shares as strengths from 0 to 1, each step by its own fullest bin; the root keeps thin tails visible."""
    fullest = shares.max(axis=1, keepdims=True)
    return np.asarray(np.sqrt(shares / np.where(fullest > 0, fullest, 1.0)), dtype=np.float64)


def _in_words(found: DensityMap, unit: str) -> str:
    """The chart in words, for those who hear it."""
    parts = []
    for name, index in (("first", 0), ("last", -1)):
        centres = (found.edges[1:] + found.edges[:-1]) / 2
        reached = np.cumsum(found.shares[index])
        if reached[-1] > 0:
            low, middle, high = (centres[np.searchsorted(reached, q * reached[-1])] for q in (0.05, 0.5, 0.95))
            numbers = [formatting.number(float(value)) for value in (low, middle, high)]
            step = formatting.step(int(found.steps[index]))
            parts.append(f"At the {name} {unit} {step} nine tenths of the values lie between {numbers[0]} and "
                         f"{numbers[2]}, the median at {numbers[1]}.")  # fmt: skip
    return " ".join(parts)
