"""The smoke run of `tests.bench.torture` over the sample logs, and that it sees what it looks for."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from lossdoctor.runs import Run, Series
from tests.bench import torture as bench
from tests.bench.delivered import Delivery, delivered, stands_in
from tests.bench.mutations import WAYS, damaged
from tests.bench.torture import torture, victims_below

SAMPLES = Path(__file__).parents[1] / "importers" / "samples"
WAYS_EACH = int(os.environ.get("LOSSDOCTOR_TORTURE", "8"))
TROUBLE = ("crash", "hang", "memory", "wrong")


def test_damaged_samples(tmp_path: Path) -> None:
    victims = victims_below(SAMPLES)
    figures = torture(victims, WAYS_EACH, 2)
    assert figures.listed == []
    assert (figures.files, figures.reads) == (len(victims), len(victims) * WAYS_EACH)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "log.csv").write_text("step,loss\n0,0.75\n1,0.5\n2,0.25\n")
    return tmp_path


def lying(place: Path) -> Delivery:
    if b"0.75" in next(place.rglob("log.csv")).read_bytes():
        return delivered(place)
    return Delivery((Run("r", "p", "r", "csv", (Series("loss", [0, 1], [0.65, 123.456]),)),), frozenset())


def crashing(place: Path) -> Delivery:
    if b"0.75" not in next(place.rglob("log.csv")).read_bytes():
        os.kill(os.getpid(), signal.SIGKILL)
    return delivered(place)


def raising(place: Path) -> Delivery:
    if b"0.75" not in next(place.rglob("log.csv")).read_bytes():
        raise ValueError("x")
    return delivered(place)


def hanging(place: Path) -> Delivery:
    if b"0.75" not in next(place.rglob("log.csv")).read_bytes():
        while time.monotonic():
            pass
    return delivered(place)


def bloated(place: Path) -> Delivery:
    if b"0.75" not in next(place.rglob("log.csv")).read_bytes():
        _ = b"\x01" * (500 << 20)
    return delivered(place)


@pytest.mark.parametrize(
    ("reader", "trouble"),
    [(crashing, "crash"), (raising, "crash"), (hanging, "hang"), (bloated, "memory"), (lying, "wrong")],
)
def test_trouble_is_seen_and_the_rest_is_still_tried(
    folder: Path, reader: object, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each damage that meets the trouble is counted once, and the process that it ended is replaced."""
    monkeypatch.setattr(bench, "delivered", reader)
    monkeypatch.setattr(bench, "damaged", _damaged)
    monkeypatch.setattr(bench, "MEMORY", resident("VmRSS") + (20 << 20))
    figures = torture(victims_below(folder), 4, 1, seconds=1.0 if trouble == "hang" else 20.0)
    assert {kind: figures.counts[kind] for kind in TROUBLE} == {kind: int(kind == trouble) for kind in TROUBLE}
    assert figures.files == 1


def _damaged(data: bytes, seed: str) -> tuple[str, bytes]:
    return ("flip", data.replace(b"0.75", b"0.65")) if seed.endswith(":1") else ("none", data)


def resident(kind: str) -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(kind))
    return int(line.split()[1]) << 10


def test_the_same_seed_gives_the_same_damage() -> None:
    data = bytes(range(256)) * 4
    for way, kind in enumerate(WAYS):
        assert damaged(data, f"a/b:{way}") == damaged(data, f"a/b:{way}")
        assert damaged(data, f"a/b:{way}")[0] == kind
        assert damaged(data, f"a/b:{way}")[1] != data


def test_what_stands_in_a_text() -> None:
    text = b'epoch;loss\n1;0,125\n2;-3.5e-2\n{"a": [7, 1_000]} 95%'
    assert stands_in(text, {0.125, -0.035, 1000.0, 0.95, 0.7}) == {0.125, -0.035, 1000.0, 0.95}
