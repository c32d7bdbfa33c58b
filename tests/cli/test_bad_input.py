"""Input that cannot be read: one clear line that names the file and says what to do, never a traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


def one_clear_line(done: Any, path: Path, *words: str) -> None:
    assert done.code == 3
    [line] = done.err.splitlines()
    assert str(path) in line
    assert line.startswith("error: ")
    assert line.rstrip().endswith((".", "`", ")"))
    for word in words:
        assert word in line


def test_an_empty_folder(lossdoctor: Cli, tmp_path: Path) -> None:
    one_clear_line(lossdoctor("scan", tmp_path), tmp_path, "empty", "reads")


def test_a_folder_without_logs(lossdoctor: Cli, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("# nothing\n")
    (tmp_path / "model.pt").write_bytes(b"\x80\x02")
    one_clear_line(lossdoctor("scan", tmp_path), tmp_path, "no training log", "reads")


def test_a_path_that_does_not_exist(lossdoctor: Cli, tmp_path: Path) -> None:
    one_clear_line(lossdoctor("scan", tmp_path / "gone"), tmp_path / "gone")


def test_a_csv_without_numbers(lossdoctor: Cli, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("name,town\nAda,London\nEmmy,Erlangen\nSonja,Moskau\n")
    one_clear_line(lossdoctor("scan", path), path)


def test_an_empty_file(lossdoctor: Cli, tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text("")
    one_clear_line(lossdoctor("scan", path), path, "empty")


def test_a_truncated_event_file_keeps_what_is_there(lossdoctor: Cli, examples: Path, tmp_path: Path) -> None:
    [whole] = (examples / "01-healthy").glob("*tfevents*")
    path = tmp_path / "run" / whole.name
    path.parent.mkdir()
    path.write_bytes(whole.read_bytes()[:-3000])
    done = lossdoctor("scan", path.parent, "--fail-on", "never")
    [line] = done.err.splitlines()
    assert line.startswith(("warning: ", "note: "))
    assert str(path) in line
    assert "offset" in line
    assert "1 run in 1 file" in done.out


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may enter; pytest's own is closed to them."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_file_that_may_not_be_read(lossdoctor: Cli, examples: Path, open_folder: Path) -> None:
    path = open_folder / "training.csv"
    shutil.copy(examples / "02-underfitting" / "training.csv", path)
    path.chmod(0o000)
    if os.geteuid() != 0:
        one_clear_line(lossdoctor("scan", path), path, "ermission")
        return
    # root may read everything, so that somebody else has to try.
    env = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(open_folder)}
    command = [sys.executable, "-m", "lossdoctor", "scan", str(path)]
    try:
        done = subprocess.run(
            command, user="nobody", env=env, capture_output=True, text=True, check=False, cwd=open_folder
        )
    except OSError as error:
        pytest.skip(f"NOT TESTED with a real permission: cannot run this Python as another user ({error})")
    if "No module named" in done.stderr:
        pytest.skip("NOT TESTED: other users may not read this checkout")
    assert done.returncode == 3
    [line] = done.stderr.splitlines()
    assert str(path) in line
    assert "ermission" in line


def test_a_file_that_turns_unreadable_during_the_scan(lossdoctor: Cli, examples: Path, monkeypatch: Any) -> None:
    """The same as above where the test may not become another user: the system's answer is put in by hand."""
    real = os.open

    def refuse(path: Any, *args: Any, **kwargs: Any) -> int:
        if str(path).endswith("training.csv"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", refuse)
    path = examples / "02-underfitting" / "training.csv"
    one_clear_line(lossdoctor("scan", path), path, "ermission")
