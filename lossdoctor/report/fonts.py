"""The report's fonts: Roboto, and three more for what it lacks; bundled, measured and embedded."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from lossdoctor import safe_text
from lossdoctor.resources import resource

REGULAR = "LossdoctorRegular"
BOLD = "LossdoctorBold"
_FALLBACK = "LossdoctorFallback"
_CJK = "LossdoctorCJK"
_HANGUL = "LossdoctorHangul"
_FILES = {
    REGULAR: "Roboto-Regular.ttf",
    BOLD: "Roboto-Bold.ttf",
    _FALLBACK: "DejaVuSans.ttf",
    _CJK: "DroidSansFallback-subset.ttf",
    _HANGUL: "LossdoctorHangul.ttf",
}

# A stretch of right-to-left letters with whatever stands between two of them.
_NEUTRAL_KINDS = {"WS", "ON", "NSM", "CS", "ES", "ET", "BN"}
# `code` in sentences of lossdoctor's own.
CODE = re.compile("`([^`]+)`")
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


@cache
def _face(font: str) -> Any:
    """The registered font; the file is read once a process."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    loaded = TTFont(font, str(resource("fonts", _FILES[font])))
    pdfmetrics.registerFont(loaded)
    bold = BOLD if font == REGULAR else font
    pdfmetrics.registerFontFamily(font, normal=font, bold=bold, italic=font, boldItalic=bold)
    return loaded


def register() -> None:
    """Makes the main fonts known to ReportLab; the fallbacks follow when a text needs them."""
    for font in (BOLD, REGULAR):
        _face(font)


@lru_cache(maxsize=8192)
def pieces(text: str, font: str = REGULAR, max_length: int = safe_text.MAX_LENGTH) -> tuple[tuple[str, str], ...]:
    r"""Plain text as (font, piece) in drawing order, each piece in a font that has all its characters.

    A character that no bundled font has is written as its code (`\U0001f600`): better than an empty box, which looks the
    same for every name. Right-to-left stretches are put into the order in which they are drawn.
    """
    found: list[tuple[str, str]] = []
    for char in _visual_order(safe_text.plain(text, max_length)):
        name, shown = _glyph(char, font)
        if found and found[-1][0] == name:
            found[-1] = (name, found[-1][1] + shown)
        else:
            found.append((name, shown))
    return tuple(found)


def markup(text: str, font: str = REGULAR, max_length: int = safe_text.MAX_LENGTH) -> str:
    """Plain text as escaped markup for a ReportLab Paragraph; names with `<b>` or `&` are shown literally."""
    parts = []
    for name, piece in pieces(text, font, max_length):
        # A number stays with its percent sign.
        escaped = safe_text.html(piece, max_length).replace(" %", "\u00a0%")
        parts.append(escaped if name == font else f'<font name="{name}">{escaped}</font>')
    return "".join(parts)


def prose(text: str) -> str:
    """As `markup`, for sentences of lossdoctor's own, without the marks around `code`."""
    return markup(CODE.sub(r"\1", text), max_length=safe_text.MAX_PROSE)


def width(text: str, size: float, font: str = REGULAR) -> float:
    """Width of plain text in points."""
    return sum(face_width(piece, size, name) for name, piece in pieces(text, font))


def face_width(piece: str, size: float, name: str) -> float:
    """Width in points of text that is already a piece in a single font, as `pieces` returns it."""
    return float(_face(name).stringWidth(piece, size))


def fitted(text: str, size: float, room: float, font: str = REGULAR) -> str:
    """The text, cut in the middle so that it is at most `room` points wide."""
    shown = safe_text.plain(text)
    # A label that was given just its own width must not lose a letter to rounding.
    room += 1e-6
    if width(shown, size, font) <= room:
        return shown
    low, high = 1, len(shown)
    while low < high:
        middle = (low + high + 1) // 2
        if width(safe_text.elide_middle(shown, middle), size, font) <= room:
            low = middle
        else:
            high = middle - 1
    return safe_text.elide_middle(shown, low)


def _glyph(char: str, font: str) -> tuple[str, str]:
    for name in (font, _FALLBACK, _CJK, _HANGUL):
        if ord(char) in _face(name).face.charToGlyph:
            return name, char
    code = ord(char)
    return font, f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _visual_order(text: str) -> str:
    """Right-to-left stretches reversed; enough for names on one line, no letter joining."""
    if text.isascii():
        return text
    kinds = "".join(_kind(char) for char in text)
    for match in reversed(list(re.finditer("R(?:[RN]*R)?", kinds))):
        start, end = match.span()
        text = text[:start] + text[start:end][::-1].translate(_MIRRORED) + text[end:]
    return text


def _kind(char: str) -> str:
    kind = unicodedata.bidirectional(char)
    return "R" if kind in {"R", "AL"} else "N" if kind in _NEUTRAL_KINDS else "L"
