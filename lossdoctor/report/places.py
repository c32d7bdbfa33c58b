"""Places in a PDF: targets of links and entries of the outline."""

from __future__ import annotations

from typing import Any

from lossdoctor import safe_text

_MOST_CHARACTERS = 160


def place(anchor: str, title: str = "", level: int = 0) -> Any:
    """A flowable without size: the target of links, and an outline entry where it has a title."""
    from reportlab.platypus.flowables import Flowable

    class _Place(Flowable):  # type: ignore[misc]
        def wrap(self, _width: float, _height: float) -> tuple[float, float]:
            return 0.0, 0.0

        def draw(self) -> None:
            mark_place(self.canv, anchor, title, level)

    return _Place()


def mark_place(canvas: Any, anchor: str, title: str, level: int = 0) -> None:
    """Makes where the canvas is the target `anchor`, with an outline entry of that level where there is a title."""
    canvas.bookmarkHorizontal(anchor, 0, 14)
    if title:
        canvas.addOutlineEntry(safe_text.plain(title, _MOST_CHARACTERS), anchor, level=level, closed=level > 0)
        canvas.showOutline()
