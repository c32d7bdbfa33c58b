"""The two axes: steps as people write them (10k, 1.5M), values through the program's one number format."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF

from lossdoctor import formatting
from lossdoctor.figures import symlog
from lossdoctor.figures.time_ticks import time_spacing, time_texts
from lossdoctor.figures.x_axis import XAxis
from lossdoctor.gui.plots.mapping import LINEAR, ScaleKind

_UNITS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))
_WIDTH = 58


def step_texts(values: list[float], spacing: float) -> list[str]:
    """Tick texts for steps, one unit for all of them: 0, 5k, 10k; below 10 000 whole numbers."""
    largest = max((abs(value) for value in values), default=0.0)
    for factor, suffix in _UNITS:
        if largest >= max(factor, 1e4):
            decimals = max(0, -math.floor(math.log10(spacing / factor) + 1e-9)) if spacing > 0 else 0
            if decimals <= 3:
                return [_with_unit(value / factor, decimals, suffix) for value in values]
    return [formatting.step(round(value, 6)) for value in values]


def place_text(x: float, axis: XAxis, unit: str) -> str:
    """A place on the x axis in words: step 1 200, epoch 3.25, 12:30; "" for NaN."""
    if not math.isfinite(x):
        return ""
    if axis.is_time:
        return time_texts([x], 1000.0, wall=axis is XAxis.WALL)[0]
    return f"epoch {x / axis.scale:.2f}" if axis is XAxis.EPOCH else f"{unit} {formatting.step(round(x))}"


def _with_unit(value: float, decimals: int, suffix: str) -> str:
    text = f"{value:.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"0", "-0"} else (text + suffix).replace("-", "−")


def log_ticks(low: float, high: float, room: int) -> list[float]:
    """Positions (log10) of at most about `room` labelled ticks between `low` and `high` (log10).

    Whole decades when there are many; 1-2-5 within few; within less than one decade round values of the plain scale.
    """
    decades = high - low
    if decades <= 0 or not math.isfinite(decades):
        return []
    first, last = math.floor(low), math.ceil(high)
    if decades >= 2:
        every = max(1, math.ceil(decades / max(room, 1)))
        return [float(power) for power in range(first, last + 1) if power % every == 0 and low <= power <= high]
    if decades >= 0.8:
        fine = [power + math.log10(digit) for power in range(first, last + 1) for digit in (1, 2, 5)]
        return [tick for tick in fine if low <= tick <= high]
    bottom, top = 10.0**low, 10.0**high
    raw = (top - bottom) / max(room, 1)
    magnitude = 10.0 ** math.floor(math.log10(raw))
    spacing = next(factor * magnitude for factor in (1, 2, 5, 10) if factor * magnitude >= raw)
    steps = np.arange(math.ceil(bottom / spacing), math.floor(top / spacing) + 1) * spacing
    return [math.log10(value) for value in steps if value > 0]


class _Axis(pg.AxisItem):
    def boundingRect(self) -> QRectF:
        # With a grid pyqtgraph drops every tick text that reaches beyond the plotting area, such as the lowest "0".
        return super().boundingRect().adjusted(-20, -10, 20, 10)


class StepAxis(_Axis):
    """The x axis."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.enableAutoSIPrefix(False)
        self.counts = XAxis.STEP

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> Any:  # noqa: N803
        if self.counts.is_time:
            return [(time_spacing((maxVal - minVal) / max(size / 110, 1)), 0)]
        # A step is whole: ticks at 0.5 would claim otherwise.
        return [(max(spacing, 1.0), offset) for spacing, offset in super().tickSpacing(minVal, maxVal, size)][:2]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.counts.is_time:
            return time_texts(list(values), spacing, wall=self.counts is XAxis.WALL)
        if self.counts is XAxis.EPOCH:
            return [formatting.number(value / self.counts.scale, 6) for value in values]
        return step_texts(list(values), spacing)


class ValueAxis(_Axis):
    """The y axis, of fixed width so that the panels of a stack line up."""

    def __init__(self) -> None:
        super().__init__("left")
        self.enableAutoSIPrefix(False)
        self.setWidth(_WIDTH)
        self.scale_of_values = LINEAR

    def tickValues(self, minVal: float, maxVal: float, size: float) -> Any:  # noqa: N803
        room = max(2, int(size // 44))
        scale = self.scale_of_values
        if scale.kind is ScaleKind.LOG:
            return [(1.0, log_ticks(minVal, maxVal, room))]
        if scale.kind is ScaleKind.SYMLOG:
            return [(1.0, [scale.view_one(value) for value in symlog.ticks(minVal, maxVal, scale.linear, room)])]
        return super().tickValues(minVal, maxVal, size)[:1]

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> Any:  # noqa: N803
        return super().tickSpacing(minVal, maxVal, size)[:2]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.scale_of_values.kind is not ScaleKind.LINEAR:
            shown = (self.scale_of_values.value(value) for value in values)
            return [formatting.number(value).replace(".0e", "e") for value in shown]
        # Neighbouring ticks of a narrow range must not read the same: as many digits as the spacing needs.
        largest = max((abs(value) for value in values), default=0.0)
        digits = 3
        if largest > 0 and spacing > 0:
            digits = min(max(3, math.ceil(math.log10(largest / spacing)) + 1), 9)
        return [formatting.number(0.0 if abs(value) < spacing * 1e-6 else value, digits) for value in values]
