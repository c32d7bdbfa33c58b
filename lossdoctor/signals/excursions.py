"""Excursions: a curve leaves its lowest level so far and (perhaps) comes back: spikes, jumps, divergence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lossdoctor.signals.curve import Curve
from lossdoctor.signals.noise import mad_sigma
from lossdoctor.signals.smoothing import quantiles

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Excursion:
    """One rise above the level before it.

    Attributes:
        start_step: where it begins.
        peak_step: where its highest point stands.
        end_step: where the trend is back (or the last step).
        peak: highest value.
        base: level before it.
        height: peak - base, in units of the series.
        sigmas: height over the local noise.
        tails: height over the 97th percentile of the run's own upward residuals: heavy-tailed noise has many like it.
        recovered: true when the level afterwards is back near the base.
    """

    start_step: float
    peak_step: float
    end_step: float
    peak: float
    base: float
    height: float
    sigmas: float
    tails: float
    recovered: bool


def excursions(curve: Curve, min_height: float, recovery: float = 0.3) -> tuple[Excursion, ...]:
    """Rises of at least `min_height` above the lowest trend so far, highest first.

    Args:
        curve: the prepared series.
        min_height: least height in units of the series.
        recovery: an excursion has recovered when the trend later stands below base + recovery x height.

    Returns:
        The excursions, at most 20. The first 3 grid points are not searched: there is no level before them.
    """
    g = curve.steps.size
    if g < 6 or not min_height > 0:
        return ()
    # The lowest level before a point: a jump that decays slowly is still measured against the level it came from.
    base = np.minimum.accumulate(curve.trend)
    base = np.concatenate((base[:1], base[:-1]))
    residual = curve.high - base
    local = curve.values - curve.trend
    sigma = max(mad_sigma(local), curve.sigma / np.sqrt(max(curve.n / g, 1.0)), 1e-12 * abs(curve.best))
    upward = (curve.high - curve.trend)[3:]
    upward = upward[upward > 0]
    tail = quantiles(upward, 0.97)[0] if upward.size >= 30 else _third_largest(upward)
    above = residual >= min_height
    above[:3] = False
    found = []
    index = 3
    candidates = np.flatnonzero(above)
    while True:
        at = int(np.searchsorted(candidates, index))
        if at == candidates.size:
            break
        index = int(candidates[at])
        floor = float(base[index])
        peak_index = index
        stop = index
        while stop + 1 < g and curve.high[stop + 1] - floor >= recovery * (curve.high[peak_index] - floor):
            stop += 1
            if curve.high[stop] > curve.high[peak_index]:
                peak_index = stop
        height = float(curve.high[peak_index] - floor)
        after = curve.trend[stop + 1 :]
        back = bool(after.size and float(after.min()) <= floor + recovery * height)
        end_ok = curve.end <= floor + max(recovery * height, 3.0 * sigma)
        found.append(
            Excursion(
                float(curve.steps[max(index - 1, 0)]),
                float(curve.peak_steps[peak_index]),
                float(curve.steps[min(stop + 1, g - 1)]),
                float(curve.high[peak_index]),
                floor,
                height,
                height / sigma if sigma > 0 else float("inf"),
                height / tail if tail > 0 else float("inf"),
                (back or end_ok) and stop + 1 < g,
            )
        )
        index = stop + 1
    return tuple(sorted(found, key=lambda e: -e.height)[:20])


def _third_largest(values: Array) -> float:
    return float(np.sort(values)[-3]) if values.size > 3 else 0.0
