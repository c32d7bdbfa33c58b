"""How a run's path is named to other tools: relative to the folder they were started in where it lies below it."""

from __future__ import annotations

import os
from pathlib import PurePath
from urllib.parse import quote


def relative(path: str) -> str:
    """A path as those tools show it: POSIX, relative to the current folder when it lies below, else as it is."""
    try:
        inside = os.path.relpath(path)
    except ValueError:  # another drive
        return PurePath(path).as_posix()
    return PurePath(path if inside.startswith("..") else inside).as_posix()


def uri(path: str) -> str:
    """The same as a URI reference: relative and percent-encoded, or `file:///...`."""
    shown = relative(path)
    try:
        encoded = os.fsencode(shown)
    except UnicodeEncodeError:  # a name that was never one of this file system's
        encoded = shown.encode("utf-8", "backslashreplace")
    return ("file://" if shown.startswith("/") else "") + quote(encoded)
