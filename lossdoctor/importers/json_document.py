"""Reads one JSON document of a stranger: capped in size and depth, cut ones rescued, what is odd about it told.

Also reads what a program printed rather than wrote: bare NaN and Infinity, numbers of thousands of digits, git's
conflict markers. Documents of one object a line are read in `json_lines`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lossdoctor.formatting import count
from lossdoctor.importers.base import FileHead
from lossdoctor.importers.dialect import decode
from lossdoctor.importers.files import read_bytes, shown
from lossdoctor.importers.json_numbers import json_integer, json_number
from lossdoctor.runs import Problem, ProblemLevel

MAX_BYTES = 512 << 20
# Deeper than any log; the decoder itself gives up at Python's recursion limit.
MAX_DEPTH = 64
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
# Behind the place where a document that was merely cut fails, at most half a string or number is left.
_GOES_ON = re.compile(r"[\]},\n](?=.*\S)", re.DOTALL)
_CONFLICT = re.compile(r"^(<{7}|={7}|>{7})( .*)?$", re.MULTILINE)


@dataclass(slots=True)
class Document:
    """A document as read.

    Attributes:
        value: the JSON value; None when nothing could be read.
        problems: what is wrong with it; an ERROR among them when `value` is None.
        cut: true when the end is missing, so that the last list of each kind may be shorter than the others.
    """

    value: Any
    problems: list[Problem]
    cut: bool = False


def read_document(path: str) -> Document:
    """The JSON document in a file; damage becomes problems.

    Raises:
        OSError: the file cannot be read.
    """
    data, whole = read_bytes(path, MAX_BYTES)
    document = parse_document(decode(data), path)
    if not whole:
        text = f"is larger than {MAX_BYTES >> 20} MB; the rest was not read."
        document.problems.insert(0, _problem(path, "too_large", text, "Split it."))
    return document


def parse_document(text: str, path: str) -> Document:
    """The JSON document in a text; `path` only names it in problems."""
    problems: list[Problem] = []
    text, conflicts = _without_conflicts(text)
    if conflicts:
        told = f"holds git conflict markers ({count(conflicts, 'line')}); both sides were read where they fit together."
        problems.append(_problem(path, "conflict", told, "Resolve the merge conflict."))
    repeated: list[str] = []
    try:
        value = _loads(text, repeated)
    except RecursionError:
        return Document(None, [*problems, _unreadable(path, "is nested too deeply to be a log.")])
    except ValueError as error:
        document = _rescued(text, path, error)
        document.problems[:0] = problems
        return document
    if repeated:
        told = f"holds {count(len(repeated), 'key')} twice, the first {repeated[0][:60]!r}; the last of each is read."
        problems.append(_problem(path, "repeated_key", told, ""))
    return Document(value, problems)


def glimpse(head: FileHead) -> Any:
    """The value at the beginning of a file, as far as the head reaches; None when it is no JSON.

    What an importer decides on by looking: a head that ends within a list gives the list up to there.
    """
    text = decode(head.head).lstrip()
    if not text.startswith(("{", "[", "<<<<<<<")):
        return None
    text, _ = _without_conflicts(text)
    try:
        return _loads(text, [])
    except RecursionError:
        return None
    except json.JSONDecodeError as error:
        # A damaged file is still recognised by what stands before the damage, other text is not JSON at all.
        if head.complete and error.pos < len(text) // 4:
            return None
        return _closed(text[: error.pos])
    except ValueError:
        return None


def step(value: object) -> int | None:
    """A JSON value as a step: whole and within 63 bits; None for anything else."""
    found = json_number(value)
    if found is None or not math.isfinite(found) or found != int(found) or abs(found) >= 2**63:
        return None
    return value if isinstance(value, int) else int(found)


def _loads(text: str, repeated: list[str]) -> Any:
    return json.loads(text, parse_int=json_integer, object_pairs_hook=_noting(repeated))


def _noting(repeated: list[str]) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            seen: set[str] = set()
            repeated.extend(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        return result

    return build


def _without_conflicts(text: str) -> tuple[str, int]:
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return text, 0
    return _CONFLICT.subn("", text)


def _rescued(text: str, path: str, error: ValueError) -> Document:
    """What stands before the damage: everything up to the last comma before it, its brackets closed."""
    position = error.pos if isinstance(error, json.JSONDecodeError) else 0
    value = _closed(text[:position])
    line = text.count("\n", 0, position) + 1
    if value is None:
        what = "is no JSON." if position == 0 else "is no valid JSON, and nothing of it could be read."
        return Document(None, [_unreadable(path, what, f"line {line}, character {position + 1}")])
    at_end = not _GOES_ON.search(text, position)
    what = "ends within the document: still being written, or cut off" if at_end else "is no valid JSON from here on"
    told = f"{what}. What stands before is kept."
    place = f"line {line}, character {position + 1}"
    problem = Problem("truncated" if at_end else "bad_json", ProblemLevel.WARNING, shown(path), told,
                      "Copy it again if it should be whole.", place)  # fmt: skip
    return Document(value, [problem], cut=True)


def _closed(text: str) -> Any:
    """The value of a text that was cut: up to its last comma outside of strings, then the open brackets closed."""
    stack: list[str] = []
    comma, closers = -1, ""
    for token in _TOKEN.finditer(text):
        sign = token.group()
        if sign in ("[", "{"):
            stack.append("]" if sign == "[" else "}")
            if len(stack) > MAX_DEPTH:
                return None
        elif sign in ("]", "}"):
            if not stack or stack.pop() != sign:
                break
        elif sign == ",":
            comma, closers = token.start(), "".join(reversed(stack))
    if comma < 0:
        return None
    try:
        return _loads(text[:comma] + closers, [])
    except (ValueError, RecursionError):
        return None


def _unreadable(path: str, text: str, place: str = "") -> Problem:
    hint = "Check that the file was copied completely."
    return Problem("bad_json", ProblemLevel.ERROR, shown(path), text, hint, place)


def _problem(path: str, code: str, text: str, hint: str) -> Problem:
    return Problem(code, ProblemLevel.WARNING, shown(path), text, hint)
