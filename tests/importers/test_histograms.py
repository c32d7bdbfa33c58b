"""Histograms of event files: both styles as TensorBoard's own reader has them, layers, bounded memory, damage."""

from __future__ import annotations

import pickle
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lossdoctor.importers import find_sources, read_source
from lossdoctor.importers.histograms import MAX_BUCKETED
from lossdoctor.importers.layers import read_layer_tag
from lossdoctor.importers.tensorboard.reader import read_event_bytes
from lossdoctor.runs import HistogramKind, Run
from tests.helpers import logs


def proto(values: np.ndarray, bins: int = 8) -> bytes:
    """A HistogramProto of some values, as TF1 and torch write it."""
    counts, edges = np.histogram(values, bins)
    numbers = (values.min(), values.max(), values.size, values.sum(), (values**2).sum())
    body = b"".join(bytes([i << 3 | 1]) + struct.pack("<d", n) for i, n in enumerate(numbers, 1))
    return body + logs.field(6, edges[1:].tobytes()) + logs.field(7, counts.astype("<f8").tobytes())


def old_style(step: int, tag: str, values: np.ndarray) -> bytes:
    return logs.record(logs.event(step, [logs.field(1, tag.encode()) + logs.field(5, proto(values))], 1e9 + step))


def new_style(step: int, tag: str, rows: np.ndarray, plugin: str) -> bytes:
    body = logs.tensor(2, logs.field(4, rows.astype("<f8").tobytes()), rows.shape)
    return logs.record(logs.event(step, [logs.tensor_value(tag, body, plugin)], 1e9 + step))


def only_run(folder: Path) -> Run:
    (source,) = find_sources(folder).sources
    (run,) = read_source(source).runs
    return run


def test_old_style_keeps_the_writers_numbers() -> None:
    values = np.array([-2.0, 0.5, 0.5, 3.0])
    (series,) = read_event_bytes(logs.version() + old_style(7, "gradients/fc1.weight", values)).histograms
    assert (series.layer, series.kind, series.steps.tolist()) == ("fc1", HistogramKind.GRADIENT, [7])
    assert (series.minimum[0], series.maximum[0], series.number[0]) == (-2.0, 3.0, 4.0)
    assert series.mean[0] == values.mean()
    assert series.rms[0] == pytest.approx(np.sqrt((values**2).mean()))
    assert series.std[0] == pytest.approx(values.std())
    assert series.norm[0] == pytest.approx(np.linalg.norm(values))
    assert series.exact
    counts, edges = np.histogram(values, 8)
    buckets = series.buckets(0)
    np.testing.assert_array_equal(buckets.counts, counts)
    np.testing.assert_allclose(buckets.left, edges[:-1])
    np.testing.assert_allclose(buckets.right, edges[1:])


def test_new_style_is_known_by_the_plugin_of_its_first_event() -> None:
    rows = np.array([[-1.0, 0.0, 3.0], [0.0, 2.0, 1.0]])
    data = logs.version() + new_style(0, "dense/kernel", rows, "histograms") + new_style(1, "dense/kernel", rows, "")
    file = read_event_bytes(data + new_style(1, "confusion", rows, "other"))
    (series,) = file.histograms
    assert series.steps.tolist() == [0, 1]
    assert series.kind is HistogramKind.WEIGHT
    assert not series.exact
    np.testing.assert_array_equal(series.number, [4.0, 4.0])
    np.testing.assert_array_equal(series.total, [3 * -0.5 + 1.0] * 2)
    np.testing.assert_array_equal(series.buckets(1).right, [0.0, 2.0])
    assert not file.columns


def test_the_edges_of_the_largest_float_are_cut_to_minimum_and_maximum() -> None:
    summary = b"".join(bytes([i << 3 | 1]) + struct.pack("<d", n) for i, n in enumerate((1.0, 2.0, 2.0, 3.0, 5.0), 1))
    limits, counts = np.array([1.5, np.finfo(float).max]), np.array([1.0, 1.0])
    body = summary + logs.field(6, limits.tobytes()) + logs.field(7, counts.tobytes())
    data = logs.record(logs.event(1, [logs.field(1, b"w") + logs.field(5, body)]))
    (series,) = read_event_bytes(data).histograms
    assert series.buckets(0).left.tolist() == [1.0, 1.5]
    assert series.buckets(0).right.tolist() == [1.5, 2.0]


def test_many_points_keep_every_summary_and_evenly_spread_buckets() -> None:
    count = MAX_BUCKETED * 3
    data = logs.version() + b"".join(old_style(step, "w", np.array([0.0, step])) for step in range(1, count + 1))
    file = read_event_bytes(data)
    (series,) = file.histograms
    assert len(series) == count
    np.testing.assert_array_equal(series.maximum, np.arange(1, count + 1))
    assert MAX_BUCKETED / 2 <= series.bucketed.size <= MAX_BUCKETED
    assert set(np.diff(series.bucketed)) == {4}
    assert [problem.code for problem in file.problems if problem.code != "no_scalars"] == ["histograms_thinned"]


def test_buckets_that_do_not_fit_cost_that_histogram_only() -> None:
    broken = logs.field(6, struct.pack("<d", 1.0)) + logs.field(7, struct.pack("<dd", 1.0, 2.0))
    bad = logs.record(logs.event(1, [logs.field(1, b"w") + logs.field(5, broken)]))
    file = read_event_bytes(logs.version() + bad + old_style(2, "w", np.ones(3)) + logs.scalar(3, 0.5))
    assert [len(series) for series in file.histograms] == [1]
    assert [column.tag for column in file.columns] == ["loss"]
    assert any(problem.code == "bad_value" and "w" in problem.place for problem in file.problems)


def test_empty_histogram_has_no_mean() -> None:
    data = new_style(0, "act", np.zeros((0, 3)), "histograms")
    (series,) = read_event_bytes(data).histograms
    assert np.isnan(series.mean[0])
    assert series.number[0] == 0
    assert series.bucketed.size == 0


def test_files_of_a_run_are_joined_in_order(tmp_path: Path) -> None:
    logs.event_file(tmp_path, [old_style(1, "gradients/a", np.ones(2)), logs.scalar(1, 0.5)], "1.tfevents.1")
    logs.event_file(tmp_path, [old_style(2, "gradients/a", np.zeros(2)), logs.scalar(2, 0.4)], "2.tfevents.2")
    run = only_run(tmp_path)
    (series,) = run.layers(HistogramKind.GRADIENT)
    assert series.steps.tolist() == [1, 2]
    assert series.buckets(1).counts.sum() == 2
    assert pickle.loads(pickle.dumps(run)) == run


def test_series_is_read_only_and_equal_by_content() -> None:
    data = old_style(1, "w", np.arange(4.0))
    one, other = (read_event_bytes(data).histograms[0] for _ in range(2))
    assert one == other
    with pytest.raises(ValueError, match="read-only"):
        one.counts[0] = 1
    assert one != read_event_bytes(old_style(1, "w", np.arange(5.0))).histograms[0]
    with pytest.raises(ValueError, match="lengths"):
        replace(one, steps=np.zeros(2, np.int64))


@pytest.mark.parametrize(
    ("tag", "layer", "kind"),
    [
        ("gradients/layers.0.linear2.weight", "layers.0.linear2", HistogramKind.GRADIENT),
        ("fc1.weight.grad", "fc1", HistogramKind.GRADIENT),
        ("grad_conv1", "grad_conv1", HistogramKind.GRADIENT),
        ("parameters/fc1.bias", "fc1", HistogramKind.BIAS),
        ("dense_1/kernel_0", "dense_1", HistogramKind.WEIGHT),
        ("dense/kernel/histogram", "dense", HistogramKind.WEIGHT),
        ("dense/bias_0", "dense", HistogramKind.BIAS),
        ("batch_normalization/gamma_0", "batch_normalization", HistogramKind.NORMALISATION),
        ("encoder.bn1.weight", "encoder.bn1", HistogramKind.NORMALISATION),
        ("encoder.layer.3.output.dense.weight", "encoder.layer.3.output.dense", HistogramKind.WEIGHT),
        ("activations/relu_2", "relu_2", HistogramKind.ACTIVATION),
        ("conv1/output", "conv1.output", HistogramKind.ACTIVATION),
        ("conv1/weights_1", "conv1", HistogramKind.WEIGHT),
        ("entropy", "entropy", HistogramKind.OTHER),
        ("weights", "weights", HistogramKind.WEIGHT),
    ],
)
def test_tags_name_layer_and_kind(tag: str, layer: str, kind: HistogramKind) -> None:
    assert read_layer_tag(tag) == (layer, kind)


def test_equal_to_event_accumulator(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    rng = np.random.default_rng(3)
    records = [old_style(step, f"weights/l{i}", rng.normal(size=50)) for step in range(1, 30) for i in range(3)]
    path = logs.event_file(tmp_path, records)
    reader = EventAccumulator(str(path), size_guidance={"histograms": 0}, purge_orphaned_data=False)
    reader.Reload()
    ours = {series.tag: series for series in read_event_bytes(path.read_bytes()).histograms}
    assert sorted(ours) == sorted(reader.Tags()["histograms"])
    for tag, series in ours.items():
        for index, theirs in enumerate(reader.Histograms(tag)):
            value = theirs.histogram_value
            assert (theirs.step, theirs.wall_time) == (series.steps[index], series.wall_times[index])
            assert (value.min, value.max, value.num, value.sum, value.sum_squares) == (
                series.minimum[index], series.maximum[index], series.number[index], series.total[index],
                series.squares[index],
            )  # fmt: skip
            assert list(value.bucket) == series.buckets(index).counts.tolist()
