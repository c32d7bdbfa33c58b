"""One damaged record costs at most that record: the kinds of damage that logs meet, with the points that must survive."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lossdoctor.importers import find_sources, read_source
from lossdoctor.importers.tensorboard import reader as reader_module
from lossdoctor.importers.tensorboard.reader import EventFile, read_event_bytes, read_event_file
from lossdoctor.runs import ProblemLevel
from tests.helpers import logs

N = 100
HIT = 50


def values(n: int = N) -> list[float]:
    return [float(np.float32(1.0 / (1 + i))) for i in range(n)]


def records() -> list[bytes]:
    return logs.curve("loss", values())


def flipped(data: bytes, offset: int) -> bytes:
    return data[:offset] + bytes([data[offset] ^ 0x10]) + data[offset + 1 :]


def truncated(parts: list[bytes]) -> bytes:
    return b"".join(parts) + logs.scalar(N, 0.5)[:20]


def bad_data_crc(parts: list[bytes]) -> bytes:
    parts[HIT] = flipped(parts[HIT], 20)
    return b"".join(parts)


def bad_length_crc(parts: list[bytes]) -> bytes:
    parts[HIT] = flipped(parts[HIT], 9)
    return b"".join(parts)


def garbage_payload(parts: list[bytes]) -> bytes:
    parts[HIT] = logs.record(b"\xff\xfe this is no protobuf \x0f\x07")
    return b"".join(parts)


def torn_page(parts: list[bytes]) -> bytes:
    parts.insert(HIT, bytes(4096))
    return b"".join(parts)


def nan_wall_time(parts: list[bytes]) -> bytes:
    parts[HIT] = logs.scalar(HIT, values()[HIT], wall=float("nan"))
    return b"".join(parts)


def nan_value(parts: list[bytes]) -> bytes:
    parts[HIT] = logs.scalar(HIT, float("nan"))
    return b"".join(parts)


def infinite_value(parts: list[bytes]) -> bytes:
    parts[HIT] = logs.scalar(HIT, float("-inf"))
    return b"".join(parts)


def negative_step(parts: list[bytes]) -> bytes:
    parts[HIT] = logs.scalar(-7, values()[HIT])
    return b"".join(parts)


def constant_step(parts: list[bytes]) -> bytes:
    return b"".join(logs.scalar(0, value) for value in values())


def restart(parts: list[bytes]) -> bytes:
    return b"".join(parts) + b"".join(logs.curve("loss", values(30), first_step=HIT, wall=2e9))


def huge_length_then_nothing(parts: list[bytes]) -> bytes:
    return b"".join(parts[:HIT]) + logs.header(1 << 40) + parts[HIT][12:]


def huge_length_in_the_middle(parts: list[bytes]) -> bytes:
    parts[HIT] = logs.header(1 << 40) + parts[HIT][12:]
    return b"".join(parts)


def length_of_all_ones(parts: list[bytes]) -> bytes:
    parts[HIT] = logs.header((1 << 64) - 1) + parts[HIT][12:]
    return b"".join(parts)


def huge_tensor_shape(parts: list[bytes]) -> bytes:
    value = logs.tensor_value("big", logs.tensor(1, b"\x2d" + struct.pack("<f", 1.0), [1 << 40]), "scalars")
    parts.insert(HIT, logs.record(logs.event(HIT, [value])))
    return b"".join(parts)


def short_tensor_content(parts: list[bytes]) -> bytes:
    value = logs.tensor_value("short", logs.tensor(1, logs.field(4, b"\x00\x00")), "scalars")
    parts.insert(HIT, logs.record(logs.event(HIT, [value])))
    return b"".join(parts)


def string_in_a_scalar_tag(parts: list[bytes]) -> bytes:
    value = logs.tensor_value("loss", logs.tensor(7, logs.field(8, b"oops")), "scalars")
    parts.insert(HIT, logs.record(logs.event(HIT, [value])))
    return b"".join(parts)


# (damage, points of "loss" that survive, code of the problem or None)
CASES: list[tuple[Callable[[list[bytes]], bytes], int, str | None]] = [
    (truncated, 100, "truncated"),
    (bad_data_crc, 99, "bad_crc"),
    (bad_length_crc, 99, "damaged"),
    (garbage_payload, 99, "bad_record"),
    (torn_page, 100, "damaged"),
    (nan_wall_time, 100, None),
    (nan_value, 100, None),
    (infinite_value, 100, None),
    (negative_step, 100, None),
    (constant_step, 100, None),
    (restart, 130, None),
    (huge_length_then_nothing, 50, "damaged"),
    (huge_length_in_the_middle, 99, "damaged"),
    (length_of_all_ones, 99, "damaged"),
    (huge_tensor_shape, 100, "bad_value"),
    (short_tensor_content, 100, "bad_value"),
    (string_in_a_scalar_tag, 100, "bad_value"),
]


def loss_of(file: EventFile) -> np.ndarray:
    return next(column.values for column in file.columns if column.tag == "loss")


@pytest.mark.parametrize(("damage", "points", "code"), CASES, ids=lambda p: getattr(p, "__name__", None))
def test_points_that_survive(damage: Callable[[list[bytes]], bytes], points: int, code: str | None) -> None:
    file = read_event_bytes(logs.version() + damage(records()))
    assert loss_of(file).size == points
    assert [problem.code for problem in file.problems] == ([code] if code else [])


@pytest.mark.parametrize(("damage", "points", "code"), CASES, ids=lambda p: getattr(p, "__name__", None))
@pytest.mark.parametrize("window", [64, 1000, 5000])
def test_reading_in_small_windows_changes_nothing(
    damage: Callable[[list[bytes]], bytes], points: int, code: str | None, window: int, tmp_path: Path
) -> None:
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(logs.version() + damage(records()))
    whole, pieces = read_event_file(str(path)), read_event_file(str(path), window=window)
    assert [column.tag for column in whole.columns] == [column.tag for column in pieces.columns]
    np.testing.assert_array_equal(loss_of(whole), loss_of(pieces))
    assert whole.problems == pieces.problems


def test_the_place_of_damage_is_told() -> None:
    parts = records()
    offset = len(logs.version()) + sum(map(len, parts[:HIT]))
    file = read_event_bytes(logs.version() + bad_data_crc(parts))
    assert file.problems[0].place == f"offset {offset}"
    parts = records()
    file = read_event_bytes(logs.version() + torn_page(parts))
    assert file.problems[0].place == f"offset {offset}"
    assert "4" in file.problems[0].message
    assert "096" in file.problems[0].message


@pytest.mark.parametrize("change", ["flip", "zero", "delete", "insert"])
def test_any_single_byte_may_be_damaged(change: str) -> None:
    """At every offset of the file: at most two of a hundred points are lost, and never without a word."""
    good = logs.version() + b"".join(records())
    expected = np.array(values())
    for offset in range(len(good)):
        if change == "flip":
            bad = flipped(good, offset)
        elif change == "zero":
            bad = good[:offset] + b"\0" + good[offset + 1 :]
        elif change == "delete":
            bad = good[:offset] + good[offset + 1 :]
        else:
            bad = good[:offset] + b"\xa5" + good[offset:]
        if bad == good:
            continue
        file = read_event_bytes(bad)
        found = loss_of(file)
        assert found.size >= 98, offset
        assert np.isin(found, expected).all(), f"a number that was never written, offset {offset}"
        # Deleting one of two equal bytes at a seam may leave a sound file.
        assert file.problems or found.size == N, f"lost without a word, offset {offset}"


def test_any_cut_keeps_every_whole_record() -> None:
    parts = [logs.version(), *records()]
    ends = np.cumsum([len(part) for part in parts])
    good = b"".join(parts)
    for cut in range(1, len(good)):
        file = read_event_bytes(good[:cut])
        whole = max(int(np.searchsorted(ends, cut, side="right")) - 1, 0)
        assert sum(column.values.size for column in file.columns) == whole, cut
        at_an_end = cut in ends
        assert [p.code for p in file.problems if p.code != "no_scalars"] == ([] if at_an_end else ["truncated"]), cut


def test_many_bad_records_are_one_problem() -> None:
    parts = records()
    for index in range(10, 60):
        parts[index] = flipped(parts[index], 20)
    file = read_event_bytes(logs.version() + b"".join(parts))
    assert loss_of(file).size == 50
    assert [problem.code for problem in file.problems] == ["bad_crc"]
    assert "50 records" in file.problems[0].message


def test_a_good_run_beside_a_bad_one_is_shown(tmp_path: Path) -> None:
    logs.event_file(tmp_path / "good", records())
    bad = logs.event_file(tmp_path / "bad", records())
    bad.write_bytes(garbage_payload(records()))
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "events.out.tfevents.1").write_text("this is no event file at all, only text\n" * 9)
    found = find_sources(tmp_path)
    runs = {run.id: run for source in found.sources for run in read_source(source).runs}
    assert {name: run.points for name, run in runs.items()} == {"good": 100, "bad": 99}
    assert [problem.code for problem in found.problems] == ["not_event_file"]


def test_damage_at_the_very_beginning(tmp_path: Path) -> None:
    data = logs.version() + b"".join(records())
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(bytes(40) + data[40:])
    (source,) = find_sources(tmp_path).sources
    (run,) = read_source(source).runs
    assert run.points >= 99
    assert run.problems[0].level is ProblemLevel.WARNING


def test_records_too_large_to_hold_are_stepped_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module, "MAX_RECORD", 10_000)
    parts = records()
    parts.insert(HIT, logs.record(logs.event(HIT, [logs.field(1, b"video") + logs.field(4, bytes(50_000))])))
    path = logs.event_file(tmp_path, parts)
    file = read_event_file(str(path), window=2_000)
    assert loss_of(file).tolist() == values()
    assert [problem.code for problem in file.problems] == ["large_record"]


def test_many_damaged_places_are_summed_up() -> None:
    parts = records()
    for index in range(5, 95, 3):
        parts[index] = flipped(parts[index], 9)
    file = read_event_bytes(logs.version() + b"".join(parts))
    assert loss_of(file).size == 70
    (problem,) = file.problems
    assert "30 places" in problem.message
