"""Writes a file whole or not at all: whatever stood at the target stays until the new content is complete."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lossdoctor.errors import OutputError


@contextmanager
def atomic_target(path: Path) -> Iterator[Path]:
    """Gives a temporary path beside `path` to write to, and moves it into place when the block succeeds.

    Raises:
        OutputError: the folder does not exist, is not writable, or the disk is full.
    """
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
        temporary = Path(name)
        os.close(handle)
        # mkstemp makes files for the owner only; a report is an ordinary file, so the user's umask decides.
        temporary.chmod(0o666 & ~_umask())
        yield temporary
        _to_disk(temporary)
        temporary.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()


def write_text(path: Path, text: str) -> None:
    """Writes `text` as UTF-8, atomically.

    Raises:
        OutputError: the file cannot be written.
    """
    with atomic_target(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def _to_disk(path: Path) -> None:
    """Waits until the content is on the disk: a rename may survive a loss of power that the content does not."""
    descriptor = os.open(path, os.O_RDWR)  # Windows flushes only what is open for writing
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _unwritable(path: Path, error: OSError) -> OutputError:
    hint = "Check that the folder exists, that you may write to it and that the disk has room."
    return OutputError(f"{path}: cannot be written: {error.strerror or error}.", hint)
