"""json_number: the one reading of a JSON value as a point of a curve, shared by every importer of JSON."""

from __future__ import annotations

import math

_NOT_FINITE = frozenset({"nan", "inf", "infinity"})


def json_number(value: object, *, texts: bool = False) -> float | None:
    """A decoded JSON value as a number, or None when it is none.

    Integers too large for a double become infinite; booleans are no numbers; the strings "NaN", "Infinity" and "inf" (any
    case, with a sign) are what loggers write for values that JSON has no word for.

    Args:
        value: what `json.loads` made of it.
        texts: whether any short string that reads as a number counts, as in trainers that log numbers as text.
    """
    if isinstance(value, bool):
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
