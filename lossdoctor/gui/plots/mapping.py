"""Mapping: the straight road from data coordinates to a panel's pixels and back, for linear and logarithmic values."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF

# QPainter's rasteriser misdraws beyond about 2**24 pixels; a first loss of 1e18 would land there.
_FAR = 1e5


def to_view(values: npt.NDArray[np.float64], log_y: bool) -> npt.NDArray[np.float64]:
    """Values as the panel's y axis counts them; what a logarithmic axis cannot show becomes NaN."""
    if not log_y:
        return values
    positive = np.where(values > 0, values, np.nan)
    return np.asarray(np.log10(positive), dtype=np.float64)


def value_to_view(value: float, log_y: bool) -> float:
    """`to_view` for one value."""
    if not log_y:
        return value
    return math.log10(value) if value > 0 else math.nan


@dataclass(frozen=True, slots=True)
class Mapping:
    """Where data lies in a panel.

    Attributes:
        rect: the plotting area in viewport pixels.
        steps: (left, right) step of the area.
        view_values: (bottom, top) of the area in view units: the values, or their log10 when `log_y`.
        log_y: whether the y axis is logarithmic.
    """

    rect: QRectF
    steps: tuple[float, float]
    view_values: tuple[float, float]
    log_y: bool

    def x(self, step: float) -> float:
        """Pixel column of a step, kept within a range that QPainter can draw."""
        low, high = self.steps
        pixel = self.rect.left() + (step - low) / ((high - low) or 1.0) * self.rect.width()
        return min(max(pixel, -_FAR), _FAR)

    def y(self, value: float) -> float:
        """Pixel row of a value. NaN and +inf lie on the top edge, -inf and what a log axis cannot show on the bottom."""
        if math.isnan(value) or value == math.inf:
            return self.rect.top()
        view = value_to_view(value, self.log_y) if value != -math.inf else math.nan
        if math.isnan(view):
            return self.rect.bottom()
        low, high = self.view_values
        pixel = self.rect.bottom() - (view - low) / ((high - low) or 1.0) * self.rect.height()
        return min(max(pixel, -_FAR), _FAR)

    def step_at(self, pixel: float) -> float:
        """The step at a pixel column."""
        low, high = self.steps
        return low + (pixel - self.rect.left()) / (self.rect.width() or 1.0) * (high - low)

    def sees_step(self, step: float) -> bool:
        """True when the step lies in the area."""
        return self.steps[0] <= step <= self.steps[1]
