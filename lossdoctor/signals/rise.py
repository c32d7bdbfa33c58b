"""A sustained rise after the best point: how far a curve ends above its lowest level, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lossdoctor.signals.curve import Curve
from lossdoctor.signals.smoothing import median


@dataclass(frozen=True, slots=True)
class Rise:
    """The rise of a curve after its lowest trend point.

    Attributes:
        best_step: step of the lowest trend point.
        best: trend value there; what the rise is measured from.
        lowest_step: step of the lowest single value near it, for showing: smoothing of a few points moves the minimum.
        lowest: that value.
        end: level at the end.
        height: rise that lasts, >= 0, in units of the series: the lower of the end level and the median of the last third
            after the best point, less best. A jump of the last few points is no sustained rise.
        gain: what had been gained from the highest trend point before the best one; 0 when the best is the first.
        of_level: height over |best|; infinite when best is 0.
        sigmas: height over the noise of the compared medians.
        points_after: number of grid points after the best one.
        share_after: share of the run after the best point.
        onset_step: first step after which the trend stays above clearly above the best; None when it never does.
    """

    best_step: float
    best: float
    lowest_step: float
    lowest: float
    end: float
    height: float
    gain: float
    of_level: float
    sigmas: float
    points_after: int
    share_after: float
    onset_step: float | None


@lru_cache(maxsize=8)  # several rules ask about the same curve; a curve is equal to itself only
def sustained_rise(curve: Curve) -> Rise:
    """Rise of the end level above the lowest trend point; height 0 when the curve ends at its best.

    Onset: the first point after the best one from which on at least 80 % of the trend stands clearly above the best
    level (a brief dip back does not reset it). Clearly is a tenth of what had been gained, or three sigma of noise where
    that is more, but never more than a quarter of the final height.
    """
    k = curve.best_index
    best = float(curve.trend[k])
    after = curve.trend[k + 1 :]
    last_third = curve.values[-max(after.size // 3, 3) :]
    height = max(min(curve.end, median(last_third)) - best, 0.0) if after.size else 0.0
    noise = curve.sigma / np.sqrt(max(min(after.size, 5), 1))
    gain = max(float(curve.trend[: k + 1].max()) - best, 0.0)
    onset = None
    if height > 0 and after.size:
        above = after > best + min(0.25 * height, max(0.1 * gain, 3.0 * noise))
        share = np.cumsum(above[::-1])[::-1] / np.arange(after.size, 0, -1)
        good = np.flatnonzero(above & (share >= 0.8))
        if good.size:
            onset = float(curve.steps[k + 1 + int(good[0])])
    return Rise(
        float(curve.steps[k]), best, curve.best_step, curve.lowest, curve.end, height, gain,
        height / abs(best) if best else float("inf") if height else 0.0,
        height / noise if noise > 1e-300 else float("inf") if height else 0.0,
        int(after.size), float(after.size / max(curve.trend.size - 1, 1)), onset,
    )  # fmt: skip
