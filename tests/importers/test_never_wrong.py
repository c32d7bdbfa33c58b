"""Generated logs give either the data that was written or a problem, never a wrong number.

300 of each in the suite; LOSSDOCTOR_EXAMPLES=10000 is the thorough run.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossdoctor.importers import find_sources, read_source, table_rows
from lossdoctor.importers import table as table_module
from lossdoctor.importers.tensorboard.reader import EventFile, read_event_bytes
from tests.helpers import logs
from tests.helpers.examples import MANY

Point = tuple[str, int, str, str]  # tag, step, value and wall time as text, so that nan equals nan
INT64 = st.integers(-(2**63), 2**63 - 1)
TAGS = st.sampled_from(["loss", "val_loss", "a/b", "lr", ""])
KINDS = st.sampled_from(["simple", "float", "double", "many"])


@dataclass(frozen=True)
class Record:
    """One event as it was written: its payload, and the points in it."""

    payload: bytes
    points: tuple[Point, ...]


@st.composite
def records(draw: st.DrawFn) -> Record:
    step, wall = draw(st.one_of(st.integers(0, 300), INT64)), draw(st.floats(0, 4e9))
    values, points = [], []
    for _ in range(draw(st.integers(0, 3))):
        tag, kind = draw(TAGS), draw(KINDS)
        value = draw(st.floats(width=64 if kind == "double" else 32))
        if kind == "simple":
            values.append(logs.simple_value(tag, value))
        else:
            number, form = (2, "<d") if kind == "double" else (1, "<f")
            # A scalar's bytes stand in tensor_content, or in float_val as a packed list of one.
            place = 5 if kind == "many" else 4
            values.append(
                logs.tensor_value(tag, logs.tensor(number, logs.field(place, struct.pack(form, value))), "scalars")
            )
        points.append((tag, step, repr(value), repr(wall)))
    return Record(logs.event(step, values, wall), tuple(points))


DAMAGE = st.tuples(
    st.sampled_from(["flip", "cut", "delete", "zero", "insert", "double"]),
    st.integers(0, 1 << 20),
    st.integers(1, 120),
    st.binary(min_size=1, max_size=20),
)


def damaged(data: bytes, way: str, at: int, size: int, put: bytes) -> bytes:
    at %= len(data)
    end = min(at + size, len(data))
    if way == "flip":
        return data[:at] + bytes([data[at] ^ (1 << size % 8)]) + data[at + 1 :]
    changed = {"cut": b"", "delete": data[end:], "zero": bytes(end - at) + data[end:], "insert": put + data[at:],
               "double": data[at:end] + data[at:]}  # fmt: skip
    return data[:at] + changed[way]


def sound_payloads(data: bytes) -> list[bytes] | None:
    """The payloads of a file without any damage, read as plainly as can be; None for a damaged one."""
    found, at = [], 0
    while at < len(data):
        if len(data) - at < 16:
            return None
        (length,) = struct.unpack_from("<Q", data, at)
        payload = data[at + 12 : at + 12 + length]
        if length > len(data) or logs.record(payload) != data[at : at + 16 + length]:
            return None
        found.append(payload)
        at += 16 + length
    return found


def points_of(file: EventFile) -> list[Point]:
    return [
        (column.tag, step, repr(value), repr(wall))
        for column in file.columns
        for step, value, wall in zip(column.steps.tolist(), column.values.tolist(), column.walls.tolist(), strict=True)
    ]


@MANY
@given(st.lists(records(), max_size=40), st.lists(DAMAGE, max_size=3))
def test_event_files(written: list[Record], damage: list[tuple[str, int, int, bytes]]) -> None:
    known = {record.payload: record.points for record in written}
    data = logs.version() + b"".join(logs.record(record.payload) for record in written)
    for kind in damage:
        data = damaged(data, *kind) or b"\x00"
    file = read_event_bytes(data)
    read = points_of(file)
    payloads = sound_payloads(data)
    if payloads is None:
        assert set(read) <= {point for points in known.values() for point in points}
        assert file.problems
    else:
        expected = [point for payload in payloads for point in known.get(payload, ())]
        tags = dict.fromkeys(point[0] for point in expected)
        assert read == [point for tag in tags for point in expected if point[0] == tag]


NUMBER = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.floats(-10, 10).map(lambda value: f"{value:.4g}"),
    st.integers(-(10**20), 10**20).map(str),
)
CELL = st.one_of(
    NUMBER, NUMBER, st.sampled_from(["", "", "nan", "NaN", "inf", "-inf", "None", "N/A", "oops", "00:31", "1e999"])
)
ABSENT = ("", "None", "N/A")
NAMES = ["loss", "val_loss", "acc", "lr", "note"]


@dataclass(frozen=True)
class Sheet:
    """A table as it was meant: the names, the steps and cells of its rows, and its text."""

    names: list[str]
    rows: list[tuple[int, list[str]]]
    text: str
    ragged: int
    headers: int


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    names = NAMES[: draw(st.integers(1, 5))]
    step = st.one_of(st.integers(0, 100), st.integers(-(2**53), 2**53))
    rows = draw(st.lists(st.tuples(step, st.lists(CELL, min_size=len(names), max_size=len(names))), max_size=30))
    delimiter, end = draw(st.sampled_from(",;\t|")), draw(st.sampled_from(["\n", "\r\n"]))
    comma = delimiter == ";" and draw(st.booleans())
    quote, pad = draw(st.sampled_from(["", "", '"'])), draw(st.sampled_from(["", "", "  "]))

    def line(cells: list[str]) -> str:
        return delimiter.join(f"{'' if quote else pad}{quote}{cell}{quote}" for cell in cells)

    def row(at: int, cells: list[str]) -> str:
        return line([str(at), *(cell.replace(".", ",") if comma else cell for cell in cells)])

    header = line(["step", *names])
    lines = [row(at, cells) for at, cells in rows]
    ragged = headers = 0
    for _ in range(min(draw(st.integers(0, 3)), len(rows) // 4)):
        odd = draw(st.sampled_from(["blank", "header", "short", "long"]))
        ragged += odd in ("short", "long")
        headers += odd == "header"
        put = {"blank": "", "header": header, "short": row(1, ["2"] * (len(names) - 1)) or "7",
               "long": row(1, ["2"] * (len(names) + 2))}[odd]  # fmt: skip
        lines.insert(draw(st.integers(0, len(lines))), put)
    text = draw(st.sampled_from(["", "\ufeff"])) + end.join([header, *lines]) + end
    return Sheet(names, rows, text, ragged, headers)


def shown(value: float) -> str:
    """A value as text, so that nan equals nan; a whole -0 is read as 0, which it equals."""
    return repr(value + 0.0)


def number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


@MANY
@given(sheets(), st.booleans())
def test_tables(tmp_path_factory: pytest.TempPathFactory, sheet: Sheet, large: bool) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "log.csv"
    path.write_bytes(sheet.text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_module, "_PANDAS_FROM", 0 if large else 1 << 40)
        patch.setattr(table_module, "_PIECE", 300)
        patch.setattr(table_rows, "_MANY", 0)
        results = [read_source(source) for source in find_sources(path).sources]
    runs = [run for result in results for run in result.runs]
    told = {problem.code for result in results for problem in result.problems}
    told |= {problem.code for run in runs for problem in run.problems}
    expected: dict[str, list[tuple[int, str]]] = {}
    codes = set()
    for index, name in enumerate(sheet.names):
        cells = [(at, row[index], number(row[index])) for at, row in sheet.rows]
        broken = sum(value is None and cell not in ABSENT for _, cell, value in cells)
        points = [(at, shown(value)) for at, _, value in cells if value is not None]
        if points and len(points) >= broken:
            expected[name] = points
            codes |= {"bad_cell"} if broken else set()
        codes |= {"overflow"} if any(cell == "1e999" for _, cell, _ in cells) else set()
    read = {
        series.tag: list(zip(series.steps.tolist(), map(shown, series.values.tolist()), strict=True))
        for run in runs
        for series in run.series
    }
    assert read == expected
    if runs:
        assert told >= codes
        assert ("ragged" in told) == bool(sheet.ragged)
        assert ("repeated_header" in told) == bool(sheet.headers)
