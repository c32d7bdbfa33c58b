"""Mapping: the straight road from data coordinates to a panel's pixels and back, for every kind of value axis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF

from lossdoctor.figures import symlog

# QPainter's rasteriser misdraws beyond about 2**24 pixels; a first loss of 1e18 would land there.
_FAR = 1e5


class ScaleKind(StrEnum):
    """How values are laid along the y axis."""

    LINEAR = "Linear"
    LOG = "Logarithmic"
    SYMLOG = "Symmetric logarithm"

    @property
    def short(self) -> str:
        """As it fits a small button."""
        return {ScaleKind.LINEAR: "lin", ScaleKind.LOG: "log", ScaleKind.SYMLOG: "±log"}[self]

    @property
    def help(self) -> str:
        """What it is for."""
        return {
            ScaleKind.LINEAR: "Equal steps are equal distances",
            ScaleKind.LOG: "Equal factors are equal distances; zero and negative values cannot be shown",
            ScaleKind.SYMLOG: "Logarithmic on both sides of zero, linear around it: every value can be shown",
        }[self]


@dataclass(frozen=True, slots=True)
class ValueScale:
    """The y axis of a panel: values to view units and back.

    Attributes:
        kind: linear, logarithmic (view units are log10) or symmetric logarithmic.
        linear: where a symmetric logarithm turns linear; no meaning for the others.
    """

    kind: ScaleKind = ScaleKind.LINEAR
    linear: float = 1.0

    def view(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Values in view units; what a logarithmic axis cannot show becomes NaN."""
        if self.kind is ScaleKind.LINEAR:
            return values
        if self.kind is ScaleKind.SYMLOG:
            return symlog.forward(values, self.linear)
        positive = np.where(values > 0, values, np.nan)
        return np.asarray(np.log10(positive), dtype=np.float64)

    def view_one(self, value: float) -> float:
        """`view` for one value."""
        return float(self.view(np.array([value], dtype=np.float64))[0])

    def value(self, view: float) -> float:
        """The value at a place of the axis."""
        if self.kind is ScaleKind.LOG:
            return float(10.0 ** min(view, 308.0))
        if self.kind is ScaleKind.SYMLOG:
            return float(symlog.backward(np.array([view]), self.linear)[0])
        return float(view)


LINEAR = ValueScale()
LOG = ValueScale(ScaleKind.LOG)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Where data lies in a panel.

    Attributes:
        rect: the plotting area in viewport pixels.
        steps: (left, right) step of the area.
        view_values: (bottom, top) of the area in the scale's view units.
        scale: the y axis.
    """

    rect: QRectF
    steps: tuple[float, float]
    view_values: tuple[float, float]
    scale: ValueScale = LINEAR

    def x(self, step: float) -> float:
        """Pixel column of a step, kept within a range that QPainter can draw."""
        low, high = self.steps
        pixel = self.rect.left() + (step - low) / ((high - low) or 1.0) * self.rect.width()
        return min(max(pixel, -_FAR), _FAR)

    def y(self, value: float) -> float:
        """Pixel row of a value. NaN and +inf lie on the top edge, -inf and what a log axis cannot show on the bottom."""
        if math.isnan(value) or value == math.inf:
            return self.rect.top()
        view = self.scale.view_one(value) if value != -math.inf else math.nan
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
