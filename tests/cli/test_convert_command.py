"""`lossdoctor convert`: every point of every series, once, with its exact value."""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lossdoctor.workspace.scan import scan
from tests.helpers import logs

Cli = Callable[..., Any]
Row = tuple[str, str, str, int, float, float]


def rows_of(path: Path) -> list[Row]:
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8") as file:
            table: list[dict[str, Any]] = list(csv.DictReader(file))
    elif path.suffix == ".json":
        table = json.loads(path.read_text())
    else:
        table = pytest.importorskip("pyarrow.parquet").read_table(path).to_pylist()
    return [
        (r["run"], r["tag"], r["role"], int(r["step"]), float(r["wall_time"] or "nan"), float(r["value"]))
        for r in table
    ]


@pytest.mark.parametrize("ending", [".csv", ".json", ".parquet"])
def test_every_point_of_every_series_is_there_once(
    lossdoctor: Cli, examples: Path, tmp_path: Path, ending: str
) -> None:
    target = tmp_path / f"all{ending}"
    if ending == ".parquet":
        pytest.importorskip("pyarrow")
    done = lossdoctor("convert", examples, "-o", target)
    assert (done.code, done.out) == (0, "")
    expected = [
        (item.run.id, series.tag, str(item.run.role_of(series.tag)), *point)
        for item in scan([examples]).runs
        for series in item.run.series
        for point in zip(series.steps.tolist(), series.wall_times.tolist(), series.values.tolist(), strict=True)
    ]
    got = rows_of(target)
    assert len(got) == len(expected) > 5000
    assert sorted(map(repr, got)) == sorted(map(repr, expected))  # as text, so that NaN equals NaN
    assert any(math.isnan(row[5]) or math.isinf(row[5]) for row in got)


def test_a_spreadsheet_meets_no_formula(lossdoctor: Cli, tmp_path: Path) -> None:
    logs.event_file(tmp_path / "=run", [logs.scalar(step, -0.5, "@loss") for step in range(6)])
    assert lossdoctor("convert", tmp_path, "-o", tmp_path / "out.csv").code == 0
    line = (tmp_path / "out.csv").read_text().splitlines()[1]
    assert line.startswith("'=run,'@loss,")
    assert line.endswith(",-0.5")


def test_wrong_targets_are_named_and_leave_nothing(lossdoctor: Cli, examples: Path, tmp_path: Path) -> None:
    for name, word in (("out.xlsx", "ending"), ("no/out.csv", "does not exist")):
        done = lossdoctor("convert", examples / "01-healthy", "-o", tmp_path / name)
        assert done.code == 2
        assert word in done.err
    assert list(tmp_path.iterdir()) == []


def test_without_pyarrow_the_package_is_named(
    lossdoctor: Cli, examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = lossdoctor("convert", examples, "-o", tmp_path / "out.parquet")
    assert done.code == 2
    assert "lossdoctor[parquet]" in done.err
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_is_said_and_the_rest_written(lossdoctor: Cli, examples: Path, tmp_path: Path) -> None:
    done = lossdoctor("convert", examples / "01-healthy", tmp_path / "nowhere", "-o", tmp_path / "out.csv")
    assert done.code == 3
    assert "nowhere" in done.err
    assert len(rows_of(tmp_path / "out.csv")) > 100
