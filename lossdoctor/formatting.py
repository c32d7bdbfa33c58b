"""Numbers as a person would write them; the window, the terminal and the report all take their text from here."""

from __future__ import annotations

import math

_MINUS = "−"


def number(value: float, digits: int = 3) -> str:
    """A value with `digits` significant digits and no needless exponent: 0.0412, 1 340, 6.2e-05, NaN, −∞.

    Exponents appear below 1e-4 and from 1e7 on, where counting zeros is harder than reading them.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else _MINUS + "∞"
    if value == 0:
        return "0"
    size = abs(value)
    if size < 1e-4 or size >= 1e7:
        mantissa, exponent = f"{size:.{max(digits - 2, 0)}e}".split("e")
        body = f"{mantissa}e{int(exponent)}"
    else:
        decimals = max(digits - 1 - math.floor(math.log10(size)), 0)
        body = f"{size:,.{decimals}f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
        # Trailing zeros claim a precision that a round value does not need: 0.500 -> 0.5, but 120 stays 120.
        if "." in body:
            body = body.rstrip("0").rstrip(".")
    return (_MINUS if value < 0 else "") + body


def step(value: float) -> str:
    """A training step: whole where it is whole, thousands grouped: 12 500."""
    if not math.isfinite(value):
        return number(value)
    if float(value).is_integer():
        return f"{int(value):,}".replace(",", "\N{NARROW NO-BREAK SPACE}").replace("-", _MINUS)
    return number(value)


def percent(value: float) -> str:
    """A share as a percentage: 0.0713 -> 7.1 %, 0.42 -> 42 %, 12 -> 1 200 %, 1e20 -> 1.0e22 %."""
    if not math.isfinite(value):
        return number(value)
    size = abs(value) * 100
    if size > 10_000:
        # Nobody reads "6.5e35 %"; that it is out of all proportion is what there is to say.
        return f"{_MINUS if value < 0 else ''}> 10\N{NARROW NO-BREAK SPACE}000 %"
    if size >= 1e7:
        return f"{number(value * 100)} %"
    if 0 < size < 0.1:
        return ("> " + _MINUS if value < 0 else "< ") + "0.1 %"
    text = f"{size:.1f}".removesuffix(".0") if size < 10 else f"{size:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{_MINUS if value < 0 else ''}{text} %"


def probability(value: float) -> str:
    """A confidence as a percentage that never claims certainty: 0.82 -> 82 %, 0.999 -> > 99 %, 0.001 -> < 1 %."""
    if not math.isfinite(value):
        return number(value)
    if value >= 0.995:
        return "> 99 %"
    return "< 1 %" if value < 0.005 else f"{value * 100:.0f} %"


def count(n: int, singular: str, plural: str | None = None) -> str:
    """A number with its noun: `count(1, "run")` is "1 run", `count(3, "run")` is "3 runs"."""
    return f"{step(n)} {singular if n == 1 else plural or singular + 's'}"


def size(n_bytes: int) -> str:
    """A file size in decimal units: 1.4 MB."""
    value = float(n_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError("unreachable")
