"""Theme: what a meaning looks like (colour, dash, shape, word), the same names for window, plots and report.

Nothing is told by colour alone: every verdict and severity also has a shape and a word, every series a dash pattern.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias

from lossdoctor.figures.shapes import Shape
from lossdoctor.findings import Evidence, Severity, Verdict
from lossdoctor.resources import resource
from lossdoctor.runs import Role

Colour: TypeAlias = str

THEMES = ("light", "dark")
SURFACES = (
    "window", "panel", "raised", "border", "text", "muted", "grid", "axis", "accent", "accent_text", "selection",
    "selection_text",
)  # fmt: skip
SERIES = ("train", "validation", "test", "lr", "grad_norm")
MARKS = ("span", "point", "level", "line", "pair")


@dataclass(frozen=True, slots=True)
class VerdictStyle:
    """How a verdict's badge looks: `text` (also the shape's colour) is readable on `background` and on a panel."""

    background: Colour
    text: Colour
    shape: Shape
    word: str


@dataclass(frozen=True, slots=True)
class SeverityStyle:
    """How a severity looks; `colour` is readable as text on a panel."""

    colour: Colour
    shape: Shape
    word: str


@dataclass(frozen=True, slots=True)
class SeriesStyle:
    """How a line looks.

    Attributes:
        colour: at least 3:1 on a panel.
        dash: on and off lengths in multiples of the line width; empty for a solid line.
        name: which of `SERIES`, or "other".
    """

    colour: Colour
    dash: tuple[float, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour by the name of its meaning.

    Attributes:
        name: "light" or "dark".
        colours: "surface.panel", "series.train", "series.other.0", "severity.high", "mark.span",
            "verdict.healthy.background", "verdict.healthy.text" ... -> "#rrggbb".
    """

    name: str
    colours: Mapping[str, Colour]

    def colour(self, meaning: str) -> Colour:
        """One colour.

        Raises:
            KeyError: no such meaning; `colours` lists them.
        """
        return self.colours[meaning]

    def surface(self, name: str) -> Colour:
        """One of `SURFACES`."""
        return self.colours[f"surface.{name}"]

    def verdict(self, verdict: Verdict) -> VerdictStyle:
        """The badge of a verdict."""
        key = f"verdict.{verdict.value}"
        shape = _VERDICT_SHAPES[verdict]
        return VerdictStyle(self.colours[f"{key}.background"], self.colours[f"{key}.text"], shape, verdict.label)

    def severity(self, severity: Severity) -> SeverityStyle:
        """The icon of a severity."""
        shape, word = _SEVERITY_SHAPES[severity]
        return SeverityStyle(self.colours[f"severity.{severity.value}"], shape, word)

    def series(self, role: Role, index: int = 0) -> SeriesStyle:
        """The line of a role; roles without a colour of their own take the `index`-th of the cycle."""
        name = _ROLE_SERIES.get(role, "other")
        if name != "other":
            return SeriesStyle(self.colours[f"series.{name}"], _DASHES[name], name)
        n = sum(key.startswith("series.other.") for key in self.colours)
        # The dash changes with the colour, so that neighbours are told apart in black and white, and once more past one
        # turn of the cycle, so that the seventh line is not the first again.
        return SeriesStyle(self.colours[f"series.other.{index % n}"], _CYCLE_DASHES[(index + index // n) % 3], name)

    def mark(self, evidence: Evidence) -> Colour:
        """The colour of an evidence shape when its severity does not decide it."""
        return self.colours[f"mark.{type(evidence).__name__.lower()}"]


@cache
def load_theme(name: str = "light") -> Theme:
    """The theme "light" or "dark" out of resources/themes.

    Raises:
        ValueError: no such theme, or its file lacks a meaning or holds something else than "#rrggbb".
    """
    if name not in THEMES:
        raise ValueError(f"there is no theme {name!r}; themes are {', '.join(THEMES)}")
    path = resource("themes", f"{name}.toml")
    with path.open("rb") as file:
        colours = _flat(tomllib.load(file))
    missing = [key for key in _required() if key not in colours]
    wrong = [key for key, value in colours.items() if not re.fullmatch("#[0-9a-f]{6}", value)]
    if missing or wrong:
        raise ValueError(f"{path}: missing {missing}, not a colour {wrong}")
    return Theme(name, MappingProxyType(colours))


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Colour]:
    flat: dict[str, Colour] = {}
    for key, value in table.items():
        if isinstance(value, list):
            value = {str(i): item for i, item in enumerate(value)}
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {prefix + key: str(value)}
    return flat


def _required() -> list[str]:
    return [
        *(f"surface.{name}" for name in SURFACES),
        *(f"series.{name}" for name in SERIES),
        "series.other.0",
        *(f"mark.{name}" for name in MARKS),
        *(f"severity.{severity.value}" for severity in Severity),
        *(f"verdict.{verdict.value}.{part}" for verdict in Verdict for part in ("background", "text")),
    ]


_VERDICT_SHAPES = {
    Verdict.HEALTHY: Shape.CIRCLE,
    Verdict.UNDERFITTING: Shape.TRIANGLE_DOWN,
    Verdict.OVERFITTING: Shape.TRIANGLE_UP,
    Verdict.DIVERGENCE: Shape.CROSS,
    Verdict.SPIKE_RECOVERED: Shape.PEAK,
    Verdict.PLATEAU: Shape.DASH,
    Verdict.OSCILLATING: Shape.WAVE,
    Verdict.TOO_SHORT: Shape.DOTS,
    Verdict.NOT_CLASSIFIABLE: Shape.RING,
}

_SEVERITY_SHAPES = {
    Severity.INFO: (Shape.RING, "Info"),
    Severity.LOW: (Shape.SQUARE, "Low"),
    Severity.MEDIUM: (Shape.DIAMOND, "Medium"),
    Severity.HIGH: (Shape.TRIANGLE_UP, "High"),
}

_ROLE_SERIES = {
    Role.TRAIN_LOSS: "train",
    Role.TRAIN_METRIC: "train",
    Role.TRAIN_ERROR: "train",
    Role.VAL_LOSS: "validation",
    Role.VAL_METRIC: "validation",
    Role.VAL_ERROR: "validation",
    Role.TEST_LOSS: "test",
    Role.TEST_METRIC: "test",
    Role.LEARNING_RATE: "lr",
    Role.GRAD_NORM: "grad_norm",
}

_DASHES: dict[str, tuple[float, ...]] = {
    "train": (),
    "validation": (5.0, 2.5),
    "test": (1.5, 2.0),
    "lr": (),
    "grad_norm": (),
}
_CYCLE_DASHES: tuple[tuple[float, ...], ...] = ((), (4.0, 2.0), (1.5, 2.0))
