"""Following growing logs: the last poll equals a full read, however the bytes came; only appended bytes are read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossdoctor.importers import find_sources, read_source
from lossdoctor.importers.base import ImportResult
from lossdoctor.importers.follow import Follower, appended, follow
from lossdoctor.runs import Run, Series
from tests.helpers import logs, wandb_logs
from tests.helpers.examples import EXAMPLES, MANY

# Each example reads a file many times over.
SPLITS = settings(MANY, max_examples=max(EXAMPLES // 10, 1))


def curve(count: int, start: float = 2.0) -> list[float]:
    return [round(start / (1 + i), 4) for i in range(count)]


def events() -> bytes:
    body = b"".join(logs.scalar(i, value, tag) for i, value in enumerate(curve(40)) for tag in ("loss", "val_loss"))
    return logs.version() + body


WANDB = [
    wandb_logs.run_record("brisk-river-7", {"lr": 0.01, "notes": "n" * 70_000}),
    *(wandb_logs.history({"loss": value, "_step": i}) for i, value in enumerate(curve(60))),
]

LOGS: dict[str, tuple[str, bytes]] = {
    "events": ("events.out.tfevents.1.host", events()),
    "damaged events": ("events.out.tfevents.1.host", events()[:900] + b"\x00garbage" * 9 + events()[1000:]),
    "cut events": ("events.out.tfevents.1.host", events()[:-5]),
    "table": ("log.csv", b"step,loss,note\r\n" + b"".join(b"%d,%r,\r\n" % (i, v) for i, v in enumerate(curve(70)))),
    "odd table": (
        "log.csv",
        b"\xef\xbb\xbfstep,loss\n0,nan\n1,\n2,oops\n\n3,0.5,7\nstep,loss\n0,1e999\n1,None\r2,0.25\n3,\"0.5\"\n4,0.1",
    ),
    "old table": ("log.csv", b"epoch,loss,val_loss\r" + b"".join(b"%d,0.5,0.6\r" % i for i in range(60))),
    "json lines": (
        "metrics.jsonl",
        b"".join(b'{"step": %d, "loss": %r}\n' % (i, v) for i, v in enumerate(curve(30))) + b'{"bad\n{"step": 31, "loss"',
    ),
    "text": (
        "train.log",
        b"".join(b"12:00:00 INFO epoch %d/30 loss %r val_loss 0.5\r\n" % (i, v) for i, v in enumerate(curve(30)))
        + b"epoch 30: 50%|###  | 5/10 [00:01<00:01, 5it/s, loss=0.5]\repoch 30: 100%|#####| 10/10 [00:02<00:00, loss=0.4]",
    ),
    "boxes": (
        "log.txt",
        b"".join(b"-----------\n| loss | %r |\n| step | %d |\n-----------\n" % (v, i) for i, v in enumerate(curve(20))),
    ),
    "wandb": ("run-abc.wandb", wandb_logs.framed(WANDB)),
    "damaged wandb": ("run-abc.wandb", wandb_logs.framed(WANDB)[:300] + b"?" + wandb_logs.framed(WANDB)[301:-3]),
    "trainer state": (
        "trainer_state.json",
        b'{"global_step": 2, "log_history": [{"loss": 1, "step": 1}, {"loss": 0.5, "step": 2}]}',
    ),
}  # fmt: skip


def full(path: Path) -> ImportResult:
    found = find_sources(path)
    results = [read_source(source) for source in found.sources]
    runs = tuple(run for result in results for run in result.runs)
    return ImportResult(runs, (*found.problems, *(told for result in results for told in result.problems)))


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    ends = sorted({*(cut % (len(data) + 1) for cut in cuts), len(data)})
    return [data[a:b] for a, b in zip([0, *ends], ends, strict=False)]


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


@pytest.mark.parametrize("name", LOGS)
@SPLITS
@given(cuts=st.lists(st.integers(0, 1 << 20), max_size=8))
def test_any_split_equals_a_full_read(tmp_path_factory: pytest.TempPathFactory, name: str, cuts: list[int]) -> None:
    file, data = LOGS[name]
    folder = tmp_path_factory.mktemp("run")
    path = folder / file
    path.write_bytes(b"")
    follower = follow(path)
    for piece in pieces(data, cuts):
        append(path, piece)
        follower.poll()
    last = follower.poll(ended=True)
    assert last.runs
    assert all(run.series for run in last.runs)
    assert last == full(path)
    shutil.rmtree(folder)


@MANY
@given(
    name=st.sampled_from(sorted(LOGS)),
    at=st.integers(0, 1 << 20),
    lost=st.integers(0, 60),
    put=st.one_of(
        st.binary(max_size=40), st.sampled_from([b"", b"\n", b"\r", b'"', b"\x00" * 9, b"\xff\xfe", b"nan,,"])
    ),
    cuts=st.lists(st.integers(0, 1 << 20), max_size=5),
)
def test_damaged_logs_too(
    tmp_path_factory: pytest.TempPathFactory, name: str, at: int, lost: int, put: bytes, cuts: list[int]
) -> None:
    file, data = LOGS[name]
    at %= len(data) + 1
    folder = tmp_path_factory.mktemp("run")
    path = folder / file
    path.write_bytes(b"")
    follower = follow(path)
    for piece in pieces(data[:at] + put + data[at + lost :], [*cuts, at]):
        append(path, piece)
        follower.poll()
    assert follower.poll(ended=True) == full(path)
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", LOGS)
def test_every_poll_shows_what_is_whole(tmp_path: Path, name: str) -> None:
    """No value is ever shown that the finished file does not hold: half a number waits."""
    file, data = LOGS[name]
    path = tmp_path / file
    (tmp_path / "whole").mkdir()
    (tmp_path / "whole" / file).write_bytes(data)
    known = {series.tag: set(shown(series)) for series in full(tmp_path / "whole" / file).runs[0].series}
    path.write_bytes(b"")
    follower = Follower(path)
    step = max(len(data) // 50, 1)
    for at in range(0, len(data), step):
        append(path, data[at : at + step])
        for run in follower.poll().runs:
            for series in run.series:
                assert set(shown(series)) <= known[series.tag]


def shown(series: Series) -> list[str]:
    return [f"{step} {value!r}" for step, value in zip(series.steps.tolist(), series.values.tolist(), strict=True)]


class Counted:
    """Bytes read through the operating system, and calls of stat and open."""

    def __init__(self) -> None:
        self.bytes = self.opened = 0


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    counts = Counted()
    read, opens = os.read, os.open

    def reading(descriptor: int, size: int) -> bytes:
        data = read(descriptor, size)
        counts.bytes += len(data)
        return data

    def opening(*given: Any, **named: Any) -> int:
        counts.opened += 1
        return opens(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "read", reading)
        patch.setattr(os, "open", opening)
        patch.setattr(os, "listdir", lambda *_: pytest.fail("a folder was listed"))
        patch.setattr(os, "scandir", lambda *_: pytest.fail("a folder was listed"))
        yield counts


APPENDED = [name for name in LOGS if name != "trainer state"]


@pytest.mark.parametrize("name", APPENDED)
def test_only_appended_bytes_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    file, data = LOGS[name]
    path = tmp_path / file
    half = len(data) // 2
    path.write_bytes(data[:half])
    (tmp_path / f"other{path.suffix}").write_bytes(b"")  # beside it, so that no folder is searched for configuration
    follower = follow(path)
    before = follower.poll()
    assert before.runs
    with counted(monkeypatch) as counts:
        assert follower.poll() is before
        assert counts.opened == counts.bytes == 0
    append(path, data[half:])
    with monkeypatch.context() as patch:
        read_sizes: list[int] = []
        read = os.read

        def reading(descriptor: int, size: int) -> bytes:
            found = read(descriptor, size)
            read_sizes.append(len(found))
            return found

        patch.setattr(os, "read", reading)
        after = follower.poll()
    assert after != before
    assert sum(read_sizes) <= len(data) - half + 2 * appended.GUARD


def test_a_large_log_is_read_on_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    rows = "".join(f"{i},{1 / (1 + i)!r},{'' if i % 3 else 'nan'}\n" for i in range(150_000))
    path.write_text("step,loss,val_loss\n" + rows)
    follower = follow(path)
    assert follower.poll() == full(path)
    append(path, b"150000,oops,1e999\n")
    assert follower.poll() == full(path)
    assert [problem.code for problem in follower.poll().runs[0].problems] == ["bad_cell", "overflow"]


def codes(result: ImportResult) -> list[str]:
    return [problem.code for problem in result.problems]


def losses(result: ImportResult) -> list[list[float]]:
    return [series.values.tolist() for run in result.runs for series in run.series if series.tag == "loss"]


def table(values: list[float]) -> bytes:
    return b"step,loss\n" + b"".join(b"%d,%r\n" % (i, value) for i, value in enumerate(values))


@pytest.mark.parametrize(
    ("way", "values", "told"),
    [
        ("replaced", curve(30, 5.0), "was replaced by another file"),
        ("shortened", curve(3, 3.0), "got shorter"),
        ("rewritten", curve(40, 3.0), "was written anew"),
    ],
)
def test_another_file_in_its_place(tmp_path: Path, way: str, values: list[float], told: str) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(table(curve(20)))
    follower = follow(path)
    follower.poll()
    if way == "replaced":  # rotation: the old file lives on under another name, so that its number is not given again
        path.rename(tmp_path / "log.csv.1")
    path.write_bytes(table(values))
    result = follower.poll()
    assert losses(result) == [values]
    assert codes(result) == ["read_afresh"]
    assert told in result.problems[0].message
    append(path, b"99,0.125\n")
    assert losses(follower.poll()) == [[*values, 0.125]]


def test_a_file_that_vanishes_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(table(curve(20)))
    follower = follow(path)
    follower.poll()
    path.unlink()
    gone = follower.poll()
    assert losses(gone) == [curve(20)]
    assert codes(gone) == ["vanished"]
    assert follower.poll() is gone
    path.write_bytes(table(curve(25)))
    assert losses(follower.poll()) == [curve(25)]
    assert codes(follower.poll()) == ["read_afresh"]


def test_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    follower = follow(tmp_path / "log.csv")
    assert codes(follower.poll()) == ["unreadable"]
    (tmp_path / "log.csv").write_bytes(b"")
    assert codes(follower.poll()) == ["empty"]
    append(tmp_path / "log.csv", b"step,loss\n0,1")
    assert follower.poll().runs == ()
    append(tmp_path / "log.csv", b".5\n1,0.5\n")
    assert losses(follower.poll()) == [[1.5, 0.5]]


def names(result: ImportResult) -> list[str]:
    return sorted(run.id for run in result.runs)


def settle(root: Path) -> None:
    """Makes folders look as if they had not changed just now."""
    for folder in (root, *(path for path in root.rglob("*") if path.is_dir())):
        os.utime(folder, (1e9, 1e9))


def test_new_files_in_a_folder_become_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logs.event_file(tmp_path / "one", [logs.version(), *logs.curve("loss", curve(5))])
    settle(tmp_path)
    follower = follow(tmp_path)
    first = follower.poll()
    assert names(first) == ["one"]
    with counted(monkeypatch) as counts:
        assert follower.poll() is first
        assert counts.opened == 0
    logs.event_file(tmp_path / "two", [logs.version(), *logs.curve("loss", curve(4, 9.0))])
    (tmp_path / "three").mkdir()
    (tmp_path / "three" / "log.csv").write_bytes(b"")
    settle(tmp_path / "two")
    assert names(follower.poll()) == ["one", "two"]
    append(tmp_path / "three" / "log.csv", table(curve(3, 7.0)))
    assert names(follower.poll()) == ["one", "three/log.csv", "two"]
    assert follower.poll() == full(tmp_path)


def test_a_log_that_leaves_a_folder_keeps_its_run(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "log.csv").write_bytes(table(curve(20)))
    follower = follow(tmp_path)
    follower.poll()
    (tmp_path / "b" / "log.csv").unlink()
    gone = follower.poll()
    assert names(gone) == ["a/log.csv", "b/log.csv"]
    assert codes(gone) == ["vanished"]
    (tmp_path / "b" / "log.csv").write_bytes(table(curve(7, 9.0)))
    back = follower.poll()
    assert losses(back) == [curve(20), curve(7, 9.0)]
    assert codes(back) == ["read_afresh"]


def test_a_second_event_file_goes_on_with_the_run(tmp_path: Path) -> None:
    logs.event_file(tmp_path, [logs.version(), *logs.curve("loss", curve(5))])
    follower = follow(tmp_path)
    follower.poll()
    more = logs.curve("loss", curve(4, 9.0), first_step=5, wall=2e9)
    logs.event_file(tmp_path, [logs.version(), *more], "events.out.tfevents.1800000000.host.1.0")
    (run,) = follower.poll().runs
    assert isinstance(run, Run)
    assert len(run.series[0]) == 9
    assert follower.poll() == full(tmp_path)
