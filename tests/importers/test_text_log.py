"""Plain text logs: every documented pattern, progress bars, tables, axes; and what is never taken for a log."""

from __future__ import annotations

import gzip
import pickle
import random
from pathlib import Path

import pytest

from lossdoctor.errors import LossdoctorError
from lossdoctor.importers import find_sources, read_source
from lossdoctor.importers.files import read_head
from lossdoctor.importers.options import ReadOptions
from lossdoctor.importers.text_line import PATTERNS, message, read_line
from lossdoctor.importers.text_log import TextLogImporter, compile_pattern
from lossdoctor.importers.text_rows import text_rows
from lossdoctor.runs import Role, Run
from tests.helpers.present import present


def read(tmp_path: Path, text: str | bytes, name: str = "train.log") -> Run:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (source,) = find_sources(tmp_path).sources
    assert source.format == "text_log"
    (run,) = read_source(source).runs
    return run


def points(run: Run, tag: str) -> list[tuple[int, float]]:
    series = present(run.get(tag))
    return list(zip(series.steps.tolist(), series.values.tolist(), strict=True))


@pytest.mark.parametrize(("name", "example", "tags"), PATTERNS, ids=[name for name, _, _ in PATTERNS])
def test_documented_examples_give_the_documented_tags(name: str, example: str, tags: tuple[str, ...]) -> None:
    said = present(read_line(message(example)))
    assert tuple(said.numbers) == tags
    assert said.counted


@pytest.mark.parametrize(
    "prefix",
    [
        "",
        "2024-01-02 12:00:00,123 - INFO - ",
        "2024-01-02 12:00:00,123 - mmdet - INFO - ",
        "[2024-01-02T12:00:00.5Z] [INFO] ",
        "12:00:01 | ",
        "INFO:root:",
        "[INFO] ",
        "I0101 12:00:00.123 1234 solver.cpp:228] ",
        "\x1b[32m2024-01-02 12:00:00\x1b[0m | INFO | ",
    ],
)
def test_what_precedes_the_message_is_passed_over(prefix: str) -> None:
    said = present(read_line(message(f"{prefix}Epoch 3: loss=0.25, lr=1e-3")))
    assert (said.epoch, said.numbers) == (3, {"loss": 0.25, "lr": 1e-3})


@pytest.mark.parametrize(
    "text",
    [
        "Saved checkpoint of epoch 3 to out/e3.pt",
        "Epoch 00001: val_loss improved from inf to 0.70, saving model to a.h5",
        "Loading epoch 3, best so far 0.3",
        "EarlyStopping counter: 3 of 7",
        "epoch 3 took 12 seconds",
        "eta: 1:02:03",
        "1, 2, 3",
    ],
)
def test_sentences_with_numbers_are_no_measurements(text: str) -> None:
    said = read_line(message(text))
    assert said is None or not said.numbers


def test_keras_progress_keeps_the_last_state_of_an_epoch(tmp_path: Path) -> None:
    text = "".join(
        f"Epoch {e}/3\n\r 1/50 [>.....] - ETA: 9s - loss: 9.0\r50/50 [=====] - 1s 2ms/step - loss: {1 / e}"
        f" - val_loss: {2 / e}\n"
        for e in (1, 2, 4)
    )
    run = read(tmp_path, text)
    assert run.step_unit == "epoch"
    assert points(run, "loss") == [(1, 1.0), (2, 0.5), (4, 0.25)]
    assert points(run, "val_loss") == [(1, 2.0), (2, 1.0), (4, 0.5)]


def test_progress_bars_written_line_by_line_count_once_an_epoch(tmp_path: Path) -> None:
    text = "".join(
        f"Epoch {e}: {p}%|##| {p}/100 [00:01<00:00, 8it/s, loss={p + e}]\n" for e in range(4) for p in (50, 100)
    )
    assert points(read(tmp_path, text), "loss") == [(0, 100.0), (1, 101.0), (2, 102.0), (3, 103.0)]


def test_batches_within_epochs_count_through(tmp_path: Path) -> None:
    text = (
        "".join(f"Train Epoch: {e} [{i}/600 ({i // 6}%)]\tLoss: {e + i}\n" for e in (1, 2) for i in (0, 200, 400))
        + "Test set: Average loss: 0.5, Accuracy: 98/100 (98%)\n"
    )
    run = read(tmp_path, text)
    assert [step for step, _ in points(run, "train/loss")] == [0, 200, 400, 600, 800, 1000]
    assert run.step_unit == "iteration"
    assert points(run, "test/accuracy") == [(1000, 0.98)]


def test_lines_below_an_epoch_belong_to_it(tmp_path: Path) -> None:
    text = "".join(
        f"Epoch {e}/24\n-----\ntrain Loss: {e + 1} Acc: 0.5\nval Loss: {e + 2} Acc: 0.25\n\n" for e in range(3)
    )
    run = read(tmp_path, text)
    assert points(run, "train_loss") == [(0, 1.0), (1, 2.0), (2, 3.0)]
    assert points(run, "val_acc") == [(0, 0.25), (1, 0.25), (2, 0.25)]


def test_step_name_value_lines(tmp_path: Path) -> None:
    text = "".join(f"{s} train {4 - s / 100}\n{s} val 4.5\n{s} hella 0.25\n" for s in (0, 10, 20))
    run = read(tmp_path, text, "log.txt")
    assert points(run, "train_loss") == [(0, 4.0), (10, 3.9), (20, 3.8)]
    assert run.role_of("hella_acc") is Role.TRAIN_METRIC
    assert present(run.primary(Role.VAL_LOSS)).tag == "val_loss"


def test_box_tables(tmp_path: Path) -> None:
    guided = "".join(f"------\n| grad_norm | 1.5 |\n| loss | {s / 4} |\n| step | {s} |\n------\n" for s in (0, 10, 20))
    assert points(read(tmp_path, guided), "loss") == [(0, 0.0), (10, 2.5), (20, 5.0)]
    sb3 = "".join(
        f"-----\n| time/ | |\n| total_timesteps | {s} |\n| train/ | |\n| loss | 0.5 |\n-----\n" for s in (0, 10, 20)
    )
    assert points(read(tmp_path, sb3), "train/loss") == [(0, 0.5), (10, 0.5), (20, 0.5)]


def test_dictionaries_that_a_trainer_prints_are_counted(tmp_path: Path) -> None:
    rows = [
        f"{{'loss': {2 - i / 4}, 'grad_norm': 1.5, 'learning_rate': 1e-05, 'epoch': {i / 2}}}\n"
        + (f"{{'eval_loss': {3 - i / 4}, 'eval_runtime': 1.0, 'epoch': {i / 2}}}\n" if i % 2 else "")
        for i in range(4)
    ]
    closing = "{'train_runtime': 9.5, 'train_loss': 1.625, 'epoch': 1.5}\n"
    run = read(tmp_path, "Some weights were not initialized.\n" + "".join(rows) + closing)
    assert points(run, "loss") == [(1, 2.0), (2, 1.75), (3, 1.5), (4, 1.25)]
    assert points(run, "eval_loss") == [(2, 2.75), (4, 2.25)]
    assert run.get("train_loss") is None
    assert [problem.code for problem in run.problems] == ["rows_as_steps"]


def test_nan_is_a_value_and_restarts_stay_in_file_order(tmp_path: Path) -> None:
    text = "".join(
        f"step {s} loss {v}\n" for s, v in ((0, "1.0"), (1, "0.5"), (2, "nan"), (3, "inf"), (1, "0.5"), (2, "0.25"))
    )
    run = read(tmp_path, text)
    assert present(run.get("loss")).steps.tolist() == [0, 1, 2, 3, 1, 2]
    assert [str(v) for v in present(run.get("loss")).values.tolist()] == ["1.0", "0.5", "nan", "inf", "0.5", "0.25"]
    assert "steps_go_back" in [problem.code for problem in run.problems]


def test_other_encodings_are_read(tmp_path: Path) -> None:
    text = "".join(f"Epoch {e}, 训练 Train Loss: {1 / (e + 1)}\n" for e in range(4))
    assert len(present(read(tmp_path, text.encode("gbk")).get("train_loss"))) == 4
    assert len(present(read(tmp_path, text.encode("utf-16")).get("train_loss"))) == 4


def test_an_unterminated_last_line_is_told(tmp_path: Path) -> None:
    run = read(tmp_path, "".join(f"epoch {e} loss 0.5\n" for e in range(5)) + "epoch 5 loss 0.2")
    assert [problem.code for problem in run.problems] == ["unterminated"]


def test_a_line_of_megabytes_and_garbage_cost_themselves_only(tmp_path: Path) -> None:
    sound = [f"epoch {e} loss {e / 4}" for e in range(8)]
    lines = [*sound[:3], "epoch 9 loss " + "7 " * 200_000, "\x00\x01garbage \x7f epoch", "step loss", *sound[3:]]
    run = read(tmp_path, "\n".join(lines) + "\n")
    assert points(run, "loss") == [(e, e / 4) for e in range(8)]
    assert [(p.code, p.place) for p in run.problems] == [("long_line", "line 4")]


def test_cut_anywhere_gives_true_numbers_except_in_the_told_last_line(tmp_path: Path) -> None:
    data = "".join(f"epoch {e} loss {0.123 * (e + 1):.3f} val_loss {0.456 * (e + 1):.3f}\n" for e in range(6)).encode()
    path = tmp_path / "train.log"
    for length in range(1, len(data), 3):
        path.write_bytes(data[:length])
        for source in find_sources(path).sources:
            for run in read_source(source).runs:
                told = [problem.code for problem in run.problems]
                for series in run.series:
                    kept = len(series) - ("unterminated" in told)
                    factor = 0.123 if series.tag == "loss" else 0.456
                    expected = [round(factor * (step + 1), 3) for step in series.steps.tolist()]
                    assert series.values.tolist()[:kept] == expected[:kept]


@pytest.mark.parametrize("seed", range(30))
def test_random_lines_never_raise(seed: int) -> None:
    r = random.Random(seed)
    words = [
        "epoch",
        "step",
        "loss",
        "=",
        ":",
        "|",
        "[",
        "]",
        "(",
        "/",
        "1",
        "0.5",
        "nan",
        "1e999",
        "%",
        "\r",
        "\t",
        "val",
        "-",
    ]
    text_rows("".join(r.choice([*words, " ", r.choice(words)]) for _ in range(40)) for _ in range(50))


def test_reading_time_is_bounded() -> None:
    import time

    lines = [
        "epoch 1 " * 2_000,
        "loss " * 3_900,
        "[" * 19_000,
        "a" * 19_999,
        "1" * 19_999,
        "1." * 9_999,
        "- " * 9_000,
    ] * 5
    begin = time.perf_counter()
    text_rows(lines)
    assert time.perf_counter() - begin < 5


FOREIGN = {
    "README.md": "".join(f"epoch {e} loss {1 / (e + 1)}\n" for e in range(9)),
    "README": "".join(f"epoch {e} loss {1 / (e + 1)}\n" for e in range(9)),
    "train.py": 'for epoch in range(3):\n    print(f"epoch {epoch} loss 0.5")\n' * 9,
    "notes.txt": "In epoch 3 the loss was 0.4.\nThen I changed the learning rate to 0.1 in step 4.\n",
    "requirements.txt": "torch==2.1\nnumpy>=1.26\n",
    "config.yaml": "train:\n  epochs: 10\n  step: 100\n  loss: mse\n  loss_weight: 0.5\n" * 4,
    "setup.cfg": "[train]\nepoch = 3\nloss = 0.5\n",
    "lr.txt": "".join(f"step {s} lr 0.1\n" for s in range(9)),
    "names.txt": "cat\ndog\n",
    "labels.txt": "".join(f"{i} 0.5 0.5 0.1 0.1\n" for i in range(30)),
    "args.json": '{"loss": "mse", "epochs": 10, "step": 3}',
    "notebook.ipynb": '{"cells": [{"outputs": ["epoch 1 loss 0.5\\n", "epoch 2 loss 0.4\\n", "epoch 3 loss 0.3\\n"]}]}',
    "solver.log": "".join(f"iteration {i} error {1 / (i + 1)} score {i}\n" for i in range(9)),
    "docker.log": "".join(f"Step {i}/9 : RUN pip install loss=={i}.0\n" for i in range(1, 9)),
    "ci.log": "".join(f"step {i}: {i} errors, accuracy unknown\n" for i in range(9)),
    "const.log": "".join("epoch 3 loss 0.5\n" for _ in range(9)),
}


def test_a_folder_of_code_documents_and_configuration_holds_no_log(tmp_path: Path) -> None:
    for name, text in FOREIGN.items():
        (tmp_path / name).write_text(text)
    assert [source.id for source in find_sources(tmp_path).sources] == []


@pytest.mark.parametrize("name", [name for name in FOREIGN if name != "const.log"])
def test_such_a_file_is_explained_when_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FOREIGN[name])
    found = find_sources(tmp_path / name)
    assert found.sources == ()
    assert len(found.problems) == 1


def test_a_users_pattern_reads_what_no_documented_one_does(tmp_path: Path) -> None:
    path = tmp_path / "odd.log"
    path.write_text("".join(f"<<{s}>> L~{1 / (s + 1)} V~{2 / (s + 1)}\n" for s in range(4)))
    assert find_sources(path).sources == ()
    importer = TextLogImporter(compile_pattern(r"<<(?P<step>\d+)>> L~(?P<loss>\S+) V~(?P<val_loss>\S+)"))
    assert importer.probe(read_head(str(path))) is not None
    (source,) = importer.group([read_head(str(path))], str(tmp_path)).sources
    (run,) = importer.read(source).runs
    assert points(run, "val_loss") == [(0, 2.0), (1, 1.0), (2, 2 / 3), (3, 0.5)]
    pairs = TextLogImporter(compile_pattern(r"<<(?P<step>\d+)>> (?P<name>\w)~(?P<value>\S+)"))
    (run,) = pairs.read(source).runs
    assert points(run, "L") == [(0, 1.0), (1, 0.5), (2, 1 / 3), (3, 0.25)]


def test_a_pattern_goes_with_the_sources_it_finds(tmp_path: Path) -> None:
    pattern = r"<<(?P<step>\d+)>> L~(?P<loss>\S+)"
    odd = "".join(f"<<{s}>> L~{1 / (s + 1)}\n" for s in range(4))
    plain = "".join(f"epoch {s} loss {1 / (s + 1)}\n" for s in range(4))
    for name, text in {
        "odd.log": odd,
        "plain.log": plain,
        "both.txt": plain + odd,
    }.items():
        (tmp_path / name).write_text(text)
    found = find_sources(tmp_path, ReadOptions(pattern=pattern))
    assert {source.id: (source.format, source.pattern) for source in found.sources} == {
        "odd.log": ("text_log", pattern), "plain.log": ("text_log", ""), "both.txt": ("text_log", pattern),
    }  # fmt: skip
    for source in pickle.loads(pickle.dumps(found.sources)):
        (run,) = read_source(source).runs
        assert (run.step_unit == "epoch") == (source.id == "plain.log")
    (tmp_path / "table.csv").write_text("step,loss\n1,2\n")
    assert [
        s.format
        for s in find_sources(tmp_path / "table.csv", ReadOptions(pattern=r"(?P<step>\d+),(?P<loss>\d+)")).sources
    ] == ["csv"]
    (named,) = find_sources(tmp_path / "odd.log", ReadOptions(pattern=pattern)).sources
    assert points(read_source(named).runs[0], "loss")[-1] == (3, 0.25)


def test_a_file_that_changed_until_no_line_fits_says_so(tmp_path: Path) -> None:
    path = tmp_path / "odd.log"
    path.write_text("<<1>> L~2\n")
    (source,) = find_sources(path, ReadOptions(pattern=r"<<(?P<step>\d+)>> L~(?P<loss>\S+)")).sources
    path.write_text("nothing\n")
    result = read_source(source)
    assert result.runs == ()
    assert "pattern" in result.problems[0].message


NOISE = "".join(f"[{i}] loading shard {i} of the data, warming up workers\n" for i in range(4000))  # 200 KB


@pytest.mark.parametrize("name", ["train.log", "slurm-17.out", "output.txt", "nohup"])
def test_a_log_that_begins_after_a_long_preface_is_found(tmp_path: Path, name: str) -> None:
    lines = "".join(f"epoch {i} loss {1 / (i + 1)!r}\n" for i in range(6))
    run = read(tmp_path, NOISE + "loss function: cross entropy, epochs: 6\n" + NOISE + lines, name)
    assert points(run, "loss")[0] == (0, 1.0)
    (tmp_path / name).unlink()
    (tmp_path / (name + ".gz")).write_bytes(gzip.compress((NOISE + lines).encode()))
    (source,) = find_sources(tmp_path).sources
    assert source.format == "text_log"


def test_a_pattern_finds_lines_after_a_long_preface(tmp_path: Path) -> None:
    (tmp_path / "run.log").write_text(NOISE + "<<1>> L~2\n")
    assert len(find_sources(tmp_path, ReadOptions(pattern=r"<<(?P<step>\d+)>> L~(?P<loss>\S+)")).sources) == 1


def test_long_texts_that_are_not_called_logs_are_not_searched(tmp_path: Path) -> None:
    (tmp_path / "corpus.txt").write_text(NOISE + "".join(f"epoch {i} loss 0.5\n" for i in range(6)))
    assert find_sources(tmp_path).sources == ()


MM = "2022/10/01 12:00:00 - mmengine - INFO - "


def test_mmengine_text_log_by_epochs(tmp_path: Path) -> None:
    lines = []
    for epoch in (1, 2):
        for at in (50, 100, 120):
            lines.append(f"Epoch(train)  [{epoch}][{at:4}/120]  lr: 2.0000e-03  eta: 1:00:00  time: 0.3012  "
                         f"data_time: 0.1001  memory: 3000  loss: {epoch + at / 1000:.4f}  loss_cls: 0.4000")  # fmt: skip
        lines.append(f"Epoch(val)  [{epoch}][ 50/500]    eta: 0:00:10  time: 0.0512  data_time: 0.0012  memory: 800  ")
        lines.append(f"Epoch(val) [{epoch}][500/500]    coco/bbox_mAP: 0.{epoch}510  loss: 0.7500  time: 0.0512")
    run = read(tmp_path, "".join(MM + line + "\n" for line in lines))
    assert points(run, "loss")[:4] == [(50, 1.05), (100, 1.1), (120, 1.12), (170, 2.05)]
    assert points(run, "val/coco/bbox_mAP") == [(120, 0.151), (240, 0.251)]
    assert points(run, "val/time") == [(120, 0.0512), (240, 0.0512)]
    assert len(points(run, "time")) == 6
    assert (present(run.primary(Role.TRAIN_LOSS)).tag, present(run.primary(Role.VAL_LOSS)).tag) == ("loss", "val/loss")


def test_mmengine_and_mmcv_text_logs_by_iterations(tmp_path: Path) -> None:
    for opening, end in (
        ("Iter(train) [  {}/160000]  ", "Iter(val) [2000/2000]    "),
        ("Iter [{}/160000]\t", "Iter(val) [125]\t"),
    ):
        lines = [
            opening.format(at) + f"lr: 9.9972e-03  time: 0.3  loss: {1.5 - at / 1000:.4f}" for at in (50, 100, 150)
        ]
        lines.append(end + "mIoU: 0.3811, IoU.wall: 0.72, time: 0.05")
        run = read(tmp_path, "".join(MM + line + "\n" for line in lines))
        assert points(run, "loss") == [(50, 1.45), (100, 1.4), (150, 1.35)]
        assert points(run, "val/mIoU") == [(150, 0.3811)]


def test_mmcv_text_log_by_epochs(tmp_path: Path) -> None:
    date = "2021-06-01 12:00:00,123 - mmdet - INFO - "
    lines = [
        f"{date}Epoch [{e}][{i}/120]\tlr: 2.000e-03, eta: 1:02:03, loss: {e + i / 1000}\n"
        for e in (1, 2)
        for i in (50, 100)
    ]
    lines.insert(2, date + "Epoch(val) [1][40]\tbbox_mAP: 0.3510, bbox_mAP_copypaste: 0.351 0.500 0.400\n")
    run = read(tmp_path, "".join(lines))
    assert [at for at, _ in points(run, "loss")] == [50, 100, 170, 220]
    assert points(run, "val/bbox_mAP") == [(100, 0.351)]


@pytest.mark.parametrize("pattern", ["(", "loss=(.*)", "(?P<step>x)", "(?P<loss>x)", "(?P<step>x)(?P<name>y)"])
def test_a_pattern_that_cannot_work_is_refused(pattern: str) -> None:
    with pytest.raises(LossdoctorError):
        compile_pattern(pattern)
