"""The importer of tables whose columns the user explained: by --map, by [map] in the settings, or in the window."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import replace

from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.files import read_bytes, relative_id, shown, unreadable
from lossdoctor.importers.options import ColumnMap
from lossdoctor.importers.preview import Preview, as_table, preview
from lossdoctor.importers.reading import build_run
from lossdoctor.importers.role_choice import CHOSEN, with_roles
from lossdoctor.importers.step_axis import table_series, whole_steps
from lossdoctor.importers.table import MAX_BYTES, Table, parse_table
from lossdoctor.importers.table_cells import TableColumn
from lossdoctor.runs import Problem, ProblemLevel, Role, Series

_AXES = ("step", "epoch")
_LINE = re.compile(r"^line (\d+)$")


class MappedTableImporter:
    """Tables for which a ColumnMap says what the columns are.

    Args:
        maps: in order of precedence. The sources that are found carry theirs, so that any instance reads them.
    """

    name = "mapped_table"
    title = "tables explained by the user"
    patterns = ("*.csv", "*.tsv", "*.txt", "*.dat")
    help = "Any table of numbers whose columns are named by --map, by [map] in lossdoctor.toml or in the window."

    def __init__(self, maps: Sequence[ColumnMap] = ()) -> None:
        self._maps = tuple(maps)

    def probe(self, head: FileHead) -> Match | None:
        """A table that has the columns a map speaks of."""
        return None if self._map_for(head) is None else Match(1.0, "has the columns that you explained")

    def _map_for(self, head: FileHead) -> ColumnMap | None:
        meant = [item for item in self._maps if item.path in ("", head.path)]
        found = preview(head.head, complete=head.complete) if meant else None
        return None if found is None else next((item for item in meant if fits(item, found)), None)

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source a file, with the map it is read by."""
        sources = [
            Source(self.name, relative_id(h.path, root), h.path, (h.path,), h.size_bytes, columns=self._map_for(h))
            for h in heads
        ]
        return Grouping(tuple(sources))

    def read(self, source: Source) -> ImportResult:
        """The run in one table, by the source's map."""
        path, meaning = source.files[0], source.columns or ColumnMap(())
        try:
            data, whole = read_bytes(path, MAX_BYTES)
        except OSError as error:
            return ImportResult((), (unreadable(path, error),))
        found = preview(data[: 1 << 16], complete=len(data) <= 1 << 16)
        table = None if found is None else _table(data, found, path)
        if found is None or table is None:
            text = "holds no table any more whose columns could be what you said."
            return ImportResult(
                (), (Problem("no_numbers", ProblemLevel.ERROR, shown(path), text, "Look at the file."),)
            )
        if not whole:
            text = "is larger than 4 GB; the rest was not read."
            table.problems.append(Problem("too_large", ProblemLevel.WARNING, shown(path), text))
        series, unit, problems = _series(table, meaning, found, path)
        name = os.path.splitext(source.id.rsplit("/", 1)[-1])[0]
        run = build_run(source, series, step_unit=unit, problems=(*table.problems, *problems), name=name)
        return ImportResult((with_roles(run, _roles(meaning, found)),))


def fits(meaning: ColumnMap, found: Preview) -> bool:
    """Whether a table has the columns for the x axis that a map names, and at least one of its columns in all."""
    axes = [column for axis in _AXES for column in meaning.named(axis)]
    if any(resolved(column, found) is None for column in axes):
        return False
    return any(resolved(column, found) is not None for _, column in meaning.columns)


def resolved(column: str, found: Preview) -> str | None:
    """The name of the column that a user means by its name or by "#2"; None when the table has none such."""
    if column in found.names:
        return column
    place = int(column[1:]) if column[:1] == "#" and column[1:].isdecimal() and len(column) < 7 else 0
    return found.names[place - 1] if 0 < place <= len(found.names) else None


def _table(data: bytes, found: Preview, path: str) -> Table | None:
    prepared, added = as_table(data, found)
    table = parse_table(prepared, path)
    if table is None or not added:
        return table
    table.lines = table.lines - added
    table.problems = [replace(problem, place=_moved(problem.place, added)) for problem in table.problems]
    return table


def _moved(place: str, added: int) -> str:
    line = _LINE.match(place)
    return place if line is None else f"line {int(line[1]) - added}"


def _series(table: Table, meaning: ColumnMap, found: Preview, path: str) -> tuple[list[Series], str, list[Problem]]:
    """The series, the unit of a step, and what had to be assumed."""
    left_out = {resolved(column, found) for column in meaning.named("ignore")}
    table.columns = [column for column in table.columns if column.name not in left_out]
    wanted = [(axis, resolved(column, found)) for axis in _AXES for column in meaning.named(axis)]
    for axis, name in wanted:
        column = table.column(name or "")
        steps = None if column is None or not column.numeric else whole_steps(column)
        if column is not None and steps is not None:
            origin = shown(os.path.basename(path))
            rest = [c for c in table.columns if c is not column and c.numeric]
            series = [Series(c.name, steps[c.present], c.values[c.present], None, origin) for c in rest]
            return series, axis, _missing(column, table, path)
    series, unit, problems = table_series(table, path)
    if wanted:
        text = f"{wanted[0][1]} does not hold whole numbers, so it cannot count steps; another column or the rows do."
        problems.append(Problem("no_whole_steps", ProblemLevel.WARNING, shown(path), text, "Name another column."))
    return series, unit, problems


def _missing(column: TableColumn, table: Table, path: str) -> list[Problem]:
    rows = [int(line) for line, present in zip(table.lines, column.present, strict=True) if not present]
    if not rows:
        return []
    text = f"{len(rows)} rows have no {column.name}; they count as part of the row before."
    return [Problem("missing_step", ProblemLevel.WARNING, shown(path), text, "", f"line {rows[0]}")]


def _roles(meaning: ColumnMap, found: Preview) -> dict[str, tuple[Role, str]]:
    why = f"{CHOSEN} ({meaning.origin})" if meaning.origin else CHOSEN
    pairs = ((role, resolved(column, found)) for role, column in meaning.roles())
    return {name: (role, why) for role, name in pairs if name is not None}


def unused(maps: Sequence[ColumnMap], used: Sequence[ColumnMap]) -> list[Problem]:
    """A problem for every map that no table fitted; none for those of single files, which may lie elsewhere."""
    problems = []
    for item in maps:
        if item.path or item in used:
            continue
        names = ", ".join(column for _, column in item.columns)
        text = f"no table has the columns {names}, so they explain nothing."
        hint = "Columns are named as in the header, or #1, #2 by their place."
        problems.append(Problem("map_unused", ProblemLevel.WARNING, item.origin or "map", text, hint))
    return problems
