"""Reads large, sound tables with pandas' C engine; hands everything else back to the plain reader."""

from __future__ import annotations

import io
import warnings

import numpy as np

from lossdoctor.importers.dialect import Dialect, clean_header, decode, sniff, split_cells, split_lines
from lossdoctor.importers.files import shown
from lossdoctor.importers.table import MAX_COLUMNS, Table, TableColumn, column_of_cells, unterminated_problem

_SAMPLE = 1 << 16


def parse_large(data: bytes, path: str) -> Table | None:
    """A table out of bytes, equal to what the plain reader gives; None when the plain reader must look.

    That is the case for quotes, NUL bytes, blank or ragged lines, a header that comes again, and infinite values.
    """
    if b'"' in data or b"\x00" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None
    body = data.removeprefix(b"\xef\xbb\xbf")
    first, _, _ = body.partition(b"\n")
    dialect = sniff(split_lines(decode(body[:_SAMPLE]))[:50])
    if dialect is None or not first.strip() or body.count(b"\n" + first.rstrip(b"\r")) > 0:
        return None
    names = clean_header(split_cells(decode(first), dialect.delimiter))
    lines = body.count(b"\n") + (not body.endswith(b"\n"))
    # A row that is too long makes pandas raise; one that is too short is filled silently, but then this count is off.
    if len(names) > MAX_COLUMNS or body.count(dialect.delimiter.encode()) != lines * (len(names) - 1):
        return None
    return _parse(body, path, dialect, names, lines)


def _parse(body: bytes, path: str, dialect: Dialect, names: list[str], lines: int) -> Table | None:
    import pandas as pd

    try:
        with warnings.catch_warnings():
            # Mixed columns are expected here and looked at cell by cell below.
            warnings.simplefilter("ignore", pd.errors.DtypeWarning)
            # pandas 3.1 deprecates float_precision; before it the default was wrong in the last digit.
            warnings.simplefilter("ignore", DeprecationWarning)
            frame = pd.read_csv(
                io.BytesIO(body),
                sep=dialect.delimiter,
                decimal="," if dialect.decimal_comma else ".",
                header=None,
                skiprows=1,
                engine="c",
                keep_default_na=False,
                na_values=[""],
                float_precision="round_trip",
                encoding_errors="replace",
            )
    except (ValueError, MemoryError):  # pandas' parser errors are ValueErrors
        return None
    if frame.shape != (lines - 1, len(names)):
        return None
    places = np.arange(2, lines + 1, dtype=np.int64)
    columns, problems = [], []
    for index, name in enumerate(names):
        cells = frame.iloc[:, index]
        if cells.dtype.kind in "iuf":
            values = cells.to_numpy(dtype=np.float64)
            if np.isinf(values).any():
                return None
            present = ~np.isnan(values)
            columns.append(TableColumn(name, values, present, bool(present.any())))
            continue
        column, trouble = column_of_cells(name, cells.astype(object).tolist(), places, dialect, shown(path))
        columns.append(column)
        problems += trouble
    if not body.endswith(b"\n"):
        problems.append(unterminated_problem(shown(path), lines))
    return Table(columns, places, dialect, problems)
