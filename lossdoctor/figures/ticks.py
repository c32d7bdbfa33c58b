"""Axis ticks a person would choose: round numbers, log decades, thousands as k; also the mapping of values to an axis."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lossdoctor.figures import symlog

_MINUS = "−"
_MAX_TICKS = 50  # a guard: no axis of a plot has room for more


@dataclass(frozen=True, slots=True)
class Ticks:
    """Where an axis is marked.

    Attributes:
        values: ascending, inside the range.
        labels: one for each value, with the same number of decimals all along.
        minor: unlabelled marks between them (log axes).
    """

    values: tuple[float, ...]
    labels: tuple[str, ...]
    minor: tuple[float, ...] = ()


def linear(low: float, high: float, target: int = 5) -> Ticks:
    """About `target` ticks at 1, 2 or 5 times a power of ten; one tick when the range is empty.

    Raises:
        ValueError: a limit is not finite.
    """
    spacing = _spacing(low, high, target)
    if spacing is None:
        return Ticks((low,), (_plain(low, 3),))
    values = _multiples(low, high, spacing)
    size = max((abs(value) for value in values), default=0.0)
    if size >= 1e5 or 0 < size < 1e-3:
        return Ticks(values, _exponents(values, spacing))
    decimals = max(0, -math.floor(math.log10(spacing) + 1e-9))
    return Ticks(values, tuple(_fixed(value, decimals) for value in values))


def steps(low: float, high: float, target: int = 6) -> Ticks:
    """Ticks of a step axis: whole numbers, thousands as k, millions as M: 0, 20k, 40k; 1M, 1.5M."""
    spacing = _spacing(low, high, target)
    if spacing is None:
        return Ticks((low,), (_plain(low, 12),))
    spacing = max(spacing, 1.0)
    values = _multiples(low, high, spacing)
    size = max(abs(value) for value in values) if values else 0.0
    unit, suffix = next(((u, s) for u, s in ((1e9, "G"), (1e6, "M"), (1e4, "k")) if size >= u), (1.0, ""))
    unit = 1e3 if suffix == "k" else unit
    decimals = max(0, -math.floor(math.log10(spacing / unit) + 1e-9))
    # Steps far from zero with a narrow range need more decimals than a suffix can carry: write them out.
    if decimals > 2:
        unit, suffix, decimals = 1.0, "", 0
    return Ticks(values, tuple("0" if value == 0 else _fixed(value / unit, decimals) + suffix for value in values))


def logarithmic(low: float, high: float, target: int = 5) -> Ticks:
    """Decades, thinned when there are many; 1-2-5 steps when there are fewer than two; 2 to 9 as minor marks.

    Raises:
        ValueError: the limits are not positive and finite.
    """
    if not (low > 0 and math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"a logarithmic axis needs positive limits, not {low} .. {high}")
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    decades = last - first + 1
    if decades < 2:
        values = _one_two_five(low, high)
        if len(values) >= 2:
            return Ticks(values, tuple(_plain(value, 2) for value in values))
        return linear(low, high, target)
    every = max(1, math.ceil(decades / (target + 1)))
    exponents = range(first + (-first) % every, last + 1, every)
    values = tuple(10.0**e for e in exponents)
    minor = tuple(
        m * 10.0**e for e in range(first - 1, last + 1) for m in range(2, 10) if low <= m * 10.0**e <= high
    ) if every == 1 else tuple(10.0**e for e in range(first, last + 1) if e not in exponents)  # fmt: skip
    # Few decades read best written out; beyond that every label gets an exponent, so that all look alike.
    written = first >= -3 and last <= 4
    labels = tuple(_plain(v, 1) if written else f"1e{e}".replace("-", _MINUS) for v, e in zip(values, exponents))  # noqa: B905
    return Ticks(values, labels, minor)


def symmetric(low: float, high: float, linear_below: float, target: int = 5) -> Ticks:
    """Zero and powers of ten on a symmetric logarithmic axis, about `target` of them.

    Args:
        low: the smallest value of the axis.
        high: the largest.
        linear_below: where the axis turns linear.
        target: how many.
    """
    first, last = (float(place) for place in symlog.forward(np.array([low, high]), linear_below))
    values = tuple(symlog.ticks(first, last, linear_below, target))
    return Ticks(values, tuple(_plain(value, 3) for value in values))


def _spacing(low: float, high: float, target: int) -> float | None:
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"an axis needs finite limits, not {low} .. {high}")
    raw = (high - low) / max(target, 1)
    # A range below the resolution of the numbers themselves has no ticks inside.
    if not (raw > max(abs(low), abs(high)) * 1e-12 and math.isfinite(raw) and raw > 1e-300):
        return None
    power = 10.0 ** math.floor(math.log10(raw))
    return min((m * power for m in (1.0, 2.0, 5.0, 10.0)), key=lambda s: abs(math.log(s / raw)))


def _multiples(low: float, high: float, spacing: float) -> tuple[float, ...]:
    first = math.ceil(low / spacing - 1e-9)
    last = min(math.floor(high / spacing + 1e-9), first + _MAX_TICKS)
    return tuple(i * spacing for i in range(first, last + 1))


def _one_two_five(low: float, high: float) -> tuple[float, ...]:
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return tuple(m * 10.0**e for e in exponents for m in (1, 2, 5) if low <= m * 10.0**e <= high)


def _fixed(value: float, decimals: int) -> str:
    text = f"{abs(value):,.{decimals}f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return _MINUS + text if value < 0 and float(text.replace("\N{NARROW NO-BREAK SPACE}", "")) != 0 else text


def _exponents(values: tuple[float, ...], spacing: float) -> tuple[str, ...]:
    """All with the exponent of the largest: 0, 1e-4, 2e-4; 0.5e-4 rather than a 5e-5 among them."""
    power = math.floor(math.log10(max(abs(value) for value in values)) + 1e-9)
    decimals = max(0, power - math.floor(math.log10(spacing) + 1e-9))
    shown = (f"{_fixed(value / 10.0**power, decimals)}e{power}".replace("-", _MINUS) for value in values)
    return tuple("0" if abs(v) < spacing / 2 else text for v, text in zip(values, shown, strict=True))


def _plain(value: float, digits: int) -> str:
    """At most `digits` significant digits where they are decimals; whole numbers are written out up to 1e6."""
    if value == round(value) and abs(value) < 1e6:
        return _fixed(value, 0)
    text = f"{value:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return text.replace("-", _MINUS)
