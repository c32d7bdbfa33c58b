"""Writes a report in the format that the file's name asks for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from lossdoctor import safe_text
from lossdoctor.errors import OutputError, UsageError
from lossdoctor.progress import Cancel, Cancelled, Progress, never, silent
from lossdoctor.report.document import ReportDocument, build_report
from lossdoctor.report.options import ReportOptions
from lossdoctor.workspace.results import DiagnosedRun, ScanResult


class ReportFormat(StrEnum):
    """The formats, named by their file endings."""

    PDF = "pdf"
    HTML = "html"
    MARKDOWN = "md"


def format_of(path: Path) -> ReportFormat:
    """The format for a file of this name.

    Raises:
        UsageError: the ending is none of pdf, html, htm, md and markdown.
    """
    ending = path.suffix.lower().removeprefix(".")
    known = {**{f.value: f for f in ReportFormat}, "htm": ReportFormat.HTML, "markdown": ReportFormat.MARKDOWN}
    if ending not in known:
        raise UsageError(f"{path}: a report is a .pdf, .html or .md file.", "Give the file one of these endings.")
    return known[ending]


def write_report(document: ReportDocument, path: Path, progress: Progress = silent, cancel: Cancel = never) -> None:
    """Writes the report, whole or not at all.

    Raises:
        UsageError: the file's ending names no format.
        OutputError: the file cannot be written; whatever stood there before is untouched.
        Cancelled: `cancel` said so; nothing was written.
    """
    _writer(format_of(path))(document, path, progress, cancel)


def _writer(wanted: ReportFormat) -> Callable[[ReportDocument, Path, Progress, Cancel], None]:
    from lossdoctor.report.html import write_html
    from lossdoctor.report.markdown import write_markdown
    from lossdoctor.report.pdf import write_pdf

    return {ReportFormat.PDF: write_pdf, ReportFormat.HTML: write_html, ReportFormat.MARKDOWN: write_markdown}[wanted]


def write_each(
    result: ScanResult,
    options: ReportOptions,
    folder: Path,
    wanted: ReportFormat,
    progress: Progress = silent,
    cancel: Cancel = never,
) -> list[Path]:
    """Writes a report of its own for every run, named after the run.

    Args:
        result: the scan.
        options: for each of the reports; its title is put before the run's name.
        folder: where to; made when it does not exist.
        wanted: the format.
        progress: told before every file.
        cancel: asked before every file.

    Returns:
        The files, in the order of the runs.

    Raises:
        OutputError: the folder cannot be made or a file not written; files written before stay.
        Cancelled: `cancel` said so; files written before stay.
    """
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        hint = "Name a folder that you may write to."
        raise OutputError(f"{folder}: cannot be made: {error.strerror or error}.", hint) from error
    written: list[Path] = []
    for item, stem in zip(result.runs, _stems(result), strict=True):
        if cancel():
            raise Cancelled
        progress(len(written), len(result.runs), item.run.id)
        path = folder / f"{stem}.{wanted.value}"
        title = f"{options.title}: {item.run.name}" if options.title else ""
        write_report(build_report(_alone(result, item), replace(options, title=title)), path)
        written.append(path)
    return written


def _alone(result: ScanResult, item: DiagnosedRun) -> ScanResult:
    return replace(result, runs=(item,), problems=item.run.problems, files=1, bytes=item.run.size_bytes)


def _stems(result: ScanResult) -> Iterator[str]:
    """File names after the runs' ids; one that is taken, on file systems that ignore case as well, gets a number."""
    taken: set[str] = set()
    for item in result.runs:
        stem = safe_text.file_stem(item.run.id)
        numbered = (f"{stem}-{n}" for n in itertools.count(2))
        name = next(name for name in itertools.chain([stem], numbered) if name.lower() not in taken)
        taken.add(name.lower())
        yield name
