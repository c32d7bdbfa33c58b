"""Follower: the runs below a path as they grow, each poll reading only what was written since the last one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from lossdoctor.importers.base import Discovery, ImportResult, Source
from lossdoctor.importers.discover import find_sources
from lossdoctor.importers.folding import folded
from lossdoctor.importers.follow.source import FollowedSource, Pool
from lossdoctor.importers.follow.tree import Tree
from lossdoctor.importers.options import AS_THEY_SAY, ReadOptions
from lossdoctor.importers.role_choice import with_role_rules
from lossdoctor.importers.where import EVERYWHERE, Where


class Follower:
    """Follows a log file, or every log below a folder.

    Args:
        path: a file, a folder, or where one will be.
        options: what the user says about the logs.
        where: which files below a folder to look at.
    """

    def __init__(self, path: str | Path, options: ReadOptions = AS_THEY_SAY, where: Where = EVERYWHERE) -> None:
        self._path = Path(os.path.abspath(path))
        self._options, self._where = options, where
        self._discovery: Discovery | None = None
        self._tree: Tree | None = None
        self._bundles: list[_Bundle] = []
        self._last: ImportResult | None = None
        self._ended = False

    def poll(self, *, ended: bool = False) -> ImportResult:
        """Everything that has been written so far: what `read_source` would give for every source, read on from before.

        Only appended bytes are read; with nothing new a poll costs a stat of each file and folder, and gives the very
        same object again. A file that was replaced, cut or rewritten is read from its beginning, and a problem says so.

        Args:
            ended: nothing more will be written, so a last line without a line end is taken as well. Otherwise such a
                line may be half a line, and waits.
        """
        changed = self._tree is None or self._tree.changed()
        if changed:
            self._discover()
        changed = self._read() or changed
        if self._recognised_otherwise():
            self._discover()
            self._read()
            changed = True
        if self._last is None or changed or ended != self._ended:
            self._ended = ended
            self._last = self._result(ended)
        return self._last

    def _discover(self) -> None:
        pool: Pool = {}
        for bundle in self._bundles:
            pool.update(bundle.pool())
        # The tree first: what comes while it is searched is found by the next poll.
        before = Tree(str(self._path), self._where)
        self._discovery = find_sources(self._path, self._options, self._where)
        known = {bundle.source: bundle for bundle in self._bundles}
        keyed = [(_key(source), source) for source in self._discovery.sources]
        found = [known.pop(key) if key in known else _Bundle(source, pool) for key, source in keyed]
        # A log that is gone keeps its run, with a problem that says so; a rotated one is there again in a moment.
        self._bundles = [*found, *(bundle for bundle in known.values() if bundle.gone())]
        followed = {path for source in self._discovery.sources for path in source.every_file}
        self._tree = before.without(followed)

    def _read(self) -> bool:
        changes = [bundle.poll() for bundle in self._bundles]  # every one, also behind one that has changed
        return any(changes)

    def _recognised_otherwise(self) -> bool:
        otherwise = [bundle.recognised_otherwise() for bundle in self._bundles]
        return any(otherwise)

    def _result(self, ended: bool) -> ImportResult:
        results = [bundle.result(ended) for bundle in self._bundles]
        runs = [run for result in results for run in result.runs]
        if self._options.roles:
            runs = [with_role_rules(run, self._options.roles) for run in runs]
        found = self._discovery.problems if self._discovery is not None else ()
        return ImportResult(tuple(runs), (*found, *(problem for result in results for problem in result.problems)))


class _Bundle:
    """A source and those that may hold the same training."""

    def __init__(self, source: Source, pool: Pool) -> None:
        self.source = _key(source)
        self._paths = source.every_file
        self._parts = [FollowedSource(part, pool) for part in (source, *source.also)]
        self._changed = True
        self._result = ImportResult(())
        self._ended = False

    def poll(self) -> bool:
        """Reads what was appended; whether anything changed."""
        changes = [part.poll() for part in self._parts]
        self._changed = self._changed or any(changes)
        return any(changes)

    def pool(self) -> Pool:
        """The files of all parts."""
        return {key: file for part in self._parts for key, file in part.pool().items()}

    def gone(self) -> bool:
        """Whether none of the files is there any more, of which something was read."""
        files = [path for path in self._paths if os.path.lexists(path)]
        return not files and bool(self.pool())

    def recognised_otherwise(self) -> bool:
        """Whether a file has turned out to be of another format."""
        otherwise = [part.recognised_otherwise() for part in self._parts]
        return any(otherwise)

    def result(self, ended: bool) -> ImportResult:
        """The runs, put together anew only after a change."""
        if self._changed or ended != self._ended:
            results = [part.result(ended=ended) for part in self._parts]
            runs = [run for result in results for run in result.runs]
            together = folded(runs) if len(self._parts) > 1 else tuple(runs)
            self._result = ImportResult(together, tuple(told for result in results for told in result.problems))
            self._changed, self._ended = False, ended
        return self._result


def _key(source: Source) -> Source:
    """A source without its sizes: the same one after it has grown."""
    return replace(source, size_bytes=0, also=tuple(map(_key, source.also)))


def follow(path: str | Path, options: ReadOptions = AS_THEY_SAY, where: Where = EVERYWHERE) -> Follower:
    """A `Follower` of a log file or folder; nothing is read before its first `poll`."""
    return Follower(path, options, where)
