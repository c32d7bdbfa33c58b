"""Tables of W&B history rows: one run, several one after another, and tables of one row a run."""

from __future__ import annotations

import random
from pathlib import Path

from lossdoctor.runs import ProblemLevel, Role
from tests.helpers.reading import read

Row = dict[str, object]


def rows(count: int, *, start: float = 1.7e9, loss: float = 2.0, **more: object) -> list[Row]:
    return [
        {"_step": i, "_runtime": 1.5 * i + 1, "_timestamp": start + 1.5 * i, "loss": loss * 0.9**i, **more}
        for i in range(count)
    ]


def table(path: Path, content: list[Row]) -> None:
    names = sorted({name for row in content for name in row}, key=lambda name: (name == "_step", name))
    lines = [",".join(["", *names])]
    lines += [",".join([str(i), *(str(row.get(name, "")) for name in names)]) for i, row in enumerate(content)]
    path.write_text("\n".join(lines) + "\n")


def test_one_run(tmp_path: Path) -> None:
    content = rows(6)
    content[3]["val/loss"] = "nan"
    content[5]["val/loss"] = 0.5
    table(tmp_path / "h.csv", content)
    (run,), problems = read(tmp_path)
    assert (run.id, run.name, run.format) == ("h.csv", "h", "wandb_history")
    assert {series.tag: series.steps.tolist() for series in run.series} == {
        "loss": [0, 1, 2, 3, 4, 5], "val/loss": [3, 5],
    }  # fmt: skip
    loss = run.primary(Role.TRAIN_LOSS)
    assert loss is not None
    assert loss.wall_times[0] == 1.7e9
    assert problems == []


def test_runs_one_after_another_are_told_apart(tmp_path: Path) -> None:
    # The API lists the newest run first, so that times go back as well.
    table(tmp_path / "h.csv", rows(5) + rows(4, start=1.6e9, loss=3.0) + rows(3, start=1.5e9))
    runs, problems = read(tmp_path)
    assert [(run.id, run.name, len(run.series[0])) for run in runs] == [
        ("h.csv/h 1", "h 1", 5), ("h.csv/h 2", "h 2", 4), ("h.csv/h 3", "h 3", 3),
    ]  # fmt: skip
    assert runs[1].series[0].values[0] == 3.0
    assert [(problem.code, problem.level) for problem in problems] == [("several_runs", ProblemLevel.INFO)]


def test_a_resumed_run_stays_one(tmp_path: Path) -> None:
    content = rows(10)
    for row in content[6:]:
        row["_step"] = int(str(row["_step"])) - 3
    table(tmp_path / "h.csv", content)
    (run,), problems = read(tmp_path)
    assert run.series[0].steps.tolist() == [0, 1, 2, 3, 4, 5, 3, 4, 5, 6]
    assert [problem.code for problem in problems] == ["steps_go_back"]


def test_without_running_times_a_run_ends_where_the_first_step_returns(tmp_path: Path) -> None:
    content = [*rows(4), *rows(4)]
    for row in content:
        del row["_runtime"]
    table(tmp_path / "h.csv", content)
    assert [len(run.series[0]) for run in read(tmp_path)[0]] == [4, 4]


def test_named_runs_may_be_mixed(tmp_path: Path) -> None:
    content = rows(5, name="a - 1") + rows(5, name="b", loss=4.0)
    random.Random(1).shuffle(content)
    table(tmp_path / "h.csv", content)
    runs, problems = read(tmp_path)
    assert {run.name: sorted(run.series[0].steps.tolist()) for run in runs} == {
        "a - 1": [0, 1, 2, 3, 4], "b": [0, 1, 2, 3, 4],
    }  # fmt: skip
    b = next(run for run in runs if run.name == "b")
    assert max(b.series[0].values) == 4.0
    assert {problem.code for problem in problems} <= {"steps_go_back"}


def test_one_row_a_run_is_no_curve(tmp_path: Path) -> None:
    table(tmp_path / "h.csv", [{**rows(20)[i * 3], "name": f"run {i}"} for i in range(5)])
    runs, problems = read(tmp_path)
    assert runs == []
    assert [problem.code for problem in problems] == ["runs_table"]


def test_garbage_and_cuts(tmp_path: Path) -> None:
    table(tmp_path / "h.csv", rows(8))
    data = (tmp_path / "h.csv").read_bytes()
    for size in range(0, len(data), 3):
        (tmp_path / "h.csv").write_bytes(data[:size])
        runs, problems = read(tmp_path / "h.csv")
        assert runs or problems, size
    (tmp_path / "h.csv").write_bytes(data + b'x,"y,\xff\n' + b"8,13,1700000014,0.25,8\n")
    ((run,), problems) = read(tmp_path)
    assert run.series[0].steps.tolist()[-1] == 8
    assert problems


def test_a_header_alone_and_rows_without_numbers(tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text("_step,_runtime,loss\n")
    assert [problem.code for problem in read(tmp_path)[1]] == ["no_rows"]
    (tmp_path / "h.csv").write_text("_step,_runtime,loss\n0,1,\n1,2,\n")
    assert [problem.code for problem in read(tmp_path)[1]] == ["no_numbers"]
