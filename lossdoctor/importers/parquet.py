"""The importer of W&B's history in Parquet files, as its artifacts and exports hold it; needs pyarrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.csv_log import no_rows
from lossdoctor.importers.dialect import Dialect
from lossdoctor.importers.files import read_bytes, read_tail, relative_id, shown, unreadable
from lossdoctor.importers.table import MAX_COLUMNS, Table
from lossdoctor.importers.table_cells import TableColumn
from lossdoctor.importers.wandb_history import one_row_each, table_runs
from lossdoctor.importers.wandb_rows import NAME_COLUMNS, few_rows_each
from lossdoctor.runs import Problem, ProblemLevel

MAX_BYTES = 2 << 30
# A few bytes can stand for a billion equal values: what a file says it unpacks to is looked at first.
MAX_CELLS = 200_000_000
MAGIC = b"PAR1"
# Names of columns stand in clear in the footer, whose length stands before the last four bytes.
_TAIL, _MAX_FOOTER = 64 << 10, 16 << 20
_MAX_DEPTH = 8
INSTALL = 'pip install "lossdoctor[parquet]"'


class ParquetImporter:
    """Parquet files of W&B history rows."""

    name = "parquet"
    title = "W&B history in Parquet"
    patterns = ("*.parquet",)
    help = (
        "The history of a W&B run in a Parquet file with the column `_step`, as its history artifacts hold it. Nested "
        "columns are joined with dots; texts, truth values, lists and media are passed over. Several runs in one file are "
        f"told apart as in W&B history tables. Needs the package pyarrow: `{INSTALL}`."
    )

    def probe(self, head: FileHead) -> Match | None:
        """A Parquet file whose list of columns, at its end, names `_step`."""
        if not head.head.startswith(MAGIC):
            return None
        try:
            tail = head.head if head.complete else _footer(head.path)
        except OSError:
            return None
        return Match(0.9, "is a Parquet table with the column _step") if b"_step" in tail else None

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source a file."""
        return Grouping(
            tuple(Source(self.name, relative_id(h.path, root), h.path, (h.path,), h.size_bytes) for h in heads)
        )

    def read(self, source: Source) -> ImportResult:
        """Every run in the file."""
        path = source.files[0]
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError:
            return ImportResult((), (_needs_pyarrow(path),))
        try:
            data, whole = read_bytes(path, MAX_BYTES)
        except OSError as error:
            return ImportResult((), (unreadable(path, error),))
        if not whole:
            return ImportResult((), (_error(path, "too_large", "is larger than 2 GB.", "Split it."),))
        if not data.endswith(MAGIC):
            text = "ends early. Parquet keeps its index at the end, so nothing of it can be read."
            return ImportResult((), (_error(path, "truncated", text, "Copy the file again."),))
        try:
            file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(data), page_checksum_verification=True)
            shape = (file.metadata.num_rows, file.metadata.num_columns)
        except (pyarrow.ArrowException, OSError, ValueError) as error:
            text = f"is no sound Parquet file ({_first_line(error)})."
            return ImportResult((), (_error(path, "bad_parquet", text, "Copy the file again."),))
        if shape[1] > MAX_COLUMNS or shape[0] * shape[1] > MAX_CELLS:
            text = f"holds {shape[0]:,} rows of {shape[1]:,} columns, too many for a log."
            return ImportResult((), (_error(path, "too_large", text, "Split it."),))
        return _runs(source, _Columns(file, path), path)


def _footer(path: str) -> bytes:
    tail = read_tail(path, _TAIL)
    length = int.from_bytes(tail[-8:-4], "little") + 8
    return tail if length <= len(tail) else read_tail(path, min(length, _MAX_FOOTER))


def _runs(source: Source, columns: _Columns, path: str) -> ImportResult:
    table, names = columns.table(), columns.names
    if not len(table.lines):
        return ImportResult((), (*table.problems, no_rows(path)))
    if names is not None and few_rows_each(names):
        return ImportResult((), (one_row_each(path, names),))
    return table_runs(source, table, names, path)


class _Columns:
    """Reads the columns of a Parquet file one by one, so that a damaged one costs itself only."""

    def __init__(self, file: Any, path: str) -> None:
        self._file, self._path = file, path
        self._rows = int(file.metadata.num_rows)
        self._problems: list[Problem] = []
        self.names: list[str] | None = None

    def table(self) -> Table:
        """The columns of numbers; `names` holds the run of each row afterwards, where a column names it."""
        columns: list[TableColumn] = []
        named: dict[str, list[str]] = {}
        for field in self._file.schema_arrow:
            values = self._values(field.name)
            if values is None:
                continue
            if field.name.lower() in NAME_COLUMNS and (texts := _texts(values)) is not None:
                named[field.name.lower()] = texts
            columns += _numbers(field.name, values)
        self.names = next((named[name] for name in NAME_COLUMNS if name in named), None)
        rows = min((len(column.values) for column in columns), default=0)
        return Table(columns, np.arange(1, rows + 1, dtype=np.int64), Dialect(","), self._problems)

    def _values(self, name: str) -> Any:
        """The values of one column; None, and a problem, when they cannot be read."""
        import pyarrow

        try:
            values = self._file.read(columns=[name]).column(0).combine_chunks()
        except (pyarrow.ArrowException, OSError, ValueError, KeyError, IndexError) as error:
            text = f"the column {name[:60]!r} is damaged and left out ({_first_line(error)})."
            problem = Problem("bad_column", ProblemLevel.WARNING, shown(self._path), text, "Copy the file again.")
            self._problems.append(problem)
            return None
        return values if len(values) == self._rows else None


def _numbers(name: str, values: Any, depth: int = 0) -> Iterator[TableColumn]:
    """The columns of numbers in an Arrow array: itself, or the fields of its structs; (n,) absent where it is null."""
    import pyarrow
    from pyarrow import types

    kind = values.type
    if types.is_struct(kind):
        inner = [kind.field(index).name for index in range(kind.num_fields)]
        if "_type" in inner or depth >= _MAX_DEPTH:  # media
            return
        for child, part in zip(inner, values.flatten(), strict=True):
            yield from _numbers(f"{name}.{child}", part, depth + 1)
        return
    seconds = 1.0
    if types.is_timestamp(kind):
        seconds = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[kind.unit]
        values = values.cast(pyarrow.int64())
    elif not (types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind)):
        return
    present = np.asarray(values.is_valid(), dtype=bool)
    numbers = np.array(values.cast(pyarrow.float64(), safe=False).fill_null(np.nan), dtype=np.float64) / seconds
    yield TableColumn(name, numbers, present, bool(present.any()))


def _texts(values: Any) -> list[str] | None:
    """The texts of an Arrow array; None when it holds no texts, or not in every row."""
    from pyarrow import types

    if types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if not (types.is_string(values.type) or types.is_large_string(values.type)) or values.null_count:
        return None
    return [shown(text) for text in values.to_pylist()]


def _needs_pyarrow(path: str) -> Problem:
    text = "is a Parquet table, and the package that reads these (pyarrow) is not installed."
    return _error(path, "needs_pyarrow", text, f"Install it: {INSTALL}")


def _error(path: str, code: str, text: str, hint: str) -> Problem:
    return Problem(code, ProblemLevel.ERROR, shown(path), text, hint)


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0].rstrip(".")[:200] or type(error).__name__
