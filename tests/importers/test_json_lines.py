"""JSON-lines logs: mmengine, mmcv, detectron2, W&B history; damage costs the line only; other JSON is left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lossdoctor.importers import find_sources, read_source
from lossdoctor.runs import Role, Run


def write(path: Path, rows: list[object], end: str = "\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text(text + end, encoding="utf-8")
    return path


def only_run(folder: Path) -> Run:
    sources = find_sources(folder).sources
    assert [source.format for source in sources] == ["json_lines"]
    return read_source(sources[0]).runs[0]


def points(run: Run, tag: str) -> list[tuple[int, float]]:
    series = run.get(tag)
    assert series is not None, [s.tag for s in run.series]
    return list(zip(series.steps.tolist(), series.values.tolist(), strict=True))


def test_detectron2(tmp_path: Path) -> None:
    write(tmp_path / "metrics.json", [
        {"iteration": 19, "total_loss": 2.5, "loss_cls": 1.5, "lr": 0.001},
        {"iteration": 39, "total_loss": 1.5, "loss_cls": 0.5, "lr": 0.002},
        {"iteration": 39, "bbox/AP": float("nan")},
    ])  # fmt: skip
    run = only_run(tmp_path)
    assert points(run, "total_loss") == [(19, 2.5), (39, 1.5)]
    assert str(points(run, "bbox/AP")) == "[(39, nan)]"
    assert run.step_unit == "iteration"
    loss, rate = run.primary(Role.TRAIN_LOSS), run.primary(Role.LEARNING_RATE)
    assert loss is not None
    assert loss.tag == "total_loss"
    assert rate is not None
    assert rate.tag == "lr"


def test_mmengine_evaluation_stands_at_the_end_of_its_epoch(tmp_path: Path) -> None:
    rows: list[object] = []
    for epoch in (1, 2):
        rows += [{"loss": 3.0 - epoch, "lr": 0.01, "epoch": epoch, "iter": 10 * epoch, "step": 10 * epoch}]
        rows += [{"coco/bbox_mAP": 0.1 * epoch, "step": epoch}]
    folder = tmp_path / "work" / "vis_data"
    write(folder / "scalars.json", rows)
    write(folder / "20240102_030405.json", rows)
    found = find_sources(tmp_path)
    assert [source.id for source in found.sources] == ["work/vis_data/scalars.json"]
    assert [problem.code for problem in found.problems] == ["copy"]
    run = read_source(found.sources[0]).runs[0]
    assert points(run, "loss") == [(10, 2.0), (20, 1.0)]
    assert points(run, "coco/bbox_mAP") == [(10, 0.1), (20, 0.2)]


def test_mmcv_iterations_count_through_the_epochs(tmp_path: Path) -> None:
    write(tmp_path / "2023.log.json", [
        {"env_info": "sys.platform: linux", "seed": 1},
        {"mode": "train", "epoch": 1, "iter": 50, "loss": 4.0},
        {"mode": "train", "epoch": 1, "iter": 100, "loss": 3.0},
        {"mode": "val", "epoch": 1, "iter": 20, "loss": 3.5},
        {"mode": "train", "epoch": 2, "iter": 50, "loss": 2.0},
        {"mode": "train", "epoch": 2, "iter": 100, "loss": 1.0},
    ])  # fmt: skip
    run = only_run(tmp_path)
    assert points(run, "loss") == [(50, 4.0), (100, 3.0), (150, 2.0), (200, 1.0)]
    assert points(run, "val/loss") == [(100, 3.5)]


def test_mmcv_evaluation_rows_tell_the_length_of_an_epoch(tmp_path: Path) -> None:
    def steps(val_iter: int) -> list[int]:
        rows: list[object] = [{"mode": "train", "epoch": e, "iter": i, "loss": 1.0} for e in (1, 2) for i in (50, 100)]
        rows.insert(2, {"mode": "val", "epoch": 1, "iter": val_iter, "mAP": 0.5})
        write(tmp_path / "2021.log.json", rows)
        run = only_run(tmp_path)
        assert points(run, "val/mAP") == [(100, 0.5)]
        return [step for step, _ in points(run, "loss")]

    assert steps(120) == [50, 100, 170, 220]
    assert steps(100) == [50, 100, 150, 200]
    # Batches of the evaluation: a log every 50 iterations would have shown the 150th of the training.
    assert steps(150) == [50, 100, 150, 200]
    assert steps(40) == [50, 100, 150, 200]


def test_integers_of_thousands_of_digits_cost_nothing(tmp_path: Path) -> None:
    rows: list[object] = [
        '{"step": 1, "loss": 2.0}',
        '{"step": 2, "loss": -%s, "n": 7}' % ("9" * 5000),
        '{"step": 3, "loss": 1}',
    ]
    write(tmp_path / "metrics.jsonl", rows)
    run = only_run(tmp_path)
    assert points(run, "loss") == [(1, 2.0), (2, float("-inf")), (3, 1.0)]
    assert points(run, "n") == [(2, 7.0)]
    assert run.problems == ()


def test_a_wandb_history_file_stands_for_its_run_folder(tmp_path: Path) -> None:
    media = {"_type": "images", "count": 3}
    write(tmp_path / "wandb" / "run-1" / "wandb-history.jsonl", [
        {"loss": 2.0, "val_loss": 2.5, "pic": media, "good": True, "_step": 0, "_timestamp": 1.5e9},
        {"loss": "NaN", "val_loss": 2.0, "nest": {"a": 7}, "_step": 1, "_timestamp": 1.5e9 + 10},
    ])  # fmt: skip
    run = only_run(tmp_path)
    assert run.id == "wandb/run-1"
    assert str(points(run, "loss")) == "[(0, 2.0), (1, nan)]"
    assert points(run, "nest/a") == [(1, 7.0)]
    assert run.get("good") is None
    assert run.get("pic/count") is None
    loss = run.get("loss")
    assert loss is not None
    assert loss.wall_times[1] - loss.wall_times[0] == 10


def test_an_epoch_log_has_epochs_as_steps(tmp_path: Path) -> None:
    write(tmp_path / "log.jsonl", [{"epoch": e, "train_loss": 1 / (e + 1), "val_loss": 1.0} for e in range(4)])
    run = only_run(tmp_path)
    assert run.step_unit == "epoch"
    assert [step for step, _ in points(run, "train_loss")] == [0, 1, 2, 3]
    assert run.get("epoch") is None


def test_damage_costs_the_line_only(tmp_path: Path) -> None:
    rows: list[object] = [{"step": i, "loss": 2.0 - 0.1 * i} for i in range(10)]
    rows[4] = '{"step": 4, "lo'
    rows.insert(7, "<<<<<<< HEAD")
    write(tmp_path / "log.jsonl", [*rows, '{"step": 10, "lo'], end="")
    run = only_run(tmp_path)
    assert [step for step, _ in points(run, "loss")] == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert {problem.code: problem.place for problem in run.problems} == {
        "bad_line": "line 5", "conflict": "line 8", "truncated": "line 12",
    }  # fmt: skip


def test_file_order_is_kept_across_restarts(tmp_path: Path) -> None:
    write(tmp_path / "metrics.json", [{"iteration": s, "total_loss": float(s)} for s in (0, 1, 2, 0, 1)])
    run = only_run(tmp_path)
    assert [step for step, _ in points(run, "total_loss")] == [0, 1, 2, 0, 1]
    assert [problem.code for problem in run.problems] == ["steps_go_back"]


@pytest.mark.parametrize(
    "text",
    [
        '{\n  "name": "package",\n  "version": 1\n}\n',
        '{"name": "package", "version": 3}\n{"name": "other", "version": 4}\n',
        '[{"step": 1, "loss": 2}]\n',
        '{"step": "one", "text": "hello"}\n{"step": "two", "text": "hello"}\n',
        '{"epoch": 3}\n{"epoch": 4}\n',
        "[" * 100_000,
        "",
    ],
)
def test_other_json_in_a_folder_is_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / "file.json").write_text(text, encoding="utf-8")
    assert find_sources(tmp_path).sources == ()


def test_every_truncation_reads_whole_rows_only(tmp_path: Path) -> None:
    path = write(tmp_path / "log.jsonl", [{"step": i, "loss": 1.25 + i} for i in range(6)])
    data = path.read_bytes()
    for length in range(60, len(data)):
        path.write_bytes(data[:length])
        sources = find_sources(tmp_path).sources
        if not sources:
            continue
        run = read_source(sources[0]).runs[0]
        assert all(value == 1.25 + step for step, value in points(run, "loss"))
