"""What a whole scan found before: as long as nothing below its folders has changed, nothing has to be read or judged.

The cache of single sources spares reading; this spares looking for the logs and ranking the causes as well. It is asked
with one hash of the folders: every file's path, size and time, the first and last bytes of whatever may be a log, and the
plain files beside the folders, because a configuration file there counts too.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lossdoctor.importers.discover import never_a_log
from lossdoctor.importers.walk import SKIPPED_FOLDERS
from lossdoctor.importers.where import Where
from lossdoctor.workspace.cache import ResultCache, fleeting
from lossdoctor.workspace.chunks import FILE_COST
from lossdoctor.workspace.examined import HowToExamine, without_points
from lossdoctor.workspace.fingerprint import file_print, folder_print, how_print
from lossdoctor.workspace.results import DiagnosedRun, RememberedScan, ScanResult


@dataclass(frozen=True, slots=True)
class ScanMemory:
    """The place of one scan in the cache.

    Attributes:
        path: the cache's file.
        place: names the scan: its folders, and how they are read and judged.
        fingerprint: of everything in the folders, taken before they were looked at.
    """

    path: Path
    place: bytes
    fingerprint: bytes

    def get(self) -> RememberedScan | None:
        """What the scan found before; None when that is not known, or something has changed since."""
        cache = ResultCache(self.path)
        try:
            return cache.get_scan(self.place, self.fingerprint)
        finally:
            cache.close()

    def put(self, result: ScanResult) -> None:
        """Remembers what the scan found, unless that may be different next time."""
        if result.unread or fleeting(result.problems):
            return
        cache = ResultCache(self.path)
        try:
            found = RememberedScan(result.runs, result.problems, result.files, result.bytes)
            cache.put_scan(self.place, self.fingerprint, found)
        finally:
            cache.close()


def scan_memory(
    path: Path,
    folders: Sequence[Path | str],
    where: Where,
    how: HowToExamine,
    worth: int,
    still: Callable[[], object] = lambda: None,
) -> ScanMemory | None:
    """The memory of a scan; None where it would not be exact, or not worth its while.

    Args:
        path: the cache's file.
        folders: what is scanned. Files, URLs and folders with links out of them are not remembered as a whole.
        where: which files of them are looked at.
        how: what they are examined with.
        worth: folders that cost less to read (in bytes, see `chunks.cost`) are read.
        still: called for each folder; raises `Cancelled` when the user has stopped.
    """
    roots = [os.path.abspath(folder) for folder in folders if not (isinstance(folder, str) and "://" in folder)]
    if len(roots) < len(folders) or not all(map(os.path.isdir, roots)) or where.follow_links:
        return None
    made = hashlib.sha256()
    cost = 0
    try:
        for root in sorted(set(roots)):
            cost += _add_tree(made, root, where, still)
            if _holds_files(root):  # a run may be the root itself
                made.update(folder_print(os.path.dirname(root)))
    except OSError:
        return None
    if cost < worth:
        return None
    names = repr((sorted(roots), where)).encode("utf-8", "backslashreplace")
    lean = replace(how, keep_points=False)
    return ScanMemory(path, hashlib.sha256(b"scan" + how_print(lean) + names).digest(), made.digest())


def _holds_files(folder: str) -> bool:
    return any(os.path.isfile(os.path.join(folder, name)) for name in os.listdir(folder))


def without_any_points(result: ScanResult) -> ScanResult:
    """A result as it is remembered: what was counted stays, the points go."""
    lean = (DiagnosedRun(without_points(item.run), item.diagnosis, item.facts) for item in result.runs)
    return replace(result, runs=tuple(lean))


class _OutsideError(OSError):
    """A link to a folder that is not scanned: what lies behind it may change unseen."""


def _add_tree(made: hashlib._Hash, root: str, where: Where, still: Callable[[], object]) -> int:
    """Adds what is looked at below a folder to a hash and returns what reading its logs costs at most.

    Folders that the user excludes are not entered, and of files that are not wanted only size and time count: one beside
    a log may hold its configuration.

    Raises:
        OSError: something cannot be looked at, or a link leads to a folder outside.
    """
    cost = 0
    folders = [root]
    while folders:
        folder = folders.pop()
        still()
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
        for entry in listed:
            relative = os.path.relpath(entry.path, root).replace(os.sep, "/")
            if entry.is_dir(follow_symlinks=False):
                deep = where.max_depth is not None and relative.count("/") >= where.max_depth
                if entry.name not in SKIPPED_FOLDERS and not where.excludes(relative) and not deep:
                    folders.append(entry.path)
                    made.update(b"folder " + os.fsencode(entry.path) + b"\0")
            elif entry.is_symlink() and not entry.is_file():
                made.update(_of_link(entry.path, root))
            else:
                status = entry.stat()
                made.update(os.fsencode(entry.path) + b"\0%d %d " % (status.st_size, status.st_mtime_ns))
                if entry.is_file() and where.wants(relative) and not never_a_log(entry.path):
                    made.update(file_print(entry.path))
                    cost += status.st_size + FILE_COST
    return cost


def _of_link(path: str, root: str) -> bytes:
    """Where a link to a folder (or to nothing) leads: what is there is met under its own name, if it lies below the root."""
    target = os.path.realpath(path)
    if os.path.exists(target) and os.path.commonpath([target, os.path.realpath(root)]) != os.path.realpath(root):
        raise _OutsideError(path)
    return b"link " + os.fsencode(path) + b"\0" + os.fsencode(target) + b"\0"
