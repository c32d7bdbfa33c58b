"""Which runs of a scan are compared with each other: those that stand side by side in one folder."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Protocol, TypeVar


class HasId(Protocol):
    """A run, or what stands for one."""

    @property
    def id(self) -> str:
        """The id in the scan: a path, POSIX."""


# Folders that loggers make of their own accord; what a person named lies above them.
_LOGGERS = re.compile(r"version_\d+|lightning_logs|tb|tb_logs|tensorboard|tensorboard_logs", re.IGNORECASE)

_R = TypeVar("_R", bound=HasId)


def sibling_groups(runs: Sequence[_R]) -> dict[str, tuple[_R, ...]]:
    """For each run's id the runs of its folder, itself included, in the given order.

    A run that is a folder stands beside the other folders of its parent. A run that is a file (`sweep/lr1/metrics.csv`)
    and alone in its folder is meant as that folder, so its siblings are those of `sweep/`; with several tables in one
    folder they are each other's siblings. The same goes for the folders that loggers make below a run's own
    (`sweep/lr1/version_0`, `sweep/lr1/tb`) where they are alone in it.
    """
    meant = _meant([PurePosixPath(run.id) for run in runs])
    folder = {run.id: path.parent for run, path in zip(runs, meant, strict=True)}
    groups: dict[PurePosixPath, list[_R]] = {}
    for run in runs:
        groups.setdefault(folder[run.id], []).append(run)
    whole = {path: tuple(group) for path, group in groups.items()}
    return {run.id: whole[folder[run.id]] for run in runs}


def _meant(paths: Sequence[PurePosixPath]) -> list[PurePosixPath]:
    """The run that each path means: the folder above a lone table, and above lone folders of a logger."""
    crowd = Counter(path.parent for path in paths)
    tables = [crowd[path.parent] == 1 and bool(path.suffix) and str(path.parent) != "." for path in paths]
    meant = [path.parent if alone else path for path, alone in zip(paths, tables, strict=True)]
    while True:
        crowd = Counter(path.parent for path in meant)
        above = [
            path.parent if _LOGGERS.fullmatch(path.name) and crowd[path.parent] == 1 and len(path.parts) > 1 else path
            for path in meant
        ]
        if above == meant:
            return meant
        meant = above
