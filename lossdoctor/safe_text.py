"""The one place where names out of logs (runs, tags, paths, config values) become text that is safe to show.

A run may be called `<img src=x>`, `a&b`, hold terminal escapes, right-to-left overrides or a line break. Every sink
takes its text through the function named after it, so that the name is shown literally and does nothing.
"""

from __future__ import annotations

import html as _html

MAX_LENGTH = 512
# A sentence of our own with names in it: longer than any name, still bounded.
MAX_PROSE = 4000
ELLIPSIS = "…"

# Bidirectional controls reorder the text around them, so a hostile name could disguise a path; they become visible.
_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}
# C0 and C1 controls act on terminals; U+2028/2029 break lines in some toolkits; lone surrogates cannot be encoded.
_CONTROLS = {*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF}


def _visible(char: str) -> str:
    code = ord(char)
    if char in "\n\r":
        return "⏎"
    if char == "\t":
        return " "
    if code in _CONTROLS:
        return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"
    if code in _BIDI or 0xD800 <= code <= 0xDFFF:
        return f"\\u{code:04x}"
    return char


def plain(text: object, max_length: int = MAX_LENGTH) -> str:
    """Text with every control, line break and direction mark made visible, elided in the middle beyond `max_length`."""
    raw = str(text)
    # The cap comes first: a 100 MB tag name must not be walked character by character.
    if len(raw) > max_length:
        raw = elide_middle(raw, max_length)
    if raw.isascii() and raw.isprintable():
        return raw
    return "".join(_visible(char) for char in raw)


def elide_middle(text: str, max_length: int) -> str:
    """At most `max_length` characters of `text`, cut in the middle: the end of a run name matters most."""
    if len(text) <= max_length:
        return text
    if max_length <= 1:
        return ELLIPSIS[:max_length]
    tail = max_length // 2
    head = max_length - 1 - tail
    return text[:head] + ELLIPSIS + (text[-tail:] if tail else "")


def html(text: object, max_length: int = MAX_LENGTH) -> str:
    """Text for an HTML or SVG sink; pyqtgraph titles, axis labels and legends are such sinks, and so are tooltips."""
    return _html.escape(plain(text, max_length), quote=True)


def menu(text: object) -> str:
    """Text for a Qt menu, button or tab, where a single `&` would become a mnemonic."""
    return plain(text).replace("&", "&&")


def terminal(text: object) -> str:
    """Text for a terminal: no escape sequence survives."""
    return plain(text)


_MARKDOWN = str.maketrans({c: "\\" + c for c in "\\`*_{}[]<>()#+-!|~&"})


def markdown(text: object, max_length: int = MAX_LENGTH) -> str:
    """Text for Markdown with every character that could start markup escaped."""
    return plain(text, max_length).translate(_MARKDOWN)


def csv_cell(text: object) -> str:
    """Text for a CSV cell that a spreadsheet opens as text, never as a formula (OWASP CSV injection, CWE-1236)."""
    shown = plain(text)
    return "'" + shown if shown.lstrip()[:1] in {"=", "+", "-", "@", "|", "%"} else shown


def file_stem(text: object, max_length: int = 80) -> str:
    """A file name built from a name out of a log: letters, digits, dot, dash and underscore only, never a path."""
    kept = "".join(c if c.isalnum() or c in "._-" else "_" for c in plain(text))
    return elide_middle(kept.strip("._"), max_length).replace(ELLIPSIS, "_") or "run"
