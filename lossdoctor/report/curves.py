"""Draws one series: raw points pale and trend bold where it is noisy, clipped at the frame, NaN and Inf at its edge."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from lossdoctor import formatting
from lossdoctor.figures import Polyline
from lossdoctor.figures.decimate import minmax
from lossdoctor.figures.shapes import Shape
from lossdoctor.figures.theme import SeriesStyle, Theme
from lossdoctor.report.ink import Array, Piece, line_shape, mixed, path_shape, symbol
from lossdoctor.report.placing import Box
from lossdoctor.report.scale import Scale
from lossdoctor.runs import Role, Series
from lossdoctor.signals.curve import make_curve

# Columns per point of width: about 90 a printed inch, each with its minimum and maximum.
_COLUMNS_PER_POINT = 1.25
_RAW_WIDTH, _LINE_WIDTH, _TREND_WIDTH = 0.5, 0.95, 1.15
# Share of the colour that raw points keep beneath a trend.
_RAW_TINT = 0.38
# A trend is drawn from this many points on, and only where neighbours differ by this share of the frame's height.
_TREND_POINTS = 120
_TREND_NOISE = 0.02
# Up to this many points each gets a marker, so that a dashed validation loss shows where it was measured.
_MARKER_POINTS = 60
# Non-finite stretches nearer than this are one mark.
_MERGE = 3.0
_RUG_HEIGHT = 5.0


@dataclass(frozen=True, slots=True)
class EdgeNote:
    """A short text about something at the frame's edge: a cut-off peak, the first NaN."""

    text: str
    x: float
    y: float
    colour: str


@dataclass(slots=True)
class Curve:
    """What one series puts on the page.

    Attributes:
        label: for the legend.
        style: colour and dash.
        shapes: back to front.
        inked: where labels had better not stand.
        edge_boxes: where labels must not stand.
        notes: what to write at the edge.
        marker: marker of single points; None without.
        paper: the panel's colour.
    """

    label: str
    style: SeriesStyle
    paper: str
    marker: Shape | None = None
    shapes: list[Any] = field(default_factory=list)
    inked: list[Piece] = field(default_factory=list)
    edge_boxes: list[Box] = field(default_factory=list)
    notes: list[EdgeNote] = field(default_factory=list)

    @property
    def dash(self) -> tuple[float, ...]:
        """A line with markers is told apart by them and stays solid; dashes between markers would read as noise."""
        return () if self.marker is not None else self.style.dash

    def swatch(self, x: float, y: float, width: float) -> Iterator[Any]:
        """The sample of the stroke in the legend."""
        yield line_shape([(x, y), (x + width, y)], self.style.colour, 1.2, [d * 1.2 for d in self.dash])
        if self.marker is not None:
            yield from symbol(self.marker, x + width / 2, y, 3.4, self.style.colour, self.paper)


def curve(line: Polyline, index: int, x: Scale, y: Scale, frame: Box, theme: Theme) -> Curve:
    """Everything of one series inside `frame`."""
    style = theme.series(line.role, index) if line.slot is None else theme.series(Role.OTHER, line.slot)
    paper = theme.surface("panel")
    made = Curve(line.label, style, paper, _marker(line))
    columns = max(1, int(frame.width * _COLUMNS_PER_POINT))
    branch = line.series.last_branch()
    pale = mixed(style.colour, paper, _RAW_TINT)
    abandoned = _pieces(line.series, columns, x, y) if branch is not line.series else []
    if abandoned:
        made.shapes.append(path_shape(abandoned, pale, _RAW_WIDTH))
    raw = _pieces(branch, columns, x, y)
    trend = _trend(branch, x, y, frame)
    if raw and trend:
        made.shapes.append(path_shape(raw, pale, _RAW_WIDTH))
        made.shapes.append(path_shape(trend, style.colour, _TREND_WIDTH, style.dash))
    elif raw:
        made.shapes.append(path_shape(raw, style.colour, _LINE_WIDTH, made.dash))
    made.inked = [*abandoned, *raw]
    made.shapes += _markers(made, branch, x, y, frame)
    _mark_cuts(made, branch, x, y, frame)
    _mark_holes(made, line.series, x, frame, index)
    return made


def clipped(xs: Array, ys: Array, low: float, high: float) -> list[Piece]:
    """The parts of a polyline between two heights, cut exactly at them; NaN breaks the line; lone points stay."""
    parts: list[Piece] = []
    finite = ~np.isnan(ys)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], finite, [False])).astype(np.int8)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        parts += _clipped_run(xs[start:end], ys[start:end], low, high)
    return parts


def _clipped_run(xs: Array, ys: Array, low: float, high: float) -> list[Piece]:
    if bool(np.all((ys >= low) & (ys <= high))):
        # A lone point would be a path without length: give it a dot's width.
        return [(xs, ys) if xs.size > 1 else (np.append(xs, xs + 0.01), np.append(ys, ys))]
    done: list[list[tuple[float, float]]] = []
    open_part: list[tuple[float, float]] = []
    points = list(zip(xs.tolist(), ys.tolist(), strict=True))
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        cut = _cut_segment(x0, y0, x1, y1, low, high)
        if cut is None:
            continue
        first, last = cut
        if not open_part or open_part[-1] != first:
            open_part = [first]
            done.append(open_part)
        open_part.append(last)
    return [(np.array([p[0] for p in part]), np.array([p[1] for p in part])) for part in done]


def _cut_segment(
    x0: float, y0: float, x1: float, y1: float, low: float, high: float
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The part of a segment between two heights (Liang and Barsky 1984), None when there is none."""
    start, end, rise = 0.0, 1.0, y1 - y0
    if rise == 0:
        return ((x0, y0), (x1, y1)) if low <= y0 <= high else None
    a, b = sorted(((low - y0) / rise, (high - y0) / rise))
    start, end = max(start, a), min(end, b)
    if start > end:
        return None
    first = (x0, y0) if start == 0 else (x0 + start * (x1 - x0), min(max(y0 + start * rise, low), high))
    last = (x1, y1) if end == 1 else (x0 + end * (x1 - x0), min(max(y0 + end * rise, low), high))
    return first, last


def _pieces(series: Series, columns: int, x: Scale, y: Scale) -> list[Piece]:
    """The decimated line in points, broken at NaN, infinities and restarts."""
    steps, values = minmax(series.steps, series.values, columns)
    xs, ys = x.many(steps), y.many(np.where(np.isfinite(values), values, np.nan))
    restarts = np.flatnonzero(np.diff(steps) < 0) + 1
    xs, ys = np.insert(xs, restarts, xs[restarts]), np.insert(ys, restarts, np.nan)
    return clipped(xs, ys, y.start, y.end)


def _trend(series: Series, x: Scale, y: Scale, frame: Box) -> list[Piece]:
    """The robust trend where the points are too noisy to follow by eye; nothing otherwise."""
    finite = series.finite
    if int(finite.sum()) < _TREND_POINTS or not bool(finite.any()):
        return []
    made = make_curve(series.steps, series.values)
    if made is None:
        return []
    jumps = np.abs(np.diff(y.many(series.values[finite])))
    if float(np.median(jumps)) < _TREND_NOISE * frame.height:
        return []
    xs, ys = x.many(made.steps), y.many(made.trend)
    # A trend drawn across a stretch of NaN would claim values that nobody logged.
    holes = np.searchsorted(made.steps, series.steps[~finite])
    inner = np.unique(holes[(holes > 0) & (holes < made.steps.size)])
    wide = inner[np.diff(xs)[inner - 1] > _MERGE]
    return clipped(np.insert(xs, wide, xs[wide]), np.insert(ys, wide, np.nan), y.start, y.end)


def _marker(line: Polyline) -> Shape | None:
    if line.role in {Role.LEARNING_RATE, Role.GRAD_NORM} or int(line.series.finite.sum()) > _MARKER_POINTS:
        return None
    if line.role in {Role.TEST_LOSS, Role.TEST_METRIC}:
        return Shape.SQUARE
    if line.role in {Role.VAL_LOSS, Role.VAL_METRIC, Role.VAL_ERROR}:
        return Shape.CIRCLE
    return None


def _markers(made: Curve, series: Series, x: Scale, y: Scale, frame: Box) -> list[Any]:
    if made.marker is None:
        return []
    shapes: list[Any] = []
    finite = series.finite
    for px, py in zip(x.many(series.steps[finite]), y.many(series.values[finite]), strict=True):
        if frame.y <= py <= frame.y + frame.height:
            shapes += symbol(made.marker, float(px), float(py), 3.4, made.style.colour, made.paper)
    return shapes


def _mark_cuts(made: Curve, series: Series, x: Scale, y: Scale, frame: Box) -> None:
    """A small triangle at the edge for every stretch that lies outside the range, the farthest with its value."""
    finite = series.finite
    values, xs = series.values[finite], x.many(series.steps[finite])
    ys = y.many(values)
    for outside, edge, shape, pick in (
        (ys > y.end + 0.5, y.end - 2.2, Shape.TRIANGLE_UP, np.argmax),
        (ys < y.start - 0.5, y.start + 2.2, Shape.TRIANGLE_DOWN, np.argmin),
    ):
        hits = np.flatnonzero(outside)
        if not hits.size:
            continue
        for px in _thinned(xs[hits]):
            made.shapes += symbol(shape, px, edge, 4.2, made.style.colour, made.paper)
        farthest = hits[int(pick(values[hits]))]
        at = float(xs[farthest])
        made.edge_boxes.append(Box(at - 2.5, edge - 2.5, 5, 5))
        made.notes.append(EdgeNote(formatting.number(float(values[farthest])), at, edge, made.style.colour))


def _mark_holes(made: Curve, series: Series, x: Scale, frame: Box, index: int) -> None:
    """A bar at the edge for every stretch of NaN or infinity, where it happens; infinity at the top."""
    base = frame.y + 3.0 + index * _RUG_HEIGHT
    top = frame.y + frame.height - 3.0 - index * _RUG_HEIGHT
    for name, wanted, height in (
        ("NaN", np.isnan(series.values), base),
        ("−∞", series.values == -np.inf, base),
        ("∞", series.values == np.inf, top),
    ):
        for first, last in _stretches(wanted, x.many(series.steps)):
            made.shapes += symbol(Shape.CROSS, first, height, 3.6, made.style.colour)
            if last - first > 2:
                made.shapes.append(line_shape([(first, height), (last, height)], made.style.colour, 1.6))
            made.edge_boxes.append(Box(first - 2, height - 2.2, last - first + 4, 4.4))
        if bool(wanted.any()):
            step = int(series.steps[int(np.argmax(wanted))])
            text = (
                f"{name} from {formatting.step(step)}"
                if int(wanted.sum()) > 1
                else f"{name} at {formatting.step(step)}"
            )
            made.notes.append(EdgeNote(text, x.one(step), height, made.style.colour))


def _thinned(xs: Array) -> list[float]:
    """Positions at least `_MERGE` apart."""
    kept: list[float] = []
    for value in np.unique(np.round(xs, 1)).tolist():
        if not kept or value - kept[-1] >= _MERGE:
            kept.append(value)
    return kept


def _stretches(wanted: npt.NDArray[np.bool_], xs: Array) -> list[tuple[float, float]]:
    """From where to where the wanted points reach, neighbours in the log joined, and what is too close to tell apart."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], wanted, [False])).astype(np.int8)))
    joined: list[tuple[float, float]] = []
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        first, last = float(xs[a:b].min()), float(xs[a:b].max())
        if joined and abs(first - joined[-1][1]) < _MERGE:
            joined[-1] = (min(joined[-1][0], first), max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined
