"""Where a falling curve is heading: exponential and power-law courses fitted to it, and what more steps would bring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lossdoctor.signals.curve import Curve

Array = npt.NDArray[np.float64]

# The first fifth of a run is warm-up and transient; what follows is the course that goes on.
SKIPPED = 0.2
FEWEST = 20
MAX_POINTS = 120
# Time constants in lengths of the fitted part, and exponents: from "over long ago" to "a straight line".
TIME_CONSTANTS = np.geomspace(0.05, 10.0, 41)
EXPONENTS = np.geomspace(0.1, 3.0, 31)
# A course that fits up to this many times worse than the best one is still possible.
ALSO_POSSIBLE = 1.5


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a curve comes to when its course goes on.

    Attributes:
        course: "exponential" or "power law", whichever fits better.
        level: expected level after the further steps, in units of the series.
        low: lowest and
        high: highest level among the courses that fit nearly as well, widened by twice the noise of the fit.
        gain: end level less `level`; >= 0.
        error: standard deviation of what the course leaves unexplained.
    """

    course: str
    level: float
    low: float
    high: float
    gain: float
    error: float


def forecast(curve: Curve, more: float = 0.5, *, positive: bool = False) -> Forecast | None:
    """Extrapolates a falling curve by `more` of its own length.

    Fits c + a exp(-t / tau) and c + a t^-p, a > 0, by least squares to the medians of the grid behind the first fifth; tau
    and p are searched over a grid of their own, c and a follow in closed form (variable projection: Golub & Pereyra
    1973, SIAM J. Numer. Anal. 10). Loss curves follow power laws in the number of steps over wide ranges (Hestness et al.
    2017, arXiv:1712.00409); an exponential is what a convex problem with a constant rate shows.

    Args:
        curve: the prepared series.
        more: further steps, as a share of those so far; > 0.
        positive: whether the series cannot fall below zero; courses that do are left out.

    Returns:
        None with fewer than `FEWEST` grid points, or where no falling course fits.
    """
    g = curve.steps.size
    if g < FEWEST or more <= 0:
        return None
    pick = np.unique(np.linspace(int(SKIPPED * g), g - 1, MAX_POINTS).astype(int))
    steps = np.asarray(curve.steps, dtype=np.float64)
    begin, end = float(steps[0]), float(steps[-1])
    y = curve.values[pick]
    # Counted from one point before the first, so that a power law has a beginning.
    t = steps[pick] - begin + (end - begin) / (g - 1)
    last, then = float(t[-1]), float(t[-1]) + more * (end - begin)
    rates = TIME_CONSTANTS[:, None] * (last - float(t[0]))
    fits = [
        _best("exponential", np.exp(-(t - t[0]) / rates), np.exp(-(then - t[0]) / rates[:, 0]), y, positive),
        _best("power law", (t / last) ** -EXPONENTS[:, None], (then / last) ** -EXPONENTS, y, positive),
    ]
    possible = sorted((fit for fit in fits if fit is not None), key=lambda fit: fit.error)
    if not possible:
        return None
    near = [fit for fit in possible if fit.error <= ALSO_POSSIBLE * possible[0].error]
    best = possible[0]
    # Twice the standard error of a level that the last quarter of the points pins down.
    unsure = 2.0 * best.error / np.sqrt(max(y.size / 4.0, 1.0))
    low, high = min(fit.level for fit in near) - unsure, max(fit.level for fit in near) + unsure
    level = min(best.level, curve.end)
    low = max(min(low, level), 0.0) if positive else min(low, level)
    return Forecast(best.course, level, low, max(high, level), curve.end - level, best.error)


@dataclass(frozen=True, slots=True)
class _Fit:
    course: str
    level: float
    error: float


def _best(course: str, shapes: Array, shapes_then: Array, y: Array, positive: bool) -> _Fit | None:
    """The best of the courses c + a x shape: (k, n) shapes at the points, (k,) at the place of the forecast."""
    centred = shapes - shapes.mean(axis=1, keepdims=True)
    spread = (centred**2).sum(axis=1)
    spread[spread <= 0] = np.inf
    a = centred @ (y - y.mean()) / spread
    c = y.mean() - a * shapes.mean(axis=1)
    square = ((y - c[:, None] - a[:, None] * shapes) ** 2).mean(axis=1)
    square[~(a > 0)] = np.inf
    if positive:
        # A straight descent would cross zero; of what stays above it, the nearest course is the honest one.
        square[c + a * shapes_then < 0] = np.inf
    k = int(np.argmin(square))
    if not np.isfinite(square[k]):
        return None
    return _Fit(course, float(c[k] + a[k] * shapes_then[k]), float(np.sqrt(square[k])))
