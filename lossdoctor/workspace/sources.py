"""Finds the sources below some paths and URLs, each once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from lossdoctor.importers.base import Discovery, Source
from lossdoctor.importers.discover import find_sources
from lossdoctor.importers.options import ReadOptions
from lossdoctor.importers.where import EVERYWHERE, Where
from lossdoctor.runs import Problem
from lossdoctor.workspace.guard import guarded

_FILE = "file://"


@dataclass(frozen=True, slots=True)
class Found:
    """What lies below some paths.

    Attributes:
        sources: (root, source), each once, by id.
        problems: paths that cannot be read, look-alikes, "no logs here".
        remotes: (URL, mirror) of every folder behind a URL.
        versions: by path in a mirror the version of the file that it stands for, where that is known.
    """

    sources: tuple[tuple[str, Source], ...]
    problems: tuple[Problem, ...]
    remotes: tuple[tuple[str, str], ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)


def find_all(
    paths: Sequence[Path | str], read: ReadOptions, where: Where, mirrors: ExitStack, before: Callable[[], None]
) -> Found:
    """Looks below every path.

    Args:
        paths: files and folders; texts with :// are URLs.
        read: what the user says about the logs.
        where: which files below a folder to look at.
        mirrors: keeps what stands for the files behind URLs.
        before: called before every path; may raise to stop.
    """
    discoveries: list[Discovery] = []
    problems: list[Problem] = []
    remotes: list[tuple[str, str]] = []
    versions: dict[str, str] = {}
    for path in sorted(set(paths), key=str):
        before()
        local = path.removeprefix(_FILE) if isinstance(path, str) and path.startswith(_FILE) else path
        if isinstance(local, str) and "://" in local:
            found = guarded(local, _behind_url, local, read, where, mirrors, remotes, versions)
        else:
            found = guarded(str(local), find_sources, Path(local), read, where)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            discoveries.append(found)
            problems.extend(found.problems)
    return Found(tuple(_distinct(discoveries)), tuple(problems), tuple(remotes), versions)


def _behind_url(
    url: str,
    read: ReadOptions,
    where: Where,
    mirrors: ExitStack,
    remotes: list[tuple[str, str]],
    versions: dict[str, str],
) -> Discovery:
    from lossdoctor.workspace.remote import mirrored

    remote, target, known = mirrors.enter_context(mirrored(url, where))
    remotes.append((remote.url, remote.mirror))
    versions.update(known)
    # What is left out was left out of the mirror already.
    found = find_sources(Path(target), read, replace(EVERYWHERE, max_depth=where.max_depth))
    return replace(found, problems=tuple(map(remote.problem, found.problems)))


def _distinct(discoveries: Iterable[Discovery]) -> list[tuple[str, Source]]:
    """(root, source) of every source once, by id; of overlapping roots the outermost (shortest) gives the id."""
    seen: dict[tuple[str, tuple[str, ...]], tuple[str, Source]] = {}
    for found in sorted(discoveries, key=lambda d: (len(d.root), d.root)):
        for source in found.sources:
            seen.setdefault((source.format, source.every_file), (found.root, source))
    return sorted(seen.values(), key=lambda item: (item[1].id, item[0], item[1].path))


def written_after(source: Source, since: float) -> bool:
    """Whether any file of a source was written after a time (seconds since 1970), or cannot be asked."""
    for path in source.every_file:
        with suppress(OSError):  # gone meanwhile: what reads it will say so
            if os.stat(path).st_mtime < since:
                continue
        return True
    return False
