"""The way in: default command, typing errors, errors of every kind."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lossdoctor import __version__
from lossdoctor.cli import open_window
from lossdoctor.cli.main import cli
from lossdoctor.errors import LossdoctorError

Cli = Callable[..., Any]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[Path, ...], bool]]:
    """What the window was asked to open; no window is."""
    calls: list[tuple[tuple[Path, ...], bool]] = []

    def show(paths: tuple[Path, ...], *, demo: bool = False, **_: object) -> int:
        calls.append((paths, demo))
        return 0

    monkeypatch.setattr(open_window, "show", show)
    return calls


def test_version(lossdoctor: Cli) -> None:
    assert lossdoctor("--version").out == f"lossdoctor {__version__}\n"


def test_help_lists_every_command_with_a_sentence(lossdoctor: Cli) -> None:
    done = lossdoctor("--help")
    assert done.code == 0
    for name, command in cli.commands.items():
        assert name in done.out
        assert command.get_short_help_str(200).endswith((".", ")"))


def test_alone_it_opens_the_window(lossdoctor: Cli, opened: list[Any]) -> None:
    assert lossdoctor().code == 0
    assert opened == [((), False)]


def test_a_path_opens_the_window_on_it(lossdoctor: Cli, opened: list[Any], tmp_path: Path) -> None:
    lossdoctor(tmp_path, tmp_path)
    lossdoctor("open", tmp_path)
    assert opened == [((tmp_path, tmp_path), False), ((tmp_path,), False)]


def test_a_folder_that_is_called_like_a_command(
    lossdoctor: Cli, opened: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scan").mkdir()
    monkeypatch.chdir(tmp_path)
    assert lossdoctor("scan").code == 2
    lossdoctor("./scan")
    assert opened == [((Path("scan"),), False)]


def test_an_option_of_open_opens_the_window(lossdoctor: Cli, opened: list[Any], tmp_path: Path) -> None:
    assert lossdoctor("--new-window", tmp_path).code == 0
    assert len(opened) == 1
    assert lossdoctor("--no-such-option", tmp_path).code == 2
    assert len(opened) == 1


def test_demo(lossdoctor: Cli, opened: list[Any]) -> None:
    lossdoctor("demo")
    assert opened == [((), True)]


def test_a_mistyped_command_is_corrected(lossdoctor: Cli, opened: list[Any]) -> None:
    done = lossdoctor("scna", "runs")
    assert (done.code, opened) == (2, [])
    assert done.err == (
        "lossdoctor: scna: no such file or folder, and no such command. Did you mean `lossdoctor scan`?\n"
    )


def test_a_missing_path_to_open_is_named(lossdoctor: Cli, tmp_path: Path) -> None:
    done = lossdoctor("open", tmp_path / "gone")
    assert done.code == 3
    assert done.err == f"lossdoctor: {tmp_path}/gone: no such file or folder. Check the spelling.\n"


def test_an_error_for_the_user_is_one_line_with_its_own_status(
    lossdoctor: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    class OddError(LossdoctorError):
        exit_code = 3

    monkeypatch.setattr(open_window, "show", _raiser(OddError("runs\x1b[31m: is odd.", "Look at it.")))
    done = lossdoctor("demo")
    assert (done.code, done.err) == (3, "lossdoctor: runs\\x1b[31m: is odd. Look at it.\n")


def test_a_defect_is_called_one(lossdoctor: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_window, "show", _raiser(ZeroDivisionError("by zero")))
    done = lossdoctor("demo")
    assert done.code == 70
    assert done.err.startswith("lossdoctor: ZeroDivisionError: by zero. This is a defect of lossdoctor")
    assert done.err.count("\n") == 1
    monkeypatch.setenv("LOSSDOCTOR_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        lossdoctor("demo")


def _raiser(error: Exception) -> Callable[..., int]:
    def show(*args: object, **kwargs: object) -> int:
        raise error

    return show


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m lossdoctor rules | true; exit ${{PIPESTATUS[0]}}"
    for _ in range(3):
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_a_terminal_that_knows_only_ascii(examples: Path) -> None:
    env = {"PYTHONIOENCODING": "ascii", "PATH": "/usr/bin"}
    command = [sys.executable, "-m", "lossdoctor", "scan", "--fail-on", "never", str(examples)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Overfitting" in done.stdout
