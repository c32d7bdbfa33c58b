"""Every point of every series in one long table: run, tag, role, step, wall time, value; for notebooks and other tools."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias

import numpy as np

from lossdoctor.errors import OutputError, UsageError
from lossdoctor.importers.base import Source
from lossdoctor.importers.options import AS_THEY_SAY, ReadOptions
from lossdoctor.importers.reading import read_source
from lossdoctor.runs import Problem, Run, Series
from lossdoctor.safe_text import csv_cell
from lossdoctor.workspace.atomic_file import atomic_target
from lossdoctor.workspace.guard import guarded
from lossdoctor.workspace.json_results import plain_number

if TYPE_CHECKING:
    import pyarrow

COLUMNS = ("run", "tag", "role", "step", "wall_time", "value")
ENDINGS = (".csv", ".parquet", ".json")
INSTALL = 'pip install "lossdoctor[parquet]"'

Item: TypeAlias = tuple[Run, Series]


def series_of(sources: Iterable[Source], problems: list[Problem], options: ReadOptions = AS_THEY_SAY) -> Iterator[Item]:
    """Every series of every source, one source in memory at a time; `problems` receives what is wrong with them."""
    for source in sources:
        result = guarded(source.path, read_source, source, options)
        if isinstance(result, Problem):
            problems.append(result)
            continue
        problems += result.problems
        for run in result.runs:
            problems += run.problems
            yield from ((run, series) for series in run.series)


def write_table(items: Iterable[Item], target: Path) -> int:
    """Writes the table, whole or not at all, in the format that the file's ending names, and returns its rows.

    CSV: texts that a spreadsheet would take for a formula get an apostrophe in front; NaN, inf and -inf are words. JSON: a
    list of objects, NaN and infinities as texts. Parquet: dictionary-coded texts, float64 values, NaN as it is.

    Raises:
        UsageError: the ending is none of `ENDINGS`, or pyarrow is missing for Parquet.
        OutputError: the file cannot be written.
    """
    writers = {".csv": _csv, ".json": _json, ".parquet": _parquet}
    write = writers.get(target.suffix.lower())
    if write is None:
        raise UsageError(f"{target}: the ending names no format.", f"Use one of {', '.join(ENDINGS)}.")
    if write is _parquet:
        _require_pyarrow()
    if not target.absolute().parent.is_dir():
        raise OutputError(f"{target}: the folder {target.absolute().parent} does not exist.", "Make it first.")
    with atomic_target(target) as path:
        return write(items, path)


def _csv(items: Iterable[Item], path: Path) -> int:
    rows = 0
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for run, series in items:
            start = [csv_cell(run.id), csv_cell(series.tag), str(run.role_of(series.tag))]
            times = ["" if time != time else repr(time) for time in series.wall_times.tolist()]
            points = zip(series.steps.tolist(), times, map(repr, series.values.tolist()), strict=True)
            writer.writerows([*start, *point] for point in points)
            rows += len(series)
    return rows


def _json(items: Iterable[Item], path: Path) -> int:
    rows = 0
    with path.open("w", encoding="ascii", newline="\n") as file:
        file.write("[")
        for run, series in items:
            rows += _json_rows(file, run, series, first=not rows)
        file.write("\n]\n")
    return rows


def _json_rows(file: IO[str], run: Run, series: Series, *, first: bool) -> int:
    start = {"run": run.id, "tag": series.tag, "role": str(run.role_of(series.tag))}
    points = zip(series.steps.tolist(), series.wall_times.tolist(), series.values.tolist(), strict=True)
    for step, time, value in points:
        row = start | {"step": step, "wall_time": None if time != time else time, "value": plain_number(value)}
        file.write(("\n" if first else ",\n") + json.dumps(row, allow_nan=False))
        first = False
    return len(series)


def _parquet(items: Iterable[Item], path: Path) -> int:
    import pyarrow
    import pyarrow.parquet

    text = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    types = (text, text, text, pyarrow.int64(), pyarrow.float64(), pyarrow.float64())
    schema = pyarrow.schema(list(zip(COLUMNS, types, strict=True)))
    rows = 0
    with pyarrow.parquet.ParquetWriter(str(path), schema, compression="zstd") as writer:
        for run, series in items:
            if len(series):
                writer.write_batch(_batch(run, series, schema))
            rows += len(series)
    return rows


def _batch(run: Run, series: Series, schema: pyarrow.Schema) -> pyarrow.RecordBatch:
    import pyarrow

    zeros = pyarrow.array(np.zeros(len(series), dtype=np.int32))
    words = (run.id, series.tag, str(run.role_of(series.tag)))
    texts = [pyarrow.DictionaryArray.from_arrays(zeros, [_encodable(word)]) for word in words]
    numbers = [pyarrow.array(np.asarray(a)) for a in (series.steps, series.wall_times, series.values)]
    return pyarrow.record_batch([*texts, *numbers], schema=schema)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _require_pyarrow() -> None:
    with suppress(ImportError):
        import pyarrow  # noqa: F401

        return
    raise UsageError("Parquet files need the package pyarrow, which is not installed.", f"Install it: `{INSTALL}`.")
