"""Gives every run of a scan an id of its own, however the scanned folders overlap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from lossdoctor.runs import Run


@dataclass(frozen=True, slots=True)
class RootedRun:
    """A run and the scanned folder its id is relative to."""

    root: str
    run: Run


def unique_runs(found: Sequence[RootedRun]) -> tuple[Run, ...]:
    """The runs sorted by id, every id once; the result does not depend on the order of `found`.

    An id that two scanned folders share (`a/run1` and `b/run1` are both `run1`) gets the folder's name in front, and
    its whole path where the names are equal too. Runs of one folder with one id are numbered.
    """
    renamed = ((found[index].run, id_) for id_, index in unique_ids(found))
    return tuple(run if run.id == id_ else replace(run, id=id_) for run, id_ in renamed)


def unique_ids(found: Sequence[RootedRun]) -> list[tuple[str, int]]:
    """(id, index into `found`) of every run, sorted by id; the ids are those of `unique_runs`."""

    def key(index: int) -> tuple[str, ...]:
        run = found[index].run
        return run.id, found[index].root, run.path, run.name, run.format

    order = sorted(range(len(found)), key=key)
    ordered = [found[index] for index in order]
    ids = [item.run.id for item in ordered]
    for prefix in (_root_name, _root_path):
        ids = _spread(ids, ordered, prefix)
    return sorted(zip(_number(ids), order, strict=True))


def _root_name(root: str) -> str:
    return Path(root).name


def _root_path(root: str) -> str:
    return PurePath(root).as_posix().strip("/")


def _spread(ids: list[str], items: list[RootedRun], prefix: Callable[[str], str]) -> list[str]:
    """Puts `prefix(root)` before ids that runs of different roots share."""
    roots: dict[str, set[str]] = {}
    for id_, item in zip(ids, items, strict=True):
        roots.setdefault(id_, set()).add(item.root)
    return [
        f"{prefix(item.root)}/{item.run.id}" if len(roots[id_]) > 1 else id_
        for id_, item in zip(ids, items, strict=True)
    ]


def _number(ids: list[str]) -> list[str]:
    taken: set[str] = set()
    numbered = []
    for id_ in ids:
        candidate, n = id_, 1
        while candidate in taken:
            n += 1
            candidate = f"{id_} ({n})"
        taken.add(candidate)
        numbered.append(candidate)
    return numbered
