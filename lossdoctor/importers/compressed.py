"""Reads sources whose files are gzip-compressed: unpacks them aside, has them read, and names the files as they are.

Every importer thus reads `.gz` of its format without knowing. Files are unpacked under their own base names below a
private temporary folder that is removed afterwards; nothing inside a compressed file names a path.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace

from lossdoctor.importers.base import ImportResult, Source
from lossdoctor.importers.config_files import NAMES
from lossdoctor.importers.files import opened, shown, unreadable
from lossdoctor.importers.gzip_stream import MAGIC, MAX_RATIO, MAX_TOTAL, Ending, inflate
from lossdoctor.runs import Problem, ProblemLevel, Run

SUFFIX = ".gz"
_MOST_ENTRIES = 1000
_ARCHIVES = (MAGIC, b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ")
_TOLD = {
    Ending.CUT: ("truncated", "ends within its compressed stream; what could be unpacked was read."),
    Ending.DAMAGED: ("bad_gzip", "is damaged as a gzip stream; what could be unpacked before that was read."),
    Ending.RATIO: ("too_compressed", f"unpacks to more than {MAX_RATIO} times its size; the rest was not read."),
    Ending.TOTAL: ("too_large", f"unpacks to more than {MAX_TOTAL >> 30} GB; the rest was not read."),
}


def is_compressed(source: Source) -> bool:
    """Whether any file of a source is a compressed one."""
    return any(path.lower().endswith(SUFFIX) for path in source.files)


def read_compressed(source: Source, read: Callable[[Source], ImportResult]) -> ImportResult:
    """What `read` makes of the source with its compressed files unpacked; problems name the files on disk."""
    with tempfile.TemporaryDirectory(prefix="lossdoctor-") as folder:
        problems: list[Problem] = []
        plain = _unpacked(source, folder, problems)
        if not plain.files:
            return ImportResult((), tuple(problems))
        return _renamed(read(plain), source, plain, tuple(problems), folder)


def _unpacked(source: Source, folder: str, problems: list[Problem]) -> Source:
    """The source with plain files. A run's folder is rebuilt, so that sub-folders still mean what they mean."""
    of_folder = os.path.isdir(source.path)
    files: list[str] = []
    for path in source.files:
        below = os.path.relpath(path, source.path) if of_folder else os.path.basename(path)
        target = os.path.join(folder, "run", below)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if path.lower().endswith(SUFFIX):
            target = target[: -len(SUFFIX)]
        if not _is_gzip(path):
            _link(path, target)
            files.append(target)
            continue
        problem = _unpack(path, target)
        problems += problem
        if not any(told.level is ProblemLevel.ERROR for told in problem):
            files.append(target)
    if not of_folder:
        return replace(source, files=tuple(files))
    root = os.path.join(folder, "run")
    _link_rest(source.path, root)
    return replace(source, path=root, files=tuple(files))


def _unpack(path: str, target: str) -> list[Problem]:
    try:
        with opened(path) as (descriptor, _), open(target, "wb") as out:
            ending = inflate(lambda size: os.read(descriptor, size), out.write)
        with open(target, "rb") as unpacked:
            head = unpacked.read(8)
    except OSError as error:
        return [unreadable(path, error)]
    if head.startswith(_ARCHIVES):
        text = "is an archive within an archive, which is not opened."
        return [Problem("nested_archive", ProblemLevel.ERROR, shown(path), text, "Unpack it first.")]
    if ending is Ending.WHOLE:
        return []
    code, text = _TOLD[ending]
    return [Problem(code, ProblemLevel.WARNING, shown(path), text, "Unpack it by hand if points are missing.")]


def _is_gzip(path: str) -> bool:
    """Whether a file is compressed, and not merely called so; one that cannot be read counts, to be told of."""
    try:
        with opened(path) as (descriptor, _):
            return path.lower().endswith(SUFFIX) and os.read(descriptor, 2) == MAGIC
    except OSError:
        return True


def _link(path: str, target: str) -> None:
    try:
        os.symlink(path, target)
    except OSError:  # Windows allows links to some users only
        shutil.copyfile(path, target)


def _link_rest(folder: str, root: str) -> None:
    """What stands beside the logs, under the same names: configuration, names and parameters are read from there."""
    try:
        for entry in itertools.islice(os.scandir(folder), _MOST_ENTRIES):
            target = os.path.join(root, entry.name)
            if not os.path.lexists(target) and not entry.name.lower().endswith(SUFFIX):
                os.symlink(entry.path, target)
    except OSError:
        _copy_config(folder, root)


def _copy_config(folder: str, root: str) -> None:
    for name in NAMES:
        path = os.path.join(folder, *name.split("/"))
        target = os.path.join(root, *name.split("/"))
        if os.path.isfile(path) and not os.path.lexists(target):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copyfile(path, target)


def _renamed(
    result: ImportResult, source: Source, plain: Source, problems: tuple[Problem, ...], folder: str
) -> ImportResult:
    """The result with the paths that the user knows in place of the temporary ones."""
    names = {shown(new): shown(old) for new, old in zip(_targets(source, plain), source.files, strict=True) if new}

    def real(problem: Problem) -> Problem:
        path = names.get(problem.path, problem.path).replace(shown(plain.path), shown(source.path), 1)
        return replace(problem, path=path.replace(shown(folder), shown(os.path.dirname(source.path)), 1))

    def own(run: Run, told: tuple[Problem, ...]) -> Run:
        return replace(run, path=source.path, problems=(*told, *map(real, run.problems)))

    runs = tuple(own(run, problems if index == 0 else ()) for index, run in enumerate(result.runs))
    told = result.problems if runs else (*problems, *result.problems)
    return ImportResult(runs, tuple(map(real, told)))


def _targets(source: Source, plain: Source) -> list[str]:
    """The plain file for each file of the source, "" for one that could not be unpacked."""
    left = list(plain.files)
    found = []
    for path in source.files:
        name = os.path.basename(path)
        name = name[: -len(SUFFIX)] if name.lower().endswith(SUFFIX) else name
        matches = [new for new in left if os.path.basename(new) == name]
        found.append(matches[0] if matches else "")
        if matches:
            left.remove(matches[0])
    return found
