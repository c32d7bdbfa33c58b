"""Finds the columns of numbers in a JSON document: lists by name, pandas' {"0": ...} columns, or a list of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lossdoctor.importers.json_numbers import json_number
from lossdoctor.importers.step_axis import step_column
from lossdoctor.importers.tag_meaning import Quantity, describe
from lossdoctor.importers.tag_words import words

Column: TypeAlias = list[float | None]

MIN_LENGTH = 3
_MAX_DEPTH = 3
_MAX_COLUMNS = 10_000
_ACCURACY = frozenset({"acc", "accuracy"})


@dataclass(slots=True)
class Columns:
    """The columns of a history: all of the same length, None where a cell holds no number.

    Attributes:
        named: the columns by name.
        left_out: names of columns of another length, with that length.
    """

    named: dict[str, Column] = field(default_factory=dict)
    left_out: list[tuple[str, int]] = field(default_factory=list)

    @property
    def length(self) -> int:
        """Number of rows."""
        return max(map(len, self.named.values()), default=0)


def history_columns(value: Any, *, cut: bool = False) -> Columns | None:
    """The columns of a training history; None when the document is none.

    It is one when a list of at least three numbers is named like a loss or an accuracy, and at least half of the lists
    of numbers are as long as that one.

    Args:
        value: a JSON value.
        cut: the document's end is missing, so columns may differ in length; they are filled up.
    """
    rows = _rows(value)
    found = _from_rows(rows) if rows is not None else dict(_lists(value))
    measured = [len(column) for name, column in found.items() if _measured(name)]
    lengths = Counter(length for length in measured if length >= MIN_LENGTH)
    if not lengths:
        return None
    main = max(lengths, key=lambda length: (lengths[length], length))
    if cut:
        main = max(lengths)
        found = {name: column + [None] * (main - len(column)) for name, column in found.items()}
    same = {name: column for name, column in found.items() if len(column) == main}
    if len(same) * 2 < len(found):
        return None
    return Columns(same, [(name, len(column)) for name, column in found.items() if len(column) != main])


def _measured(name: str) -> bool:
    quantity = describe(name).quantity
    if quantity in (Quantity.LOSS, Quantity.LOSS_FUNCTION):
        return True
    return quantity is Quantity.METRIC and bool(_ACCURACY.intersection(words(name)))


def _lists(value: Any, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Column]]:
    if not isinstance(value, Mapping):
        return
    for index, (key, child) in enumerate(value.items()):
        if index >= _MAX_COLUMNS:
            return
        name = f"{prefix}{key}"
        column = _column(child)
        if column is not None:
            yield name, column
        elif isinstance(child, Mapping) and depth < _MAX_DEPTH:
            # "history" is the wrapper, not part of the name.
            below = prefix if str(key).lower() in ("history", "log", "logs", "metrics", "results") else f"{name}/"
            yield from _lists(child, below, depth + 1)


def _column(child: Any) -> Column | None:
    """A list of numbers, or pandas' object of numbers under the row numbers; None for anything else."""
    if isinstance(child, Mapping):
        if not child or any(key != str(row) for row, key in enumerate(child)):
            return None
        child = list(child.values())
    if not isinstance(child, list) or not child:
        return None
    column = [json_number(item) for item in child]
    filled = sum(item is not None for item in column)
    return (
        column if filled and all(n is not None or item is None for n, item in zip(column, child, strict=True)) else None
    )


def _rows(value: Any) -> Sequence[Mapping[str, Any]] | None:
    """The rows of a document that is a list of objects, or holds one under "history" and the like."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("history", "log", "logs", "metrics", "results") if key in value), None)
    if not isinstance(value, list) or len(value) < MIN_LENGTH:
        return None
    rows = [row for row in value if isinstance(row, Mapping)]
    return rows if len(rows) == len(value) and step_column(list(rows[0])) is not None else None


def _from_rows(rows: Sequence[Mapping[str, Any]]) -> dict[str, Column]:
    names = list(dict.fromkeys(str(key) for row in rows for key in row))[:_MAX_COLUMNS]
    columns = {name: [json_number(row.get(name)) for row in rows] for name in names}
    return {name: column for name, column in columns.items() if any(item is not None for item in column)}
