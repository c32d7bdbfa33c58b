"""Fingerprints: whether what was read of a source once would be read again the same way.

A fingerprint covers the log files (size, time, head and tail), whatever lies beside them (configuration files decide, too,
and which files count as such is the importers' affair), what the user said about reading and judging, and the program.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import platform
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType

from lossdoctor.importers.base import Source
from lossdoctor.workspace.examined import HowToExamine

_ENDS = 4096
# A folder with more entries than this is no run's own, so what lies in it says nothing about one run.
_MAX_ENTRIES = 2000


class Fingerprints:
    """Fingerprints of the sources of one scan; what stands in a folder is looked up once.

    Args:
        sources: all sources of the scan: the sizes and times of their files count for the source they belong to only.
        how: what every source is examined with.
        remotes: (URL, mirror) of every folder behind a URL; a mirror stands somewhere else each time.
        versions: of files in the mirrors, as `sources.Found`; what has none cannot be known again.
    """

    def __init__(
        self,
        sources: Iterable[Source],
        how: HowToExamine,
        remotes: Sequence[tuple[str, str]] = (),
        versions: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._remotes, self._versions = remotes, versions
        self._logs = {path for source in sources for path in source.every_file}
        self._how = how_print(how)
        self._folders: dict[str, tuple[bytes, tuple[str, ...]]] = {}

    def place(self, source: Source) -> bytes:
        """Names a source whatever it holds: an entry under it is replaced when the source changes."""
        return hashlib.sha256(
            self._how + self._named(repr((source.format, source.id, source.path))).encode("utf-8", "replace")
        ).digest()

    def of(self, source: Source) -> bytes | None:
        """The fingerprint; None when a file cannot be read now."""
        made = hashlib.sha256(self.place(source))
        try:
            for path in source.every_file:
                made.update(self._of_file(path))
        except OSError:
            return None
        made.update(self._named(repr(source)).encode("utf-8", "replace"))
        for folder in self._around(source):
            made.update(self._named(folder).encode("utf-8", "surrogateescape"))
            made.update(self._of_folder(folder)[0])
        return made.digest()

    def _named(self, text: str) -> str:
        """A text with the URLs in place of their mirrors."""
        for url, mirror in self._remotes:
            text = text.replace(mirror, url)
        return text

    def _mirror(self, path: str) -> str:
        """The mirror in which a file or folder lies, "" for none."""
        return next((mirror for _, mirror in self._remotes if f"{path}{os.sep}".startswith(mirror + os.sep)), "")

    def _of_file(self, path: str) -> bytes:
        """As `file_print`; a file in a mirror holds its first bytes only, and goes by its version.

        Raises:
            OSError: it cannot be read, or is a mirror's and nothing tells its versions apart.
        """
        if not self._mirror(path):
            return file_print(path)
        if path not in self._versions:
            raise FileNotFoundError(path)
        with open(path, "rb") as file:
            return hashlib.sha256(self._versions[path].encode("utf-8", "replace") + file.read(_ENDS)).digest()

    def _around(self, source: Source) -> list[str]:
        """The folders in which something may be read besides the logs."""
        own = source.path if os.path.isdir(source.path) else os.path.dirname(source.path)
        below = self._of_folder(own)[1]
        folders = sorted({own, os.path.dirname(own), *below, *map(os.path.dirname, source.every_file)})
        mirror = self._mirror(own)  # what lies around the mirror itself is nobody's configuration
        return [folder for folder in folders if self._mirror(folder)] if mirror else folders

    def _of_folder(self, folder: str) -> tuple[bytes, tuple[str, ...]]:
        if folder not in self._folders:
            self._folders[folder] = _listed(folder, self._logs)
        return self._folders[folder]


def how_print(how: HowToExamine) -> bytes:
    """A hash of what sources are examined with, this program included."""
    return hashlib.sha256(pickle.dumps((program_version(), how))).digest()


def folder_print(folder: str) -> bytes:
    """A hash of the plain files of a folder; of one that cannot be listed, the error's number."""
    return _listed(folder, frozenset())[0]


def file_print(path: str) -> bytes:
    """Size, time of the last change, first and last bytes.

    Raises:
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        status = os.fstat(file.fileno())
        ends = file.read(_ENDS)
        if status.st_size > 2 * _ENDS:
            file.seek(-_ENDS, os.SEEK_END)
        ends += file.read(_ENDS)
    return hashlib.sha256(f"{status.st_size} {status.st_mtime_ns} ".encode() + ends).digest()


def _listed(folder: str, logs: Collection[str]) -> tuple[bytes, tuple[str, ...]]:
    """A hash of a folder's plain files, and its sub-folders; sizes and times of `logs` do not count."""
    files: list[tuple[str, int, int]] = []
    below: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    below.append(entry.path)
                elif entry.path in logs:
                    files.append((entry.name, -1, -1))
                else:
                    status = entry.stat()
                    files.append((entry.name, status.st_size, status.st_mtime_ns))
    except OSError as error:
        return str(error.errno).encode(), ()
    if len(below) > _MAX_ENTRIES:
        below = []
    return hashlib.sha256(repr(sorted(files)).encode("utf-8", "surrogateescape")).digest(), tuple(below)


@cache
def program_version() -> str:
    """Changes whenever the code, the knowledge or a library that computes does, also between two releases."""
    import numpy as np

    import lossdoctor
    from lossdoctor.resources import resource

    made = hashlib.sha256(f"{lossdoctor.__version__} {platform.python_version()} {np.__version__}".encode())
    if getattr(sys, "frozen", False):
        # In the stand-alone build the code lies inside the program's own file.
        status = Path(sys.executable).stat()
        made.update(f"{status.st_size} {status.st_mtime_ns}\n".encode())
    for folder, ending in ((Path(lossdoctor.__file__).parent, ".py"), (resource("knowledge"), ".toml")):
        for path in sorted(folder.rglob(f"*{ending}")):
            status = path.stat()
            made.update(f"{path.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return made.hexdigest()
