"""Finds out whether a window can be opened, before Qt is asked: Qt ends the whole process when it cannot."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

from lossdoctor.errors import LossdoctorError

# What the xcb and wayland plugins of PySide6 link to and Debian does not install by itself. packaging/environment.sh
# holds the same list for the shell; tests/packaging compares them.
DEBIAN_PACKAGES = (
    "libegl1",
    "libgl1",
    "libglib2.0-0",
    "libxkbcommon0",
    "libfontconfig1",
    "libdbus-1-3",
    "libxkbcommon-x11-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "fonts-dejavu-core",
)
APT_LINE = "sudo apt-get install " + " ".join(DEBIAN_PACKAGES)
_WITHOUT_WINDOW = "`lossdoctor scan PATH` and `lossdoctor report PATH -o out.pdf` need no window."


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
    if platform in {"", "xcb", "wayland", "wayland-egl"}:
        _require_display(platform)
    _require_qt()
    if platform in {"", "xcb"} and os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        _require_xcb()


def _require_display(platform: str) -> None:
    wanted = {"": ("DISPLAY", "WAYLAND_DISPLAY"), "xcb": ("DISPLAY",)}.get(platform, ("WAYLAND_DISPLAY",))
    if not any(os.environ.get(name) for name in wanted):
        raise DisplayError(
            f"There is no display to open a window on ({' and '.join(wanted)} not set).",
            f"Over ssh use `ssh -X`. {_WITHOUT_WINDOW}",
        )


def _require_qt() -> None:
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        raise _missing_library(str(error)) from error


def _require_xcb() -> None:
    """Loads what Qt would load: a missing library or a dead display would otherwise abort the process."""
    spec = importlib.util.find_spec("PySide6")
    folders = (spec.submodule_search_locations or []) if spec is not None else []
    for folder in folders:
        plugin = Path(folder) / "Qt" / "plugins" / "platforms" / "libqxcb.so"
        if plugin.exists():
            try:
                ctypes.CDLL(str(plugin))
            except OSError as error:
                raise _missing_library(str(error)) from error
    if not _display_answers():
        raise DisplayError(
            f"The display {os.environ['DISPLAY']} does not answer.",
            f"Check DISPLAY and whether you may use it (xauth). {_WITHOUT_WINDOW}",
        )


def _display_answers() -> bool:
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
        return DisplayError(f"Qt cannot be loaded: {error}.", "Reinstall PySide6-Essentials.")
    return DisplayError(f"Qt needs {library}, which is not installed.", f"On Debian and Ubuntu: {APT_LINE}")
