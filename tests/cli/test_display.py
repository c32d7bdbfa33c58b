"""Where no window can be opened, lossdoctor says why instead of letting Qt end the process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from lossdoctor.cli import display
from lossdoctor.cli.display import DisplayError, require_window_system

Cli = Callable[..., Any]


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_no_display(lossdoctor: Cli, nowhere: pytest.MonkeyPatch) -> None:
    done = lossdoctor("demo")
    assert done.code == 2
    [line] = done.err.splitlines()
    assert "no display" in line
    assert "lossdoctor scan" in line


@pytest.mark.parametrize(("platform", "variable"), [("xcb", "WAYLAND_DISPLAY"), ("wayland", "DISPLAY")])
def test_a_display_of_the_wrong_kind(nowhere: pytest.MonkeyPatch, platform: str, variable: str) -> None:
    nowhere.setenv("QT_QPA_PLATFORM", platform)
    nowhere.setenv(variable, "x")
    with pytest.raises(DisplayError, match="no display"):
        require_window_system()


def test_a_missing_library_is_named_with_the_line_that_installs_it(nowhere: pytest.MonkeyPatch) -> None:
    nowhere.setenv("QT_QPA_PLATFORM", "offscreen")
    nowhere.setitem(sys.modules, "PySide6", None)
    nowhere.delitem(sys.modules, "PySide6.QtWidgets", raising=False)
    with pytest.raises(DisplayError, match="Qt cannot be loaded"):
        require_window_system()
    error = display._missing_library("libxcb-cursor.so.0: cannot open shared object file: No such file or directory")
    assert error.message == "Qt needs libxcb-cursor.so.0, which is not installed."
    assert "apt-get install" in error.hint
    assert "libxcb-cursor0" in error.hint


def probe(display_name: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")} | {
        "DISPLAY": display_name
    }
    command = [sys.executable, "-c", "from lossdoctor.cli.display import require_window_system as r; r(); print('yes')"]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)


def needs_qt() -> None:
    if subprocess.run([sys.executable, "-c", "import PySide6.QtWidgets"], capture_output=True, check=False).returncode:
        pytest.skip("NOT TESTED: Qt cannot be loaded here")


def test_a_display_that_does_not_answer() -> None:
    needs_qt()
    done = probe(":4711")
    assert done.returncode == 1
    assert "The display :4711 does not answer." in done.stderr


def test_a_display_that_answers() -> None:
    needs_qt()
    if shutil.which("Xvfb") is None:
        pytest.skip("NOT TESTED: Xvfb is not installed")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x480x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        assert probe(f":{number}").stdout == "yes\n"
    finally:
        server.terminate()
        server.wait()


def test_platforms_without_a_display_are_left_to_qt(nowhere: pytest.MonkeyPatch) -> None:
    needs_qt()
    nowhere.setenv("QT_QPA_PLATFORM", "offscreen")
    require_window_system()


def test_one_window_system_that_works_is_enough(nowhere: pytest.MonkeyPatch) -> None:
    needs_qt()
    nowhere.setenv("DISPLAY", ":0")
    nowhere.setenv("WAYLAND_DISPLAY", "wayland-0")
    refusals = {"xcb": DisplayError("dead"), "wayland": None}
    nowhere.setattr(display, "_refusal", refusals.get)
    require_window_system()
    refusals["wayland"] = DisplayError("also dead")
    with pytest.raises(DisplayError, match=r"^dead$"):
        require_window_system()
