"""One run, written the way each logger would write it, reads as the same series whatever the format."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossdoctor.importers import find_sources, read_source
from lossdoctor.runs import Role, Run
from tests.helpers import logs, mlflow_logs, wandb_logs

Rows = list[tuple[float, float]]
VALUE = st.one_of(st.floats(width=64), st.floats(-10, 10), st.integers(-5, 5).map(float))
# Three rows at least: a history is recognised by its lists, a text log by lines that go on.
ROWS = st.lists(st.tuples(VALUE, VALUE), min_size=3, max_size=25)


def csv(folder: Path, rows: Rows) -> None:
    text = "epoch,loss,val_loss\n" + "".join(f"{i},{a!r},{b!r}\n" for i, (a, b) in enumerate(rows))
    (folder / "log.csv").write_text(text)


def tsv_gz(folder: Path, rows: Rows) -> None:
    text = "epoch\tloss\tval_loss\n" + "".join(f"{i}\t{a!r}\t{b!r}\n" for i, (a, b) in enumerate(rows))
    (folder / "log.tsv.gz").write_bytes(gzip.compress(text.encode()))


def json_lines(folder: Path, rows: Rows) -> None:
    lines = [json.dumps({"epoch": i, "loss": a, "val_loss": b}) for i, (a, b) in enumerate(rows)]
    (folder / "log.jsonl").write_text("\n".join(lines) + "\n")


def history(folder: Path, rows: Rows) -> None:
    (folder / "h.json").write_text(json.dumps({"loss": [a for a, _ in rows], "val_loss": [b for _, b in rows]}))


def history_rows(folder: Path, rows: Rows) -> None:
    value = [{"epoch": i, "loss": a, "val_loss": b} for i, (a, b) in enumerate(rows)]
    (folder / "h.json").write_text(json.dumps(value, indent=1))


def text(folder: Path, rows: Rows) -> None:
    lines = [f"2026-01-01 00:00:00,1 - INFO - epoch {i} loss {a!r} val_loss {b!r}\n" for i, (a, b) in enumerate(rows)]
    (folder / "train.log").write_text("".join(lines))


def text_equals(folder: Path, rows: Rows) -> None:
    lines = [f"[Epoch {i}/{len(rows)}] loss={a!r}, val_loss={b!r}\r\n" for i, (a, b) in enumerate(rows)]
    (folder / "out.txt").write_text("".join(lines), newline="")


def keras_progress(folder: Path, rows: Rows) -> None:
    lines = [
        f"Epoch {i}/{len(rows)}\n1/9 [>......] - ETA: 1s - loss: 7.5\r9/9 [=======] - 0s 4ms/step - loss: {a!r}"
        f" - val_loss: {b!r}\n"
        for i, (a, b) in enumerate(rows)
    ]
    (folder / "out.txt").write_text("".join(lines), newline="")


def columns(folder: Path, rows: Rows) -> None:
    # Two columns of whole numbers would be a numbered column.
    (folder / "loss.csv").write_text("".join(f"{a!r}\n" for a, _ in rows))
    (folder / "val_loss.csv").write_text("".join(f"{b!r}\n" for _, b in rows))


def chart_download(folder: Path, rows: Rows) -> None:
    for index, tag in enumerate(("loss", "val_loss")):
        triples = [[1.7e9 + i, i, row[index]] for i, row in enumerate(rows)]
        (folder / f"run-.-tag-{tag}.json").write_text(json.dumps(triples))


def trainer_state(folder: Path, rows: Rows) -> None:
    log = [{"loss": a, "val_loss": b, "step": i} for i, (a, b) in enumerate(rows)]
    logs.trainer_state(folder / "trainer_state.json", log)


def mlflow(folder: Path, rows: Rows) -> None:
    curves = {tag: [(i, row[index]) for i, row in enumerate(rows)] for index, tag in enumerate(("loss", "val_loss"))}
    mlflow_logs.run(folder / "mlruns" / "0" / mlflow_logs.RUN_ID, curves)


def wandb_binary(folder: Path, rows: Rows) -> None:
    records = [wandb_logs.history({"loss": a, "val_loss": b, "_step": i}) for i, (a, b) in enumerate(rows)]
    wandb_logs.wandb_file(folder / "wandb" / "run-1" / "run-a.wandb", records)


def wandb_history(folder: Path, rows: Rows) -> None:
    text = "".join(f"{a!r},{i},{1.5 * i},{b!r}\n" for i, (a, b) in enumerate(rows))
    (folder / "h.csv").write_text("loss,_step,_runtime,val_loss\n" + text)


def wandb_charts(folder: Path, rows: Rows) -> None:
    for index, tag in enumerate(("loss", "val_loss")):
        cells = "".join(f'"{i}"' + f',"{row[index]!r}"' * 3 + "\n" for i, row in enumerate(rows))
        (folder / f"{tag}.csv").write_text(
            f'"Step","a - b - {tag}","a - b - {tag}__MIN","a - b - {tag}__MAX"\n' + cells
        )


WRITERS = (csv, tsv_gz, json_lines, history, history_rows, text, text_equals, keras_progress, columns, chart_download,
           trainer_state, mlflow, wandb_binary, wandb_history, wandb_charts)  # fmt: skip
EPOCHS = (csv, tsv_gz, json_lines, history, history_rows, text, text_equals, keras_progress)


def only_run(write: Callable[[Path, Rows], None], rows: Rows) -> Run:
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), rows)
        (source,) = find_sources(Path(name)).sources
        (run,) = read_source(source).runs
        return run


@pytest.mark.parametrize("write", WRITERS, ids=[write.__name__ for write in WRITERS])
@settings(max_examples=40, deadline=None)
@given(rows=ROWS)
def test_the_same_run_gives_the_same_series(write: Callable[[Path, Rows], None], rows: Rows) -> None:
    run = only_run(write, rows)
    for index, tag in enumerate(("loss", "val_loss")):
        series = next(item for item in run.series if item.tag == tag)
        assert series.steps.tolist() == list(range(len(rows)))
        assert [repr(value) for value in series.values.tolist()] == [repr(row[index]) for row in rows]
    assert {(role.role, role.tag) for role in run.roles if role.primary} == {
        (Role.TRAIN_LOSS, "loss"), (Role.VAL_LOSS, "val_loss"),
    }  # fmt: skip
    assert run.step_unit == ("epoch" if write in EPOCHS else "step")
