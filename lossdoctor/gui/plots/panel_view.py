"""PanelView: one panel of the stack under its header."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lossdoctor.figures.spec import Panel
from lossdoctor.gui.plots.legend import PanelHeader
from lossdoctor.gui.plots.mapping import ScaleKind
from lossdoctor.gui.plots.panel import PlotPanel
from lossdoctor.gui.theme import Look


class PanelView(QWidget):
    """One panel under its header.

    Signals:
        scale_chosen(kind): the user laid the values out otherwise.
    """

    scale_chosen = Signal(object)

    def __init__(self, panel: Panel, look: Look) -> None:
        super().__init__()
        self.plot = PlotPanel(panel, look)
        self.header = PanelHeader(panel.title, self.plot.curves, look)
        self.header.line_toggled.connect(self._toggle)
        self.header.scale_chosen.connect(self._choose_scale)
        self.header.scale.set_kind(self.plot.scale_of_values.kind)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.plot, 1)

    def _toggle(self, index: int, shown: bool) -> None:
        self.plot.curves[index].set_visible(shown)
        self.plot.refresh()

    def set_scale(self, kind: ScaleKind) -> None:
        """Lays the values out so."""
        self.plot.set_scale(kind)
        self.header.scale.set_kind(kind)

    def _choose_scale(self, kind: ScaleKind) -> None:
        self.set_scale(kind)
        self.scale_chosen.emit(kind)
