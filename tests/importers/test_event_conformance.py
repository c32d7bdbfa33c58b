"""The event reader against TensorBoard's own, bit for bit, over written and shared files; and against itself, slowly."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lossdoctor.importers.tensorboard.columns import Column
from lossdoctor.importers.tensorboard.event import read_event
from lossdoctor.importers.tensorboard.reader import read_event_bytes, read_event_file
from lossdoctor.importers.tensorboard.records import frame
from tests.helpers import logs

Points = dict[str, list[tuple[int, bytes, bytes]]]


def bits(number: float) -> bytes:
    return struct.pack("<d", number)


def ours(columns: tuple[Column, ...]) -> Points:
    return {
        column.tag: [
            (int(s), bits(v), bits(w)) for s, v, w in zip(column.steps, column.values, column.walls, strict=True)
        ]
        for column in columns
    }


def tensorboards(path: Path) -> Points:
    """Every scalar of a file as EventAccumulator gives it, with nothing purged and nothing sampled away."""
    from tensorboard.backend.event_processing import event_accumulator
    from tensorboard.util import tensor_util

    reader = event_accumulator.EventAccumulator(
        str(path), size_guidance={"scalars": 0, "tensors": 0}, purge_orphaned_data=False
    )
    reader.Reload()
    points: Points = {}
    for tag in reader.Tags()["scalars"]:
        points[tag] = [(e.step, bits(e.value), bits(e.wall_time)) for e in reader.Scalars(tag)]
    for tag in reader.Tags()["tensors"]:
        for e in reader.Tensors(tag):
            if e.tensor_proto.dtype == 7:
                continue
            array = tensor_util.make_ndarray(e.tensor_proto)
            if array.size == 1:
                points.setdefault(tag, []).append((e.step, bits(float(array.reshape(-1)[0])), bits(e.wall_time)))
    return points


def one_by_one(data: bytes) -> Points:
    """The obvious reader: every record through `read_event`, nothing in bulk."""
    points: Points = {}
    framed = frame(data, 0)
    for start, length in zip(framed.starts.tolist(), framed.lengths.tolist(), strict=True):
        event = read_event(data, start, start + length)
        for scalar in event.scalars:
            points.setdefault(scalar.tag, []).append((event.step, bits(scalar.value), bits(event.wall_time)))
    return points


def messy_records(seed: int, count: int = 3000) -> Iterator[bytes]:
    """Records as different as writers make them: TF1, TF2, many values, odd steps, all dtypes, payloads in between."""
    r = random.Random(seed)
    tags = ["loss", "val/loss", "acc", "lr", "grad/norm", "x" * 200, "名前", *(f"layer{i}/w" for i in range(30))]
    step = r.choice([0, 100, 2**31, -3])
    for _ in range(count):
        step += r.choice([0, 1, 1, 1, 1, 7, -2])
        wall = r.choice([1e9 + step, float("nan"), 0.0, 1.7e9])
        value = r.choice([r.random(), float("nan"), float("inf"), -0.0, 1e-42, r.gauss(0, 1e9)])
        tag = r.choice(tags[: r.choice([2, 5, len(tags)])])
        kind = r.random()
        if kind < 0.5:
            yield logs.record(logs.event(step, [logs.simple_value(tag, value)], wall))
        elif kind < 0.6:
            yield logs.record(logs.event(step, [logs.simple_value(t, value) for t in tags[:4]], wall))
        elif kind < 0.8:
            dtype, packed = r.choice(
                [(1, struct.pack("<f", value)), (2, struct.pack("<d", value)), (9, struct.pack("<q", step)),
                 (3, struct.pack("<i", -5)), (19, struct.pack("<e", 0.25)), (10, b"\x01")]
            )  # fmt: skip
            body = logs.tensor(dtype, logs.field(4, packed))
            yield logs.record(logs.event(step, [logs.tensor_value(tag + "/t", body, r.choice(["", "scalars"]))], wall))
        elif kind < 0.9:
            body = r.choice([b"\x2d" + struct.pack("<f", value), logs.field(5, struct.pack("<f", value))])
            yield logs.record(logs.event(step, [logs.tensor_value(tag + "/v", logs.tensor(1, body))], wall))
        elif kind < 0.95:
            image = logs.field(1, b"picture") + logs.field(4, logs.field(4, r.randbytes(r.choice([10, 5000]))))
            yield logs.record(logs.event(step, [image], wall))
        else:
            yield logs.record(
                logs.event(step, [logs.tensor_value("t", logs.tensor(7, logs.field(8, b"text")), "text")])
            )


@pytest.mark.parametrize("seed", range(6))
def test_bulk_reading_equals_reading_one_by_one(seed: int) -> None:
    data = logs.version() + b"".join(messy_records(seed))
    assert ours(read_event_bytes(data).columns) == one_by_one(data)


@pytest.mark.parametrize("seed", range(3))
def test_equal_to_event_accumulator_on_messy_files(seed: int, tmp_path: Path) -> None:
    path = logs.event_file(tmp_path, messy_records(seed, 800))
    assert ours(read_event_file(str(path)).columns) == tensorboards(path)


def test_regular_logs_take_the_guessed_positions(tmp_path: Path) -> None:
    """Ten tags a step over the change from two-byte to three-byte steps: guesses fail there and must be mended."""
    tags = [f"{name}/loss" for name in ("a", "bb", "ccc", "dddd", "e", "ff", "ggg", "h", "iiii", "jj")]
    start = 16384 - 600
    data = logs.version() + b"".join(
        logs.scalar(step, step * 0.5, tag) for step in range(start, start + 1500) for tag in tags
    )
    columns = read_event_bytes(data).columns
    assert [column.tag for column in columns] == tags
    for column in columns:
        np.testing.assert_array_equal(column.steps, np.arange(start, start + 1500))
        np.testing.assert_array_equal(column.values, np.arange(start, start + 1500) * 0.5)


def test_many_tags_of_one_length() -> None:
    tags = [f"layer/{i:04d}/norm" for i in range(3000)]
    data = logs.version() + b"".join(logs.scalar(step, i, tag) for step in range(1, 4) for i, tag in enumerate(tags))
    columns = read_event_bytes(data).columns
    assert [column.tag for column in columns] == tags
    assert all(column.values.tolist() == [i] * 3 for i, column in enumerate(columns))


def test_written_by_tensorboards_own_writer(tmp_path: Path) -> None:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(str(tmp_path))
    for step in range(300):
        for tag in ("train/loss", "lr"):
            value = Summary.Value(tag=tag, simple_value=1.0 / (1 + step))
            writer.add_event(Event(wall_time=1e9 + step, step=step, summary=Summary(value=[value])))
    writer.close()
    (path,) = tmp_path.iterdir()
    assert ours(read_event_file(str(path)).columns) == tensorboards(path)


@pytest.mark.corpus
def test_equal_to_event_accumulator_on_shared_runs(corpus: Path) -> None:
    paths = sorted((corpus / "faultlab" / "tb").rglob("*tfevents*"))[::16]
    assert len(paths) > 10
    for path in paths:
        assert ours(read_event_file(str(path)).columns) == tensorboards(path), path


@pytest.mark.corpus
@pytest.mark.filterwarnings("ignore:The inplace keyword")  # tbparse 0.0.9 under pandas 3.1
def test_every_scalar_of_shared_runs_as_tbparse_has_it(corpus: Path) -> None:
    from tbparse import SummaryReader

    for path in sorted((corpus / "faultlab" / "tb").rglob("*tfevents*"))[5::60]:
        frame_ = SummaryReader(str(path), event_types={"scalars"}).scalars
        rows = {(r.step, r.tag, bits(r.value)) for r in frame_.itertuples()} if len(frame_) else set()
        mine = ours(read_event_file(str(path)).columns)
        assert {(s, tag, v) for tag, points in mine.items() for s, v, _ in points} >= rows, path


def test_windows_do_not_change_large_reading(tmp_path: Path) -> None:
    path = logs.event_file(tmp_path, messy_records(9, 4000))
    whole = ours(read_event_file(str(path)).columns)
    assert ours(read_event_file(str(path), window=10_000).columns) == whole
