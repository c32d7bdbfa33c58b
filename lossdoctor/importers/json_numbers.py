"""The one reading of JSON numbers as points of a curve, shared by every importer of JSON."""

from __future__ import annotations

import json
import math
from typing import Any

# Python refuses to convert more than 4,300 digits to an int; a double holds no more than 309 before the point.
_MOST_DIGITS = 400
_NOT_FINITE = frozenset({"nan", "inf", "infinity"})


def json_integer(digits: str) -> int | float:
    """A JSON integer; one of thousands of digits as the double it stands for, which is infinite."""
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


def json_value(text: str | bytes) -> Any:
    """The value of a JSON text, with `json_integer` for its integers.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deeply.
    """
    return json.loads(text, parse_int=json_integer)


def json_number(value: object, *, texts: bool = False) -> float | None:
    """A decoded JSON value as a number, or None when it is none.

    Integers too large for a double become infinite; booleans are no numbers; the strings "NaN", "Infinity" and "inf" (any
    case, with a sign) are what loggers write for values that JSON has no word for.

    Args:
        value: what `json.loads` made of it.
        texts: whether any short string that reads as a number counts, as in trainers that log numbers as text.
    """
    kind = type(value)
    if kind is float:  # nearly all of them; asked first, as a log holds millions
        return value  # type: ignore[return-value]
    if value is None or kind is bool:
        return None
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    if isinstance(value, str) and len(value) < 64 and (texts or value.strip().lower().lstrip("+-") in _NOT_FINITE):
        try:
            return float(value)
        except ValueError:
            return None
    return None
