"""`lossdoctor report`: scan some paths and write the report on them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lossdoctor.cli.overrides import config_option, reading_options, rule_options, settings_for

if TYPE_CHECKING:
    from lossdoctor.knowledge.marks import Mark
    from lossdoctor.progress import Progress
    from lossdoctor.report.options import ReportOptions, Section
    from lossdoctor.runs import Run
    from lossdoctor.workspace.results import ScanResult
    from lossdoctor.workspace.run_marks import Note

# Spelled out here because the report package is only imported when a report is written.
SECTIONS = ("overview", "experiments", "summary", "runs", "comparisons", "appendix")
_path = click.Path(path_type=Path, readable=False)


@click.command(short_help="Write a report as PDF, HTML or Markdown.")
@click.argument("paths", nargs=-1, required=True, type=_path, metavar="PATH...")
@click.option(
    "-o", "--output", required=True, type=_path, help="The .pdf, .html or .md file to write; with --split a folder."
)
@click.option("--title", default="", help="Title instead of the number of runs.")
@click.option("--logo", type=_path, help="PNG or JPEG picture for the first page.")
@click.option(
    "--paper", type=click.Choice(["a4", "letter"]), default="a4", show_default=True, help="Page size of a PDF."
)
@click.option("--sections", default=",".join(SECTIONS), help="What to put in, of " + ", ".join(SECTIONS) + ".")
@click.option("--split", type=click.Choice(["pdf", "html", "md"]), help="One file of this kind for each run.")
@click.option("--ticks/--no-ticks", default=True, show_default=True, help="Ticks and notes of the window.")
@rule_options
@reading_options
@config_option
@click.pass_context
def report(
    context: click.Context, /, paths: tuple[Path, ...], output: Path, title: str, logo: Path | None, paper: str,
    sections: str, split: str | None, ticks: bool, **_flags: object,
) -> int:  # fmt: skip
    """Diagnose every run below PATH... and write a report: what was read, all runs at a glance, then page by page.

    Each file is written whole or not at all.

    Exit status: 0 written, 2 wrong usage or not writable, 3 some input could not be read, 130 interrupted.
    """
    from lossdoctor.cli.console import print_problems, progress_bar
    from lossdoctor.cli.scan import exit_status
    from lossdoctor.errors import InputError
    from lossdoctor.importers.options import read_options
    from lossdoctor.report.options import Paper, ReportOptions, read_logo
    from lossdoctor.rules.thresholds import rule_choice
    from lossdoctor.workspace.gate import Gate
    from lossdoctor.workspace.scan import scan

    wanted = _sections(sections)
    content = read_logo(logo) if logo else b""
    _require_target(output, split)
    settings = settings_for(context, paths)
    rules, read = rule_choice(settings), read_options(settings)
    with progress_bar() as progress:
        result = scan(paths, progress=progress, rules=rules, read=read)
    print_problems(result.problems)
    if not result.runs:
        raise InputError("There is no run to report on; nothing was written.", "See the problems above.")
    runs = [item.run for item in result.runs]
    marks, notes = (_marks(runs), _notes(runs)) if ticks else ({}, {})
    options = ReportOptions(title, wanted, Paper(paper), content, _command(), marks, notes)
    with progress_bar() as progress:
        written = _write(result, options, output, split, progress)
    _say_where(output, len(result.runs), written)
    return exit_status(result, Gate(fail_on=None))


def _write(result: ScanResult, options: ReportOptions, output: Path, split: str | None, progress: Progress) -> int:
    """Writes one report, or one for each run; the number of files."""
    from lossdoctor.report.document import build_report
    from lossdoctor.report.writing import ReportFormat, write_each, write_report

    if split is None:
        write_report(build_report(result, options), output, progress)
        return 1
    return len(write_each(result, options, output, ReportFormat(split), progress))


def _sections(text: str) -> frozenset[Section]:
    """The named sections.

    Raises:
        UsageError: one of them does not exist.
    """
    from lossdoctor.errors import UsageError
    from lossdoctor.report.options import Section

    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in SECTIONS]
    if unknown or not names:
        raise UsageError(
            f"--sections: there is no {unknown[0] if unknown else 'name'!r}.", f"Sections are {', '.join(SECTIONS)}."
        )
    return frozenset(Section(name) for name in names)


def _require_target(output: Path, split: str | None) -> None:
    """Says at once, not after an hour of scanning, that the file cannot be written or has no known ending."""
    from lossdoctor.errors import OutputError
    from lossdoctor.report.writing import format_of

    if split is None:
        format_of(output)
        if output.is_dir():
            raise OutputError(f"{output}: is a folder.", "Name a file, or use --split for one file a run.")
    folder = output.absolute().parent
    if not folder.is_dir():
        raise OutputError(f"{output}: the folder {folder} does not exist.", "Make it first.")


def _marks(runs: Sequence[Run]) -> dict[str, dict[str, Mark]]:
    """What the user found out about these runs in the window; nothing when the window was never used."""
    from lossdoctor.workspace.checklists import ChecklistStore, default_path

    if not default_path().exists():
        return {}
    with ChecklistStore() as store:
        return {run.id: store.marks(run) for run in runs}


def _notes(runs: Sequence[Run]) -> dict[str, tuple[Note, ...]]:
    """What the user noted on the curves of these runs; nothing when the window was never used."""
    from contextlib import closing

    from lossdoctor.workspace.checklists import default_path
    from lossdoctor.workspace.run_marks import RunMarks

    if not default_path().exists():
        return {}
    with closing(RunMarks(default_path())) as noted:
        return {run.id: noted.notes(run) for run in runs}


def _command() -> str:
    """The command line as it was given, to be pasted into a shell in the same folder."""
    given = (click.get_current_context().obj or {}).get("lossdoctor.args")
    return shlex.join(["lossdoctor", *given]) if given else ""


def _say_where(output: Path, n_runs: int, n_files: int) -> None:
    from lossdoctor import formatting, safe_text

    files = f" in {formatting.count(n_files, 'file')}" if n_files > 1 else ""
    click.echo(f"{safe_text.terminal(output)}: {formatting.count(n_runs, 'run')}{files}.", err=True)
