"""Lists of [wall time, step, value], the shape in which TensorBoard's page and tensorboardX hand out scalars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from lossdoctor.formatting import count
from lossdoctor.importers.json_document import step
from lossdoctor.importers.json_numbers import json_number
from lossdoctor.runs import Problem, ProblemLevel, Series

_LOOKED_AT = 50


def is_triples(value: Any) -> bool:
    """Whether a JSON value is a list that begins with [wall time, step, value] rows; never true for an empty list."""
    if not isinstance(value, list) or not value:
        return False
    rows = value[:_LOOKED_AT]
    whole = sum(is_triple(row) for row in rows)
    # A row may be broken; the last one may be cut.
    return whole > 0 and whole >= len(rows) - max(1, len(rows) // 10)


def is_triple(row: Any) -> bool:
    """Whether a JSON value is one [wall time, step, value] row with a wall time since 1970 (or none: 0)."""
    if not isinstance(row, list) or len(row) != 3 or step(row[1]) is None or json_number(row[2]) is None:
        return False
    wall = json_number(row[0])
    # Triples of small numbers are colours and coordinates. 1e8 s is 1973, before any trainer.
    return wall is not None and (wall == 0 or 1e8 < wall < 1e11)


def triples_series(tag: str, rows: Sequence[Any], source: str, path: str) -> tuple[Series, list[Problem]]:
    """One series out of [wall time, step, value] rows, in their order; rows that are none are left out and told."""
    steps: list[int] = []
    values: list[float] = []
    walls: list[float] = []
    broken = 0
    for row in rows:
        if not isinstance(row, list) or len(row) != 3 or (at := step(row[1])) is None:
            broken += 1
            continue
        value, wall = json_number(row[2]), json_number(row[0])
        if value is None:
            broken += 1
            continue
        steps.append(at)
        values.append(value)
        walls.append(wall if wall is not None and wall > 0 else math.nan)
    problems = []
    if broken:
        text = f"{count(broken, 'row')} not of the form [time, step, value] left out."
        problems.append(Problem("bad_row", ProblemLevel.WARNING, path, text, "", f"tag {tag[:60]}"))
    return Series(tag, np.array(steps, np.int64), np.array(values, float), np.array(walls, float), source), problems
