"""Tables that the user explains: any delimiter, no header, odd names; what does not fit is told."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossdoctor.importers import find_sources, read_source
from lossdoctor.importers.mapped_table import unused
from lossdoctor.importers.options import ColumnMap, ReadOptions
from lossdoctor.importers.preview import as_table, preview
from lossdoctor.runs import Problem, Role, Run

LOSS = [2.0, 1.5, 1.25, 1.125]
VAL = [2.1, 1.6, 1.5, 1.6]
MAP = (("step", "n"), ("train_loss", "L"), ("val_loss", "VL"), ("ignore", "junk"))


def read(path: Path, *columns: tuple[str, str], origin: str = "--map") -> tuple[Run, tuple[Problem, ...]]:
    (source,) = find_sources(path, ReadOptions(maps=(ColumnMap(columns, "", origin),))).sources
    assert source.format == "mapped_table"
    result = read_source(source)
    return result.runs[0], (*result.runs[0].problems, *result.problems)


def write(folder: Path, text: str, name: str = "odd.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def rows(*head: str, delimiter: str = ",") -> str:
    body = [(str(10 * i), str(loss), str(val), "7") for i, (loss, val) in enumerate(zip(LOSS, VAL, strict=True))]
    return "\n".join(delimiter.join(row) for row in ([head] if head else []) + body) + "\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " ", "    "])
def test_names_roles_and_steps_by_any_delimiter(tmp_path: Path, delimiter: str) -> None:
    run, problems = read(write(tmp_path, rows("n", "L", "VL", "junk", delimiter=delimiter)), *MAP)
    train, val = run.primary(Role.TRAIN_LOSS), run.primary(Role.VAL_LOSS)
    assert train is not None
    assert val is not None
    assert (train.steps.tolist(), train.values.tolist(), val.values.tolist()) == ([0, 10, 20, 30], LOSS, VAL)
    assert [series.tag for series in run.series] == ["L", "VL"]
    assert {role.reason for role in run.roles} == {"chosen by you (--map)"}
    assert run.step_unit == "step"
    assert problems == ()


@pytest.mark.parametrize("delimiter", [",", " "])
def test_a_table_without_a_header_by_the_places_of_its_columns(tmp_path: Path, delimiter: str) -> None:
    columns = (("epoch", "#1"), ("train_loss", "#2"), ("ignore", "#4"))
    run, _ = read(write(tmp_path, rows(delimiter=delimiter)), *columns)
    assert run.step_unit == "epoch"
    train = run.primary(Role.TRAIN_LOSS)
    assert train is not None
    assert (train.steps.tolist(), train.values.tolist()) == ([0, 10, 20, 30], LOSS)
    assert [series.tag for series in run.series] == ["#2", "#3"]


def test_a_broken_row_of_a_headerless_table_is_told_with_its_own_line(tmp_path: Path) -> None:
    _, problems = read(write(tmp_path, "0,2\n1,1\n2,x\n3,0.5\n"), ("step", "#1"), ("train_loss", "#2"))
    assert [(p.code, p.place) for p in problems] == [("bad_cell", "line 3")]


@pytest.mark.parametrize(("text", "column"), [("loss\n3\n2\n1\n", "loss"), ("3\n2\n1\n", "#1"), ("a\n\n3\n2\n1", "a")])
def test_a_single_column_counts_its_rows(tmp_path: Path, text: str, column: str) -> None:
    run, _ = read(write(tmp_path, text, "values.txt"), ("train_loss", column))
    train = run.primary(Role.TRAIN_LOSS)
    assert train is not None
    assert (train.steps.tolist(), train.values.tolist()) == ([0, 1, 2], [3.0, 2.0, 1.0])
    assert len(run.series) == 1


def test_a_map_stands_over_what_the_names_suggest_and_reads_gzip(tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(b"step,iter,loss,x\n5,0,1,9\n5,1,2,8\n5,2,3,7\n"))
    run, _ = read(path, ("step", "iter"), ("train_loss", "x"), ("other", "loss"))
    train = run.primary(Role.TRAIN_LOSS)
    assert train is not None
    assert (train.tag, train.steps.tolist()) == ("x", [0, 1, 2])
    assert run.role_of("loss") is Role.OTHER
    assert run.path == str(path)


def test_a_step_of_fractions_is_told_and_rows_count(tmp_path: Path) -> None:
    run, problems = read(write(tmp_path, "t,L\n0.5,3\n1.25,2\n"), ("step", "t"), ("train_loss", "L"))
    assert "no_whole_steps" in [problem.code for problem in problems]
    train = run.primary(Role.TRAIN_LOSS)
    assert train is not None
    assert train.steps.tolist() == [0, 1]


def test_a_map_for_one_file_and_one_for_all(tmp_path: Path) -> None:
    one, two = write(tmp_path, rows("n", "L", "VL", "j"), "1.csv"), write(tmp_path, rows("n", "L", "VL", "j"), "2.csv")
    maps = (ColumnMap((("train_loss", "VL"),), str(one)), ColumnMap((("step", "n"), ("train_loss", "L")), "", "--map"))
    found = find_sources(tmp_path, ReadOptions(maps=maps))
    runs = [read_source(source).runs[0] for source in found.sources]
    assert [run.primary(Role.TRAIN_LOSS).tag for run in runs] == ["VL", "L"]  # type: ignore[union-attr]
    assert [source.files for source in found.sources] == [(str(one),), (str(two),)]


def test_a_map_that_fits_nothing_leaves_all_as_it_was_and_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, "step,loss\n0,2\n1,1\n")
    strange = ColumnMap((("step", "iter"), ("train_loss", "loss")), "", "--map")
    (source,) = find_sources(path, ReadOptions(maps=(strange,))).sources
    assert source.format == "csv"
    [problem] = unused([strange, ColumnMap((("step", "x"),), "/one/file")], [])
    assert problem.sentence().startswith("--map: no table has the columns iter, loss, so they explain nothing.")
    assert unused([strange], [strange]) == []


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_not(data: bytes) -> None:
    found = preview(data)
    if found is not None:
        assert any(found.numeric)
        assert all(len(row) == len(found.names) == len(found.numeric) for row in found.rows)
        as_table(data, found)


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.floats(allow_nan=False, width=32)), min_size=2, max_size=30),
    st.sampled_from([",", "\t", ";", " "]),
    st.booleans(),
)
def test_numbers_come_back_as_written(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[int, float]], delimiter: str, header: bool
) -> None:
    text = ([f"x{delimiter}y"] if header else []) + [f"{step}{delimiter}{value!r}" for step, value in pairs]
    path = write(tmp_path_factory.mktemp("t"), "\n".join(text) + "\n")
    names = ("x", "y") if header else ("#1", "#2")
    run, _ = read(path, ("step", names[0]), ("train_loss", names[1]))
    series = run.get(names[1])
    assert series is not None
    assert series.steps.tolist() == [step for step, _ in pairs]
    assert np.array_equal(series.values, [value for _, value in pairs])
