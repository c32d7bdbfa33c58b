"""Paragraphs, sections and lists for a terminal, wrapped to its width."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Iterator

# Longer lines are hard to read, whatever the window allows.
_MAX_WIDTH = 96


def width() -> int:
    """Columns to wrap at."""
    return max(40, min(_MAX_WIDTH, shutil.get_terminal_size((_MAX_WIDTH, 24)).columns))


def _fill(text: str, first: str, rest: str) -> str:
    # Options and formulas hold hyphens; one broken there cannot be copied.
    return textwrap.fill(
        " ".join(text.split()), width(), initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )


def paragraph(text: str, indent: str = "") -> str:
    """One paragraph, wrapped."""
    return _fill(text, indent, indent)


def section(title: str, paragraphs: Iterable[str]) -> str:
    """A heading with indented paragraphs below it; empty when there is none."""
    body = [paragraph(text, "  ") for text in paragraphs if text]
    return "\n".join([f"\n{title}", *body]) if body else ""


def bullets(title: str, items: Iterable[str]) -> str:
    """A heading with one bullet an item; empty when there is none."""
    lines = [_fill(item, "  - ", "    ") for item in items]
    return "\n".join([f"\n{title}", *lines]) if lines else ""


def code(title: str, lines: str) -> str:
    """A heading with lines of code below it, as they are: wrapped code cannot be copied."""
    return "\n".join([f"\n{title}", *(f"    {line}".rstrip() for line in lines.splitlines())]) if lines else ""


def docstring_sections(doc: str) -> Iterator[tuple[str, str]]:
    """(title, text) of the fixed sections of a rule's docstring: a line that ends with a colon, its body indented."""
    title, body = "", list[str]()
    for line in doc.splitlines():
        if line and not line[0].isspace():
            if title:
                yield title, " ".join(body)
            title, body = (line.rstrip(":"), []) if line.endswith(":") else ("", [])
        elif title:
            body.append(line.strip())
    if title:
        yield title, " ".join(body)
