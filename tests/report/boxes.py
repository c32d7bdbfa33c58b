"""Where every piece of text of a PDF page stands, read from the page's content stream with the embedded fonts' widths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pypdf import PageObject
from pypdf.generic import ContentStream

Matrix = tuple[float, float, float, float, float, float]
_UNIT: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True)
class TextBox:
    """A piece of text and the rectangle between its baseline and the height of its capitals, in points."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float

    def overlaps(self, other: TextBox, slack: float = 0.4) -> bool:
        """True when the two share more than a hair."""
        return (
            self.x0 + slack < other.x1
            and other.x0 + slack < self.x1
            and self.y0 + slack < other.y1
            and other.y0 + slack < self.y1
        )


def _times(a: Matrix, b: Matrix) -> Matrix:
    """a, then b."""
    return (
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    )


@dataclass
class _State:
    ctm: Matrix = _UNIT
    stack: list[tuple[Matrix, Any, float, float, dict[int, str]]] = field(default_factory=list)
    line: Matrix = _UNIT
    at: Matrix = _UNIT
    font: Any = None
    size: float = 0.0
    leading: float = 0.0
    word_space: float = 0.0
    characters: dict[int, str] = field(default_factory=dict)

    def move(self, x: float, y: float) -> None:
        self.line = self.at = _times((1, 0, 0, 1, x, y), self.line)

    def show(self, raw: Any) -> TextBox | None:
        codes = raw.original_bytes if hasattr(raw, "original_bytes") else bytes(raw)
        text = "".join(self.characters[code] for code in codes)
        # A blank at the end of a line is not seen, wherever it stands.
        seen = codes[: len(text.rstrip())]
        width = self._length(seen)
        start = _times(self.at, self.ctm)
        end = _times(_times((1, 0, 0, 1, width, 0.7 * self.size), self.at), self.ctm)
        self.at = _times((1, 0, 0, 1, self._length(codes), 0), self.at)
        if not text.strip():
            return None
        return TextBox(text.rstrip(), start[4], start[5], end[4], end[5])

    def _length(self, codes: bytes) -> float:
        widths, first = self.font["/Widths"], int(self.font["/FirstChar"])
        return sum(float(widths[c - first]) for c in codes) * self.size / 1000 + codes.count(32) * self.word_space


def _characters(font: Any) -> dict[int, str]:
    """The character of each code, out of the font's ToUnicode table."""
    table = font["/ToUnicode"].get_object().get_data().decode("ascii")
    pairs = re.findall("<([0-9A-Fa-f]{2})> <([0-9A-Fa-f]{4,})>", table)
    # Beyond the first plane ReportLab writes the code itself, five digits, instead of two surrogates.
    return {int(code, 16): chr(int(char, 16)) for code, char in pairs}


def text_boxes(page: PageObject) -> list[TextBox]:
    """Every piece of text that a page shows, in drawing order; blanks are left out."""
    return [box for box in _boxes(page) if box is not None]


def _boxes(page: PageObject) -> Iterator[TextBox | None]:
    state = _State()
    fonts = {name: font.get_object() for name, font in page["/Resources"]["/Font"].items()}  # type: ignore[index]
    characters = {name: _characters(font) for name, font in fonts.items()}
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        match operator:
            case b"q":
                state.stack.append((state.ctm, state.font, state.size, state.leading, state.characters))
            case b"Q":
                state.ctm, state.font, state.size, state.leading, state.characters = state.stack.pop()
            case b"cm":
                state.ctm = _times(tuple(map(float, operands)), state.ctm)  # type: ignore[arg-type]
            case b"BT":
                state.line = state.at = _UNIT
            case b"Tm":
                state.line = state.at = tuple(map(float, operands))  # type: ignore[assignment]
            case b"Td":
                state.move(*map(float, operands))
            case b"TL":
                state.leading = float(operands[0])
            case b"T*":
                state.move(0, -state.leading)
            case b"Tf":
                state.font, state.size = fonts[operands[0]], float(operands[1])
                state.characters = characters[operands[0]]
            case b"Tj":
                yield state.show(operands[0])
            case b"Tw":
                state.word_space = float(operands[0])
            case b"TJ" | b"'" | b'"' | b"TD" | b"Tc" | b"Tz" | b"Ts":
                raise AssertionError(f"{operator!r} is not understood here; the positions would be wrong")


def overlapping(boxes: list[TextBox]) -> list[tuple[TextBox, TextBox]]:
    """Pairs of texts that stand over each other."""
    ordered = sorted(boxes, key=lambda box: box.y0)
    found = []
    for index, box in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if other.y0 > box.y1:
                break
            if box.overlaps(other):
                found.append((box, other))
    return found
