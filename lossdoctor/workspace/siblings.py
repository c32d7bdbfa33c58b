"""Which runs of a scan are compared with each other: those that stand side by side in one folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Protocol, TypeVar


class HasId(Protocol):
    """A run, or what stands for one."""

    @property
    def id(self) -> str:
        """The id in the scan: a path, POSIX."""


_R = TypeVar("_R", bound=HasId)


def sibling_groups(runs: Sequence[_R]) -> dict[str, tuple[_R, ...]]:
    """For each run's id the runs of its folder, itself included, in the given order.

    A run that is a folder stands beside the other folders of its parent. A run that is a file (`sweep/lr1/metrics.csv`)
    and alone in its folder is meant as that folder, so its siblings are those of `sweep/`; with several tables in one
    folder they are each other's siblings.
    """
    parents = {run.id: PurePosixPath(run.id).parent for run in runs}
    crowd = Counter(parents.values())
    folder = {
        id_: parent.parent if crowd[parent] == 1 and PurePosixPath(id_).suffix and str(parent) != "." else parent
        for id_, parent in parents.items()
    }
    groups: dict[PurePosixPath, list[_R]] = {}
    for run in runs:
        groups.setdefault(folder[run.id], []).append(run)
    whole = {path: tuple(group) for path, group in groups.items()}
    return {run.id: whole[folder[run.id]] for run in runs}
