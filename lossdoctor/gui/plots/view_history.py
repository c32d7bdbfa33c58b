"""ViewHistory: where the user looked before, to go back and forward like in a browser."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")
_LONGEST = 200


class ViewHistory(Generic[T]):
    """Views in the order in which they were looked at; a new one cuts off what lay ahead."""

    def __init__(self) -> None:
        self._views: list[T] = []
        self._at = -1

    def clear(self) -> None:
        """Forgets all."""
        self._views, self._at = [], -1

    def visit(self, view: T) -> None:
        """Notes that this is looked at now; the same view twice counts once."""
        if self._at >= 0 and self._views[self._at] == view:
            return
        self._views = [*self._views[: self._at + 1], view][-_LONGEST:]
        self._at = len(self._views) - 1

    def back(self) -> T | None:
        """The view before, or None at the first."""
        return self._go(-1)

    def forward(self) -> T | None:
        """The view after, or None at the last."""
        return self._go(1)

    def _go(self, by: int) -> T | None:
        if not 0 <= self._at + by < len(self._views):
            return None
        self._at += by
        return self._views[self._at]
