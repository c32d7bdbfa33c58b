"""How the level of a positive series (a gradient norm) changes in ratios: growth, shrinkage, peaks, standing at a ceiling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lossdoctor.signals.curve import Curve

Array = npt.NDArray[np.float64]

# The level to compare with: after the first steps, which are never typical, and before the middle.
REFERENCE = (0.05, 0.25)


@dataclass(frozen=True, slots=True)
class Growth:
    """Levels of a positive series, as ratios of its early level.

    Attributes:
        early: median of the values between 5 % and 25 % of the run.
        highest: largest trend value later on.
        highest_step: where that is.
        factor: highest / early; infinite when early is 0 and highest is not, NaN when both are 0.
        end_factor: end level / early, likewise.
        peak: largest single value later on over the trend there.
        peak_step: where that is.
    """

    early: float
    highest: float
    highest_step: float
    factor: float
    end_factor: float
    peak: float
    peak_step: float


def growth(curve: Curve) -> Growth | None:
    """Growth of a non-negative series; None for fewer than 10 points."""
    g = curve.values.size
    if g < 10:
        return None
    early = curve.median_between(*REFERENCE)
    first = int(REFERENCE[1] * g)
    top = first + int(np.argmax(curve.trend[first:]))
    over = np.divide(curve.high, curve.trend, out=np.ones(g), where=curve.trend > 0)
    peak = first + int(np.argmax(over[first:]))
    return Growth(
        early, float(curve.trend[top]), float(curve.steps[top]), _ratio(float(curve.trend[top]), early),
        _ratio(curve.end, early), float(over[peak]), float(curve.peak_steps[peak]),
    )  # fmt: skip


def ceiling_share(values: Array, tolerance: float = 0.005) -> float:
    """Share of the last half of a series (50 points at least, or all) within `tolerance` of its largest value there.

    NaN for fewer than 10 points, for a series without a positive value, and for one that never moves: a norm that stands
    still altogether is no norm at a ceiling.
    """
    late = values[-max(values.size // 2, 50) :]
    if late.size < 10 or not late.max() > 0 or float(values.max()) == float(values.min()):
        return float("nan")
    return float(np.mean(late >= (1.0 - tolerance) * late.max()))


def _ratio(value: float, reference: float) -> float:
    if reference > 0:
        return value / reference
    return float("inf") if value > 0 else float("nan")
