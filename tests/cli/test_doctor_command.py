"""`lossdoctor doctor` finds what is wrong with an installation and names what mends it."""

from __future__ import annotations

import importlib.metadata
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lossdoctor.cli import display, installation
from lossdoctor.cli.installation import Check, State

Cli = Callable[..., Any]
FOLDERS = ("settings", "checklists", "recent folders", "cache", "log")


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "not" / "yet"))


def one(found: Iterator[Check]) -> Check:
    [check] = found
    return check


def test_a_sound_installation(lossdoctor: Cli, tmp_path: Path) -> None:
    done = lossdoctor("doctor", "--format", "json")
    found = {check["name"]: check for check in json.loads(done.out)}
    assert done.code == 0
    assert {check["state"] for check in found.values()} == {"ok"}
    assert set(found) >= {"Python", "packages", "resources", "Qt", "display", "diagnosis", *FOLDERS}
    assert "2 000 signals" in found["Qt"]["found"]
    assert "overfitting" in found["diagnosis"]["found"]
    assert os.listdir(tmp_path) == []


def test_what_is_broken_comes_with_what_mends_it(lossdoctor: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "QT_LIBRARIES", {"libno-such-thing.so.9": "libno-such-thing9"})
    monkeypatch.setattr(display, "APT_LINE", "sudo apt-get install libno-such-thing9")
    done = lossdoctor("doctor")
    assert done.code == 1
    lines = [line for line in done.out.splitlines() if line.startswith(("broken", " "))]
    assert lines[0].split(maxsplit=1)[1] == "Qt libraries    missing: libno-such-thing.so.9"
    assert lines[1].strip() == "-> On Debian and Ubuntu: sudo apt-get install libno-such-thing9"
    assert "1 broken" in done.out


def test_no_display_only_limits(lossdoctor: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    check = one(installation._display())
    assert check.state is State.LIMITED
    assert "lossdoctor doctor" not in check.remedy  # it is already running
    assert lossdoctor("doctor").code == 0


def test_the_qt_that_ends_the_process_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.metadata.version
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "6.12.0" if "PySide6" in name else real(name))
    monkeypatch.setattr(sys, "version_info", (3, 11, 7))
    found = {check.name: check for check in installation._packages()}
    assert found["PySide6"].state is State.BROKEN
    assert "!=6.12.0" in found["PySide6"].remedy


def test_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: ["no-such-thing>=1.2", "pytest; extra == 'test'"])
    check = one(installation._packages())
    assert (check.state, check.found) == (State.BROKEN, "no-such-thing not installed")
    assert check.remedy.endswith("pip install no-such-thing")


def test_qt_that_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "_QT_PROBE", "import os, sys; sys.stderr.write('no luck'); os.abort()")
    check = one(installation._qt())
    assert (check.state, check.found) == (State.BROKEN, "does not start: no luck")


def test_a_folder_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/lossdoctor")
    found = {check.name: check for check in installation._folders()}
    assert found["cache"].state is State.LIMITED
    assert "/proc" in found["cache"].remedy
    assert found["settings"].state is State.OK


def test_a_check_that_fails_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def _resources() -> Iterator[Check]:
        raise RuntimeError("boo")
        yield

    monkeypatch.setattr(installation, "_resources", _resources)
    found = {check.name: check for check in installation.checks()}
    assert found["resources"].found == "RuntimeError: boo"
    assert found["diagnosis"].state is State.OK
