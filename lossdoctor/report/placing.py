"""Places labels on a plot: inside the frame, never over another label, over the curves only where nothing else is left."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_CELL = 2.0  # points; half a stroke of the label font
_MOST_CELLS = 400  # of one segment; far outliers reach beyond any frame
_INK_COST = 60.0  # a label wholly over a curve is as bad as one 60 points away from its place


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points, (x, y) its lower left corner."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box) -> bool:
        """True when the two share more than an edge."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def inside(self, other: Box) -> bool:
        """True when wholly within `other`."""
        return (
            other.x <= self.x
            and self.x + self.width <= other.x + other.width
            and other.y <= self.y
            and self.y + self.height <= other.y + other.height
        )

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        """The point of this box closest to (x, y)."""
        return min(max(x, self.x), self.x + self.width), min(max(y, self.y), self.y + self.height)


class Placer:
    """Remembers what is taken inside one frame. Labels are placed in the order of importance."""

    def __init__(self, frame: Box) -> None:
        self.frame = frame
        self._taken: list[Box] = []
        shape = (max(1, math.ceil(frame.height / _CELL)), max(1, math.ceil(frame.width / _CELL)))
        self._ink: npt.NDArray[np.bool_] = np.zeros(shape, dtype=np.bool_)

    def take(self, box: Box) -> None:
        """Nothing may be placed over this box."""
        self._taken.append(box)

    def add_ink(self, xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64]) -> None:
        """A curve through these points; labels avoid it where they can. NaN breaks it."""
        if xs.size < 2:
            return
        run, rise = np.diff(xs), np.diff(ys)
        reach = np.where(np.isfinite(rise), np.maximum(np.abs(run), np.abs(rise)), -1.0)
        cells = np.minimum(np.maximum(reach // _CELL + 1, 0), _MOST_CELLS).astype(np.int64)
        # Every segment gets a point in each cell it passes: segment number and share of the way, without a loop.
        segment = np.repeat(np.arange(cells.size), cells)
        share = (np.arange(segment.size) - np.repeat(np.cumsum(cells) - cells, cells)) / cells[segment]
        self._mark(xs[segment] + share * run[segment], ys[segment] + share * rise[segment])
        self._mark(xs[-1:], ys[-1:])

    def place(
        self, width: float, height: float, anchor: tuple[float, float], corners: Iterable[tuple[float, float]]
    ) -> Box | None:
        """The best free box of that size with its lower left corner at one of `corners`, else near the anchor.

        Returns:
            None when the frame is full.
        """
        best = self._best(width, height, anchor, corners)
        if best is None:
            best = self._best(width, height, anchor, self._anywhere(width, height))
        if best is not None:
            self.take(best)
        return best

    def _best(
        self, width: float, height: float, anchor: tuple[float, float], corners: Iterable[tuple[float, float]]
    ) -> Box | None:
        found: tuple[float, Box] | None = None
        for order, (x, y) in enumerate(corners):
            box = Box(x, y, width, height)
            if not box.inside(self.frame) or any(box.overlaps(other) for other in self._taken):
                continue
            near = box.nearest(*anchor)
            # Earlier candidates are preferred a little: the caller lists them by taste.
            cost = math.dist(near, anchor) + _INK_COST * self._covered(box) + 0.05 * order
            if found is None or cost < found[0]:
                found = cost, box
        return found[1] if found else None

    def _anywhere(self, width: float, height: float) -> Iterator[tuple[float, float]]:
        columns = np.linspace(self.frame.x, self.frame.x + self.frame.width - width, 24)
        rows = np.arange(self.frame.y, self.frame.y + self.frame.height - height, height + 1.0)
        return ((float(x), float(y)) for y in rows for x in columns)

    def _covered(self, box: Box) -> float:
        """Share of the box that lies over curves."""
        rows, columns = self._cells(box)
        part = self._ink[rows, columns]
        return float(part.mean()) if part.size else 0.0

    def _cells(self, box: Box) -> tuple[slice, slice]:
        left, bottom = box.x - self.frame.x, box.y - self.frame.y
        return (
            slice(max(0, int(bottom // _CELL)), max(0, math.ceil((bottom + box.height) / _CELL))),
            slice(max(0, int(left // _CELL)), max(0, math.ceil((left + box.width) / _CELL))),
        )

    def _mark(self, xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64]) -> None:
        finite = np.isfinite(ys)
        xs, ys = xs[finite], ys[finite]
        rows = ((ys - self.frame.y) // _CELL).astype(np.int64)
        columns = ((xs - self.frame.x) // _CELL).astype(np.int64)
        inside = (rows >= 0) & (rows < self._ink.shape[0]) & (columns >= 0) & (columns < self._ink.shape[1])
        self._ink[rows[inside], columns[inside]] = True


def around(x: float, y: float, width: float, height: float, clearance: float = 5.0) -> Iterator[tuple[float, float]]:
    """Corners of labels around a point, nearest first: right above, left above, right below, left below, sides."""
    for distance in (clearance, clearance + 8, clearance + 18, clearance + 32, clearance + 50):
        right, left, centre = x + distance, x - distance - width, x - width / 2
        above, below, middle = y + distance, y - distance - height, y - height / 2
        yield from ((right, above), (left, above), (right, below), (left, below))
        yield from ((right, middle), (left, middle), (centre, above), (centre, below))


def within(x0: float, x1: float, frame: Box, width: float, height: float) -> Iterator[tuple[float, float]]:
    """Corners of labels of a band from x0 to x1: at its top, then lower; inside it, or just beside when it is narrow."""
    columns = [x0 + 3, (x0 + x1 - width) / 2, x1 - width - 3] if x1 - x0 >= width + 6 else [x1 + 3, x0 - width - 3]
    y = frame.y + frame.height - height - 2
    while y >= frame.y:
        yield from ((x, y) for x in columns)
        y -= height + 1


def along(y: float, frame: Box, width: float, height: float) -> Iterator[tuple[float, float]]:
    """Corners of labels of a horizontal line: above or below it, at the right end, then further left or away."""
    for distance in (1.5, 8.0, 16.0, 26.0):
        for share in (1.0, 0.0, 0.75, 0.5, 0.25):
            x = frame.x + 3 + share * (frame.width - width - 6)
            yield from ((x, y + distance), (x, y - height - distance))
