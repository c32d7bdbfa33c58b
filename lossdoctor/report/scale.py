"""Scale: data values to points of the page along one axis, linear or logarithmic."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lossdoctor.figures import symlog

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scale:
    """A mapping of [low, high] to [start, start + length].

    Attributes:
        low, high: data limits, low < high; positive when `log`.
        start, length: in points (1/72 inch).
        log: logarithmic.
        symlog: where a symmetric logarithm turns linear; 0.0 for another scale.
    """

    low: float
    high: float
    start: float
    length: float
    log: bool = False
    symlog: float = 0.0

    def many(self, values: npt.ArrayLike) -> Array:
        """Positions; values a logarithm cannot show (zero, negative) lie far below the axis; NaN stays NaN."""
        data = np.asarray(values, dtype=np.float64)
        if self.log:
            with np.errstate(divide="ignore", invalid="ignore"):
                data = np.where(data > 0, np.log10(data), np.where(np.isnan(data), np.nan, -np.inf))
        low, high = (math.log10(self.low), math.log10(self.high)) if self.log else (self.low, self.high)
        if self.symlog:
            data = symlog.forward(data, self.symlog)
            low, high = (float(place) for place in symlog.forward(np.array([low, high]), self.symlog))
        # Dividing before subtracting keeps 1e308 from overflowing; far outliers are pinned where clipping cuts them.
        span = high - low
        share = data / span - low / span
        return self.start + self.length * np.clip(share, -1e4, 1e4)

    def one(self, value: float) -> float:
        """Position of one value."""
        return float(self.many([value])[0])

    @property
    def end(self) -> float:
        """The far end in points."""
        return self.start + self.length
