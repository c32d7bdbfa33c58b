"""CopyTable: a table whose rows the standard shortcut copies."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QTableView


class CopyTable(QTableView):
    """A table.

    Signals:
        copy_asked(): the user pressed the shortcut for copying.
    """

    copy_asked = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()
        else:
            super().keyPressEvent(event)
