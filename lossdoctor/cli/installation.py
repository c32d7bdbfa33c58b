"""What `lossdoctor doctor` looks at: the interpreter, the packages, Qt, the display, the folders, and a real diagnosis."""

from __future__ import annotations

import ctypes
import importlib.metadata
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lossdoctor import __version__
from lossdoctor.errors import LossdoctorError

_OLDEST_PYTHON = (3, 11)
_REINSTALL = f'"{sys.executable}" -m pip install --force-reinstall lossdoctor'
_QT_SECONDS = 60
# More than the 570 emits after which PySide6 6.12.0 ends CPython 3.11.
_QT_PROBE = """
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication
class Probe(QObject):
    told = Signal(bool)
application = QApplication([])
probe = Probe()
for _ in range(2000):
    probe.told.emit(True)
print(len(QFontDatabase.families()))
"""


class State(StrEnum):
    """How a check came out: `BROKEN` stops a use of the program, `LIMITED` takes something away from it."""

    OK = "ok"
    LIMITED = "limited"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: what, in a word or two.
        state: how it came out.
        found: what is there, or what is missing.
        remedy: the command or step that mends it; empty when nothing is wrong.
    """

    name: str
    state: State
    found: str
    remedy: str = ""


def checks() -> Iterator[Check]:
    """Every check, one after the other. None of them raises, needs the network or leaves a file behind."""
    for look in (_python, _packages, _resources, _libraries, _qt, _display, _folders, _diagnosis):
        try:
            yield from look()
        except Exception as error:  # noqa: BLE001 (a check that fails must not hide those after it)
            name = look.__name__.strip("_")
            yield Check(
                name, State.BROKEN, f"{type(error).__name__}: {error}", "Report this, with the output of this command."
            )


def _python() -> Iterator[Check]:
    version = f"{platform.python_version()} at {sys.executable}, lossdoctor {__version__}"
    if sys.version_info[:2] < _OLDEST_PYTHON:
        yield Check("Python", State.BROKEN, version, "Install Python 3.11 or newer, and lossdoctor into it.")
    else:
        yield Check("Python", State.OK, version)


def _packages() -> Iterator[Check]:
    wanted = [re.split(r"[^A-Za-z0-9_.-]", text, maxsplit=1)[0] for text in _requirements()]
    missing = [name for name in wanted if _version(name) is None]
    if missing:
        remedy = f'"{sys.executable}" -m pip install {" ".join(missing)}'
        yield Check("packages", State.BROKEN, f"{', '.join(missing)} not installed", remedy)
    shown = ", ".join(f"{name} {version}" for name in wanted if (version := _version(name)) is not None)
    if shown:
        yield Check("packages", State.OK, shown)
    if _version("PySide6-Essentials") == "6.12.0" and sys.version_info < (3, 12):
        yield Check(
            "PySide6", State.BROKEN, "6.12.0 ends the window after some hundred signals on this Python",
            f'"{sys.executable}" -m pip install "PySide6-Essentials>=6.8,!=6.12.0,<7"',
        )  # fmt: skip


def _requirements() -> list[str]:
    """What lossdoctor cannot do without; nothing when it runs from a checkout without being installed."""
    try:
        declared = importlib.metadata.requires("lossdoctor") or []
    except importlib.metadata.PackageNotFoundError:
        return []
    return [text for text in declared if "extra ==" not in text]


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _resources() -> Iterator[Check]:
    from lossdoctor.resources import resource

    try:
        folders = [resource(name) for name in ("knowledge", "fonts", "icons", "themes", "examples", "help", "licences")]
    except FileNotFoundError as error:
        yield Check("resources", State.BROKEN, str(error), _REINSTALL)
        return
    yield Check("resources", State.OK, str(folders[0].parent))


def _libraries() -> Iterator[Check]:
    if not sys.platform.startswith("linux"):
        return
    from lossdoctor.cli.display import APT_LINE, QT_LIBRARIES

    missing = [library for library in QT_LIBRARIES if not _loads(library)]
    if missing:
        yield Check("Qt libraries", State.BROKEN, f"missing: {', '.join(missing)}", f"On Debian and Ubuntu: {APT_LINE}")
    else:
        yield Check("Qt libraries", State.OK, f"{len(QT_LIBRARIES)} found, OpenGL among them")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _qt() -> Iterator[Check]:
    """In a process of its own, because Qt ends the process when it cannot go on."""
    command = [sys.executable, "-c", _QT_PROBE]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, timeout=_QT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        yield Check("Qt", State.BROKEN, f"did not start within {_QT_SECONDS} seconds", "Try again on an idle machine.")
        return
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"ended with status {done.returncode}"])[-1]
        yield Check(
            "Qt", State.BROKEN, f"does not start: {last}", "Mend what is said above, else reinstall PySide6-Essentials."
        )
        return
    fonts = int(done.stdout.split()[-1])
    if not fonts:
        remedy = "On Debian and Ubuntu: sudo apt-get install fonts-dejavu-core"
        yield Check("Qt", State.LIMITED, "starts, but there is no font to write with", remedy)
        return
    yield Check("Qt", State.OK, f"starts, 2 000 signals delivered, {fonts} font families")


def _display() -> Iterator[Check]:
    from lossdoctor.cli.display import DOCTOR, require_window_system

    try:
        require_window_system()
    except LossdoctorError as error:
        remedy = error.hint.replace(DOCTOR, "").strip()
        yield Check("display", State.LIMITED, error.message, remedy)
        return
    shown = os.environ.get("QT_QPA_PLATFORM") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or ""
    yield Check("display", State.OK, f"a window can be opened{f' ({shown})' if shown else ''}")


def _folders() -> Iterator[Check]:
    for name, path in _places():
        try:
            with tempfile.TemporaryFile(dir=_nearest(path)):
                pass
        except OSError as error:
            remedy = f'Make it writable for you, as by: chmod u+rwx "{_nearest(path)}"'
            yield Check(name, State.LIMITED, f"{path}: {error.strerror or error}", remedy)
            continue
        yield Check(name, State.OK, str(path))


def _places() -> Iterator[tuple[str, Path]]:
    from platformdirs import user_log_path

    from lossdoctor.settings.files import user_file_path
    from lossdoctor.workspace import cache, checklists, recent

    yield "settings", user_file_path().parent
    yield "checklists", checklists.default_path().parent
    yield "recent folders", recent.default_path().parent
    yield "cache", cache.default_path().parent
    yield "log", user_log_path("lossdoctor", appauthor=False)


def _nearest(path: Path) -> Path:
    """The folder itself or the nearest one above it that exists: where it would be made."""
    return next((folder for folder in (path, *path.parents) if folder.exists()), path)


def _diagnosis() -> Iterator[Check]:
    from lossdoctor.resources import resource
    from lossdoctor.workspace.scan import scan

    result = scan([resource("examples")])
    if not result.runs:
        yield Check("diagnosis", State.BROKEN, "the bundled examples cannot be read", _REINSTALL)
        return
    verdicts = sorted({item.diagnosis.verdict.label for item in result.runs})
    yield Check("diagnosis", State.OK, f"{len(result.runs)} bundled examples read: {'; '.join(verdicts).lower()}")
