"""The types every importer shares: what lies on disk (FileHead), what to read (Source), what came of it (ImportResult)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lossdoctor.importers.options import ColumnMap
from lossdoctor.runs import Problem, Run


@dataclass(frozen=True, slots=True)
class Source:
    """Files that belong together and are read in one go: a TensorBoard run directory, one CSV, a folder of W&B charts.

    Attributes:
        format: name of the importer that recognised it.
        id: path of the source relative to the scanned root, POSIX; "." becomes the root's own name.
        path: the run's folder, or the file when one file is the run; absolute.
        files: every file to read, absolute, in reading order.
        size_bytes: their sizes together.
        pattern: the user's regular expression by which a text log is read; "" for the documented patterns.
        columns: what the user said of the columns of a table; None when they speak for themselves.
        also: sources of other formats that may hold the same training; read together, and folded where they do.
    """

    format: str
    id: str
    path: str
    files: tuple[str, ...]
    size_bytes: int
    pattern: str = ""
    columns: ColumnMap | None = None
    also: tuple[Source, ...] = ()

    @property
    def every_file(self) -> tuple[str, ...]:
        """The files of this source and of those that are read with it."""
        return (*self.files, *(path for source in self.also for path in source.files))

    @property
    def total_bytes(self) -> int:
        """The size of `every_file`."""
        return self.size_bytes + sum(source.size_bytes for source in self.also)


@dataclass(frozen=True, slots=True)
class Discovery:
    """What lies below one path.

    Attributes:
        root: the folder ids are relative to.
        sources: everything that looks like a log, sorted by id.
        problems: files that could not be looked at, look-alikes that are no logs, and "no logs here".
        files_seen: number of files looked at.
    """

    root: str
    sources: tuple[Source, ...]
    problems: tuple[Problem, ...]
    files_seen: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What came of reading one source: runs (partly read ones included) and problems that belong to no run."""

    runs: tuple[Run, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class FileHead:
    """The beginning of one regular file, all that recognising a format may look at.

    Attributes:
        path: absolute.
        size_bytes: of the whole file; for a compressed one only whether it is more than the head.
        head: at most `files.HEAD_BYTES` bytes from the start; the whole file when it is shorter.
    """

    path: str
    size_bytes: int
    head: bytes

    @property
    def name(self) -> str:
        """The file's name without its folder, and without `.gz`."""
        name = self.path.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
        return name[:-3] if name.lower().endswith(".gz") else name

    @property
    def complete(self) -> bool:
        """True when `head` is the whole file."""
        return len(self.head) >= self.size_bytes


@dataclass(frozen=True, slots=True)
class Match:
    """An importer's claim to a file: how sure it is (0..1) and what it saw, for the user who asks why."""

    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Grouping:
    """How an importer puts the files it claimed together, and what it left out on purpose."""

    sources: tuple[Source, ...]
    problems: tuple[Problem, ...] = ()


class Importer(Protocol):
    """One log format. Stateless; listed in `lossdoctor.importers.registry`."""

    @property
    def name(self) -> str:
        """Stable slug, the `format` of its runs."""

    @property
    def title(self) -> str:
        """What a user calls the format."""

    @property
    def patterns(self) -> tuple[str, ...]:
        """File name patterns for file dialogs and help; recognition goes by content."""

    @property
    def help(self) -> str:
        """One paragraph: who writes it, what is read from it, what is not."""

    def probe(self, head: FileHead) -> Match | None:
        """Whether the file is of this format, judged by its content."""

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """Puts claimed files together into sources; ids are relative to `root`."""

    def read(self, source: Source) -> ImportResult:
        """Reads a source whole. Damage becomes problems; never raises for anything a file may contain."""
