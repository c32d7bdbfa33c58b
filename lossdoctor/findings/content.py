"""ContentEqual: equality and hash by content in which NaN equals NaN.

Results cross process borders and go to JSON and back, and must still compare equal; a NaN in a message or a measurement is an
ordinary value here ("last finite value: none"), while Python's NaN differs from itself.
"""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any


class ContentEqual:
    """Mixin for frozen dataclasses declared with `eq=False`."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return _key(self) == _key(other)

    def __hash__(self) -> int:
        return hash(_key(self))


def _key(value: Any) -> tuple[Any, ...]:
    return tuple(_comparable(getattr(value, field.name)) for field in fields(value))


def _comparable(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    if isinstance(value, tuple):
        return tuple(map(_comparable, value))
    return value
