"""Makes the system calls of this process fail at a chosen place, so that a test can try every place in turn."""

from __future__ import annotations

import errno
import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

READS = ("open", "read", "fstat", "stat", "lseek", "scandir", "listdir")
ERRORS = {"EIO": errno.EIO, "EACCES": errno.EACCES, "ESTALE": errno.ESTALE, "ENOENT": errno.ENOENT}


@dataclass
class Calls:
    """The system calls that were counted, and the one that was made to fail.

    Attributes:
        names: of every call so far, in order.
        struck: what failed; "" when the chosen place was never reached.
    """

    names: list[str] = field(default_factory=list)
    struck: str = ""


@contextmanager
def faults(root: Path, kind: str = "", at: int = -1, calls: tuple[str, ...] = READS) -> Iterator[Calls]:
    """Counts calls on files below `root`, and lets number `at` go wrong.

    Args:
        root: calls on other files are left alone.
        kind: a key of `ERRORS`; "short" (a read gives one byte), "end" (a read finds the end of the file), "cut" (the file
            is half as long from this call on) or "gone" (it is deleted before this call).
        at: which call, from 0; none by default.
        calls: names of functions of `os` to count.
    """
    seen = Calls()
    paths: dict[int, str] = {}
    real = {name: getattr(os, name) for name in calls}

    def wrapped(name: str) -> Callable[..., Any]:
        def call(target: Any, *args: Any, **kwargs: Any) -> Any:
            path = paths.get(target, "") if isinstance(target, int) else os.path.abspath(os.fsdecode(target))
            if not path.startswith(str(root)):
                return real[name](target, *args, **kwargs)
            number = len(seen.names)
            seen.names.append(name)
            if number == at:
                seen.struck = f"{name} {path}"
                args = _strike(kind, name, path, args, real)
                if args == ("end",):
                    return b""
            result = real[name](target, *args, **kwargs)
            if name == "open":
                paths[result] = path
            return result

        return call

    for name in calls:
        setattr(os, name, wrapped(name))
    try:
        yield seen
    finally:
        for name in calls:
            setattr(os, name, real[name])


def _strike(kind: str, name: str, path: str, args: tuple[Any, ...], real: dict[str, Any]) -> tuple[Any, ...]:
    """Does the damage and returns the call's arguments after it."""
    if kind in ERRORS:
        raise OSError(ERRORS[kind], os.strerror(ERRORS[kind]), path)
    if kind in ("short", "end") and name == "read":
        return (1,) if kind == "short" else ("end",)
    if kind == "cut" and os.path.isfile(path):
        os.truncate(path, os.path.getsize(path) // 2)
    if kind == "gone" and os.path.isfile(path):
        os.unlink(path)
    return args


def full_disk(size: int) -> None:
    """From now on no file of this process may grow beyond so many bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
