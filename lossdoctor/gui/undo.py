"""What can be undone: ticks of the checklist and which runs are ignored."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand


class Change(QUndoCommand):
    """One change with its way back.

    Args:
        text: what was done, for the menu.
        do: does it.
        back: takes it back.
    """

    def __init__(self, text: str, do: Callable[[], object], back: Callable[[], object]) -> None:
        super().__init__(text)
        self._do = do
        self._back = back

    def redo(self) -> None:
        self._do()

    def undo(self) -> None:
        self._back()
