"""`lossdoctor inspect`: tags, steps, seams, records and damage as they were written."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lossdoctor.importers.tensorboard.listing import list_records
from lossdoctor.importers.tensorboard.reader import read_event_file
from tests.helpers import logs

Cli = Callable[..., Any]


def inspected(lossdoctor: Cli, path: Path, *options: str) -> dict[str, Any]:
    done = lossdoctor("inspect", path, "--format", "json", *options)

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    data: dict[str, Any] = json.loads(done.out, parse_constant=refuse)
    return data


def test_tags_steps_and_values_are_those_written(lossdoctor: Cli, tmp_path: Path) -> None:
    values = [3.0, math.nan, 1.0, -math.inf, 2.0]
    logs.event_file(tmp_path / "run", [logs.scalar(10 + i, value, "train/loss") for i, value in enumerate(values)])
    [run] = inspected(lossdoctor, tmp_path)["runs"]
    [tag] = run["tags"]
    assert tag["tag"] == "train/loss"
    assert (tag["role"], tag["primary"]) == ("train_loss", True)
    assert (tag["points"], tag["not_finite"]) == (5, 2)
    assert (tag["first_step"], tag["last_step"]) == (10, 14)
    assert (tag["lowest"], tag["highest"]) == (1.0, 3.0)


def test_a_resume_is_named_with_its_steps(lossdoctor: Cli, tmp_path: Path) -> None:
    steps = [*range(50), *range(30, 80)]
    logs.event_file(tmp_path / "run", [logs.scalar(step, 1 / (1 + i), wall=1e9 + i) for i, step in enumerate(steps)])
    [run] = inspected(lossdoctor, tmp_path)["runs"]
    assert run["tags"][0]["seams"] == [["resume", 49, 30]]
    assert "resume at step 30, after 49" in lossdoctor("inspect", tmp_path).out


def test_records_stand_where_they_were_written(lossdoctor: Cli, tmp_path: Path) -> None:
    parts = [logs.scalar(step, 0.5, f"tag{step}") for step in range(6)]
    bad = bytearray(parts[2])
    bad[20] ^= 1  # within the payload
    parts[2] = bytes(bad)
    parts[4] = b"garbage that is no record" + parts[4]
    path = logs.event_file(tmp_path / "run", parts)
    data = inspected(lossdoctor, tmp_path, "--records")
    records = data["records"]
    assert sum(record["size"] for record in records) == path.stat().st_size
    position = 0
    for record in records:
        assert record["offset"] == position
        position += record["size"]
    assert [r["state"] for r in records if r["state"] != "ok"] == ["bad_crc", "damaged"]
    assert records[-1]["tags"] == ["tag5"]
    assert records[-1]["step"] == 5
    [file] = data["files"]
    assert file["first_bad"] == next(r["offset"] for r in records if r["state"] == "bad_crc")
    done = lossdoctor("inspect", tmp_path)
    assert f"not sound: 1 bad_crc, 1 damaged; the first at offset {file['first_bad']}" in done.out
    assert "checksum" in done.err


@pytest.mark.parametrize("window", [200, 1000, 1 << 20])
def test_the_size_of_the_window_changes_nothing(tmp_path: Path, window: int) -> None:
    parts = [logs.scalar(step, 0.5, f"tag{step % 7}") for step in range(200)]
    parts[50] = parts[50][:-9]
    parts[120] = b"x" * 300 + parts[120]
    path = logs.event_file(tmp_path / "run", parts)
    listed = [record for record in list_records(str(path), window) if record.state != "damaged"]
    assert listed == [record for record in list_records(str(path)) if record.state != "damaged"]
    assert len(listed) == read_event_file(str(path)).records


def test_sound_files_say_so_and_names_do_nothing(lossdoctor: Cli, tmp_path: Path) -> None:
    logs.event_file(tmp_path / "run\x1b[2J", [logs.scalar(step, 0.5, "lo\x1b[31mss") for step in range(6)])
    done = lossdoctor("inspect", tmp_path, "--records")
    assert done.code == 0
    assert "every checksum is right" in done.out
    assert "\x1b" not in done.out
    assert lossdoctor("inspect", tmp_path / "nowhere").code == 3


def test_every_bundled_example_can_be_inspected(lossdoctor: Cli, examples: Path) -> None:
    done = lossdoctor("inspect", examples)
    assert done.code == 0
    assert done.out.count("train_loss*") >= 5
