"""Chart exports of the W&B page: one run a column, several charts of the same runs joined."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lossdoctor.importers import find_sources, read_source
from lossdoctor.importers.wandb_columns import split_title
from lossdoctor.runs import Band, ProblemLevel, Role, Run
from tests.helpers.present import present
from tests.helpers.reading import read as read_all


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


def test_bands_that_differ_are_kept_as_bands(tmp_path: Path) -> None:
    chart(tmp_path / "c.csv", "loss", {"r": ["1", "2"], "s": ["4", "", "5"]}, band="3")
    r, s = read(tmp_path).values()
    assert [[series.tag for series in run.series] for run in (r, s)] == [["loss"], ["loss"]]
    assert r.series[0].band == Band([1, 2], [3, 3])
    assert s.series[0].band == Band([4, 5], [3, 3])


def test_bands_that_say_nothing_are_none(tmp_path: Path) -> None:
    chart(tmp_path / "c.csv", "loss", {"r": ["1", "NaN"]})
    (run,) = read(tmp_path).values()
    assert run.series[0].band is None


def test_half_a_band_and_a_band_without_its_metric(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(
        '"Step","r - loss","r - loss__MAX","r - acc__MIN"\n"0","1","2","3"\n"1","1","","4"\n'
    )
    (run,) = read(tmp_path).values()
    assert [series.tag for series in run.series] == ["loss", "acc__MIN"]
    assert run.series[0].band == Band([np.nan, np.nan], [2, np.nan])


def test_other_x_axes(tmp_path: Path) -> None:
    chart(tmp_path / "c.csv", "loss", {"r": ["1", "2"]}, x="epoch")
    (run,) = read(tmp_path).values()
    assert run.step_unit == "epoch"


def test_any_quoted_x_axis_is_one(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text('"images seen","a - b - loss"\n"64","1"\n"128","0.5"\n')
    (run,) = read(tmp_path).values()
    assert (run.name, run.series[0].steps.tolist()) == ("a - b", [64, 128])
    (tmp_path / "c.csv").write_text("city,a - b\nRome,1\nParis,2\n")
    assert read(tmp_path) == {}


def test_fractions_are_counted_on_one_axis_for_all_charts_of_a_run(tmp_path: Path) -> None:
    def write(name: str, metric: str, xs: list[str]) -> None:
        rows = "".join(f'"{x}","{i}"\n' for i, x in enumerate(xs))
        (tmp_path / name).write_text(f'"train/epoch","r - {metric}"\n' + rows)

    write("train.csv", "train/loss", ["0.25", "0.5", "0.75", "1"])
    write("val.csv", "val/loss", ["0.5", "1"])
    (run,) = read(tmp_path).values()
    assert {series.tag: series.steps.tolist() for series in run.series} == {
        "train/loss": [0, 1, 2, 3], "val/loss": [1, 3],
    }  # fmt: skip
    assert [problem.code for problem in run.problems] == ["rows_as_steps"]


def test_times_are_wall_times_only_when_they_count_from_1970(tmp_path: Path) -> None:
    for x, walls in (("1700000000.5", 1700000000.5), ("1700000000500", 1700000000.5), ("12.5", None)):
        (tmp_path / "c.csv").write_text(f'"Wall Time","r - loss"\n"{x}","1"\n')
        (run,) = read(tmp_path).values()
        assert run.series[0].wall_times.tolist() == [walls] or (walls is None and np.isnan(run.series[0].wall_times[0]))


def test_charts_over_different_axes_say_so(tmp_path: Path) -> None:
    chart(tmp_path / "a.csv", "loss", {"r": ["1", "2"]})
    chart(tmp_path / "b.csv", "val_loss", {"r": ["1", "2"]}, x="epoch")
    (run,) = read(tmp_path).values()
    assert [problem.code for problem in run.problems] == ["mixed_axes"]


def test_rows_without_x_are_told(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text('"Step","r - loss"\n"0","1"\n"","2"\n"5","3"\n')
    runs, problems = read_all(tmp_path)
    assert runs[0].series[0].steps.tolist() == [0, 5]
    assert [(problem.code, problem.place) for problem in problems] == [("missing_step", "line 3")]


TABLE = (
    '"Name","State","Notes","User","Tags","Created","Runtime","Sweep","lr","model.depth","note","val/loss","_step"\n'
    '"a - b","finished","-","me","","2026-01-01T00:00:00.000Z","12","","0.001","3","two\nlines, ""quoted""","0.5","9"\n'
    '"other","crashed","-","me","","2026-01-01T00:00:00.000Z","12","","0.01","","","",""\n'
)


def test_a_runs_table_beside_charts_gives_the_configuration(tmp_path: Path) -> None:
    chart(tmp_path / "w" / "train.csv", "loss", {"a - b": ["1", "2"], "third": ["1", "2"]})
    (tmp_path / "w" / "runs.csv").write_text(TABLE)
    runs, problems = read_all(tmp_path)
    assert {run.name: dict(run.config) for run in runs} == {
        "a - b": {"lr": 0.001, "model.depth": 3, "note": 'two\nlines, "quoted"'}, "third": {},
    }  # fmt: skip
    assert [(problem.code, problem.message) for problem in problems] == [
        ("no_curves", "names 1 run (of 2) that no chart in this folder shows.")
    ]


def test_a_table_of_names_and_results_is_a_runs_table(tmp_path: Path) -> None:
    chart(tmp_path / "c.csv", "loss", {"r": ["1", "2"]})
    (tmp_path / "t.csv").write_text('"Name","layers","best_val_acc"\n"r","3","0.75"')
    ((run,), problems) = read_all(tmp_path)
    assert dict(run.config) == {"layers": 3}
    assert problems == []


def test_a_quoted_last_cell_is_whole_without_a_line_end(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text('"Step","r - loss"\n"0","1"\n"1","0.5"')
    assert read_all(tmp_path)[1] == []
    (tmp_path / "c.csv").write_text('"Step","r - loss"\n"0","1"\n"1","0.5')
    # The number may go on behind the cut: a gap, not a guess.
    assert [problem.code for problem in read_all(tmp_path)[1]] == ["unterminated", "bad_cell"]


@pytest.mark.parametrize("named", [True, False])
def test_a_runs_table_alone_has_no_curves(tmp_path: Path, named: bool) -> None:
    path = tmp_path / "runs.csv"
    path.write_text(TABLE)
    runs, problems = read_all(path if named else tmp_path)
    assert runs == []
    told = {problem.code: problem for problem in problems}
    assert "no curves" in told["runs_table"].message
    assert told["runs_table"].level is (ProblemLevel.ERROR if named else ProblemLevel.INFO)


def test_runs_of_one_name_keep_what_they_agree_on(tmp_path: Path) -> None:
    chart(tmp_path / "c.csv", "loss", {"r": ["1", "2"]})
    (tmp_path / "runs.csv").write_text('"Name","lr","depth","test_acc"\n"r","0.1","2","0.5"\n"r","0.1","3","0.75"\n')
    ((run,), _) = read_all(tmp_path)
    assert dict(run.config) == {"lr": 0.1}


def test_every_cut_of_a_runs_table_is_read_or_explained(tmp_path: Path) -> None:
    chart(tmp_path / "c.csv", "loss", {"a - b": ["1", "2"]})
    for size in range(len(TABLE)):
        (tmp_path / "runs.csv").write_text(TABLE[:size])
        runs, _ = read_all(tmp_path)
        assert "a - b" in {run.name for run in runs}


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
