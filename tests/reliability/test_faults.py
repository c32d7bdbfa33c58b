"""Every system call of an import, a scan, a fingerprint and a write fails once: a problem, never an exception."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lossdoctor.cli.main import run as command_line
from lossdoctor.errors import OutputError
from lossdoctor.workspace.atomic_file import write_text
from lossdoctor.workspace.scan import scan
from tests.bench.delivered import Delivery, Yardstick, delivered
from tests.helpers.bounded import bounded
from tests.helpers.faults import ERRORS, faults, full_disk

SAMPLES = Path(__file__).parents[1] / "importers" / "samples"
FORMATS = sorted(path.name for path in SAMPLES.iterdir() if path.is_dir())
# Every kind in a thorough run; those that differ most in the suite.
THOROUGH = bool(os.environ.get("LOSSDOCTOR_FAULTS"))
KINDS = (*ERRORS, "short", "end", "cut", "gone") if THOROUGH else ("EIO", "short", "cut")


def copied(name: str, folder: Path) -> Path:
    """A small part of a format's samples: enough to meet every kind of call."""
    shutil.rmtree(folder, ignore_errors=True)
    first = sorted((SAMPLES / name).iterdir())[0]
    target = folder / first.name
    if first.is_dir():
        shutil.copytree(first, target)
    else:
        folder.mkdir(parents=True)
        shutil.copyfile(first, target)
    return folder


def sweep(name: str, folder: Path, kind: str) -> Iterator[tuple[str, Delivery]]:
    """What is delivered with call 0, 1, 2, ... failing, until there is no such call."""
    at = 0
    while True:
        copied(name, folder)
        with faults(folder, kind, at) as seen:
            delivery = delivered(folder)
        if not seen.struck:
            return
        yield f"call {at}, {seen.struck}", delivery
        at += 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FORMATS)
def test_every_call_of_an_import(name: str, kind: str, tmp_path: Path) -> None:
    """What is delivered was there, and what is missing is told. A short read costs nothing at all."""
    sound = delivered(copied(name, tmp_path / "logs"))
    yardstick = Yardstick(sound)
    swept = 0
    for where, delivery in sweep(name, tmp_path / "logs", kind):
        swept += 1
        assert yardstick.strange(delivery) == [], where
        told = delivery.problems - sound.problems
        if kind == "short":
            assert (delivery.points, told) == (sound.points, frozenset()), where
        assert delivery.points == sound.points or told, where
    assert swept >= 4


@pytest.mark.parametrize("kind", KINDS if THOROUGH else ("EIO", "gone"))
def test_every_call_of_a_scan(kind: str, tmp_path: Path) -> None:
    """One file of three is in trouble: the runs of the others are there."""
    at, runs = 0, 0
    while True:
        shutil.rmtree(tmp_path / "logs", ignore_errors=True)
        for name in ("hf_trainer_state", "csv", "tensorboard"):
            copied(name, tmp_path / "logs" / name)
        with faults(tmp_path / "logs", kind, at) as seen:
            result = scan([tmp_path / "logs"])
        runs = max(runs, len(result.runs))
        if not seen.struck:
            break
        one_folder = seen.struck.split()[0] in ("scandir",)
        assert len(result.runs) >= (0 if one_folder else runs - 2), seen.struck
        assert result.problems or len(result.runs) == runs, seen.struck
        assert "internal_error" not in {problem.code for problem in result.problems}, (seen.struck, result.problems)
        at += 1
    assert at > 20
    assert runs >= 3


@pytest.mark.parametrize("kind", ["EIO", "EACCES"])
def test_every_call_of_a_write(kind: str, tmp_path: Path) -> None:
    """The old file stays or the new one is whole; nothing else is left in the folder but what cannot be deleted."""
    target = tmp_path / "report.md"
    at = 0
    while True:
        target.write_text("old")
        said = ""
        with faults(tmp_path, kind, at, ("replace", "chmod", "open", "fsync")) as seen:
            try:
                write_text(target, "new")
            except OutputError as error:
                said = error.message
        if not seen.struck:
            break
        assert said, seen.struck
        assert str(target) in said
        assert target.read_text() == "old"
        assert [path.name for path in tmp_path.iterdir()] == ["report.md"]
        at += 1
    assert target.read_text() == "new"
    assert at >= 3


def written_with_room_for(size: int, arguments: list[str]) -> tuple[int, str]:
    full_disk(size)
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        code = command_line(arguments)
    return int(code), said.getvalue()


COMMANDS = {
    "pdf": ["report"], "html": ["report"], "md": ["report"], "csv": ["convert"], "parquet": ["convert"],
    "json": ["convert"], "sarif": ["scan", "--no-cache", "--format", "sarif"],
}  # fmt: skip


@pytest.mark.parametrize("ending", COMMANDS)
def test_a_disk_that_fills_while_a_file_is_written(ending: str, tmp_path: Path, examples: Path) -> None:
    """Wherever it happens: the old file is intact, nothing is left beside it, and the message names the file."""
    if ending == "parquet":
        pytest.importorskip("pyarrow", reason="needs pyarrow, of an extra")
    target = tmp_path / "out" / f"all.{ending}"
    target.parent.mkdir()
    arguments = [*COMMANDS[ending], str(examples / "01-healthy"), "-o", str(target)]
    whole = bounded(written_with_room_for, 1 << 30, arguments, seconds=60.0)
    assert (whole.error, whole.value[0]) == ("", 0), whole
    size = target.stat().st_size
    for room in (0, 1, size // 3, size - 1):
        target.write_text("old")
        outcome = bounded(written_with_room_for, room, arguments, seconds=60.0)
        assert (outcome.error, outcome.status) == ("", 0)
        code, said = outcome.value
        assert code not in (0, 1), room
        assert str(target) in said
        assert "defect" not in said
        assert target.read_text() == "old"
        assert [path.name for path in target.parent.iterdir()] == [target.name]
