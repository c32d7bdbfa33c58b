"""The outlines of the badge and marker shapes, once, so that window and report draw the same ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]


class Shape(StrEnum):
    """A shape that tells a verdict or severity without colour."""

    CIRCLE = "circle"
    TRIANGLE_UP = "triangle-up"
    TRIANGLE_DOWN = "triangle-down"
    SQUARE = "square"
    DIAMOND = "diamond"
    CROSS = "cross"
    PEAK = "peak"
    WAVE = "wave"
    DASH = "dash"
    DOTS = "dots"
    RING = "ring"


@dataclass(frozen=True, slots=True)
class Outline:
    """One part of a shape in the unit square, y upwards.

    Attributes:
        points: corners, each coordinate in [0, 1].
        filled: a closed polygon to fill; otherwise an open line of about 0.16 width with round caps.
    """

    points: tuple[Point, ...]
    filled: bool


def outlines(shape: Shape) -> tuple[Outline, ...]:
    """The parts of one shape."""
    return _OUTLINES[shape]


def _round(cx: float, cy: float, radius: float, corners: int = 24) -> tuple[Point, ...]:
    angles = [2 * math.pi * i / corners for i in range(corners)]
    return tuple((cx + radius * math.cos(a), cy + radius * math.sin(a)) for a in angles)


def _filled(*points: Point) -> tuple[Outline, ...]:
    return (Outline(points, filled=True),)


def _stroke(*points: Point) -> Outline:
    return Outline(points, filled=False)


def _wave(points: int = 25) -> tuple[Point, ...]:
    xs = [i / (points - 1) for i in range(points)]
    return tuple((0.06 + 0.88 * x, 0.5 + 0.28 * math.sin(4 * math.pi * x)) for x in xs)


_RING = _round(0.5, 0.5, 0.38)

_OUTLINES: dict[Shape, tuple[Outline, ...]] = {
    Shape.CIRCLE: _filled(*_round(0.5, 0.5, 0.42)),
    Shape.TRIANGLE_UP: _filled((0.5, 0.94), (0.96, 0.12), (0.04, 0.12)),
    Shape.TRIANGLE_DOWN: _filled((0.5, 0.06), (0.96, 0.88), (0.04, 0.88)),
    Shape.SQUARE: _filled((0.12, 0.12), (0.88, 0.12), (0.88, 0.88), (0.12, 0.88)),
    Shape.DIAMOND: _filled((0.5, 0.98), (0.96, 0.5), (0.5, 0.02), (0.04, 0.5)),
    Shape.CROSS: (_stroke((0.14, 0.14), (0.86, 0.86)), _stroke((0.14, 0.86), (0.86, 0.14))),
    Shape.PEAK: (_stroke((0.06, 0.2), (0.36, 0.2), (0.5, 0.9), (0.64, 0.2), (0.94, 0.2)),),
    Shape.WAVE: (_stroke(*_wave()),),
    Shape.DASH: _filled((0.04, 0.37), (0.96, 0.37), (0.96, 0.63), (0.04, 0.63)),
    Shape.DOTS: tuple(Outline(_round(x, 0.5, 0.13, 12), filled=True) for x in (0.15, 0.5, 0.85)),
    Shape.RING: (_stroke(*_RING, _RING[0]),),
}
