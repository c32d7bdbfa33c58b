"""Draws the evidence on a panel: bands, lines, brackets, markers, and their labels, the most severe first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lossdoctor import formatting
from lossdoctor.figures import Mark, Panel
from lossdoctor.figures.theme import Theme
from lossdoctor.findings import Level, Line, Pair, Point, Span
from lossdoctor.report import fonts
from lossdoctor.report.curves import EdgeNote
from lossdoctor.report.ink import TINY, line_shape, mixed, rect_shape, symbol, text_shapes
from lossdoctor.report.placing import Box, Placer, along, around, within
from lossdoctor.report.scale import Scale

_BAND_TINT = 0.11
_MARKER = 6.0
# Of many marks alike (forty spikes) the farthest few are labelled, the others speak by their shape.
_LABELLED_ALIKE = 2
_MOST_LABELS = 9
_LABEL_WIDTH = 0.42  # of the frame
_LEADER_FROM = 7.0
_LINE_HEIGHT = TINY + 1.8


@dataclass(frozen=True, slots=True)
class _Label:
    text: str
    colour: str
    anchor: tuple[float, float]
    corners: tuple[tuple[float, float], ...]
    leader: bool


class Marks:
    """The marks of one panel, ready to be drawn in three layers: bands below the curves, symbols above, labels last."""

    def __init__(self, panel: Panel, x: Scale, y: Scale, frame: Box, theme: Theme, placer: Placer) -> None:
        self._marks = sorted(panel.marks, key=lambda mark: -mark.severity.rank)
        self._x, self._y, self._frame = x, y, frame
        self._theme, self._placer = theme, placer

    def bands(self) -> Iterator[Any]:
        """Shaded step ranges, and a thin line for a range of one step."""
        for mark in reversed(self._marks):
            if isinstance(mark.evidence, Span):
                yield from self._band(mark, mark.evidence)

    def symbols(self) -> Iterator[Any]:
        """Levels, fitted lines, brackets and markers; their places are kept free of labels."""
        for mark in reversed(self._marks):
            match mark.evidence:
                case Level(value=value) if self._shows(value):
                    at = self._y.one(value)
                    ends = [(self._frame.x, at), (self._right, at)]
                    yield line_shape(ends, self._theme.mark(mark.evidence), 0.8, (3, 2))
                case Line() as line:
                    yield from self._fitted(line)
                case Pair() as pair:
                    yield from self._bracket(pair)
                case Point() as point:
                    yield from self._marker(mark, point)

    def labels(self, notes: Iterable[EdgeNote]) -> Iterator[Any]:
        """Labels of the marks, then the notes at the edge that no mark says already."""
        wanted = [self._label(mark, text) for mark, text in self._texts()][:_MOST_LABELS]
        wanted += [self._note(note) for note in notes if not self._said(note)]
        for label in wanted:
            yield from self._placed(label)

    @property
    def _right(self) -> float:
        return self._frame.x + self._frame.width

    def _shows(self, value: float) -> bool:
        return math.isfinite(value) and self._y.start - 0.5 <= self._y.one(value) <= self._y.end + 0.5

    def _clamped(self, value: float) -> float:
        """Position of a value, at the nearer edge when it lies outside; NaN and -inf at the bottom."""
        if math.isnan(value):
            return self._y.start + 3.0
        return min(max(self._y.one(value), self._y.start + 3.0), self._y.end - 3.0)

    def _ends(self, start: float, end: float) -> tuple[float, float]:
        first, last = (min(max(self._x.one(s), self._frame.x), self._right) for s in (start, end))
        return first, last

    def _band(self, mark: Mark, span: Span) -> Iterator[Any]:
        ink = self._theme.severity(mark.severity).colour
        first, last = self._ends(span.start, span.end)
        bottom, top = self._frame.y, self._frame.y + self._frame.height
        if last - first > 0.5:
            tint = mixed(ink, self._theme.surface("panel"), _BAND_TINT)
            yield rect_shape(first, bottom, last - first, self._frame.height, tint)
        edge = mixed(ink, self._theme.surface("panel"), 0.55)
        for at in {first, last} - {self._right}:
            yield line_shape([(at, bottom), (at, top)], edge, 0.5, (1.5, 1.5))

    def _fitted(self, line: Line) -> Iterator[Any]:
        ends = [
            (self._ends(line.start, line.start)[0], self._clamped(line.start_value)),
            (self._ends(line.end, line.end)[0], self._clamped(line.end_value)),
        ]
        yield line_shape(ends, self._theme.mark(line), 1.1, (6, 2, 1.2, 2))

    def _bracket(self, pair: Pair) -> Iterator[Any]:
        ink = self._theme.mark(pair)
        at = min(self._ends(pair.step, pair.step)[0], self._right - 2.5)
        low, high = self._clamped(pair.low), self._clamped(pair.high)
        yield line_shape([(at - 3, low), (at, low), (at, high), (at - 3, high)], ink, 1.1)
        self._placer.take(Box(at - 3, low, 5, max(high - low, 1)))

    def _marker(self, mark: Mark, point: Point) -> Iterator[Any]:
        style = self._theme.severity(mark.severity)
        at, height = self._ends(point.step, point.step)[0], self._clamped(point.value)
        yield from symbol(style.shape, at, height, _MARKER, style.colour, self._theme.surface("panel"))
        half = _MARKER / 2 + 0.5
        self._placer.take(Box(at - half, height - half, 2 * half, 2 * half))

    def _texts(self) -> list[tuple[Mark, str]]:
        """The marks that get a label, with its text, most severe first; of marks alike the most telling ones."""
        alike: dict[tuple[str, str, str], list[Mark]] = {}
        for mark in self._marks:
            alike.setdefault((type(mark.evidence).__name__, mark.evidence.label, mark.evidence.tag), []).append(mark)
        chosen: list[tuple[Mark, str]] = []
        for group in alike.values():
            ordered = sorted(group, key=_telling, reverse=True)
            if isinstance(group[0].evidence, Span) and len(group) > 1:
                chosen.append((ordered[0], f"{_text(ordered[0])} ×{len(group)}"))
            else:
                chosen += [(mark, _text(mark)) for mark in ordered[:_LABELLED_ALIKE]]
        # Two rules may point at the same thing; it is said once.
        return list({text: (mark, text) for mark, text in reversed(chosen) if text}.values())[::-1]

    def _label(self, mark: Mark, text: str) -> _Label:
        size = self._size(text)
        ink = self._theme.severity(mark.severity).colour
        match mark.evidence:
            case Span(start=start, end=end):
                first, last = self._ends(start, end)
                corners = tuple(within(first, last, self._frame, *size))
                return _Label(text, ink, ((first + last) / 2, self._y.end), corners, leader=False)
            case Level(value=value):
                height = self._clamped(value)
                corners = tuple(along(height, self._frame, *size))
                return _Label(text, self._theme.mark(mark.evidence), (self._right, height), corners, leader=False)
            case Line(start=start, start_value=a, end=end, end_value=b):
                at = (sum(self._ends(start, end)) / 2, (self._clamped(a) + self._clamped(b)) / 2)
                return _Label(text, self._theme.mark(mark.evidence), at, tuple(around(*at, *size)), leader=True)
            case Pair(step=step, low=low, high=high):
                at = (self._ends(step, step)[0] - 3, (self._clamped(low) + self._clamped(high)) / 2)
                return _Label(text, self._theme.mark(mark.evidence), at, tuple(around(*at, *size)), leader=True)
            case Point(step=step, value=value):
                at = (self._ends(step, step)[0], self._clamped(value))
                return _Label(text, ink, at, tuple(around(*at, *size)), leader=True)

    def _note(self, note: EdgeNote) -> _Label:
        corners = tuple(around(note.x, note.y, *self._size(note.text), clearance=3.5))
        return _Label(note.text, note.colour, (note.x, note.y), corners, leader=True)

    def _said(self, note: EdgeNote) -> bool:
        """True when a marker of the evidence stands where the note would: its label says the same."""
        points = [mark.evidence for mark in self._marks if isinstance(mark.evidence, Point)]
        return any(
            abs(self._ends(p.step, p.step)[0] - note.x) < _MARKER and abs(self._clamped(p.value) - note.y) < 4 * _MARKER
            for p in points
        )

    def _size(self, text: str) -> tuple[float, float]:
        room = _LABEL_WIDTH * self._frame.width
        return min(fonts.width(text, TINY), room) + 3.0, _LINE_HEIGHT

    def _placed(self, label: _Label) -> Iterator[Any]:
        size = self._size(label.text)
        box = self._placer.place(*size, label.anchor, label.corners)
        if box is None:
            return
        paper = self._theme.surface("panel")
        near = box.nearest(*label.anchor)
        if label.leader and math.dist(near, label.anchor) > _LEADER_FROM:
            yield line_shape([label.anchor, near], label.colour, 0.5)
        yield rect_shape(box.x, box.y, box.width, box.height, paper, opacity=0.78)
        text = fonts.fitted(label.text, TINY, size[0] - 3.0)
        yield from text_shapes(text, box.x + 1.5, box.y + 2.2, TINY, label.colour)


def _telling(mark: Mark) -> float:
    """How much a mark stands out among its like: the widest span, the highest point, NaN above all."""
    match mark.evidence:
        case Span(start=start, end=end):
            return end - start
        case Point(value=value):
            return value if math.isfinite(value) else math.inf
        case Level(value=value):
            return value
        case Line(start=start, end=end):
            return end - start
        case Pair(low=low, high=high):
            return high - low


def _text(mark: Mark) -> str:
    """The label with its number."""
    match mark.evidence:
        case Span(label=label):
            return label
        case Point(step=step, value=value, label=label):
            number = f" {formatting.number(value)}" if math.isfinite(value) else ""
            return f"{label}{number} at {formatting.step(step)}".strip()
        case Level(value=value, label=label):
            return f"{label} {formatting.number(value)}".strip()
        case Line(label=label):
            return label
        case Pair(low=low, high=high, label=label):
            return f"{label} {formatting.number(high - low)}".strip()
