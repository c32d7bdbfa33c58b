"""How a table is written: its encoding, lines, delimiter and decimal sign, and what a cell says."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass

DELIMITERS = (",", "\t", ";", "|")
_COMMA_NUMBER = re.compile(r"[-+]?\d+,\d+([eE][-+]?\d+)?|[-+]?\d+")


# A crashed file system leaves holes in text; the last one may be cut by the end of a sample.
_HOLE = re.compile(rb"\x00{64,}|\x00+\Z")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written."""

    delimiter: str
    decimal_comma: bool = False


def decode(data: bytes) -> str:
    """Bytes of a text file as text: UTF-8 or UTF-16 by their mark, what cannot be decoded replaced."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def without_holes(data: bytes) -> bytes:
    """The beginning of a file without the long runs of NULs below its first line; those in it tell an archive."""
    first, end, rest = data.partition(b"\n")
    return first + end + _HOLE.sub(b"", rest) if b"\x00" in rest else data


def is_binary(data: bytes) -> bool:
    """Whether the beginning of a file is no text: more than stray NULs, which are found in damaged text as well."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    text = without_holes(data)
    return text.count(0) > max(2, len(text) // 50)


def split_lines(text: str) -> list[str]:
    """Lines without their ends; CR LF, LF and lone CR end a line, other separators stay in cells."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def first_lines(data: bytes, number: int) -> list[str]:
    """The first lines of a text that hold anything, at most `number`; only as much as they need is decoded."""
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        text = decode(data)
    else:
        end = -1
        for _ in range(2 * number):
            end = data.find(b"\n", end + 1)
            if end < 0:
                break
        text = decode(data if end < 0 else data[:end])
    return [line for line in split_lines(text) if line.strip()][:number]


def split_cells(line: str, delimiter: str) -> list[str]:
    """The cells of one line. Quotes are honoured where they enclose a cell; otherwise they are ordinary characters.

    A quote that stands elsewhere stays in its cell, which is no number then: without it 0.2"5 would become 0.25.
    """
    if '"' not in line:
        return line.split(delimiter)
    try:
        if line.count('"') % 2 == 0:
            return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:  # text behind a closing quote, or a cell longer than csv's limit
        pass
    return [_unquoted(cell) for cell in line.split(delimiter)]


def _unquoted(cell: str) -> str:
    inner = cell.strip()
    return inner[1:-1] if len(inner) > 1 and inner[0] == inner[-1] == '"' and '"' not in inner[1:-1] else cell


def sniff(lines: list[str]) -> Dialect | None:
    """The dialect of a table that begins with these lines (header first); None when nothing separates columns."""
    body = [line for line in lines[:50] if line.strip()]
    if not body:
        return None
    best: tuple[float, int, str] | None = None
    for rank, delimiter in enumerate(DELIMITERS):
        widths = [len(split_cells(line, delimiter)) for line in body]
        if widths[0] < 2:
            continue
        same = sum(width == widths[0] for width in widths) / len(widths)
        key = (same, -rank, delimiter)
        if best is None or key > best:
            best = key
    if best is None:
        return None
    delimiter = best[2]
    cells = [cell.strip() for line in body[1:] for cell in split_cells(line, delimiter) if "," in cell]
    commas = delimiter != "," and bool(cells) and all(_COMMA_NUMBER.fullmatch(cell) for cell in cells)
    return Dialect(delimiter, commas)


def number(cell: str, decimal_comma: bool = False) -> float | None:
    """A cell as a number; None when it is neither a number nor nan or inf."""
    text = cell.strip()
    if decimal_comma:
        text = text.replace(",", ".")
    # float() also takes 1_000 and digits of other scripts, which no trainer means.
    if not text or len(text) > 6000 or not (text.isascii() and "_" not in text):
        return None
    try:
        return float(text)
    except ValueError:
        return None


def clean_header(cells: list[str]) -> list[str]:
    """Column names: padding stripped (YOLO pads), repeated names told apart as `name.1` the way pandas does."""
    names: list[str] = []
    seen: Counter[str] = Counter()
    for cell in cells:
        name = cell.strip().strip('"')
        names.append(f"{name}.{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return names
