"""StepViewBox: the wheel zooms steps (with Ctrl values), dragging pans, double-click resets, nothing gets lost."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal


class StepViewBox(pg.ViewBox):
    """A panel's view.

    Signals:
        reset_asked(): the user double-clicked.
    """

    reset_asked = Signal()

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.disableAutoRange()
        self.setDefaultPadding(0.0)

    def bound(self, low: float, high: float) -> None:
        """Keeps panning and zooming near the data: at most half a run beyond it, at least a few steps wide."""
        width = max(high - low, 1.0)
        self.setLimits(xMin=low - width / 2, xMax=high + width / 2, minXRange=min(2.0, width))

    def set_rectangle_zoom(self, on: bool) -> None:
        """Dragging with the left button zooms to a rectangle instead of panning."""
        self.setMouseMode(pg.ViewBox.RectMode if on else pg.ViewBox.PanMode)

    def wheelEvent(self, ev: Any, axis: int | None = None) -> None:
        values = bool(ev.modifiers() & Qt.KeyboardModifier.ControlModifier) or axis == 1
        super().wheelEvent(ev, 1 if values else 0)

    def mouseDoubleClickEvent(self, event: Any) -> None:
        event.accept()
        self.reset_asked.emit()
