"""One source that grows: its files are read on as they are appended to, and its run is put together anew."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from lossdoctor.importers.base import ImportResult, Source
from lossdoctor.importers.compressed import is_compressed
from lossdoctor.importers.follow.appended import AppendedFile
from lossdoctor.importers.follow.events import EventTail, event_result
from lossdoctor.importers.follow.lines import JsonTail, TextTail, json_result, text_result
from lossdoctor.importers.follow.tables import table_result
from lossdoctor.importers.follow.wandb import WandbTail, wandb_result
from lossdoctor.importers.growing_table import GrowingTable
from lossdoctor.importers.reading import read_source
from lossdoctor.importers.registry import recognise


class Tail(Protocol):
    """What was read of one file, and how to read on."""

    def feed(self, data: bytes) -> None:
        """Takes the next bytes of the file."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How the files of a format are read on: a tail for each, and the result of all."""

    tail: Callable[[str], Tail]
    result: Callable[..., ImportResult]


# Formats whose files are appended to. Those of all others are written anew each time, and read anew.
_KINDS = {
    "tensorboard": _Kind(EventTail, event_result),
    "csv": _Kind(GrowingTable, table_result),
    "json_lines": _Kind(JsonTail, json_result),
    "wandb_binary": _Kind(WandbTail, wandb_result),
    "text_log": _Kind(TextTail, text_result),
}
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class FollowedFile:
    """A file with its tail."""

    def __init__(self, path: str, kind: _Kind) -> None:
        self.file = AppendedFile(path)
        self._kind = kind
        self.tail = kind.tail(path)

    def poll(self) -> bool:
        """Reads what was appended; whether anything changed."""
        return self.file.poll(self._feed, self._restart)

    def _feed(self, data: bytes) -> None:
        self.tail.feed(data)

    def _restart(self) -> None:
        self.tail = self._kind.tail(self.file.path)


# Files that are followed already, by format and path.
Pool = dict[tuple[str, str], FollowedFile]


class FollowedSource:
    """A source, what was read of its files, and its result.

    Args:
        source: what to follow, without the sources that may be folded into it.
        pool: files that were followed before; their tails are gone on with.
    """

    def __init__(self, source: Source, pool: Pool) -> None:
        self.source = replace(source, also=())
        kind = None if source.pattern or is_compressed(source) else _KINDS.get(source.format)
        self.files: list[FollowedFile] = []
        if kind is not None:
            self.files = [pool.get((source.format, path)) or FollowedFile(path, kind) for path in source.files]
        self._kind = kind
        self._judged: list[int] = []
        self._state: tuple[object, ...] | None = None

    def poll(self) -> bool:
        """Reads what was appended; whether anything changed."""
        if self._kind is None:
            return self._poll_whole()
        changed = [file.poll() for file in self.files]
        if any(file.file.head.startswith(_UTF16) for file in self.files):
            # Half a character may stand at the end; such files are rare enough to be read anew.
            self._kind, self.files = None, []
            return self._poll_whole()
        return any(changed)

    def _poll_whole(self) -> bool:
        state = tuple(map(_identity, self.source.files))
        changed = state != self._state
        self._state = state
        return changed

    def pool(self) -> Pool:
        """Its files, for a source that takes over."""
        return {(self.source.format, file.file.path): file for file in self.files}

    def recognised_otherwise(self) -> bool:
        """Whether the beginning of a file has grown into that of another format."""
        if self._kind is None or len(self.files) != 1:
            return False
        size = len(self.files[0].file.head)
        if not size or self._judged == [size]:
            return False
        self._judged = [size]  # heads only grow, and a full one is judged for good
        claim = recognise(self.files[0].file.as_head())
        return claim is None or claim[0].name != self.source.format

    def result(self, *, ended: bool) -> ImportResult:
        """Every run in what was read; see `Follower.poll` for `ended`."""
        if self._kind is None:
            sizes = [os.path.getsize(path) for path in self.source.files if os.path.exists(path)]
            return read_source(replace(self.source, size_bytes=sum(sizes)))
        told = tuple(problem for file in self.files for problem in file.file.problems)
        if not any(file.file.size for file in self.files) and told:
            return ImportResult((), told)
        source = replace(self.source, size_bytes=sum(file.file.size for file in self.files))
        result = self._kind.result(source, self._tails(), ended=ended)
        return replace(result, problems=(*told, *result.problems)) if told else result

    def _tails(self) -> list[Any]:
        return [file.tail for file in self.files]


def _identity(path: str) -> tuple[int, ...] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
