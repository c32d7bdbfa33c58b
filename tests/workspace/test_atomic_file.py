"""A file is written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lossdoctor.errors import OutputError
from lossdoctor.workspace.atomic_file import atomic_target, write_text


def test_the_content_arrives(tmp_path: Path) -> None:
    write_text(tmp_path / "out.json", "ä\n")
    assert (tmp_path / "out.json").read_bytes() == "ä\n".encode()
    assert os.listdir(tmp_path) == ["out.json"]


def fail_halfway(target: Path) -> None:
    with atomic_target(target) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError


def test_what_stood_there_survives_a_failure(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("before")
    with pytest.raises(ZeroDivisionError):
        fail_halfway(target)
    assert target.read_text() == "before"
    assert os.listdir(tmp_path) == ["out.json"]


def test_the_umask_decides_who_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "out.json", "")
    finally:
        os.umask(before)
    assert (tmp_path / "out.json").stat().st_mode & 0o777 == 0o640


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"no_such/out\.json: cannot be written: No such file or directory"):
        write_text(tmp_path / "no_such" / "out.json", "")


def test_a_folder_at_the_target_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write_text(tmp_path, "")


def test_a_name_that_utf8_cannot_hold_is_written_all_the_same(tmp_path: Path) -> None:
    write_text(tmp_path / "out.txt", "run \udcff")
    assert (tmp_path / "out.txt").read_text() == "run \\udcff"
