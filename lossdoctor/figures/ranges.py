"""What part of the values a y axis shows, and whether it is logarithmic: the choice an experienced reader would make."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lossdoctor.runs.series import Values

# Two decades fill a linear axis with the highest and flatten everything else.
_LOG_DECADES = 2.0
# A validation loss that moves within this many decades carries the story of its panel; a training loss that goes to
# zero beside it must not turn the axis logarithmic and hide the rise.
_STORY_DECADES = 1.3
# A start this many times above the typical value leaves less than 5 % of a linear axis to the rest of the run.
_STEEP_START = 20.0
# The robust band leaves out this share of the points at either end, at least one.
OUTSIDE = 0.02
# A value belongs to the picture up to so many band heights away from the band: more would flatten the curve. One
# beyond is cut, and the axis ends so many band heights away. Keys: whether the axis is logarithmic.
_REACH = {False: 6.0, True: 1.5}
_CUT = {False: 0.6, True: 0.3}
# The level at which a run starts is worth more flattening than a spike: without it one cannot see what was learned.
_START_REACH = {False: _STEEP_START, True: 4.0}
_MARGIN = 0.04


@dataclass(frozen=True, slots=True)
class AxisChoice:
    """A y axis.

    Attributes:
        log_y: logarithmic.
        y_range: (low, high) in data units with a small margin, low < high; None when there is no finite value.
    """

    log_y: bool
    y_range: tuple[float, float] | None


def choose_axis(
    lines: Sequence[Values],
    story: Sequence[bool] = (),
    anchors: Sequence[float] = (),
    share: float = OUTSIDE,
) -> AxisChoice:
    """The axis for lines drawn together.

    One absurd first point, or a spike hundreds of times the curve's height, is left outside the range so that the
    curve keeps its shape; a drawer shows it cut at the edge. Limits take the same decision per line, so a validation
    loss of ten points weighs as much as a training loss of a million.

    Args:
        lines: the values of each line; NaN and infinities are ignored.
        story: for each line whether it alone decides about the logarithm (validation losses); default none.
        anchors: values that marks point at; included where they lie within reach.
        share: share of the points at either end that may not turn the axis logarithmic. A cosine learning rate passes
            through all decades in its last 2 %, so 10 % are right for it.
    """
    finite = [values[np.isfinite(values)] for values in lines]
    story = [bool(flag and kept.size) for flag, kept in zip(story or [False] * len(lines), finite, strict=True)]
    deciding = [kept for kept, flag in zip(finite, story, strict=True) if flag]
    finite = [kept for kept in finite if kept.size]
    if not finite:
        return AxisChoice(False, None)
    positive = all(bool(np.all(kept > 0)) for kept in finite)
    log_y = positive and any(_spans_decades(kept, _LOG_DECADES, share) for kept in finite)
    if log_y and deciding and not any(_spans_decades(kept, _STORY_DECADES, share) for kept in deciding):
        log_y = False
    return AxisChoice(log_y, _limits(finite, [a for a in anchors if math.isfinite(a)], log_y))


def _spans_decades(values: Values, decades: float, share: float) -> bool:
    low, high = _band(values, share)
    return high / low > 10**decades or (
        decades == _LOG_DECADES and _start(values) / float(np.median(values)) > _STEEP_START
    )


def _start(values: Values) -> float:
    """The level at the beginning; the median of three, so that one absurd first point does not count."""
    return float(np.median(values[:3]))


def _band(values: Values, share: float = OUTSIDE) -> tuple[float, float]:
    """The range of the values without the outermost `share` (at least one point) at either end."""
    n = values.size
    if n < 5:
        return float(values.min()), float(values.max())
    cut = max(1, round(share * n))
    ordered = np.partition(values, (cut, n - 1 - cut))
    return float(ordered[cut]), float(ordered[n - 1 - cut])


def _limits(finite: Sequence[Values], anchors: Sequence[float], log_y: bool) -> tuple[float, float]:
    """Range in data units over all lines; extremes, anchors and starts included where within reach."""
    bands = [_band(np.log10(values) if log_y else values) for values in finite]
    low, high = min(b[0] for b in bands), max(b[1] for b in bands)
    height = max(high - low, 1e-9 * max(abs(low), abs(high)), 1e-300)
    near = _scaled([*(float(f(values)) for values in finite for f in (np.min, np.max)), *anchors], log_y)
    starts = _scaled([_start(values) for values in finite], log_y)
    reach = max(_START_REACH[log_y] * height, 0.0 if log_y else (_STEEP_START - 1) * high)
    shown = [
        *(v for v in near if low - _REACH[log_y] * height <= v <= high + _REACH[log_y] * height),
        *(v for v in starts if low - reach <= v <= high + reach),
    ]
    # What lies beyond is cut close to the band, so that the cut line is seen to leave the picture.
    bottom, top = min([low, *shown]), max([high, *shown])
    bottom -= _CUT[log_y] * height if min(near) < bottom else 0.0
    top += _CUT[log_y] * height if max(near) > top else 0.0
    floor = 0.0 if not log_y and all(float(values.min()) >= 0 for values in finite) else -math.inf
    bottom, top = _padded(bottom, top, floor, log_y)
    return (_power(bottom), _power(top)) if log_y else (bottom, top)


def _power(exponent: float) -> float:
    """Ten to this power, or the nearest number there is: a loss of 1e300 with its margin has none."""
    return float(10 ** min(max(exponent, -307.0), 308.0))


def _scaled(values: Sequence[float], log_y: bool) -> list[float]:
    return [math.log10(v) for v in values if v > 0] if log_y else list(values)


def _padded(low: float, high: float, floor: float, log_y: bool) -> tuple[float, float]:
    height = high - low
    pad = _MARGIN * height
    if height <= 1e-9 * max(abs(low), abs(high)):
        # A constant line lies in the middle of an axis that leaves room to read its value.
        pad = 0.5 if log_y or low == 0 else 0.1 * abs(low)
    # A loss close to zero is read against zero: the axis then starts there.
    near_zero = floor == 0.0 and low <= 0.15 * high
    return (0.0 if near_zero else max(low - pad, floor)), high + pad
