"""Lists the regular files below a folder: sorted, each once, no loops, nothing opened."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field

from lossdoctor.importers.files import shown, unreadable
from lossdoctor.importers.where import EVERYWHERE, Where
from lossdoctor.runs import Problem, ProblemLevel

MAX_DEPTH = 64
MAX_FILES = 1_000_000
# Never logs of the user's runs, and often huge.
SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", "node_modules", "__pycache__", "site-packages", ".venv", ".tox", ".nox", ".mypy_cache",
     ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints"}
)  # fmt: skip


@dataclass(slots=True)
class Walk:
    """What a walk met: regular files in sorted order, the folders entered, and what could not be."""

    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def walk(root: str, where: Where = EVERYWHERE) -> Walk:
    """Every regular file below `root` that `where` wants.

    Linked folders are not entered unless `where` says so: inside the root their target is met anyway, outside it the
    user is told. Linked files count once, under their own name unless the target was met. FIFOs, sockets and devices
    are left alone.
    """
    walker = _Walker(root, where)
    walker.enter(root, 0)
    walker.follow()
    walker.found.files.sort()
    return walker.found


class _Walker:
    """The state of one walk."""

    def __init__(self, root: str, where: Where) -> None:
        self.found = Walk()
        self._root, self._where = root, where
        self._links: list[tuple[str, int]] = []
        self._full = False
        self._folders: set[tuple[int, int]] = set()

    def enter(self, root: str, depth: int) -> None:
        """Lists everything below a folder; links are put aside."""
        stack = [(root, depth)]
        while stack and not self._full:
            folder, depth = stack.pop()
            if self._where.follow_links:
                self._folders.add(_identity(folder))
            try:
                with os.scandir(folder) as entries:
                    listed = sorted(entries, key=lambda entry: entry.name)
            except OSError as error:
                self.found.problems.append(unreadable(folder, error))
                continue
            self.found.folders.append(folder)
            below = self._below(listed, depth)
            if depth >= MAX_DEPTH:
                self.found.problems.extend(_too_deep(path) for path, _ in below)
            else:
                stack.extend(reversed(below))

    def _below(self, listed: list[os.DirEntry[str]], depth: int) -> list[tuple[str, int]]:
        """Takes the files of one folder and returns the folders to enter."""
        below = []
        deeper = self._where.max_depth is None or depth < self._where.max_depth
        for entry in listed:
            if entry.is_symlink():
                self._links.append((entry.path, depth))
            elif entry.is_dir(follow_symlinks=False):
                if deeper and entry.name not in SKIPPED_FOLDERS and not self._excluded(entry.path):
                    below.append((entry.path, depth + 1))
            elif entry.is_file(follow_symlinks=False) and self._wanted(entry.path):
                self.found.files.append(entry.path)
                if len(self.found.files) >= MAX_FILES:
                    self.found.problems.append(_too_many(self._root))
                    self._full = True
                    break
        return below

    def follow(self) -> None:
        """Looks at the links that were met, after all real folders, so that a target goes by its own name."""
        while self._where.follow_links and any(os.path.isdir(link) for link, _ in self._links):
            folders = sorted((link, depth) for link, depth in self._links if os.path.isdir(link))
            self._links = [item for item in self._links if item not in folders]
            for link, depth in folders:
                deeper = self._where.max_depth is None or depth < self._where.max_depth
                if deeper and _identity(link) not in self._folders and not self._excluded(link):
                    self.enter(link, depth + 1)
        _follow_links([link for link, _ in self._links if self._wanted(link)], self._root, self.found)

    def _excluded(self, path: str) -> bool:
        return bool(self._where.exclude) and self._where.excludes(self._relative(path))

    def _wanted(self, path: str) -> bool:
        if not (self._where.include or self._where.exclude):
            return True
        return self._where.wants(self._relative(path))

    def _relative(self, path: str) -> str:
        return os.path.relpath(path, self._root).replace(os.sep, "/")


def _follow_links(links: list[str], root: str, found: Walk) -> None:
    if not links:
        return
    real_root = os.path.realpath(root)
    seen = {_identity(path) for path in found.files}
    for link in sorted(links):
        try:
            status = os.stat(link)
        except OSError:
            continue  # dangling: there is nothing to read
        if stat.S_ISDIR(status.st_mode):
            target = os.path.realpath(link)
            if target != real_root and os.path.commonpath([target, real_root]) != real_root:
                found.problems.append(_outside(link, target))
        elif stat.S_ISREG(status.st_mode) and (status.st_dev, status.st_ino) not in seen:
            seen.add((status.st_dev, status.st_ino))
            found.files.append(link)


def _identity(path: str) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except OSError:
        return (-1, -1)
    return (status.st_dev, status.st_ino)


def _outside(link: str, target: str) -> Problem:
    return Problem(
        "link_outside",
        ProblemLevel.INFO,
        shown(link),
        f"is a link to {shown(target)}, outside the scanned folder, and was not followed.",
        "Scan that folder as well if its runs matter, or use --follow-symlinks.",
    )


def _too_deep(path: str) -> Problem:
    return Problem(
        "too_deep",
        ProblemLevel.WARNING,
        shown(path),
        f"lies more than {MAX_DEPTH} folders deep and was not entered.",
        "Scan this folder by itself.",
    )


def _too_many(root: str) -> Problem:
    return Problem(
        "too_many_files",
        ProblemLevel.WARNING,
        shown(root),
        f"holds more than {MAX_FILES:,} files; the walk stopped there.",
        "Scan its sub-folders one by one.",
    )
