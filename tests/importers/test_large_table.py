"""The reader of large tables gives what the plain one gives, or hands over to it; never something else."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossdoctor.importers.large_table import parse_large
from lossdoctor.importers.table import Table, parse_table
from tests.helpers.examples import MANY
from tests.helpers.present import present


def same(large: Table, plain: Table) -> None:
    assert [column.name for column in large.columns] == [column.name for column in plain.columns]
    for a, b in zip(large.columns, plain.columns, strict=True):
        np.testing.assert_array_equal(a.present, b.present)
        np.testing.assert_array_equal(a.values, b.values)
        assert a.numeric == b.numeric
    assert large.problems == plain.problems
    assert large.lines.tolist() == plain.lines.tolist()
    assert large.dialect == plain.dialect


@pytest.mark.parametrize(
    "text",
    [
        "step,loss,acc\n0,1.0,\n1,nan,0.5\n2,0.1234567890123456789,1e-320\n3,,0.25\n",
        "step,loss,acc\n0,NaN,\n1,-nan,None\n2,,NA\n3,Infinity,-inf\n4,1e999,-1e999\n",
        "step;loss\n0;1,5\n1;0,25\n2;1e5\n",
        "\ufeffstep,loss\r\n0,1.0\r\n1,0.30000000000000004\r\n",
        "step,loss,name\n0,1.0,a\n1,2.0,b\n2,None,c\n3,oops,d\n4,1.0,\n",
        "step,loss\n0,9007199254740993\n1,18446744073709551616\n2, 7\n",
        "step,loss,flag\n0,1.0,True\n1,0.5,False",
        'step,loss\n0,"1"\n"1",""\n"2","nan"\n',
        '"step","a, b"\n"0","1"\n',
        "step,loss\n0,inf\n",
        "step,loss\r\n0,1\r\n1,",
    ],
)
def test_sound_tables(text: str) -> None:
    data = text.encode()
    same(present(parse_large(data, "x")), present(parse_table(data, "x")))


@pytest.mark.parametrize(
    "text",
    [
        "step,loss\n0,1\n1\n2,3,4\n",
        "step,loss\n0,1\n\n1,2\n",
        "step,loss\n0,1\nstep,loss\n0,1\n",
        "step,loss\n0,1,\n1,2,\n",
        "step,loss\n0,1\r1,2\n",
        "step,loss\n0,1\x00\n",
        'step,loss\n0,"1\n1,2\n2,3"\n',
        'step,loss\n0,2"3\n',
        'step,loss\n0\n"1,5",2\n',
        "\nstep,loss\n0,1\n",
        "step\n0\n1\n",
    ],
)
def test_irregular_tables_are_left_to_the_plain_reader(text: str) -> None:
    assert parse_large(text.encode(), "x") is None


CELL = st.one_of(
    st.floats().map(repr),
    st.floats(width=32).map(lambda value: f"{value:.4g}"),
    st.integers(-(2**70), 2**70).map(str),
    st.sampled_from(
        ["", "", "nan", "NaN", "-nan", "inf", "-Infinity", "1e400", "None", "null", "N/A", "<NA>", "-", "x y", "True",
         "1_0", "0x1p3", "1e", "1e+", ".5", "5.", "+5", "-0", "1,5", " 2", "3 ", "1.5f", "1d3", "nan nan", "00:31",
         '"4"', '""', '"5', '6"7', '"8,9"', '"a""b"', "é", "\u0661", "\u00a07", "1\r", "\x00", "infinit", "nAn", "INF"]
    ),
)  # fmt: skip
TABLE = st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=12))


@MANY
@given(TABLE, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.data())
def test_any_table(rows: list[list[str]], delimiter: str, end: str, ended: bool, data: st.DataObject) -> None:
    width = len(rows[0]) if rows else 2
    lines = [delimiter.join(["step", "loss", "note", "nan"][:width]), *map(delimiter.join, rows)]
    if data.draw(st.integers(0, 9)) == 0:
        lines.insert(
            data.draw(st.integers(1, len(lines))), data.draw(st.sampled_from([lines[0], "", "1", " ", "1,2,3"]))
        )
    text = (end.join(lines) + (end if ended else "")).encode()
    large, plain = parse_large(text, "x"), parse_table(text, "x")
    if large is not None:
        same(large, present(plain))


def test_columns_that_turn_to_text_late() -> None:
    rows = "".join(f"{i},{i / 7!r},{'' if i % 5 else 'nan'}\n" for i in range(400_000))
    text = io.StringIO()
    text.write("step,loss,val_loss\n" + rows + "400000,oops,inf\n")
    data = text.getvalue().encode()
    same(present(parse_large(data, "x")), present(parse_table(data, "x")))
