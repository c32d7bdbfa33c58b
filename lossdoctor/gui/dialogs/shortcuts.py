"""The shortcut sheet, made from the actions table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from lossdoctor.gui.actions import ACTIONS, MENUS, ActionSpec
from lossdoctor.gui.plain_label import PlainLabel

_ON_THE_PLOT = (
    ("Wheel", "Zoom steps"),
    ("Ctrl + wheel", "Zoom values"),
    ("Drag", "Pan"),
    ("Right drag", "Zoom both"),
    ("Double click", "Reset zoom"),
    ("Click on a mark", "Choose its finding"),
)


class ShortcutSheet(QDialog):
    """Every shortcut, by menu, and what the mouse does on the plot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        columns = QHBoxLayout()
        columns.setSpacing(48)
        left, right = QVBoxLayout(), QVBoxLayout()
        for place in (left, right):
            place.setSpacing(20)
        groups = [(menu.replace("&", ""), _lines(menu)) for menu in MENUS]
        for place, wanted in ((left, groups[:2]), (right, groups[2:])):
            for title, lines in wanted:
                place.addWidget(_block(title, lines))
        right.addWidget(_block("On the plot", list(_ON_THE_PLOT)))
        for place in (left, right):
            place.addStretch(1)
            columns.addLayout(place)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(columns)
        layout.addWidget(buttons)


def _lines(menu: str) -> list[tuple[str, str]]:
    return [(_keys(spec), spec.plain_text) for spec in ACTIONS if spec.menu == menu and spec.shortcuts]


def _keys(spec: ActionSpec) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    return " or ".join(QKeySequence(keys).toString(native) for keys in spec.shortcuts)


def _block(title: str, lines: list[tuple[str, str]]) -> QWidget:
    block = QWidget()
    block.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    grid = QGridLayout(block)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(6)
    grid.addWidget(PlainLabel(title, tone="heading"), 0, 0, 1, 2)
    for row, (keys, text) in enumerate(lines, 1):
        grid.addWidget(PlainLabel(text), row, 0)
        shown = PlainLabel(keys, tone="muted")
        shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(shown, row, 1)
    grid.setColumnStretch(0, 1)
    return block
