"""Option: one thing a user can set that is no rule's threshold, with its type, default, range and one sentence of help."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

SettingValue: TypeAlias = str | bool | int | float | tuple[str, ...]


class Kind(StrEnum):
    """What a value may be."""

    CHOICE = "choice"  # one of `Option.choices`
    SWITCH = "switch"  # true or false
    NUMBER = "number"  # between `Option.low` and `Option.high`
    PATTERN = "pattern"  # a regular expression; empty for none
    NAMES = "names"  # a list of words
    PATTERNS = "patterns"  # a list of regular expressions


@dataclass(frozen=True, slots=True)
class Option:
    """One option.

    Attributes:
        key: as in the file, tables joined by dots: "scan.fail_on".
        kind: what a value may be.
        default: value in force unless the user says otherwise.
        title: for the preferences dialog.
        help: one sentence.
        choices: the words a CHOICE may be.
        low: smallest NUMBER.
        high: largest NUMBER.
        flag: the flag that sets it on the command line; empty when none does.
    """

    key: str
    kind: Kind
    default: SettingValue
    title: str
    help: str
    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0
    flag: str = ""

    def __post_init__(self) -> None:
        if (trouble := self.trouble(self.default)) is not None:
            raise ValueError(f"{self.key}: the default {trouble}")

    def value(self, given: object) -> SettingValue:
        """A value as a file or flag gives it, in its final type; lists may be given as one word.

        Raises:
            ValueError: it does not fit; the text completes "scan.fail_on ...".
        """
        if self.kind in (Kind.NAMES, Kind.PATTERNS):
            given = (given,) if isinstance(given, str) else given
            given = tuple(given) if isinstance(given, list | tuple) else given
        if (trouble := self.trouble(given)) is not None:
            raise ValueError(trouble)
        assert isinstance(given, str | bool | int | float | tuple)
        return given

    def trouble(self, given: object) -> str | None:
        """Why a value does not fit: "must be one of high, low, not 'big'."; None when it fits."""
        match self.kind:
            case Kind.CHOICE:
                fits = isinstance(given, str) and given in self.choices
                return None if fits else f"must be one of {', '.join(self.choices)}, not {given!r}."
            case Kind.SWITCH:
                return None if isinstance(given, bool) else f"must be true or false, not {given!r}."
            case Kind.NUMBER:
                return number_trouble(given, self.low, self.high)
            case Kind.PATTERN:
                return _pattern_trouble(given)
        if not isinstance(given, tuple) or not all(isinstance(item, str) for item in given):
            return f"must be a list of texts, not {given!r}."
        if self.kind is Kind.PATTERNS:
            return next((trouble for item in given if (trouble := _pattern_trouble(item)) is not None), None)
        return None


def number_trouble(given: object, low: float, high: float) -> str | None:
    """Why a value is no number in a range; None when it is one. NaN is in no range."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        return f"must be a number, not {given!r}."
    return None if low <= given <= high else f"must lie between {low:g} and {high:g}, not at {given:g}."


def _pattern_trouble(given: object) -> str | None:
    if not isinstance(given, str):
        return f"must be a text, not {given!r}."
    try:
        re.compile(given)
    except re.error as error:
        return f"is no regular expression: {error} in {given!r}."
    return None
