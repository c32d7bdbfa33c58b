"""`lossdoctor scan`: diagnose everything below some paths, as a table or as JSON."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lossdoctor.cli.exit_codes import ExitCode
from lossdoctor.cli.overrides import config_option, reading_options, rule_options, settings_for
from lossdoctor.settings.options import option

if TYPE_CHECKING:
    from lossdoctor.workspace.results import ScanResult

NEVER = "never"
_FORMAT, _FAIL_ON = option("scan.format"), option("scan.fail_on")
SEVERITIES = tuple(word for word in _FAIL_ON.choices if word != NEVER)


@click.command(short_help="Diagnose every run below PATH and print a table or JSON.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False), metavar="PATH...")
@click.option(
    "--format", "output_format", type=click.Choice(_FORMAT.choices), default=_FORMAT.default, show_default=True
)
@click.option(
    "--fail-on",
    type=click.Choice(_FAIL_ON.choices),
    default=_FAIL_ON.default,
    show_default=True,
    help="Exit with 1 when a finding is at least this severe.",
)
@rule_options
@reading_options
@config_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, readable=False),
    help="Write to FILE, whole or not at all, instead of to stdout.",
)
@click.pass_context
def scan(context: click.Context, /, paths: tuple[Path, ...], output: Path | None, **_flags: object) -> int:
    """Diagnose every run below PATH... and print a table (or JSON), the most severe first.

    Problems and progress go to stderr. Exit status: 0 clean, 1 findings at or above --fail-on, 2 wrong usage, 3 some
    input could not be read (also when there are findings), 130 interrupted.
    """
    from lossdoctor.cli.console import print_problems, progress_bar
    from lossdoctor.importers.options import read_options
    from lossdoctor.rules.thresholds import rule_choice
    from lossdoctor.workspace.scan import scan as scan_paths

    settings = settings_for(context, paths)
    rules, read = rule_choice(settings), read_options(settings)
    with progress_bar() as progress:
        result = scan_paths(paths, progress=progress, rules=rules, read=read)
    if settings.text("scan.format") == "json":
        from lossdoctor.workspace.json_results import to_json

        _deliver(to_json(result), output)
    elif output is not None or not _is_terminal():
        from lossdoctor.cli.table import plain_table

        _deliver(plain_table(result), output)
    else:
        from lossdoctor.cli.table import print_table

        print_table(result)
    print_problems(result.problems)
    return exit_code(result, settings.text("scan.fail_on"))


def exit_code(result: ScanResult, fail_on: str) -> ExitCode:
    """The exit status for a scan; `fail_on` is a severity or "never"."""
    if any(problem.level == "error" for problem in result.problems):
        return ExitCode.UNREADABLE
    if fail_on == NEVER:
        return ExitCode.CLEAN
    limit = SEVERITIES.index(fail_on)
    found = (finding for item in result.runs for finding in item.diagnosis.findings)
    return ExitCode.FINDINGS if any(finding.severity.rank >= limit for finding in found) else ExitCode.CLEAN


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def _deliver(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
    else:
        from lossdoctor.workspace.atomic_file import write_text

        write_text(output, text)
