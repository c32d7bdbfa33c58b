"""Where the marks' labels go: a pure layout of rectangles that overlap neither each other nor, if possible, a curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSizeF

GAP = 5.0


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """One label that wants a place.

    Attributes:
        key: whose label it is; comes back with the place.
        size: of the whole box, pixels.
        candidates: top-left corners, the best first.
        rank: who chooses first: the smaller the earlier.
        must_show: chooses before all others.
    """

    key: int
    size: QSizeF
    candidates: tuple[QPointF, ...]
    rank: float = 0.0
    must_show: bool = False


def _inside(rect: QRectF, area: QRectF) -> QRectF:
    """`rect` moved into `area`."""
    left = min(max(rect.left(), area.left() + 2), max(area.right() - rect.width() - 2, area.left() + 2))
    top = min(max(rect.top(), area.top() + 2), max(area.bottom() - rect.height() - 2, area.top() + 2))
    return QRectF(QPointF(left, top), rect.size())


def place_labels(
    requests: Sequence[LabelRequest], area: QRectF, obstacles: npt.NDArray[np.float64]
) -> dict[int, QRectF]:
    """Boxes for as many labels as fit into `area` without touching each other.

    `obstacles` (n, 2) are pixels that are better not covered: of the free candidates, the one covering fewest is taken.
    When no candidate is free, rows above and below are tried; a label for which nothing is free is left out (its text is
    in the findings list).
    """
    placed: dict[int, QRectF] = {}
    for request in sorted(requests, key=lambda r: (not r.must_show, r.rank, r.key)):
        if request.size.width() > area.width() - 4 or request.size.height() > area.height() - 4:
            continue
        boxes = [_inside(QRectF(corner, request.size), area) for corner in request.candidates]
        row = request.size.height() + GAP
        moved = [_inside(box.translated(0, shift * row), area) for shift in (1, -1, 2, -2, 3, -3) for box in boxes]
        free = [box for box in boxes if _is_free(box, placed)] or [box for box in moved if _is_free(box, placed)]
        if free:
            placed[request.key] = min(free, key=lambda box: _covered(box, obstacles))
    return placed


def _is_free(box: QRectF, placed: dict[int, QRectF]) -> bool:
    grown = box.adjusted(-GAP / 2, -GAP / 2, GAP / 2, GAP / 2)
    return not any(grown.intersects(other) for other in placed.values())


def _covered(box: QRectF, obstacles: npt.NDArray[np.float64]) -> int:
    if obstacles.size == 0:
        return 0
    x, y = obstacles[:, 0], obstacles[:, 1]
    inside = (x >= box.left()) & (x <= box.right()) & (y >= box.top()) & (y <= box.bottom())
    return int(np.count_nonzero(inside))
