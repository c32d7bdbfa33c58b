"""Draws one panel of a figure: axes, curves, evidence, and labels that overlap neither each other nor the axes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lossdoctor.figures import Panel, ticks
from lossdoctor.figures.theme import Theme
from lossdoctor.report import curves, evidence, fonts
from lossdoctor.report.ink import TEXT, TINY, line_shape, text_shapes
from lossdoctor.report.placing import Box, Placer
from lossdoctor.report.scale import Scale

# Points of height for each y tick, so that small panels are not crowded.
_TICK_ROOM = 13.0


class PanelDrawer:
    """One panel; first asked how wide its tick labels are, so that all panels share one left edge, then drawn."""

    def __init__(self, panel: Panel, theme: Theme, height: float) -> None:
        self._panel = panel
        self._theme = theme
        # Without a finite value there is nothing to read off, so there are no numbers on the axis.
        self._range = panel.y_range or (0.0, 1.0)
        target = max(2, min(5, int(height // _TICK_ROOM)))
        self._y_ticks = _value_ticks(panel, self._range, target) if panel.y_range else ticks.Ticks((), ())

    def gutter(self) -> float:
        """Room that the tick labels need on the left, in points."""
        return max((fonts.width(label, TINY) for label in self._y_ticks.labels), default=0.0) + 8.0

    def shapes(self, frame: Box, x: Scale, x_ticks: ticks.Ticks, x_label: str) -> Iterator[Any]:
        """Everything of this panel, back to front. `x_label` is given for the lowest panel, which shows the steps."""
        y = Scale(*self._range, frame.y, frame.height, self._panel.log_y, self._panel.symlog)
        placer = Placer(frame)
        lines = [curves.curve(line, i, x, y, frame, self._theme) for i, line in enumerate(self._panel.lines)]
        for line in lines:
            for xs, ys in line.inked:
                placer.add_ink(xs, ys)
            for box in line.edge_boxes:
                placer.take(box)
        marks = evidence.Marks(self._panel, x, y, frame, self._theme, placer)
        yield from marks.bands()
        yield from self._grid(frame, x, y, x_ticks)
        for line in lines:
            yield from line.shapes
        yield from marks.symbols()
        yield from self._axes(frame, x, y, x_ticks, x_label)
        yield from marks.labels(self._edge_notes(lines))
        yield from self._title(frame, lines)

    def _edge_notes(self, lines: list[curves.Curve]) -> list[curves.EdgeNote]:
        return [note for line in lines for note in line.notes]

    def _grid(self, frame: Box, x: Scale, y: Scale, x_ticks: ticks.Ticks) -> Iterator[Any]:
        colour = self._theme.surface("grid")
        for value in self._y_ticks.values:
            at = y.one(value)
            yield line_shape([(frame.x, at), (frame.x + frame.width, at)], colour, 0.4)
        for value in x_ticks.values:
            at = x.one(value)
            yield line_shape([(at, frame.y), (at, frame.y + frame.height)], colour, 0.4)

    def _axes(self, frame: Box, x: Scale, y: Scale, x_ticks: ticks.Ticks, x_label: str) -> Iterator[Any]:
        axis, muted = self._theme.surface("axis"), self._theme.surface("muted")
        corner = (frame.x, frame.y)
        yield line_shape([(frame.x, frame.y + frame.height), corner, (frame.x + frame.width, frame.y)], axis, 0.6)
        for value, label in zip(self._y_ticks.values, self._y_ticks.labels, strict=True):
            at = y.one(value)
            yield line_shape([(frame.x - 2.5, at), (frame.x, at)], axis, 0.6)
            yield from text_shapes(label, frame.x - 4.5, at - TINY * 0.35, TINY, muted, anchor="end")
        for value in self._y_ticks.minor:
            at = y.one(value)
            yield line_shape([(frame.x - 1.4, at), (frame.x, at)], axis, 0.4)
        for value in x_ticks.values:
            at = x.one(value)
            yield line_shape([(at, frame.y - 2.5), (at, frame.y)], axis, 0.6)
        if x_label:
            yield from self._step_labels(frame, x, x_ticks, x_label)

    def _step_labels(self, frame: Box, x: Scale, x_ticks: ticks.Ticks, x_label: str) -> Iterator[Any]:
        muted = self._theme.surface("muted")
        right = frame.x + frame.width
        y = frame.y - 3.5 - TINY
        for value, label in zip(x_ticks.values, x_ticks.labels, strict=True):
            half = fonts.width(label, TINY) / 2
            at = min(max(x.one(value), frame.x + half - 4), right - half)
            yield from text_shapes(label, at, y, TINY, muted, anchor="middle")
        yield from text_shapes(x_label, right, y - TINY - 2.5, TINY, muted, anchor="end")

    def _title(self, frame: Box, lines: list[curves.Curve]) -> Iterator[Any]:
        base = frame.y + frame.height + 4.0
        log = ", log axis" if self._panel.log_y or self._panel.symlog else ""
        title = fonts.fitted(self._panel.title, TEXT, frame.width / 2, fonts.BOLD)
        yield from text_shapes(title, frame.x, base, TEXT, self._theme.surface("text"), fonts.BOLD)
        start = frame.x + fonts.width(title, TEXT, fonts.BOLD)
        if log:
            yield from text_shapes(log, start, base, TEXT, self._theme.surface("muted"))
            start += fonts.width(log, TEXT)
        yield from self._legend(lines, start + 12, frame.x + frame.width, base)

    def _legend(self, lines: list[curves.Curve], left: float, right: float, base: float) -> Iterator[Any]:
        """Right-aligned key, each line with a sample of its stroke; names share the room there is."""
        swatch, gap = 17.0, 11.0
        if not lines:
            return
        room = (right - left - len(lines) * (swatch + gap)) / len(lines)
        names = [fonts.fitted(line.label, TEXT, max(room, 20.0)) for line in lines]
        at = right - sum(fonts.width(name, TEXT) + swatch + gap for name in names) + gap
        for line, name in zip(lines, names, strict=True):
            yield from line.swatch(at, base + TEXT * 0.32, swatch - 4)
            yield from text_shapes(name, at + swatch, base, TEXT, self._theme.surface("text"))
            at += swatch + fonts.width(name, TEXT) + gap


def _value_ticks(panel: Panel, limits: tuple[float, float], target: int) -> ticks.Ticks:
    if panel.symlog:
        return ticks.symmetric(*limits, panel.symlog, target)
    return (ticks.logarithmic if panel.log_y else ticks.linear)(*limits, target=target)
