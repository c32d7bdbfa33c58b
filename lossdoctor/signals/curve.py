"""Curve: one series prepared for judging: finite points in step order, a bounded grid, a robust trend, its levels.

Every rule measures on this one preparation, so that two rules never disagree about where a run started or ended.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lossdoctor.signals.noise import noise_scale
from lossdoctor.signals.smoothing import block_edges, block_levels, median, quantiles, running_mean, running_median

Steps = npt.NDArray[np.float64]
Values = npt.NDArray[np.float64]

# Enough to place an event within 0.1 % of the run, few enough that every statistic below costs under a millisecond.
GRID = 1000
# The trend's own noise is brought to this share of the curve's range; less smoothing bends the trend at kinks,
# more lets noise pass for swings. Chosen on synthetic kinks and steps (tests/signals/test_curve.py).
TREND_NOISE = 0.02
# A first point up to this multiple of the level behind it is a steep fall; beyond that it is a transient.
MAX_FIRST = 4.0
# The narrowest trend window spans five points, so its minimum lies at most two points from the values' own.
NEAR = 2
# A window wider than this share of the run would flatten real events.
MAX_WINDOW = 1 / 12


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A loss-like series, ready to be measured. All arrays are over the grid (g <= GRID) unless said otherwise.

    Attributes:
        n: number of finite points behind the grid.
        steps: (g,) step at the middle of each block.
        values: (g,) block medians.
        low: (g,) block minima.
        high: (g,) block maxima.
        peak_steps: (g,) step at which each block's maximum stands.
        trend: (g,) robust trend.
        sigma: noise of single points, in the series' unit.
        start: level at the beginning (robust: one absurd first point does not count).
        end: level at the end.
        best: lowest level of the trend.
        best_index: grid index of `best`.
        best_step: step of the lowest value near `best_index`: smoothing of a few points moves the minimum.
        lowest: that value.
    """

    n: int
    steps: Steps
    values: Values
    low: Values
    high: Values
    peak_steps: Steps
    trend: Values
    sigma: float
    start: float
    end: float
    best: float
    best_index: int
    best_step: float
    lowest: float

    @property
    def drop(self) -> float:
        """What was gained from the start to the best level; >= 0."""
        return max(self.start - self.best, 0.0)

    @property
    def range(self) -> float:
        """Distance between the highest and the lowest trend point; > 0 unless constant."""
        return float(np.max(self.trend) - np.min(self.trend))

    @property
    def unit(self) -> float:
        """The yardstick for effects: the drop, but never less than 3 sigma of noise or a millionth of the level."""
        return max(self.drop, 3.0 * self.sigma, 1e-6 * abs(self.best), 1e-300)

    def level_at(self, step: float) -> float:
        """Trend value at a step, interpolated; the end values outside."""
        return float(np.interp(step, self.steps, self.trend))

    def median_between(self, first: float, last: float) -> float:
        """Median of the values whose index share lies in [first, last] (0..1); at least three points where there are."""
        g = self.values.size
        a = int(np.floor(first * g))
        b = max(int(np.ceil(last * g)), a + 1)
        if b - a < 3:
            a, b = (max(b - 3, 0), b) if last >= 1 else (a, min(a + 3, g))
        return median(self.values[a:b])


def make_curve(steps: npt.ArrayLike, values: npt.ArrayLike) -> Curve | None:
    """Prepare a series for judging.

    Args:
        steps: (n,) strictly increasing steps.
        values: (n,) values; NaN and infinities are left out here (they have a rule of their own).

    Returns:
        The curve, or None when no value is finite. Costs O(n) plus a bounded amount for the grid.

    Raises:
        ValueError: the arrays differ in length.
    """
    x = np.asarray(steps)
    y = np.asarray(values, dtype=np.float64)
    if x.shape != y.shape:
        raise ValueError(f"{x.shape} steps, {y.shape} values")
    if y.flags.writeable or x.flags.writeable:
        return _prepared(x, y)
    return _RECENT.get(x, y)


class _Recent:
    """The last few curves of arrays that cannot change: rules and causes look at the same series one after another."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.kept: OrderedDict[tuple[int, int], tuple[weakref.ref[Any], weakref.ref[Any], Curve | None]] = OrderedDict()

    def get(self, x: npt.NDArray[Any], y: Values) -> Curve | None:
        """The curve of these two arrays, prepared now or before."""
        key = (id(x), id(y))
        found = self.kept.get(key)
        # The number of an array that is gone may have been given to another one.
        if found is not None and found[0]() is x and found[1]() is y:
            return found[2]
        curve = _prepared(x, y)
        self.kept[key] = (weakref.ref(x), weakref.ref(y), curve)
        while len(self.kept) > self.size:
            self.kept.popitem(last=False)
        return curve


_RECENT = _Recent(16)


def _prepared(x: npt.NDArray[Any], y: Values) -> Curve | None:
    """The curve of arrays of equal length."""
    finite = np.isfinite(y)
    if not finite.all():
        x, y = x[finite], y[finite]
    n = y.size
    if n == 0:
        return None
    # Losses beyond the largest float32 (3e38) mean "overflowed"; beyond 1e150 the squares taken here would overflow too.
    if max(float(y.max()), -float(y.min())) > 1e150:
        y = np.clip(y, -1e150, 1e150)
    edges = block_edges(n, GRID)
    blocks = block_levels(y, edges)
    middle = blocks.middle
    grid_steps = x[np.minimum((edges + np.append(edges[1:], n) - 1) // 2, n - 1)].astype(np.float64)
    sigma = noise_scale(y)
    trend = _trend(middle, noise_scale(middle) if n > GRID else sigma)
    start, end = _start_level(y), _end_level(y)
    index = int(np.argmin(trend))
    best = float(min(trend[index], end, start))
    near = max(index - NEAR, 0)
    near += int(np.argmin(middle[near : index + NEAR + 1]))
    return Curve(
        n, grid_steps, middle, blocks.low, blocks.high, x[blocks.top].astype(np.float64), trend, sigma, start, end, best,
        index, float(grid_steps[near]), float(middle[near]),
    )  # fmt: skip


def _trend(values: Values, sigma: float) -> Values:
    """Running median, then mean, over a window as wide as the noise demands and no wider."""
    n = values.size
    if n < 3:
        return values.astype(np.float64, copy=True)
    low, high = quantiles(values, 0.05, 0.95)
    span = high - low
    # Below the smallest normal number the quotient is meaningless; such a span counts as none.
    wanted = 3.0 if span < 1e-290 else (1.25 * sigma / (TREND_NOISE * span)) ** 2
    # The span of a noisy flat curve is itself noise (about 3.3 sigma): the wanted window then hits its cap, as it should.
    window = int(np.clip(wanted, 3, max(3, n * MAX_WINDOW))) | 1
    return running_mean(running_median(values, window), max(window // 2, 1))


def _start_level(y: Values) -> float:
    """Median of the first 1 % (3 to 20 points), of the first 3, or the first point itself.

    A loss may make most of its fall between its first points, so that the median of many would understate the start: the
    first 3 count where they stand above all that follows for a while, and not by noise. A single first point is only
    believed in a short run, and up to `MAX_FIRST` times the level: one of 1e8 must not set the scale.
    """
    count = int(np.clip(y.size // 100, 3, 20))
    level = median(y[:count])
    if count > 3 and (fast := median(y[:3])) > float(y[3 : 4 * count].max()):
        level = fast
    first = float(y[0])
    return first if count == 3 and level < first <= MAX_FIRST * level else level


def _end_level(y: Values) -> float:
    """Median of the last 5 % (at least 3 points): where the run stood when it stopped."""
    count = max(3, y.size // 20)
    return median(y[-count:])
