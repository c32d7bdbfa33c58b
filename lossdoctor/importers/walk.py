"""Lists the regular files below a folder: sorted, each once, no loops, nothing opened."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field

from lossdoctor.importers.files import shown, unreadable
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
    """What a walk met: regular files in sorted order, and what could not be entered."""

    files: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def walk(root: str) -> Walk:
    """Every regular file below `root`.

    Linked folders are not entered: inside the root their target is met anyway, outside it the user is told. Linked
    files count once, under their own name unless the target was met. FIFOs, sockets and devices are left alone.
    """
    found = Walk()
    links: list[str] = []
    seen: set[tuple[int, int]] = set()
    real_root = os.path.realpath(root)
    stack: list[tuple[str, int]] = [(root, 0)]
    while stack:
        folder, depth = stack.pop()
        try:
            with os.scandir(folder) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            found.problems.append(unreadable(folder, error))
            continue
        below: list[tuple[str, int]] = []
        for entry in listed:
            if entry.is_symlink():
                links.append(entry.path)
            elif entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED_FOLDERS:
                    below.append((entry.path, depth + 1))
            elif entry.is_file(follow_symlinks=False):
                found.files.append(entry.path)
                if len(found.files) >= MAX_FILES:
                    found.problems.append(_too_many(root))
                    return found
        if depth >= MAX_DEPTH:
            found.problems.extend(_too_deep(path) for path, _ in below)
        else:
            stack.extend(reversed(below))
    _follow_links(links, real_root, found, seen)
    found.files.sort()
    return found


def _follow_links(links: list[str], real_root: str, found: Walk, seen: set[tuple[int, int]]) -> None:
    if not links:
        return
    for path in found.files:
        seen.add(_identity(path))
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
        "Scan that folder as well if its runs matter.",
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
