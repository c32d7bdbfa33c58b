"""What a curve does at its very beginning: does it rise before it falls?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lossdoctor.signals.curve import Curve
from lossdoctor.signals.smoothing import quantiles, running_median


@dataclass(frozen=True, slots=True)
class EarlyRise:
    """The highest rise above the lowest level before it, in the first part of a run.

    Attributes:
        step: where the highest level stands.
        level: that level.
        before: the lowest level before it.
        height: level - before, >= 0.
        over_later: height over the 99th percentile of the rises above the trend in the rest; infinite when there are none.
    """

    step: float
    level: float
    before: float
    height: float
    over_later: float


def early_rise(curve: Curve, share: float = 0.1) -> EarlyRise | None:
    """The largest rise in the first `share` of a curve's points; None when that part has fewer than 4 points.

    Levels are running medians of three points, so that one odd batch is no rise.
    """
    count = int(np.ceil(share * curve.values.size))
    if count < 4:
        return None
    smooth = running_median(curve.values, 3)
    levels, later = smooth[:count], (smooth - curve.trend)[count:]
    lowest = np.minimum.accumulate(levels)
    top = int(np.argmax(levels - lowest))
    height = float(levels[top] - lowest[top])
    usual = quantiles(later, 0.99)[0]
    over = height / usual if usual > 0 else float("inf") if height > 0 else 0.0
    return EarlyRise(float(curve.steps[top]), float(levels[top]), float(lowest[top]), height, over)
