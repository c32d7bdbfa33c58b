"""PanelPainter: what is painted around a panel's curves: marks, dots, flags and labels, in pixels."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from lossdoctor import safe_text
from lossdoctor.figures.spec import Mark, Panel
from lossdoctor.gui.plots import bands, flags, known, marks
from lossdoctor.gui.plots.curve import SeriesCurve
from lossdoctor.gui.plots.geometry import densified
from lossdoctor.gui.plots.labels import LabelRequest, place_labels
from lossdoctor.gui.plots.mapping import Mapping
from lossdoctor.gui.theme import Look

_LABEL_PADDING = QSizeF(9, 4)
_DOTTED_POINTS = 48  # up to this many points in view each one is also drawn as a dot


class Painted(Protocol):
    """The panel, as far as its painter needs it."""

    spec: Panel
    curves: list[SeriesCurve]

    def font(self) -> QFont:
        """The font that labels are smaller than."""


class PanelPainter:
    """Paints one panel's marks and what else lies under and over its curves.

    Attributes:
        look: colours.
        hovered: index of the mark under the pointer, -1 for none.
        selected: indices of the marks of the chosen finding.
        focused: marks that are not selected fade and lose their labels.
        span: steps between which the user is drawing a span; None for none.
        known: from which step on the verdict was clear; None shows nothing.
        labels: where the labels were painted last, by the index of the mark, or `known.KEY`.
    """

    def __init__(self, panel: Painted, look: Look) -> None:
        self._panel = panel
        self.look = look
        self.hovered = -1
        self.selected: frozenset[int] = frozenset()
        self.focused = False
        self.known: float | None = None
        self.span: tuple[float, float] | None = None
        self.labels: dict[int, QRectF] = {}

    def paint_under(self, painter: QPainter, mapping: Mapping) -> None:
        """What lies below the curves."""
        painter.setClipRect(mapping.rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for curve in self._panel.curves:
            bands.paint(painter, curve, mapping)
        self._paint_marks(painter, mapping, under=True)
        if self.span is not None:
            left, right = sorted(mapping.x(step) for step in self.span)
            area = QRectF(left, mapping.rect.top(), right - left, mapping.rect.height())
            painter.fillRect(area, self.look.surface("accent", 0.2))
        if self.known is not None and mapping.sees_step(self.known):
            known.paint_line(painter, mapping.x(self.known), mapping.rect, self.look.surface("muted"))

    def paint_over(self, painter: QPainter, mapping: Mapping) -> None:
        """What lies above the curves."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(mapping.rect)
        self._paint_dots(painter, mapping)
        for flag in flags.flags(self._panel.curves, mapping):
            painter.save()
            flags.paint_flag(painter, mapping, flag, self.look.surface("panel"))
            painter.restore()
        self._paint_marks(painter, mapping, under=False)
        self._paint_labels(painter, mapping)
        self._paint_empty(painter, mapping)

    def _style(self, index: int, mark: Mark) -> marks.MarkStyle:
        severity = self.look.theme.severity(mark.severity)
        strong = index == self.hovered or index in self.selected
        faded = self.focused and not strong
        return marks.MarkStyle(QColor(severity.colour), severity.shape, self.look.surface("panel"), strong, faded)

    def _paint_marks(self, painter: QPainter, mapping: Mapping, under: bool) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        styled = [(self._style(index, mark), mark.evidence) for index, mark in enumerate(self._panel.spec.marks)]
        for style, evidence in sorted(styled, key=lambda pair: pair[0].strong):
            if (type(evidence) in marks.UNDER_CURVES) is under and marks.is_visible(mapping, evidence):
                painter.save()
                marks.PAINTERS[type(evidence)](painter, mapping, evidence, style)
                painter.restore()

    def _paint_dots(self, painter: QPainter, mapping: Mapping) -> None:
        for curve in self._panel.curves:
            if not curve.visible:
                continue
            steps, values = curve.drawn
            lonely = steps.size > _DOTTED_POINTS
            if lonely:
                steps, values = curve.lonely_points()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(curve.colour)
            low, high = mapping.view_values
            for step, view in zip(steps, values, strict=True):
                if math.isfinite(view):
                    y = mapping.rect.bottom() - (view - low) / ((high - low) or 1.0) * mapping.rect.height()
                    if mapping.rect.top() - 4 <= y <= mapping.rect.bottom() + 4:
                        painter.drawEllipse(QPointF(mapping.x(float(step)), y), 2.3, 2.3)

    def _label_font(self) -> QFont:
        font = QFont(self._panel.font())
        font.setPointSizeF(font.pointSizeF() * 0.9)
        return font

    def _layout_labels(self, mapping: Mapping) -> dict[int, QRectF]:
        metrics = QFontMetricsF(self._label_font())
        requests = []
        said = set()
        for index, mark in enumerate(self._panel.spec.marks):
            text = safe_text.plain(mark.evidence.label, 60)
            if not text or not marks.is_visible(mapping, mark.evidence):
                continue
            size = QSizeF(metrics.horizontalAdvance(text), metrics.height()) + _LABEL_PADDING * 2
            places = tuple(marks.LABELS[type(mark.evidence)](mapping, mark.evidence, size))
            strong = index == self.hovered or index in self.selected
            # Two rules may mark the same place with the same word.
            what = (text, type(mark.evidence), marks.step_range(mark.evidence), marks.values_of(mark.evidence))
            if (self.focused and not strong) or (what in said and not strong):
                continue
            said.add(what)
            requests.append(LabelRequest(index, size, places, -mark.severity.rank, strong))
        if self.known is not None:
            words = metrics.boundingRect(known.TEXT)
            size = QSizeF(words.width(), metrics.height()) + _LABEL_PADDING * 2
            asked = known.label_request(mapping, self.known, size)
            requests += [asked] if asked is not None else []
        # The flags of NaN and infinity lie along the upper edge and must stay visible.
        if not requests:
            return {}
        below_flags = 16.0 if any(curve.bad.size for curve in self._panel.curves) else 0.0
        area = mapping.rect.adjusted(0, below_flags, 0, 0)
        return place_labels(requests, area, self._obstacles(mapping))

    def _obstacles(self, mapping: Mapping) -> np.ndarray:
        low, high = mapping.view_values
        parts = []
        for curve in self._panel.curves:
            if curve.visible and curve.drawn[0].size:
                steps, values = curve.drawn
                x = (
                    mapping.rect.left()
                    + (steps - mapping.steps[0]) / ((mapping.steps[1] - mapping.steps[0]) or 1.0) * mapping.rect.width()
                )
                y = mapping.rect.bottom() - (values - low) / ((high - low) or 1.0) * mapping.rect.height()
                good = np.isfinite(y)
                parts.append(densified(x[good], y[good]))
        return np.concatenate(parts) if parts else np.empty((0, 2))

    def _paint_labels(self, painter: QPainter, mapping: Mapping) -> None:
        self.labels = self._layout_labels(mapping)
        painter.setFont(self._label_font())
        for index, box in self.labels.items():
            if index == known.KEY:
                known.paint_label(painter, box, self.look.surface("muted"), self.look.surface("panel", 0.93))
                continue
            mark = self._panel.spec.marks[index]
            style = self._style(index, mark)
            painter.setPen(QPen(style.tint(1.0 if style.strong else 0.45), 1.4 if style.strong else 1.0))
            painter.setBrush(self.look.surface("panel", 0.93))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(self.look.surface("text") if style.strong else style.colour)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, safe_text.plain(mark.evidence.label, 60))

    def _paint_empty(self, painter: QPainter, mapping: Mapping) -> None:
        """Says why a panel shows no line, instead of leaving the user before an empty box."""
        if any(curve.has_finite for curve in self._panel.curves):
            return
        painter.setPen(self.look.surface("muted"))
        text = (
            "No points."
            if all(curve.values.size == 0 for curve in self._panel.curves)
            else "Every value is NaN or infinite."
        )
        painter.drawText(mapping.rect, Qt.AlignmentFlag.AlignCenter, text)
