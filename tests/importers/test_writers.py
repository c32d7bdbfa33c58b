"""Files of every TensorBoard writer that is installed: scalars bit for bit as EventAccumulator has them, histograms too."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lossdoctor.importers import find_sources, read_source
from lossdoctor.importers.tensorboard.reader import read_event_file
from lossdoctor.runs import Role, Run
from tests.helpers import logs
from tests.importers.test_event_conformance import ours, tensorboards

VALUES = [1.0 / (1 + step) for step in range(40)] + [math.nan, math.inf, -math.inf]


def tensorboardx(folder: Path) -> None:
    writer = pytest.importorskip("tensorboardX").SummaryWriter(str(folder))
    _summary_writer(writer)


def torch(folder: Path) -> None:
    writer = pytest.importorskip("torch.utils.tensorboard").SummaryWriter(str(folder))
    _summary_writer(writer)


def _summary_writer(writer: Any) -> None:
    rng = np.random.default_rng(0)
    for step, value in enumerate(VALUES):
        writer.add_scalar("Loss/train", value, step)
        writer.add_scalar("Loss/val", value, step)
        writer.add_histogram("gradients/fc1.weight", rng.normal(size=100), step)
        writer.add_text("note", "text", step)
        writer.add_scalars("both", {"a": value, "b": value}, step)
    writer.add_hparams({"lr": 0.1, "optimizer": "adam", "amp": True}, {"final": 0.5})
    writer.close()


def tensorflow(folder: Path) -> None:
    tf = pytest.importorskip("tensorflow")
    with tf.summary.create_file_writer(str(folder)).as_default():
        for step, value in enumerate(VALUES):
            tf.summary.scalar("Loss/train", value, step)
            tf.summary.scalar("Loss/val", value, step)
            tf.summary.histogram("gradients/fc1.weight", tf.random.normal([100]), step)


def tensorboard(folder: Path) -> None:
    """TensorBoard's own protos, TF2 style: what Keras writes, without TensorFlow."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.plugins.histogram.summary_v2 import histogram_pb
    from tensorboard.plugins.scalar.summary_v2 import scalar_pb
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    rng = np.random.default_rng(0)
    writer = EventFileWriter(str(folder))
    for step, value in enumerate(VALUES):
        for summary in (
            scalar_pb("Loss/train", value),
            scalar_pb("Loss/val", value),
            histogram_pb("gradients/fc1.weight", rng.normal(size=100)),
        ):
            writer.add_event(Event(wall_time=1e9 + step, step=step, summary=summary))
    writer.close()


WRITERS = (tensorboard, tensorboardx, torch, tensorflow)


@pytest.mark.parametrize("write", WRITERS, ids=[write.__name__ for write in WRITERS])
def test_every_writer_reads_as_event_accumulator_has_it(write: Callable[[Path], None], tmp_path: Path) -> None:
    write(tmp_path)
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert files
    for path in files:
        assert ours(read_event_file(str(path)).columns) == tensorboards(path), path
    run = _main_run(tmp_path)
    losses = run.primary(Role.TRAIN_LOSS), run.primary(Role.VAL_LOSS)
    for series in losses:
        assert series is not None
        np.testing.assert_array_equal(series.values, np.array(VALUES, np.float32).astype(np.float64))
        assert series.steps.tolist() == list(range(len(VALUES)))
    (histograms,) = run.histograms
    assert (histograms.layer, histograms.kind, len(histograms)) == ("fc1", "gradient", len(VALUES))
    np.testing.assert_array_equal(histograms.number, 100.0)
    for index in range(len(VALUES)):
        assert histograms.buckets(index).counts.sum() == 100


def _main_run(folder: Path) -> Run:
    runs = [run for source in find_sources(folder).sources for run in read_source(source).runs]
    return next(run for run in runs if run.primary(Role.TRAIN_LOSS) is not None)


def test_hparams_of_tensorboardx_are_configuration(tmp_path: Path) -> None:
    tensorboardx(tmp_path)
    runs = [run for source in find_sources(tmp_path).sources for run in read_source(source).runs]
    assert any(run.config.get("lr") == 0.1 and run.config.get("optimizer") == "adam" for run in runs)


@pytest.mark.parametrize("nested", [False, True], ids=["torch", "tensorboardX"])
def test_curves_of_add_scalars_belong_to_their_run(nested: bool, tmp_path: Path) -> None:
    logs.event_file(tmp_path / "run", [])
    for curve in ("train", "val"):
        folder = tmp_path / "run" / ("Loss/all" if nested else "Loss_all") / curve
        folder = folder if nested else folder.parent.with_name(f"Loss_all_{curve}")
        logs.event_file(folder, logs.curve("Loss/all", [3.0, 2.0, 1.0, 0.5]))
    (run,) = [run for source in find_sources(tmp_path).sources for run in read_source(source).runs]
    assert {run.primary(role) is not None for role in (Role.TRAIN_LOSS, Role.VAL_LOSS)} == {True}
    assert len(run.series) == 2


def test_a_sub_folder_of_another_name_is_another_run(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "lr_0.1"):
        logs.event_file(folder, logs.curve("loss", [3.0, 2.0, 1.0, 0.5]))
    assert len(find_sources(tmp_path).sources) == 2
