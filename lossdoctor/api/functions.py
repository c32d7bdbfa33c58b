"""The three functions of the API."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

from lossdoctor.api.diagnosed import Diagnosed
from lossdoctor.api.loaded import Loaded
from lossdoctor.api.scanned import Scanned
from lossdoctor.diagnosis.engine import diagnose as diagnose_run
from lossdoctor.errors import InputError
from lossdoctor.runs import ProblemLevel, Run
from lossdoctor.workspace.cache import default_path
from lossdoctor.workspace.examined import HowToExamine
from lossdoctor.workspace.results import DiagnosedRun
from lossdoctor.workspace.scan import run_job
from lossdoctor.workspace.scan_job import ScanJob, ScanOptions
from lossdoctor.workspace.understanding import understanding

PathLike: TypeAlias = str | os.PathLike[str]


def load(path: PathLike) -> Loaded:
    """Every run at a path, with all its series; settings in lossdoctor.toml count as they do for the command line.

    Args:
        path: a folder or a log file.

    Returns:
        The runs, by id, and what was wrong with the input (`problems`).

    Raises:
        InputError: nothing there can be read; the message says why.
    """
    paths = [Path(path)]
    known = understanding(paths)
    job = ScanJob(paths, ScanOptions(jobs=1, how=HowToExamine(read=known.read, rules=known.rules)))
    result = run_job(job)
    errors = [problem for problem in result.problems if problem.level is ProblemLevel.ERROR]
    if not result.runs and errors:
        raise InputError(errors[0].sentence())
    return Loaded(tuple(item.run for item in result.runs), result.problems)


def diagnose(run: Run, siblings: Sequence[Run] = ()) -> Diagnosed:
    """What is wrong with a run, how sure that is, and why.

    Args:
        run: one of `load`, or made by hand (`lossdoctor.runs.Run`).
        siblings: runs to compare with, such as the others of the same folder.
    """
    return Diagnosed(DiagnosedRun(run, diagnose_run(run, siblings)))


def scan(
    paths: PathLike | Iterable[PathLike], *, jobs: int | None = 1, cache: bool = True, keep_points: bool = False
) -> Scanned:
    """Everything below some paths, diagnosed: what `lossdoctor scan` does.

    Args:
        paths: one path or several; URLs (s3://bucket/runs) need fsspec.
        jobs: number of processes; None lets the amount of work decide. Scripts need no `if __name__ == "__main__"`.
        cache: use what earlier scans found in files that have not changed.
        keep_points: keep every run's series, for plots; costs memory, and the cache is not used.

    Returns:
        The runs by id, and every problem met. A path that cannot be read is a problem, not an error.

    Raises:
        LossdoctorError: a setting in lossdoctor.toml means nothing.
    """
    several = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    wanted = [path if isinstance(path, str) and "://" in path else Path(path) for path in several]
    known = understanding([path for path in wanted if isinstance(path, Path)])
    how = HowToExamine(keep_points=keep_points, read=known.read, rules=known.rules)
    options = ScanOptions(jobs=jobs, how=how, cache=default_path() if cache else None)
    return Scanned(run_job(ScanJob(wanted, options)))
