"""Finds out whether a window can be opened, before Qt is asked: Qt ends the whole process when it cannot."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

from lossdoctor.errors import LossdoctorError

# What Qt and its xcb and wayland plugins link to and Debian does not install by itself: library -> package.
# packaging/environment.sh holds the same list for the shell; tests/packaging compares them.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
DEBIAN_PACKAGES = (*QT_LIBRARIES.values(), "fonts-dejavu-core")
APT_LINE = "sudo apt-get install " + " ".join(DEBIAN_PACKAGES)
_WITHOUT_WINDOW = "`lossdoctor scan PATH` and `lossdoctor report PATH -o out.pdf` need no window."
DOCTOR = "`lossdoctor doctor` checks the whole installation."


class DisplayError(LossdoctorError):
    """No window can be opened here."""

    exit_code = 2


def require_window_system() -> None:
    """Returns when Qt can open a window here.

    Raises:
        DisplayError: no display, a display that does not answer, or a missing library; the hint says what to do.
    """
    if not sys.platform.startswith("linux"):
        return
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(";")[0].split(":")[0]
    systems = _window_systems(platform)
    _require_qt()
    refusals = [_refusal(system) for system in systems]
    # Qt takes the first that works, so that one is enough.
    if refusals and all(refusals):
        raise next(refusal for refusal in refusals if refusal is not None)


def _window_systems(platform: str) -> list[str]:
    """What Qt would try: "xcb" and "wayland"; neither for platforms that need no display (offscreen, vnc, ...)."""
    if platform not in {"", "xcb", "wayland"}:
        return []
    variables = {"xcb": "DISPLAY", "wayland": "WAYLAND_DISPLAY"}
    wanted = [platform] if platform else list(variables)
    found = [system for system in wanted if os.environ.get(variables[system])]
    if not found:
        names = " and ".join(variables[system] for system in wanted)
        raise DisplayError(
            f"There is no display to open a window on ({names} not set).",
            f"Over ssh use `ssh -X`. {_WITHOUT_WINDOW} {DOCTOR}",
        )
    return found


def _require_qt() -> None:
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        raise _missing_library(str(error)) from error


def _refusal(system: str) -> DisplayError | None:
    """Loads what Qt would load and asks the display: where either fails Qt would abort the process."""
    try:
        ctypes.CDLL(str(_plugin(system)))
    except OSError as error:
        return _missing_library(str(error))
    if system == "xcb" and not _x_answers():
        return DisplayError(
            f"The display {os.environ['DISPLAY']} does not answer.",
            f"Check DISPLAY and whether you may use it (xauth). {_WITHOUT_WINDOW} {DOCTOR}",
        )
    return None


def _plugin(system: str) -> Path:
    spec = importlib.util.find_spec("PySide6")
    [folder] = (spec.submodule_search_locations if spec is not None else None) or [""]
    return Path(folder) / "Qt" / "plugins" / "platforms" / f"libq{system}.so"


def _x_answers() -> bool:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_int)]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    answers = not xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return answers


def _missing_library(error: str) -> DisplayError:
    library = error.split(":")[0]
    if not library.startswith("lib"):
        return DisplayError(f"Qt cannot be loaded: {error}.", f"Reinstall PySide6-Essentials. {DOCTOR}")
    return DisplayError(f"Qt needs {library}, which is not installed.", f"{DOCTOR} On Debian and Ubuntu: {APT_LINE}")
