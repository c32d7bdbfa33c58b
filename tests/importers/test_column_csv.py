"""CSVs of one unnamed column: taken when the file's name says what it holds, explained otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from lossdoctor.importers import find_sources, read_source
from lossdoctor.runs import Role
from tests.helpers.present import present

VALUES = [0.9, 0.5, 0.25, 0.125]


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"{value}\n" for value in VALUES),
        "".join(f"{value:.18e}\r\n" for value in VALUES),
        "0\n" + "".join(f"{value}\n" for value in VALUES),
        ",0\n" + "".join(f"{i},{value}\n" for i, value in enumerate(VALUES)),
        "".join(f"{i},{value}\n" for i, value in enumerate(VALUES)),
        "x\n" + "".join(f"{value}\n" for value in VALUES),
    ],
)
def test_every_way_to_write_a_column(tmp_path: Path, text: str) -> None:
    (tmp_path / "val_loss.csv").write_text(text)
    (source,) = find_sources(tmp_path).sources
    (run,) = read_source(source).runs
    series = present(run.primary(Role.VAL_LOSS))
    assert series.tag == "val_loss"
    assert series.steps.tolist() == [0, 1, 2, 3]
    assert series.values.tolist() == VALUES


def test_columns_of_one_folder_are_one_run(tmp_path: Path) -> None:
    for name in ("train_loss", "val_loss"):
        (tmp_path / f"{name}.csv").write_text("".join(f"{value}\n" for value in VALUES))
    (source,) = find_sources(tmp_path).sources
    (run,) = read_source(source).runs
    assert [series.tag for series in run.series] == ["train_loss", "val_loss"]


def test_a_column_counted_from_one_keeps_its_count_and_nan_is_data(tmp_path: Path) -> None:
    (tmp_path / "loss.csv").write_text("1,0.5\n2,nan\n3,0.25\n")
    (run,) = read_source(find_sources(tmp_path).sources[0]).runs
    series = present(run.get("loss"))
    assert series.steps.tolist() == [1, 2, 3]
    assert str(series.values.tolist()) == "[0.5, nan, 0.25]"


@pytest.mark.parametrize("name", ["numbers.csv", "y_train.csv", "data.csv", "weights.csv"])
def test_a_column_nobody_named_is_explained(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("0.5\n0.4\n0.3\n")
    found = find_sources(tmp_path / name)
    assert found.sources == ()
    assert [problem.code for problem in found.problems] == ["one_column"]
