"""split_window: lays two halves of a window side by side, with thin handles and nothing that can be folded away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget


def split_window(window: QWidget, left: QWidget, right: QWidget, widths: tuple[int, int]) -> QSplitter:
    """Gives a window a layout of two halves of these widths in pixels; halves that are splitters get thin handles too."""
    split = QSplitter(Qt.Orientation.Horizontal)
    split.addWidget(left)
    split.addWidget(right)
    split.setSizes(list(widths))
    for splitter in (split, *(half for half in (left, right) if isinstance(half, QSplitter))):
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
    layout = QVBoxLayout(window)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(split, 1)
    return split
