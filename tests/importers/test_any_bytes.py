"""Any bytes give an ImportResult with problems, never an exception: random, and sound files with pieces changed."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lossdoctor.importers import find_sources, read_source
from lossdoctor.importers.protobuf import Malformed
from lossdoctor.importers.roles import assign_roles
from lossdoctor.importers.table import parse_table
from lossdoctor.importers.tensorboard.event import read_event
from lossdoctor.importers.tensorboard.reader import read_event_bytes
from lossdoctor.runs import Series
from tests.helpers import logs

FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(st.binary(max_size=400))
def test_event_reader_takes_any_bytes(data: bytes) -> None:
    read_event_bytes(data)
    read_event_bytes(logs.version() + logs.record(data) + logs.scalar(1, 0.5))


@FEW
@given(st.binary(max_size=300))
def test_one_event_of_any_bytes(data: bytes) -> None:
    try:
        read_event(data, 0, len(data))
    except Malformed:
        return


@FEW
@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.floats(width=32), st.sampled_from("abc")), max_size=60))
def test_points_written_are_points_read(points: list[tuple[int, float, str]]) -> None:
    data = logs.version() + b"".join(logs.scalar(step, value, tag) for step, value, tag in points)
    file = read_event_bytes(data)
    assert file.problems == [] or not points
    for column in file.columns:
        expected = [(step, value) for step, value, tag in points if tag == column.tag]
        assert column.steps.tolist() == [step for step, _ in expected]
        assert [str(v) for v in column.values.tolist()] == [str(value) for _, value in expected]
    assert sum(column.values.size for column in file.columns) == len(points)


@FEW
@given(st.binary(max_size=400))
def test_tables_of_any_bytes(data: bytes) -> None:
    parse_table(data, "x")
    parse_table(b"step,loss\n0,1\n" + data + b"\n1,2\n", "x")


CELL = st.one_of(
    st.floats().map(repr), st.integers().map(str), st.just(""), st.sampled_from(["nan", "-inf", "None", "x y", "00:31"])
)


@FEW
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=40))
def test_every_number_of_a_table_is_there(rows: list[tuple[str, str]]) -> None:
    text = "step,a,b\n" + "".join(f"{i},{a},{b}\n" for i, (a, b) in enumerate(rows))
    table = parse_table(text.encode(), "x")
    assert table is not None
    for index, name in ((0, "a"), (1, "b")):
        column = table.column(name)
        assert column is not None
        for row, cells in enumerate(rows):
            try:
                expected = float(cells[index])
            except ValueError:
                assert not column.present[row]
                continue
            assert column.present[row]
            assert str(column.values[row]) == str(expected)


@FEW
@given(st.lists(st.text(max_size=40), max_size=12, unique=True))
def test_any_tags_get_roles(tags: list[str]) -> None:
    roles = assign_roles([Series(tag, [0, 1], [1.0, 0.5]) for tag in tags])
    assert [role.tag for role in roles] == tags


@pytest.mark.parametrize("seed", range(60))
def test_changed_files_of_every_format(seed: int, tmp_path: Path) -> None:
    """A piece of a sound file overwritten, cut out or doubled: a result or a problem, always."""
    r = random.Random(seed)
    originals = {
        "run/events.out.tfevents.1": logs.version() + b"".join(logs.curve("loss", [1.0, 0.5, 0.3] * 9)),
        "log.csv": b"epoch,loss,val_loss\n" + b"".join(b"%d,0.5,0.6\n" % i for i in range(30)),
        "w/chart.csv": b'"Step","r - loss","r - loss__MIN","r - loss__MAX"\n"0","1","1","1"\n"1","2","2","2"\n',
        "hf/trainer_state.json": b'{"global_step": 2, "log_history": [{"loss": 1, "step": 1}, {"loss": 0.5, "step": 2}]}',
        "h/history.json": b'{"loss": [2.0, 1.5, 1.25, 1.0], "val_loss": [2.5, 2.0, 1.5, 1.0]}',
        "t/run-a-tag-loss.json": b"[[1700000000.5, 1, 0.5], [1700000001.5, 2, 0.25], [1700000002.5, 3, 0.125]]",
        "x/all_scalars.json": b'{"r/m/a": [[1700000000.5, 1, 0.5], [1700000001.5, 2, 0.25]], "r/m/b": []}',
        "l/train.log": b"".join(b"12:00:00 epoch %d/9 loss 0.5 val_loss 1.5e-1\n" % i for i in range(9)),
        "c/val_loss.csv": b"0.5\n0.25\n0.125\n",
        "w/runs.csv": b'"Name","State","Created","Runtime","lr"\n"r","finished","x","3","0.1"\n"s","crashed","x","3","0.2"\n',
        "v/history.csv": b"_step,_runtime,loss\n" + b"".join(b"%d,%d,0.5\n" % (i % 9, i % 9) for i in range(30)),
        "m/metrics/loss": b"".join(b"17000000%05d %f %d\n" % (i, 1 / (i + 1), i) for i in range(20)),
        "m/meta.yaml": b"run_id: m\nrun_name: a\nlifecycle_stage: active\n",
        "z/log.csv.gz": gzip.compress(b"step,loss\n0,1\n1,0.5\n2,0.25\n"),
        "hf/args.json": b'{"lr": 0.1}',
        "run/hparams.yaml": b"lr: 0.1\nmodel:\n  width: 3\n",
    }
    for name, data in originals.items():
        start = r.randrange(len(data))
        end = min(len(data), start + r.choice([1, 2, 8, 40]))
        middle = r.choice([b"", r.randbytes(end - start), bytes(end - start), data[start:end] * 2, b'"', b"\xff" * 12])
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data[:start] + middle + data[end:])
    found = find_sources(tmp_path)
    for source in found.sources:
        result = read_source(source)
        for problem in (*result.problems, *(p for run in result.runs for p in run.problems)):
            assert problem.message.endswith((".", "...")), problem
            problem.sentence().encode()
