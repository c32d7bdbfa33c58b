"""The symmetric logarithm: an axis on which 1e-6, 0 and -100 all have a place; linear around 0, logarithmic beyond."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# An axis of more decades than these on one side of zero is mostly empty.
_DECADES = 6


def threshold(values: Floats) -> float:
    """Where the axis turns from linear to logarithmic: a power of ten near the smallest size that matters.

    Args:
        values: any shape; NaN and infinities are left out.

    Returns:
        The power of ten at or below the 5th percentile of the sizes that are not 0, but at most `_DECADES` decades below
        the largest; 1.0 when no value is finite and not 0.
    """
    sizes = np.abs(values[np.isfinite(values)])
    sizes = sizes[sizes > 0]
    if not sizes.size:
        return 1.0
    least = max(float(np.percentile(sizes, 5)), float(sizes.max()) * 10.0**-_DECADES)
    return max(10.0 ** math.floor(math.log10(least)), 1e-300)


def forward(values: Floats, linear: float) -> Floats:
    """Places of values on the axis; about value / linear near 0, the decades above `linear` farther out; NaN stays NaN."""
    return np.asarray(np.sign(values) * np.log10(1.0 + np.abs(values) / linear), dtype=np.float64)


def backward(places: Floats, linear: float) -> Floats:
    """The values at places of the axis."""
    return np.asarray(np.sign(places) * (10.0 ** np.abs(places) - 1.0) * linear, dtype=np.float64)


def ticks(low: float, high: float, linear: float, room: int) -> list[float]:
    """The values to mark between two places: 0 and powers of ten on either side, about `room` of them.

    Where the range holds fewer than two of those (a deep zoom), round values instead.
    """
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return []
    first = round(math.log10(linear))
    furthest = max(abs(low), abs(high))
    count = max(math.ceil(furthest), 1)
    every = max(1, math.ceil((high - low) / max(room, 2)))
    powers = [10.0 ** (first + k) for k in range(0, count + 1, every)]
    marks = np.array([*(-p for p in reversed(powers)), 0.0, *powers])
    places = forward(marks, linear)
    # The first power lies 0.3 from 0: room for both only where an axis is long enough.
    if (high - low) / max(room, 2) > 0.3:
        keep = (marks == 0.0) | (np.abs(places) > 0.9 * (high - low) / max(room, 2))
        marks, places = marks[keep], places[keep]
    inside = marks[(places >= low) & (places <= high)]
    if inside.size >= 2:
        return [float(mark) for mark in inside]
    bottom, top = (float(value) for value in backward(np.array([low, high]), linear))
    return _round_values(bottom, top, room)


def _round_values(bottom: float, top: float, room: int) -> list[float]:
    raw = (top - bottom) / max(room, 1)
    if not raw > 0:
        return []
    magnitude = 10.0 ** math.floor(math.log10(raw))
    spacing = next(factor * magnitude for factor in (1, 2, 5, 10) if factor * magnitude >= raw * (1 - 1e-9))
    return [float(i * spacing) for i in range(math.ceil(bottom / spacing), math.floor(top / spacing) + 1)]
