"""W&B history in Parquet: columns, several runs, damage, and what is said without pyarrow."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from lossdoctor.importers import find_sources
from lossdoctor.runs import ProblemLevel
from tests.helpers.reading import read

STEPS = list(range(12))
LOSSES: list[float | None] = [2.0 * 0.9**i for i in STEPS]


def write(path: Path, columns: Mapping[str, Sequence[Any]], **options: Any) -> Path:
    pytest.importorskip("pyarrow", reason="needs pyarrow, of the extra `parquet`")
    import pyarrow.parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    pyarrow.parquet.write_table(pyarrow.table(dict(columns)), path, **options)
    return path


def test_columns_become_series_over_the_step(tmp_path: Path) -> None:
    losses = [*LOSSES[:3], None, math.nan, math.inf, *LOSSES[6:]]
    write(tmp_path / "r" / "history.parquet", {
        "train/loss": losses, "_step": [10 * i for i in STEPS], "_timestamp": [1.7e9 + i for i in STEPS],
        "_runtime": STEPS, "note": ["x"] * 12, "ok": [True] * 12, "hist": [[1, 2]] * 12,
        "nested": [{"acc": i / 12, "deep": {"n": i}} for i in STEPS],
        "image": [{"_type": "image-file", "size": 3}] * 12,
    })  # fmt: skip
    (run,), problems = read(tmp_path)
    assert (run.id, run.name, run.format) == ("r/history.parquet", "history", "parquet")
    assert [series.tag for series in run.series] == ["train/loss", "nested.acc", "nested.deep.n"]
    loss = run.series[0]
    assert loss.steps.tolist() == [0, 10, 20, *range(40, 120, 10)]
    assert [repr(value) for value in loss.values[2:5].tolist()] == [repr(LOSSES[2]), "nan", "inf"]
    assert loss.wall_times[1] == 1.7e9 + 1
    assert problems == []


def test_several_runs_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", {"_step": STEPS * 2, "_runtime": STEPS * 2, "loss": LOSSES * 2})
    write(tmp_path / "b.parquet", {"_step": STEPS * 2, "loss": LOSSES * 2, "run": ["x"] * 12 + ["y"] * 12})
    assert [run.name for run in read(tmp_path)[0]] == ["a 1", "a 2", "x", "y"]
    write(tmp_path / "b.parquet", {"_step": STEPS, "loss": LOSSES, "name": [f"r{i}" for i in STEPS]})
    assert [problem.code for problem in read(tmp_path / "b.parquet")[1]] == ["runs_table"]


def test_a_long_list_of_columns_is_searched_whole(tmp_path: Path) -> None:
    columns: dict[str, Sequence[Any]] = {
        "_step": STEPS,
        **{f"layer.{i}.some_rather_long_name/grad_norm": LOSSES for i in range(900)},
    }
    path = write(tmp_path / "a.parquet", columns, row_group_size=4)
    assert path.stat().st_size > 300_000
    (run,), _ = read(tmp_path)
    assert len(run.series) == 900


def test_other_parquet_files_are_no_logs(tmp_path: Path) -> None:
    path = write(tmp_path / "data.parquet", {"text": ["a", "b"], "label": [0, 1]})
    assert find_sources(path).sources == ()
    assert "Parquet" in find_sources(path).problems[0].message


def test_without_rows_and_without_numbers(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", {"_step": [], "loss": []})
    assert [problem.code for problem in read(tmp_path)[1]] == ["no_rows"]
    write(tmp_path / "a.parquet", {"_step": STEPS, "loss": ["x"] * 12})
    assert [problem.code for problem in read(tmp_path)[1]] == ["no_numbers"]


def test_cuts_and_garbage_are_told(tmp_path: Path) -> None:
    data = write(tmp_path / "a.parquet", {"_step": STEPS, "loss": LOSSES, "val": LOSSES}).read_bytes()
    r = random.Random(5)
    for _ in range(200):
        at = r.randrange(4, len(data))
        changed = data[:at] if r.random() < 0.3 else data[:at] + r.randbytes(3) + data[at + 3 :]
        (tmp_path / "a.parquet").write_bytes(changed)
        runs, problems = read(tmp_path / "a.parquet")
        assert runs or problems


def test_a_damaged_column_costs_itself_only(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.parquet", {"_step": STEPS, "loss": LOSSES, "val": [value * 3.0 for value in STEPS]},
        compression="snappy", use_dictionary=False,
    )  # fmt: skip
    import pyarrow.parquet

    chunk = pyarrow.parquet.ParquetFile(path).metadata.row_group(0).column(2)
    data = bytearray(path.read_bytes())
    data[chunk.data_page_offset : chunk.data_page_offset + chunk.total_compressed_size] = (
        b"\xff" * chunk.total_compressed_size
    )
    path.write_bytes(data)
    (run,), problems = read(tmp_path)
    assert [series.tag for series in run.series] == ["loss"]
    assert [(problem.code, problem.level) for problem in problems] == [("bad_column", ProblemLevel.WARNING)]


def test_more_cells_than_any_log_are_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.parquet", {"_step": STEPS, "loss": LOSSES})
    monkeypatch.setattr("lossdoctor.importers.parquet.MAX_CELLS", 20)
    assert [problem.code for problem in read(tmp_path)[1]] == ["too_large"]


def test_without_pyarrow_the_command_that_helps_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyarrow"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    # Enough of a Parquet file to be recognised, so that this is tested where pyarrow is missing as well.
    (tmp_path / "history.parquet").write_bytes(b"PAR1" + bytes(40) + b"\x15\x0c_step" + bytes(9) + b"PAR1")
    runs, problems = read(tmp_path)
    assert runs == []
    assert [problem.code for problem in problems] == ["needs_pyarrow"]
    assert problems[0].hint == 'Install it: pip install "lossdoctor[parquet]"'
