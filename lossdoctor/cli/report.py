"""`lossdoctor report`: scan some paths and write the PDF."""

from __future__ import annotations

from pathlib import Path

import click

from lossdoctor.cli.exit_codes import ExitCode
from lossdoctor.cli.overrides import config_option, reading_options, rule_options, settings_for


@click.command(short_help="Write a PDF report, one page a run.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False), metavar="PATH...")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, readable=False),
    help="The PDF to write, whole or not at all.",
)
@rule_options
@reading_options
@config_option
@click.pass_context
def report(context: click.Context, /, paths: tuple[Path, ...], output: Path, **_flags: object) -> int:
    """Diagnose every run below PATH... and write a PDF: annotated plot, findings and checklist, one page a run.

    Exit status: 0 written, 2 wrong usage or not writable, 3 some input could not be read, 130 interrupted.
    """
    from lossdoctor.cli.console import print_problems, progress_bar
    from lossdoctor.cli.scan import exit_code
    from lossdoctor.errors import InputError
    from lossdoctor.importers.options import read_options
    from lossdoctor.rules.thresholds import rule_choice
    from lossdoctor.workspace.scan import scan

    _require_folder(output)
    settings = settings_for(context, paths)
    rules, read = rule_choice(settings), read_options(settings)
    with progress_bar() as progress:
        result = scan(paths, progress=progress, rules=rules, read=read)
    print_problems(result.problems)
    if not result.runs:
        raise InputError("There is no run to report on; nothing was written.", "See the problems above.")
    from lossdoctor.report.document import build_report
    from lossdoctor.report.pdf import write_pdf

    write_pdf(build_report(result), output)
    _say_where(output, len(result.runs))
    return ExitCode.UNREADABLE if exit_code(result, "never") is ExitCode.UNREADABLE else ExitCode.CLEAN


def _require_folder(output: Path) -> None:
    """Says at once, not after an hour of scanning, that the folder does not exist."""
    from lossdoctor.errors import OutputError

    if not output.absolute().parent.is_dir():
        raise OutputError(f"{output}: the folder {output.absolute().parent} does not exist.", "Make it first.")


def _say_where(output: Path, n_runs: int) -> None:
    from lossdoctor import formatting, safe_text

    click.echo(f"{safe_text.terminal(output)}: {formatting.count(n_runs, 'run')}.", err=True)
