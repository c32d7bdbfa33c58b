"""MeasurementTable: what was measured, its value, and from where on it speaks for a finding, in three columns."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from lossdoctor.findings import Measurement
from lossdoctor.gui.plain_label import PlainLabel


class MeasurementTable(QWidget):
    """Some measurements; a value on the firing side of its threshold is bold."""

    def __init__(self, measurements: Sequence[Measurement], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        for row, measurement in enumerate(measurements):
            grid.addWidget(PlainLabel(measurement.name, tone="small", wrap=True), row, 0)
            value = PlainLabel(measurement.shown_value, tone="met" if measurement.met else "value", selectable=True)
            value.setToolTip("Speaks for the finding" if measurement.met else "")
            grid.addWidget(value, row, 1, right)
            threshold = PlainLabel(measurement.shown_threshold, tone="small")
            threshold.setToolTip("Fires from this value on")
            grid.addWidget(threshold, row, 2, right)
