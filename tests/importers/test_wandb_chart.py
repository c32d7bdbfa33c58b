"""Chart exports of the W&B page: one run a column, several charts of the same runs joined."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lossdoctor.importers import find_sources, read_source
from lossdoctor.importers.wandb_chart import split_title
from lossdoctor.runs import Role, Run
from tests.helpers.present import present


def chart(path: Path, metric: str, runs: dict[str, list[str]], x: str = "Step", band: str | None = None) -> None:
    names = [f"{run} - {metric}{end}" for run in runs for end in ("", "__MIN", "__MAX")]
    lines = [",".join(f'"{name}"' for name in (x, *names))]
    for row in range(max(map(len, runs.values()))):
        cells = [str(row)]
        for values in runs.values():
            cell = values[row] if row < len(values) else ""
            cells += [cell, cell, cell if band is None or not cell else band]
        lines.append(",".join(f'"{cell}"' for cell in cells))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def read(folder: Path) -> dict[str, Run]:
    return {run.id: run for source in find_sources(folder).sources for run in read_source(source).runs}


def test_charts_of_one_folder_are_joined_by_run(tmp_path: Path) -> None:
    runs = {"a - b": ["1.0", "0.5", ""], "plain.2": ["2.0", "NaN", "1.0"]}
    chart(tmp_path / "w" / "train.csv", "train/loss", runs)
    chart(tmp_path / "w" / "val.csv", "val/loss", {"a - b": ["1.1"], "third": ["9"]})
    found = read(tmp_path)
    assert sorted(found) == ["w/a - b", "w/plain.2", "w/third"]
    run = found["w/a - b"]
    assert run.name == "a - b"
    assert {series.tag: len(series) for series in run.series} == {"train/loss": 2, "val/loss": 1}
    assert present(run.primary(Role.VAL_LOSS)).tag == "val/loss"
    nan = present(found["w/plain.2"].get("train/loss"))
    assert nan.steps.tolist() == [0, 1, 2]
    assert np.isnan(nan.values).tolist() == [False, True, False]


def test_bands_that_differ_are_kept(tmp_path: Path) -> None:
    chart(tmp_path / "c.csv", "loss", {"r": ["1", "2"]}, band="3")
    (run,) = read(tmp_path).values()
    assert [series.tag for series in run.series] == ["loss", "loss__MAX"]
    assert run.role_of("loss__MAX") is Role.OTHER


def test_other_x_axes(tmp_path: Path) -> None:
    chart(tmp_path / "c.csv", "loss", {"r": ["1", "2"]}, x="epoch")
    (run,) = read(tmp_path).values()
    assert run.step_unit == "epoch"


def test_same_chart_saved_twice_counts_once(tmp_path: Path) -> None:
    for name in ("a.csv", "a (1).csv"):
        chart(tmp_path / name, "loss", {"r": ["1", "2"]})
    (run,) = read(tmp_path).values()
    assert [len(series) for series in run.series] == [2]


def test_one_chart_by_name(tmp_path: Path) -> None:
    chart(tmp_path / "c.csv", "loss", {"r": ["1", "2"], "s": ["1", "2"]})
    found = find_sources(tmp_path / "c.csv")
    (source,) = found.sources
    assert [run.name for run in read_source(source).runs] == ["r", "s"]


def test_titles_are_split_at_the_last_dash() -> None:
    assert split_title("run - a - loss") == ("run - a", "loss")
    assert split_title("loss") == ("", "loss")
    assert split_title("group: x - loss__MIN") == ("group: x", "loss__MIN")
