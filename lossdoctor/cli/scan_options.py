"""The options of `lossdoctor scan` by what they are about: which files, how to work, what counts."""

from __future__ import annotations

import glob
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lossdoctor.errors import UsageError

if TYPE_CHECKING:
    from lossdoctor.importers.where import Where

_F = TypeVar("_F", bound=Callable[..., Any])
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def _declared(*options: Callable[[_F], _F]) -> Callable[[_F], _F]:
    def declare(command: _F) -> _F:
        for option in reversed(options):
            command = option(command)
        return command

    return declare


file_options: Callable[[_F], _F] = _declared(
    click.option(
        "--include", multiple=True, metavar="GLOB", help="Only files that match, or lie in a folder that does."
    ),
    click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files and folders that match."),
    click.option("--max-depth", type=click.IntRange(min=0), help="Go so many folders deep; 0 is PATH's own files."),
    click.option("--follow-symlinks", is_flag=True, help="Enter linked folders too, each real folder once."),
    click.option("--since", metavar="AGE", help="Only runs written to since: 7d, 12h, 2w or a date like 2026-01-31."),
)
work_options: Callable[[_F], _F] = _declared(
    click.option(
        "--jobs", "-j", type=click.IntRange(min=1), help="Processes; by default as many as the work is worth."
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0),
        metavar="SECONDS",
        help="Give up a file after so long, more for a large one; 0 for never.  [default: 120]",
    ),
    click.option(
        "--max-memory",
        metavar="SIZE",
        help="Use no more memory than 2GB, 800MB, ... in all; a file that needs more is named and left out.",
    ),
    click.option(
        "--dask", metavar="ADDRESS", help="Work on the Dask cluster whose scheduler is there: tcp://host:8786."
    ),
    click.option("--no-cache", is_flag=True, help="Read everything again, and remember nothing."),
    click.option("--quiet", "-q", is_flag=True, help="No progress, no notes on the input; errors only."),
)
count_options: Callable[[_F], _F] = _declared(
    click.option(
        "--min-confidence", type=click.FloatRange(0, 1), default=0.0, help="Leave out findings less sure than this."
    ),
    click.option(
        "--baseline",
        type=click.Path(path_type=Path, dir_okay=False, readable=False),
        metavar="FILE",
        help="Findings listed in FILE do not count.",
    ),
    click.option("--update-baseline", is_flag=True, help="Write the findings of this scan to the --baseline file."),
    click.option("--exit-zero", is_flag=True, help="Exit with 0 even when there are findings."),
)


def where_of(flags: Mapping[str, Any]) -> Where:
    """Which files the options choose."""
    from lossdoctor.importers.where import Where

    return Where(
        tuple(flags["include"]), tuple(flags["exclude"]), flags["max_depth"], follow_links=flags["follow_symlinks"]
    )


def since_of(text: str | None, now: float | None = None) -> float | None:
    """Seconds since 1970 for "7d", "12h", "2w" (before now) or a date or time in ISO form (local).

    Raises:
        UsageError: it is neither.
    """
    if text is None:
        return None
    if age := re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhdw])", text.strip().lower()):
        return (time.time() if now is None else now) - float(age[1]) * _UNITS[age[2]]
    try:
        return datetime.fromisoformat(text.strip()).timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"--since: {text!r} is neither an age nor a date.", "Write 7d, 12h, 2w or 2026-01-31."
        ) from error


def bytes_of(text: str | None) -> int:
    """Bytes for "2GB", "800 MB", "1.5GiB"; 0 for None.

    Raises:
        UsageError: it is no size, or less than a scan needs for itself.
    """
    from lossdoctor import formatting
    from lossdoctor.workspace.memory import LEAST_BOUND

    if text is None:
        return 0
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt])(i?)b?", text.strip().lower())
    if found is None:
        raise UsageError(f"--max-memory: {text!r} is no size.", "Write 800MB, 2GB or 1.5GiB.")
    size = int(float(found[1]) * (1024 if found[3] else 1000) ** ("kmgt".index(found[2]) + 1))
    if size < LEAST_BOUND:
        raise UsageError(
            f"--max-memory: {formatting.size(size)} is too little.",
            f"A scan needs {formatting.size(LEAST_BOUND)} at least.",
        )
    return size


def expanded(paths: Sequence[Path | str]) -> list[Path | str]:
    """The paths, with patterns that the shell left alone (quoted, or on Windows) replaced by what they match."""
    found: list[Path | str] = []
    for path in paths:
        matches = (
            []
            if isinstance(path, str) or path.exists() or not glob.has_magic(str(path))
            else glob.glob(str(path), recursive=True)
        )
        found += [Path(match) for match in sorted(matches)] or [path]
    return found
