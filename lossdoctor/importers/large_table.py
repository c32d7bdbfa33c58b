"""Reads large, sound tables with pandas' C engine; hands everything else back to the plain reader.

The file streams through pandas piece by piece, and each piece is looked at on its way: counting line ends and delimiters
is enough to know that no row is ragged. Cells that pandas cannot tell apart (empty or nan, inf or too large, text) are
read a second time as text, those columns only.
"""

from __future__ import annotations

import gc
import io
import math
import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from lossdoctor.importers.dialect import Dialect, clean_header, decode, number, sniff, split_cells, split_lines
from lossdoctor.importers.files import opened, shown
from lossdoctor.importers.table import (
    MAX_BYTES,
    MAX_COLUMNS,
    Table,
    unterminated_problem,
)
from lossdoctor.importers.table_cells import ABSENT, ColumnCells
from lossdoctor.importers.whole_lines import MAX_LINE

if TYPE_CHECKING:
    import pandas as pd

_SNIFFED_LINES = 51  # a header and fifty rows, as the plain reader takes
_MAX_SAMPLE = 4 << 20
# Read as "no number here" at first; which of them stand for nan is looked up in the text. Each but the empty one holds
# an n: a table without that letter has empty cells only.
_UNSURE = ("", "nan", "NaN", "NAN", "Nan", "-nan", "+nan", "-NaN", "None", "none", "null", "NULL", "Null", "NA", "na",
           "N/A", "n/a", "<NA>")  # fmt: skip

Objects = npt.NDArray[np.object_]
Read = Callable[[int], bytes]
# Begins reading at an offset.
ReadFrom = Callable[[int], Read]


def read_large(path: str) -> Table | None:
    """A table file, equal to what the plain reader gives; None when the plain reader must look.

    That is the case for NUL bytes, blank or ragged lines, odd quotes and a header that comes again. A file that grows
    meanwhile is read to the size it had.

    Raises:
        OSError: the file cannot be read.
    """
    with opened(path) as (descriptor, size):

        def read_from(offset: int) -> Read:
            os.lseek(descriptor, offset, os.SEEK_SET)
            return partial(os.read, descriptor)

        rows = _read(read_from, min(size, MAX_BYTES))
    return None if rows is None else rows.table(shown(path))


def parse_large(data: bytes, path: str) -> Table | None:
    """As `read_large`, of bytes at hand."""
    rows = large_rows(data)
    return None if rows is None else rows.table(shown(path))


def large_rows(data: bytes) -> LargeRows | None:
    """As `parse_large`, the columns' cells as they were found."""
    return _read(lambda offset: io.BytesIO(data[offset:]).read, len(data))


@dataclass(frozen=True, slots=True)
class LargeRows:
    """The rows below a header, all sound: their number, the cells of each column, and whether the last row is whole."""

    dialect: Dialect
    names: list[str]
    rows: int
    cells: list[ColumnCells]
    ended: bool

    def table(self, path: str) -> Table:
        """The table; `path` names it in problems."""
        problems = [] if self.ended else [unterminated_problem(path, self.rows + 1)]
        columns = []
        for name, cells in zip(self.names, self.cells, strict=True):
            column, trouble = cells.column(name, path)
            columns.append(column)
            problems += trouble
        return Table(columns, np.arange(2, self.rows + 2, dtype=np.int64), self.dialect, problems)


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the first lines tell: the dialect, the column names, and where the first row begins."""

    dialect: Dialect
    names: list[str]
    body: int


def _read(read_from: ReadFrom, size: int) -> LargeRows | None:
    layout = _layout(_sample(read_from(0), size), size)
    if layout is None:
        return None
    stream = _Stream(read_from(layout.body), size, layout)
    numbers = _frame(stream, layout.dialect, na_values=list(_UNSURE))
    rows = stream.lines
    if numbers is None or not stream.sound(len(layout.names)) or numbers.shape != (rows, len(layout.names)):
        return None
    arrays = [numbers.iloc[:, index].to_numpy() for index in range(len(layout.names))]
    unsure = [index for index, array in enumerate(arrays) if _unsure(array, stream.letter_n)]
    texts: dict[int, Objects] = {}
    if unsure:
        second = _Stream(read_from(layout.body), size, layout)
        frame = _frame(second, layout.dialect, na_filter=False, dtype=object, usecols=unsure)
        if frame is None or second.lines != rows or len(frame) != rows:
            return None
        texts = {index: frame.iloc[:, place].to_numpy() for place, index in enumerate(unsure)}
        if any(_misread(cells, layout, index, quotes=stream.quotes) for index, cells in texts.items()):
            return None
    if layout.dialect.delimiter == "\t" and _blank_rows(arrays, texts):
        return None
    places = np.arange(2, rows + 2, dtype=np.int64)
    cells = [_cells(array, texts.get(index), places, layout.dialect) for index, array in enumerate(arrays)]
    return LargeRows(layout.dialect, layout.names, rows, cells, stream.ended)


def _sample(read: Read, size: int) -> bytes:
    """The first lines of the file, enough to find out its dialect."""
    data = b""
    while data.count(b"\n") < _SNIFFED_LINES and len(data) < min(size, _MAX_SAMPLE):
        piece = read(min(1 << 16, size - len(data)))
        if not piece:
            break
        data += piece
    return data


def _layout(sample: bytes, size: int) -> _Layout | None:
    if sample[:2] in (b"\xff\xfe", b"\xfe\xff") or (sample.count(b"\n") < _SNIFFED_LINES and len(sample) < size):
        return None
    mark = 3 if sample.startswith(b"\xef\xbb\xbf") else 0
    first = sample[mark:].partition(b"\n")[0]
    if b"\r" in first.removesuffix(b"\r") or not first.strip():
        return None
    lines = split_lines(decode(sample))
    dialect = sniff(lines[:50])
    if dialect is None:
        return None
    names = clean_header(split_cells(lines[0], dialect.delimiter))
    # A header that comes again is found by its words among numbers; without words it cannot be.
    words = any(number(name) is None and name.lower() not in ABSENT for name in names)
    return _Layout(dialect, names, mark + len(first) + 1) if words and len(names) <= MAX_COLUMNS else None


class _IrregularError(ValueError):
    """Something that pandas would read differently."""


class _Stream:
    """The rows of a file for pandas to read, looked at piece by piece while they are in the processor's cache.

    Attributes:
        lines: rows so far, a last one without a line end included.
        quotes: whether any row holds a quote.
        letter_n: whether any row holds the letter n, as nan and None do.
        last: the last byte.
        ended: whether the last row is known to be whole.
    """

    mode = "r"  # pandas would wrap a binary file in a decoder; it takes bytes as they are from this one

    def __init__(self, read: Read, size: int, layout: _Layout) -> None:
        self._read = read
        self._left = size - layout.body
        self._delimiter = ord(layout.dialect.delimiter)
        self._delimiters = 0
        self._ends = 0
        self._run = 0
        self.quotes = False
        self.letter_n = False
        self.last = b"\n"
        self.ended = True

    def _enclosing(self, piece: bytes) -> bool:
        """Whether every quote has the beginning or the end of a cell beside it; pandas drops others out of numbers."""
        self.quotes = True
        around = np.frombuffer(self.last + piece + b"\n", dtype=np.uint8)
        at = np.flatnonzero(around[1:-1] == ord('"'))
        edges = np.zeros(256, dtype=bool)
        edges[[self._delimiter, *b'"\r\n']] = True
        return bool(np.all(edges[around[at]] | edges[around[at + 2]]))

    @property
    def lines(self) -> int:
        return self._ends + (self.last != b"\n")

    def sound(self, width: int) -> bool:
        """Whether every row has as many cells as the header.

        A row that is too long makes pandas raise; one that is too short is filled silently, but then this count is off.
        """
        return self._delimiters == self.lines * (width - 1)

    def read(self, wanted: int = -1) -> bytes:
        """The next piece, b"" at the end.

        Raises:
            _IrregularError: it holds something that only the plain reader reads rightly.
        """
        piece = self._read(min(wanted, self._left) if wanted >= 0 else self._left) if self._left > 0 else b""
        self._left -= len(piece)
        if piece:
            self._look(piece)
        return piece

    def __iter__(self) -> Iterator[bytes]:
        # pandas asks for this of a file, and does not call it.
        raise NotImplementedError

    def _look(self, piece: bytes) -> None:
        if b"\x00" in piece or (self.last == b"\r" and not piece.startswith(b"\n")):
            raise _IrregularError
        if b"\r" in piece and piece.count(b"\r") != piece.count(b"\r\n") + piece.endswith(b"\r"):
            raise _IrregularError  # a lone carriage return ends a line of its own
        codes = np.frombuffer(piece, dtype=np.uint8)
        if b'"' in piece and not self._enclosing(piece):
            raise _IrregularError
        ends = int(np.count_nonzero(codes == ord("\n")))
        self._ends += ends
        self._delimiters += int(np.count_nonzero(codes == self._delimiter))
        self._run = len(piece) - piece.rfind(b"\n") if ends else self._run + len(piece)
        if self._run > MAX_LINE // 2:
            raise _IrregularError
        self.letter_n = self.letter_n or b"n" in piece or b"N" in piece
        self.last = piece[-1:]
        self.ended = self.last in (b"\n", b"\r") or piece[-64:].rstrip().endswith(b'"')


def _pandas() -> ModuleType:
    """The module pandas, imported with the garbage collector at rest.

    Otherwise the collector goes through the growing heap of modules again and again, a quarter of the import's time.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        import pandas
    finally:
        if collects:
            gc.enable()
    return pandas


def _frame(stream: _Stream, dialect: Dialect, **options: object) -> pd.DataFrame | None:
    pandas = _pandas()
    try:
        with warnings.catch_warnings():
            # Mixed columns are expected here and looked at cell by cell below.
            warnings.simplefilter("ignore", pandas.errors.DtypeWarning)
            # pandas 3.1 deprecates float_precision; before it the default was wrong in the last digit.
            warnings.simplefilter("ignore", DeprecationWarning)
            frame: pd.DataFrame = pandas.read_csv(
                stream,
                sep=dialect.delimiter,
                decimal="," if dialect.decimal_comma else ".",
                header=None,
                engine="c",
                keep_default_na=False,
                float_precision="round_trip",
                encoding_errors="replace",
                **options,
            )
    except (ValueError, MemoryError):  # pandas' parser errors are ValueErrors
        return None
    return frame


def _unsure(array: npt.NDArray[np.generic], letter_n: bool) -> bool:
    """Whether a column must be looked at as text: it holds some, or numbers that may have been written otherwise."""
    if array.dtype.kind in "iu":
        return False
    if array.dtype.kind != "f":
        return True
    return bool(np.isinf(array).any() or (letter_n and np.isnan(array).any()))


def _misread(cells: Objects, layout: _Layout, index: int, *, quotes: bool) -> bool:
    """Whether the cells of a column show that pandas took a line apart in another way than the plain reader does."""
    name = layout.names[index]
    held = set(cells.tolist())
    if quotes and any('"' in cell or layout.dialect.delimiter in cell for cell in held):
        return True
    return bool(name) and any(cell.strip() == name for cell in held)


def _blank_rows(arrays: list[npt.NDArray[np.generic]], texts: dict[int, Objects]) -> bool:
    """Whether a line consists of tabs alone, which the plain reader takes for a blank one."""
    filled = np.zeros(arrays[0].size, dtype=bool)
    for index, array in enumerate(arrays):
        cells = texts.get(index)
        if cells is not None:
            filled |= np.fromiter((bool(cell.strip()) for cell in cells), dtype=bool, count=cells.size)
        else:
            filled |= array == array
    return not bool(filled.all())


def _cells(
    array: npt.NDArray[np.generic], texts: Objects | None, lines: npt.NDArray[np.int64], dialect: Dialect
) -> ColumnCells:
    column = ColumnCells()
    if texts is not None and array.dtype.kind != "f":
        column.take(texts.tolist(), lines, dialect)
        return column
    values = array.astype(np.float64, copy=False)
    if texts is None:  # numbers and empty cells
        present = np.ones(values.size, dtype=bool) if array.dtype.kind in "iu" else ~np.isnan(values)
    else:
        present = _told_apart(values, texts, lines, dialect, column)
    column.take_numbers(values, present)
    return column


def _told_apart(
    values: npt.NDArray[np.float64], texts: Objects, lines: npt.NDArray[np.int64], dialect: Dialect, column: ColumnCells
) -> npt.NDArray[np.bool_]:
    """Which cells are present: their text tells a literal nan from an empty cell, and inf from a number too large."""
    present: npt.NDArray[np.bool_] = np.isfinite(values)
    known: dict[str, float | None] = {}
    for row in np.flatnonzero(~present).tolist():
        text = texts[row]
        if text not in known:
            known[text] = number(text, dialect.decimal_comma)
        value = known[text]
        if value is None:
            continue
        present[row] = True
        if math.isinf(value) and "inf" not in text.lower():
            column.overflow.add(int(lines[row]), text)
    return present
