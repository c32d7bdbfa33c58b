"""Writes the report on some runs, as a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lossdoctor.progress import Cancel, Cancelled, Progress
from lossdoctor.report.options import ReportOptions
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

CHANNEL = "export"


def subset(result: ScanResult, runs: Sequence[DiagnosedRun]) -> ScanResult:
    """The same scan with only some of its runs, and only their problems."""
    problems = tuple(problem for item in runs for problem in item.run.problems)
    return replace(result, runs=tuple(runs), problems=problems)


def partial_result(roots: Sequence[Path], runs: Sequence[DiagnosedRun]) -> ScanResult:
    """A result of what a scan that was stopped (or still goes on) has found so far."""
    return ScanResult(
        roots=tuple(str(path) for path in roots),
        runs=tuple(sorted(runs, key=lambda item: item.run.id)),
        problems=tuple(problem for item in runs for problem in item.run.problems),
        files=len({item.run.path for item in runs}),
        bytes=sum(item.run.size_bytes for item in runs),
        seconds=0.0,
    )


def write_report(result: ScanResult, path: Path, cancel: Cancel, progress: Progress, options: ReportOptions) -> Path:
    """Writes the report in the format of the file's ending; `path` afterwards, whole or untouched.

    Args:
        result: the runs.
        path: where to.
        cancel: asked before every page.
        progress: told before every page.
        options: what the report holds beside the results.

    Raises:
        Cancelled: `cancel` said so; nothing was written.
        OutputError: `path` cannot be written.
        UsageError: the ending of `path` names no format.
    """
    from lossdoctor.report import writing
    from lossdoctor.report.document import build_report

    progress(0, 0, f"Writing {path.name}")
    document = build_report(result, options)
    if cancel():
        raise Cancelled
    writing.write_report(document, path, progress, cancel)
    return path
