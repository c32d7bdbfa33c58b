"""SeriesCurve: one series as a line that is thinned to the visible range, keeping every extreme and every gap."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from lossdoctor.figures.pyramid import Pyramid
from lossdoctor.figures.spec import Polyline
from lossdoctor.gui.plots.mapping import ValueScale
from lossdoctor.gui.plots.smoothing import Smoothing, smooth

Floats = npt.NDArray[np.float64]

# A pen wider than one pixel costs four times as much to draw; short curves can afford it.
_WIDE_PEN_POINTS = 3000
_WIDE_PEN = 1.7
# Dashes on a dense noisy line only look like more noise.
_DASHED_POINTS = 400
_FAINT = 80  # alpha of the raw line behind a smoothed one, of 255
# Beyond this many view heights a point is drawn at that distance: QPainter misdraws lines to 1e18.
_FAR_HEIGHTS = 20.0


def visible_points(pyramid: Pyramid, low: float, high: float, buckets: int) -> tuple[Floats, Floats]:
    """The points to draw between two steps: few per bucket, but each bucket's extremes and gaps among them.

    One point beyond either side is kept so that the line runs to the edge. Values that are not finite come back as
    NaN, which breaks the line there.
    """
    steps = pyramid.steps
    first = max(int(np.searchsorted(steps, _bound(steps, math.ceil(low)), side="left")) - 1, 0)
    last = min(int(np.searchsorted(steps, _bound(steps, math.floor(high)), side="right")) + 1, steps.size)
    kept_steps, kept = pyramid.view(first, last, buckets)
    return kept_steps.astype(np.float64), np.where(np.isfinite(kept), kept, np.nan)


def _bound(steps: npt.NDArray[Any], limit: int) -> Any:
    """A limit in the type of the steps: a search for another type first converts the whole array."""
    if steps.dtype.kind != "i":
        return steps.dtype.type(limit)
    kind = np.iinfo(steps.dtype)
    return steps.dtype.type(min(max(limit, kind.min), kind.max))


class SeriesCurve:
    """One polyline of a panel.

    Args:
        line: what to draw; where a run went back to a checkpoint, the branch that stands at the end is drawn in full
            and everything that was logged lies faint behind it.
    """

    def __init__(self, line: Polyline) -> None:
        self.line = line
        branch = line.series.last_branch()
        self.steps = branch.steps
        self.values = branch.values
        self.band = branch.band
        # Indices of NaN and infinities; found once, asked for at every paint.
        self.bad = np.flatnonzero(~np.isfinite(self.values))
        self._shown = self.values
        self._pyramid = self._shown_pyramid = Pyramid(self.steps, self.values)
        self._raw = pg.PlotCurveItem(connect="finite", antialias=True)
        self._smooth = pg.PlotCurveItem(connect="finite", antialias=True)
        self._smooth.setVisible(False)
        self._smooth.setZValue(1)
        self._colour = QColor(Qt.GlobalColor.gray)
        self._dash: tuple[float, ...] = ()
        self.drawn: tuple[Floats, Floats] = (np.empty(0), np.empty(0))

    @property
    def items(self) -> tuple[pg.PlotCurveItem, ...]:
        """What belongs on the plot."""
        return (self._raw, self._smooth)

    @property
    def colour(self) -> QColor:
        """The colour of the line and of its legend entry."""
        return self._colour

    @property
    def dash(self) -> tuple[float, ...]:
        """The dash of the line and of its legend entry."""
        return self._dash

    def set_style(self, colour: QColor, dash: tuple[float, ...]) -> None:
        """Sets the line's colour and dash."""
        self._colour, self._dash = colour, dash

    def set_visible(self, visible: bool) -> None:
        """Shows or hides the line."""
        self._raw.setVisible(visible)
        self._smooth.setVisible(visible and self._shown is not self.values)

    @property
    def has_finite(self) -> bool:
        """True when there is anything to draw as a line."""
        return bool(self.bad.size < self.values.size)

    @property
    def visible(self) -> bool:
        """True when the line is shown."""
        return bool(self._raw.isVisible())

    def set_smoothing(self, weight: float, kind: Smoothing = Smoothing.EMA) -> None:
        """Draws a smoothed line, with the raw line faint behind it; 0 draws the raw line alone."""
        self._shown = smooth(self.values, weight, kind)
        raw = self._shown is self.values
        self._shown_pyramid = self._pyramid if raw else Pyramid(self.steps, self._shown)
        self._smooth.setVisible(self._raw.isVisible() and self._shown is not self.values)

    def refresh(self, low: float, high: float, view: tuple[float, float], width: int, scale: ValueScale) -> None:
        """Draws what lies between steps `low` and `high` for a panel of `width` pixels; `view` is its y range."""
        smoothed = self._shown is not self.values
        self.drawn = self._draw(self._raw, self._pyramid, (low, high), view, width, scale, faint=smoothed)
        if smoothed:
            self.drawn = self._draw(self._smooth, self._shown_pyramid, (low, high), view, width, scale, faint=False)

    def _draw(
        self,
        item: pg.PlotCurveItem,
        pyramid: Pyramid,
        window: tuple[float, float],
        view: tuple[float, float],
        width: int,
        scale: ValueScale,
        *,
        faint: bool,
    ) -> tuple[Floats, Floats]:
        steps, kept = visible_points(pyramid, *window, max(width, 50))
        shown = scale.view(kept)
        height = max(view[1] - view[0], 1e-300)
        clipped = np.clip(shown, view[0] - _FAR_HEIGHTS * height, view[1] + _FAR_HEIGHTS * height)
        # Smoothed edges of a dense line cost five times its drawing and cannot be seen.
        item.opts["antialias"] = steps.size <= _WIDE_PEN_POINTS
        item.setPen(self._pen(steps.size, faint))
        item.setData(steps, clipped, connect="finite" if bool(np.isnan(clipped).any()) else "all")
        return steps, shown

    def _pen(self, points: int, faint: bool) -> QPen:
        colour = QColor(self._colour)
        if faint:
            colour.setAlpha(_FAINT)
        pen = QPen(colour, _WIDE_PEN if points <= _WIDE_PEN_POINTS and not faint else 1.0)
        if self._dash and points <= _DASHED_POINTS:
            pen.setDashPattern(list(self._dash))
        pen.setCosmetic(True)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return pen

    def value_at(self, step: float) -> tuple[float, float] | None:
        """(step, value) of the logged point nearest to `step`, or None without points."""
        if self.steps.size == 0:
            return None
        right = int(np.searchsorted(self.steps, step))
        nearest = min(
            (index for index in (right - 1, right) if 0 <= index < self.steps.size),
            key=lambda index: abs(self.steps[index] - step),
        )
        return float(self.steps[nearest]), float(self.values[nearest])

    def lonely_points(self) -> tuple[Floats, Floats]:
        """(steps, view values) of drawn points that no line would show: those alone between gaps."""
        steps, values = self.drawn
        good = np.isfinite(values)
        before = np.concatenate(([False], good[:-1]))
        after = np.concatenate((good[1:], [False]))
        alone = good & ~before & ~after
        return steps[alone], values[alone]
