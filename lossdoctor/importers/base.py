"""The types every importer shares: Source (what to read), Discovery (what lies there), ImportResult."""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    format: str
    id: str
    path: str
    files: tuple[str, ...]
    size_bytes: int


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
