"""Preview: the beginning of a table as cells, for deciding what its columns mean; reads what `read_table` would not.

A table without a header, with blanks between its columns, or of one column is brought into the form that the reader of
tables knows: `as_table` adds the header `#1,#2,...`, puts tabs for blanks, and counts the rows of a single column.
"""

from __future__ import annotations

from dataclasses import dataclass

from lossdoctor.importers.dialect import clean_header, decode, is_binary, number, sniff, split_cells, split_lines
from lossdoctor.importers.files import read_head

ROWS = 20
MAX_COLUMNS = 1_000
_LOOKED_AT = 60
# As pandas writes an index; `step_axis` takes it for the x axis.
ROW_COLUMN = "Unnamed: 0"


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a table.

    Attributes:
        names: of the columns; "#1", "#2" where the file names none.
        rows: the first rows as text, each as long as `names`.
        numeric: whether a column holds a number in these rows.
        delimiter: between two cells; "" for blanks or a single column.
        headerless: true when the first line is data.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    delimiter: str
    headerless: bool


def preview_file(path: str) -> Preview | None:
    """The beginning of a file as a table; None when it is none or cannot be read."""
    try:
        head = read_head(path)
    except OSError:
        return None
    return preview(head.head, complete=head.complete)


def preview(data: bytes, *, complete: bool = True) -> Preview | None:
    """The beginning of a table out of the beginning of its file; None when there is no table with a number.

    Args:
        data: the bytes from the start.
        complete: false when the file goes on, so that the last line may be cut.
    """
    if is_binary(data):
        return None
    lines = [line for line in split_lines(decode(data))[: _LOOKED_AT + 1] if line.strip()]
    if not complete and 1 < len(lines) <= _LOOKED_AT:
        lines.pop()
    delimiter = _delimiter(lines)
    if not lines or delimiter is None:
        return None
    cells = [_cells(line, delimiter)[:MAX_COLUMNS] for line in lines]
    headerless = all(number(cell) is not None for cell in cells[0])
    names = [f"#{i + 1}" for i in range(len(cells[0]))] if headerless else clean_header(cells[0])
    rows = [row for row in cells[0 if headerless else 1 :] if len(row) == len(names)]
    numeric = tuple(any(number(row[i]) is not None for row in rows) for i in range(len(names)))
    if not any(numeric):
        return None
    return Preview(tuple(names), tuple(map(tuple, rows[:ROWS])), numeric, delimiter, headerless)


def _delimiter(lines: list[str]) -> str | None:
    """The sign between cells; "" for blanks or a single column; None for prose."""
    dialect = sniff(lines)
    if dialect is not None and _agree([len(split_cells(line, dialect.delimiter)) for line in lines]):
        return dialect.delimiter
    return "" if lines and _agree([len(line.split()) for line in lines]) else None


def _agree(widths: list[int]) -> bool:
    """Whether at least half of the rows below the first are as long as it."""
    return not widths[1:] or 2 * sum(width == widths[0] for width in widths[1:]) >= len(widths) - 1


def _cells(line: str, delimiter: str) -> list[str]:
    return [cell.strip() for cell in (split_cells(line, delimiter) if delimiter else line.split())]


def as_table(data: bytes, found: Preview) -> tuple[bytes, int]:
    """The bytes in the form that `table.parse_table` reads, and the number of lines put in front (0 or 1)."""
    if found.delimiter and not found.headerless:
        return data, 0
    header, text = list(found.names), decode(data)
    if not found.delimiter:
        rows = [line.split() for line in split_lines(text)]
        if not found.headerless:
            rows = rows[next(i for i, row in enumerate(rows) if row) + 1 :]
        if len(header) == 1:
            header = [ROW_COLUMN, *header]
            rows = [[str(i), *row] for i, row in enumerate(row for row in rows if row)]
        text = "\n".join("\t".join(row) for row in rows)
    text = f"{(found.delimiter or chr(9)).join(header)}\n{text}"
    return text.encode(), int(found.headerless)
