"""JSON documents: histories, chart downloads, all_scalars; damage is told and what stands before it is kept."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from lossdoctor.importers import find_sources, read_source
from lossdoctor.importers.json_document import parse_document
from lossdoctor.runs import ProblemLevel, Role, Run
from tests.helpers.present import present

TRAIN = [2.0, 1.5, 1.25, 1.125]
VAL = [2.5, 2.0, 1.75, 1.5]
WALL = 1.7e9


def only_run(path: Path) -> Run:
    (source,) = find_sources(path).sources
    (run,) = read_source(source).runs
    return run


def points(run: Run, tag: str) -> list[tuple[int, float]]:
    series = present(run.get(tag))
    return list(zip(series.steps.tolist(), series.values.tolist(), strict=True))


def history(tmp_path: Path, value: object, name: str = "history.json") -> Run:
    (tmp_path / name).write_text(json.dumps(value))
    return only_run(tmp_path)


@pytest.mark.parametrize(
    "value",
    [
        {"loss": TRAIN, "val_loss": VAL},
        {"history": {"loss": TRAIN, "val_loss": VAL}, "params": {"epochs": 4, "verbose": 1}},
        {"loss": {str(i): v for i, v in enumerate(TRAIN)}, "val_loss": {str(i): v for i, v in enumerate(VAL)}},
        [{"epoch": i, "loss": a, "val_loss": b} for i, (a, b) in enumerate(zip(TRAIN, VAL, strict=True))],
        {"metrics": [{"epoch": i, "loss": a, "val_loss": b} for i, (a, b) in enumerate(zip(TRAIN, VAL, strict=True))]},
    ],
)
def test_every_shape_of_a_history_gives_the_same_series(tmp_path: Path, value: object) -> None:
    run = history(tmp_path, value)
    assert run.step_unit == "epoch"
    assert points(run, "loss") == list(enumerate(TRAIN))
    assert points(run, "val_loss") == list(enumerate(VAL))
    assert present(run.primary(Role.TRAIN_LOSS)).tag == "loss"
    assert present(run.primary(Role.VAL_LOSS)).tag == "val_loss"


def test_a_list_called_epoch_is_the_axis_and_nested_lists_keep_their_heading(tmp_path: Path) -> None:
    run = history(tmp_path, {"epoch": [5, 10, 15, 20], "train": {"loss": TRAIN}, "val": {"loss": VAL}})
    assert points(run, "train/loss") == list(zip([5, 10, 15, 20], TRAIN, strict=True))
    assert points(run, "val/loss")[-1] == (20, 1.5)


def test_nan_and_infinity_bare_or_quoted_are_values_and_null_is_absence(tmp_path: Path) -> None:
    (tmp_path / "history.json").write_text('{"loss": [NaN, "Infinity", -Infinity, null, 1.5]}')
    found = points(only_run(tmp_path), "loss")
    assert [step for step, _ in found] == [0, 1, 2, 4]
    assert math.isnan(found[0][1])
    assert [value for _, value in found[1:]] == [math.inf, -math.inf, 1.5]


def test_a_list_of_another_length_is_left_out_and_named(tmp_path: Path) -> None:
    run = history(tmp_path, {"loss": TRAIN, "acc": TRAIN, "val_loss": [2.0, 1.0]})
    assert run.get("val_loss") is None
    assert [p.place for p in run.problems if p.code == "other_length"] == ["tag val_loss"]


OTHER = {
    "args.json": {"lr": 0.1, "betas": [0.9, 0.99, 0.999], "loss": "mse", "loss_weights": [1.0, 0.5, 0.25], "epochs": 3},
    "package.json": {"name": "loss-viewer", "version": "1.0.0", "scripts": {"test": "jest"}},
    "chat_history.json": {"chat_1": {"messages": [{"role": "user", "content": "my loss is nan"}] * 4}},
    "config.json": {"model": {"layers": [64, 128, 256]}, "train": {"steps": 100, "loss_scale": [1, 2, 3]}},
    "coco.json": {"annotations": [{"id": i, "bbox": [1, 2, 3, 4], "category_id": 1} for i in range(5)]},
    "colours.json": [[0.1, 1, 0.5], [0.2, 2, 0.5], [0.3, 3, 0.5]],
    "metrics.json": {"accuracy": 0.9, "loss": 0.3},
    "short.json": {"loss": [1.0, 0.5]},
    "empty.json": {},
    "curves.json": {"precision": [1.0, 0.9, 0.8], "recall": [0.1, 0.2, 0.3]},
    "points.json": {"a": [[1, 2, 3]]},
}


@pytest.mark.parametrize("name", OTHER)
def test_other_json_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(json.dumps(OTHER[name]))
    assert find_sources(tmp_path).sources == ()
    assert find_sources(tmp_path / name).sources == ()


def test_chart_downloads_of_one_run_are_joined(tmp_path: Path) -> None:
    for tag, values in (("loss", TRAIN), ("val_loss", VAL)):
        rows = [[WALL + i, i * 10, value] for i, value in enumerate(values)]
        (tmp_path / f"run-a-tag-{tag}.json").write_text(json.dumps(rows))
    run = only_run(tmp_path)
    assert run.name == "a"
    assert points(run, "loss") == [(i * 10, value) for i, value in enumerate(TRAIN)]
    assert present(run.get("loss")).wall_times.tolist() == [WALL + i for i in range(4)]


def test_a_full_chart_download_is_told_to_be_sampled_and_its_order_is_kept(tmp_path: Path) -> None:
    steps = [*range(600), *range(400)]
    (tmp_path / "loss.json").write_text(json.dumps([[WALL + i, at, 1.0] for i, at in enumerate(steps)]))
    run = only_run(tmp_path)
    assert present(run.get("loss")).steps.tolist() == steps
    assert [problem.code for problem in run.problems] == ["sampled", "steps_go_back"]


def test_all_scalars_loses_the_folders_that_all_tags_share(tmp_path: Path) -> None:
    rows = [[WALL, i, value] for i, value in enumerate(TRAIN)]
    value = {"runs\\Mar26_host/loss/train": rows, "runs\\Mar26_host/loss/val": rows, "runs\\Mar26_host/lr/lr": []}
    (tmp_path / "all_scalars.json").write_text(json.dumps(value))
    run = only_run(tmp_path)
    assert [series.tag for series in run.series] == ["Mar26_host/loss/train", "Mar26_host/loss/val", "Mar26_host/lr/lr"]
    del value["runs\\Mar26_host/lr/lr"]
    (tmp_path / "all_scalars.json").write_text(json.dumps(value))
    assert [series.tag for series in only_run(tmp_path).series] == ["loss/train", "loss/val"]


@pytest.mark.parametrize("shape", ["history", "triples", "all_scalars"])
def test_cut_anywhere_gives_true_numbers_and_says_so(tmp_path: Path, shape: str) -> None:
    rows = [[WALL + i, i * 10, value] for i, value in enumerate(TRAIN)]
    whole = {
        "history": {"loss": TRAIN, "val_loss": VAL},
        "triples": rows,
        "all_scalars": {"r/m/a": rows, "r/m/b": rows},
    }
    text = json.dumps(whole[shape])
    path = tmp_path / "x_loss.json"
    read = 0
    for length in range(1, len(text)):
        path.write_text(text[:length])
        for source in find_sources(path).sources:
            result = read_source(source)
            told = [*result.problems, *(p for run in result.runs for p in run.problems)]
            assert any(problem.code == "truncated" for problem in told)
            for series in (s for run in result.runs for s in run.series):
                read += len(series)
                assert set(series.values.tolist()) <= {*TRAIN, *VAL}
    assert read > 100


def test_damage_in_the_middle_keeps_what_stands_before(tmp_path: Path) -> None:
    text = json.dumps({"loss": TRAIN, "accuracy": TRAIN, "val_loss": VAL})
    (tmp_path / "history.json").write_text(text.replace("2.5, 2.0,", "2.5, \x00%&,"))
    run = only_run(tmp_path)
    assert points(run, "loss") == list(enumerate(TRAIN))
    assert points(run, "val_loss") == [(0, 2.5)]
    assert [problem.code for problem in run.problems][:1] == ["bad_json"]
    assert "line 1, character" in run.problems[0].place


def test_hostile_documents_are_told_and_never_raise() -> None:
    for text in ("[" * 200_000, '{"a":' * 200_000, "", "{", '"', "[1,", '{"loss": [1' + "0" * 5000, "\ud800", "[\\"):
        document = parse_document(text, "x")
        assert document.value is not None or [p.level for p in document.problems] == [ProblemLevel.ERROR]


def test_a_number_of_5000_digits_is_infinite_and_a_repeated_key_is_told() -> None:
    document = parse_document('{"loss": [' + "9" * 5000 + '], "a": 1, "a": 2}', "x")
    assert document.value == {"loss": [math.inf], "a": 2}
    assert [problem.code for problem in document.problems] == ["repeated_key"]


def test_conflict_markers_are_told(tmp_path: Path) -> None:
    lines = ['{"loss": [2.0,', "<<<<<<< HEAD", "1.5,", "=======", "1.25,", ">>>>>>> theirs", "1.0]}"]
    (tmp_path / "history.json").write_text("\n".join(lines))
    run = only_run(tmp_path)
    assert [value for _, value in points(run, "loss")] == [2.0, 1.5, 1.25, 1.0]
    assert "conflict" in [problem.code for problem in run.problems]
