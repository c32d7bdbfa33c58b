"""Excursions: a curve leaves its lowest level so far and (perhaps) comes back: spikes, jumps, divergence."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lossdoctor.signals.curve import Curve
from lossdoctor.signals.noise import mad_sigma
from lossdoctor.signals.smoothing import median, quantiles

Array = npt.NDArray[np.float64]

# As many events of a run may be spikes of their own; more of the same size are its way of being noisy.
RARE = 3


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
        tails: height over the 97th percentile of the run's own upward residuals, its three highest events left out:
            heavy-tailed noise has many like it.
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
    above = curve.high - base >= min_height
    above[:3] = False
    candidates = np.flatnonzero(above)
    if candidates.size == 0:  # most curves: what heights are compared with need not be measured
        return ()
    local = curve.values - curve.trend
    sigma = max(mad_sigma(local), curve.sigma / np.sqrt(max(curve.n / g, 1.0)), 1e-12 * abs(curve.best))
    tail = _usual_upward((curve.high - curve.trend)[3:])
    # Noisy curves have hundreds of candidates: single numbers come out of lists faster, minima are taken once.
    high, floors, steps, places = (each.tolist() for each in (curve.high, base, curve.steps, candidates))
    lowest_after = np.minimum.accumulate(curve.trend[::-1])[::-1].tolist()
    found = []
    index, at = 3, 0
    while (at := bisect_left(places, index, at)) < len(places):
        index = places[at]
        floor = floors[index]
        peak_index = index
        stop = index
        while stop + 1 < g and high[stop + 1] - floor >= recovery * (high[peak_index] - floor):
            stop += 1
            if high[stop] > high[peak_index]:
                peak_index = stop
        height = high[peak_index] - floor
        back = stop + 1 < g and lowest_after[stop + 1] <= floor + recovery * height
        end_ok = curve.end <= floor + max(recovery * height, 3.0 * sigma)
        found.append(
            Excursion(
                steps[max(index - 1, 0)],
                float(curve.peak_steps[peak_index]),
                steps[min(stop + 1, g - 1)],
                high[peak_index],
                floor,
                height,
                height / sigma if sigma > 0 else float("inf"),
                height / tail if tail > 0 else float("inf"),
                (back or end_ok) and stop + 1 < g,
            )
        )
        index = stop + 1
    return tuple(sorted(found, key=lambda e: -e.height)[:20])


def without_tails(rises: Sequence[Excursion]) -> list[Excursion]:
    """Rises in order of their peaks, without those that begin before the one before has ended and are far lower.

    A tall spike that decays in steps is found again in its own tail; that is one spike, not two.
    """
    kept: list[Excursion] = []
    for rise in sorted(rises, key=lambda e: e.peak_step):
        if not kept or rise.start_step > kept[-1].end_step or rise.height >= 0.35 * kept[-1].height:
            kept.append(rise)
    return kept


def _usual_upward(residual: Array) -> float:
    """97th percentile of the upward residuals without the `RARE` highest events; 0 when nothing is left.

    Where a spike decays over several points of a short run, its own points would otherwise make up the percentile. Noise
    with heavy tails has many such events, and leaving out three of them hardly moves it.
    """
    usual = residual > 0
    if not usual.any():
        return 0.0
    # Twice the median: single points of noise rise above it; the extremes of blocks of a decimated curve hardly do.
    rising = residual > 2.0 * median(residual[usual])
    first = np.flatnonzero(rising & ~np.concatenate(([False], rising[:-1])))
    if first.size:
        last = np.flatnonzero(rising & ~np.concatenate((rising[1:], [False])))
        peaks = np.maximum.reduceat(np.where(rising, residual, 0.0), first)
        for event in np.argsort(peaks)[-RARE:]:
            usual[first[event] : last[event] + 1] = False
    left = residual[usual]
    return float(quantiles(left, 0.97)[0] if left.size >= 30 else left.max(initial=0.0))
