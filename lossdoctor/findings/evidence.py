"""Evidence: where on the curve a finding is seen, in data coordinates. Drawing code knows its five shapes.

Steps and values are those of the series named by `tag`; an empty `tag` means the whole run (every panel).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from lossdoctor.findings.content import ContentEqual


@dataclass(frozen=True, slots=True, eq=False)
class Span(ContentEqual):
    """A range of steps: drawn as a shaded band."""

    start: float
    end: float
    label: str
    tag: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Point(ContentEqual):
    """One logged point: drawn as a marker. `value` may be NaN or infinite; it is then drawn at the panel's edge."""

    step: float
    value: float
    label: str
    tag: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Level(ContentEqual):
    """A value that matters over the whole run (chance level, best value): drawn as a horizontal line."""

    value: float
    label: str
    tag: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Line(ContentEqual):
    """A fitted straight line from (start, start_value) to (end, end_value)."""

    start: float
    start_value: float
    end: float
    end_value: float
    label: str
    tag: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Pair(ContentEqual):
    """Two series compared at one step (the gap between them): drawn as a vertical bracket from `low` to `high`."""

    step: float
    low: float
    high: float
    label: str
    tag: str = ""
    other_tag: str = ""


Evidence: TypeAlias = Span | Point | Level | Line | Pair
EVIDENCE_SHAPES: tuple[type[Evidence], ...] = (Span, Point, Level, Line, Pair)
