"""Tables: what is empty is absent, what says nan is data, and what is broken costs its row and is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lossdoctor.importers import find_sources, read_source, table_rows
from lossdoctor.importers import table as table_module
from lossdoctor.importers.whole_lines import MAX_LINE
from lossdoctor.runs import Role, Run
from tests.helpers.present import present


def read(tmp_path: Path, text: str | bytes, name: str = "log.csv") -> Run:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (source,) = find_sources(path).sources
    (run,) = read_source(source).runs
    return run


def points(run: Run, tag: str) -> list[tuple[int, float]]:
    series = run.get(tag)
    assert series is not None
    return list(zip(series.steps.tolist(), series.values.tolist(), strict=True))


def codes(run: Run) -> list[str]:
    return [problem.code for problem in run.problems]


def test_keras_with_appended_restart_keeps_file_order(tmp_path: Path) -> None:
    run = read(tmp_path, "epoch,accuracy,loss,val_loss\r\n0,0.1,2.0,2.1\r\n1,0.2,1.0,1.1\r\n0,0.1,1.9,2.0\r\n")
    assert points(run, "loss") == [(0, 2.0), (1, 1.0), (0, 1.9)]
    assert run.step_unit == "epoch"
    assert codes(run) == ["steps_go_back"]
    assert (present(run.primary(Role.TRAIN_LOSS)).tag, present(run.primary(Role.VAL_LOSS)).tag) == ("loss", "val_loss")


def test_empty_is_absent_and_nan_is_data(tmp_path: Path) -> None:
    run = read(tmp_path, "step,a,b\n0,1.0,\n1,nan,inf\n2,,-Infinity\n3,NaN,1\n")
    assert [s for s, _ in points(run, "a")] == [0, 1, 3]
    assert np.isnan([v for _, v in points(run, "a")]).tolist() == [False, True, True]
    assert points(run, "b") == [(1, np.inf), (2, -np.inf), (3, 1.0)]
    assert codes(run) == []


def test_lightning_rows_alternate_and_step_is_x(tmp_path: Path) -> None:
    text = (
        "epoch,lr-Adam,step,train_loss_epoch,train_loss_step,val_loss\n"
        "0,0.1,9,,2.5,\n0,,19,,2.0,\n0,,19,,,1.8\n0,,19,2.2,,\n1,0.1,29,,1.5,\n"
    )
    run = read(tmp_path, text, "lightning_logs/version_3/metrics.csv")
    assert run.id == "version_3"
    assert points(run, "train_loss_step") == [(9, 2.5), (19, 2.0), (29, 1.5)]
    assert points(run, "val_loss") == [(19, 1.8)]
    assert points(run, "epoch")[-1] == (29, 1.0)
    assert run.role_of("epoch") is Role.EPOCH
    assert run.step_unit == "step"
    assert {s.tag for s in run.in_role(Role.TRAIN_LOSS)} == {"train_loss_step", "train_loss_epoch"}


def test_lightning_id_is_the_version_folder(tmp_path: Path) -> None:
    folder = tmp_path / "logs" / "name" / "version_0"
    folder.mkdir(parents=True)
    (folder / "metrics.csv").write_text("epoch,step,train_loss\n0,0,1.0\n")
    (folder / "hparams.yaml").write_text("lr: 1e-3\nmodel:\n  width: 64\n")
    (source,) = find_sources(tmp_path).sources
    (run,) = read_source(source).runs
    assert (run.id, run.name, run.path) == ("logs/name/version_0", "name/version_0", str(folder))
    assert dict(run.config) == {"lr": 1e-3, "model.width": 64}


def test_semicolons_with_decimal_comma(tmp_path: Path) -> None:
    run = read(tmp_path, "epoch;loss;val_loss\n0;1,5;2\n1;0,25;1,75e-1\n")
    assert points(run, "loss") == [(0, 1.5), (1, 0.25)]
    assert points(run, "val_loss") == [(0, 2.0), (1, 0.175)]


def test_semicolons_with_points(tmp_path: Path) -> None:
    assert points(read(tmp_path, "epoch;loss\n0;1.5\n1;0.25\n"), "loss") == [(0, 1.5), (1, 0.25)]


def test_padded_yolo_header(tmp_path: Path) -> None:
    text = (
        "                  epoch,         train/box_loss,           val/box_loss\n"
        "                      0,                 0.1104,                0.08957\n"
        "                      1,                 0.1004,                0.07957\n"
    )
    run = read(tmp_path, text, "results.csv")
    assert points(run, "train/box_loss") == [(0, 0.1104), (1, 0.1004)]
    assert present(run.primary(Role.VAL_LOSS)).tag == "val/box_loss"


def test_fastai_times_are_no_numbers_and_no_problem(tmp_path: Path) -> None:
    run = read(tmp_path, "epoch,train_loss,valid_loss,accuracy,time\n0,1.5,1.2,0.4,00:32\n1,1.1,1.0,0.5,00:31\n")
    assert [series.tag for series in run.series] == ["train_loss", "valid_loss", "accuracy"]
    assert codes(run) == []


def test_tabs_and_index_column(tmp_path: Path) -> None:
    run = read(tmp_path, "\tstep\tloss\n0\t10\t1.0\n1\t20\t0.5\n", "log.tsv")
    assert points(run, "loss") == [(10, 1.0), (20, 0.5)]
    assert len(run.series) == 1


def test_ragged_rows_are_lost_and_told(tmp_path: Path) -> None:
    run = read(tmp_path, "step,loss\n0,1.0\n1,0.9,7\n2\n3,0.7\n")
    assert points(run, "loss") == [(0, 1.0), (3, 0.7)]
    (problem,) = run.problems
    assert (problem.code, problem.place) == ("ragged", "line 3")
    assert "2 rows" in problem.message
    assert "3, 4" in problem.message


def test_an_unclosed_quote_costs_nothing_else(tmp_path: Path) -> None:
    rows = "".join(f"{i},{i / 10},ok\n" for i in range(1, 60))
    run = read(tmp_path, f'step,loss,note\n0,0.0,"broken\n{rows}')
    assert len(points(run, "loss")) == 60


def test_repeated_header_is_a_restart(tmp_path: Path) -> None:
    run = read(tmp_path, "step,loss\n0,1.0\n1,0.5\nstep,loss\n0,0.9\n1,0.4\n")
    assert points(run, "loss") == [(0, 1.0), (1, 0.5), (0, 0.9), (1, 0.4)]
    assert codes(run) == ["repeated_header", "steps_go_back"]
    assert run.problems[0].place == "line 4"


def test_bad_cells_are_gaps_with_their_line(tmp_path: Path) -> None:
    run = read(tmp_path, b"step,loss\n0,1.0\n1,0.\x009\n2,oops\n3,1_000\n4,0.5\n5,0.4\n6,None\n")
    assert points(run, "loss") == [(0, 1.0), (4, 0.5), (5, 0.4)]
    (problem,) = run.problems
    assert (problem.code, problem.place) == ("bad_cell", "line 3")
    assert "3 cells" in problem.message


def test_numbers_too_large_are_infinite_with_a_mark(tmp_path: Path) -> None:
    run = read(tmp_path, f"step,loss\n0,1e999\n1,{'9' * 5000}\n2,1.0\n")
    assert points(run, "loss") == [(0, np.inf), (1, np.inf), (2, 1.0)]
    assert codes(run) == ["overflow"]


def test_last_line_without_end_is_kept_with_a_mark(tmp_path: Path) -> None:
    run = read(tmp_path, "step,loss\n0,1.0\n1,0.12")
    assert points(run, "loss") == [(0, 1.0), (1, 0.12)]
    assert codes(run) == ["unterminated"]


def test_last_line_that_was_cut_in_a_row_is_lost(tmp_path: Path) -> None:
    run = read(tmp_path, "step,loss,acc\n0,1.0,0.5\n1,0.9,0.6\n2,0.8")
    assert len(points(run, "loss")) == 2
    assert codes(run) == ["ragged", "unterminated"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks(tmp_path: Path, encoding: str) -> None:
    run = read(tmp_path, "step,loss\n0,1.0\n1,0.5\n".encode(encoding))
    assert points(run, "loss") == [(0, 1.0), (1, 0.5)]


def test_lone_carriage_returns_and_blank_lines(tmp_path: Path) -> None:
    assert points(read(tmp_path, "step,loss\r0,1.0\r\r1,0.5\r"), "loss") == [(0, 1.0), (1, 0.5)]


def test_batches_that_start_again_every_epoch_count_through(tmp_path: Path) -> None:
    run = read(tmp_path, "epoch,batch,loss\n0,0,5\n0,1,4\n0,2,3\n1,0,2\n1,1,1\n1,2,0.5\n")
    assert [s for s, _ in points(run, "loss")] == [0, 1, 2, 3, 4, 5]


def test_fractional_epochs_fall_back_to_rows(tmp_path: Path) -> None:
    run = read(tmp_path, "epoch,loss\n0.5,1.0\n1.0,0.5\n1.5,0.4\n")
    assert [s for s, _ in points(run, "loss")] == [0, 1, 2]
    assert codes(run) == ["rows_as_steps"]
    assert "fractions" in run.problems[0].message


def test_a_loss_column_is_enough(tmp_path: Path) -> None:
    run = read(tmp_path, "train_loss,val_loss\n1.0,1.1\n0.5,0.6\n")
    assert points(run, "val_loss") == [(0, 1.1), (1, 0.6)]
    assert codes(run) == ["rows_as_steps"]


def test_repeated_column_names_are_told_apart(tmp_path: Path) -> None:
    run = read(tmp_path, "step,loss,loss\n0,1.0,2.0\n")
    assert [series.tag for series in run.series] == ["loss", "loss.1"]


def test_header_only_is_a_log_without_points(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("epoch,loss,val_loss\n")
    (source,) = find_sources(path).sources
    result = read_source(source)
    assert result.runs == ()
    assert [problem.code for problem in result.problems] == ["no_rows"]


def test_wide_tables_are_capped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_rows, "MAX_COLUMNS", 5)
    run = read(tmp_path, "step," + ",".join(f"m{i}" for i in range(9)) + "\n0" + ",1" * 9 + "\n")
    assert len(run.series) == 4
    assert codes(run) == ["too_many_columns"]


def test_a_large_file_reads_like_a_small_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"{i},{1 / (1 + i)!r},{'' if i % 3 else 0.5}\n" for i in range(3000))
    monkeypatch.setattr(table_module, "_PANDAS_FROM", 1000)
    run = read(tmp_path, "step,loss,val_loss\n" + rows)
    assert points(run, "loss") == [(i, 1 / (1 + i)) for i in range(3000)]
    assert len(points(run, "val_loss")) == 1000


def test_a_row_that_is_far_too_long_is_named_when_it_is_the_only_one(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(b"step,loss\n" + b"9" * (MAX_LINE + 1))
    (source,) = find_sources(tmp_path).sources
    result = read_source(source)
    assert not result.runs
    assert [problem.code for problem in result.problems] == ["long_line"]
    assert result.problems[0].place == "line 2"
