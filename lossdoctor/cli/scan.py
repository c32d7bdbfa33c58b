"""`lossdoctor scan`: diagnose everything below some paths, as a table or in a format for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lossdoctor.cli.exit_codes import ExitCode
from lossdoctor.cli.location import Location, local
from lossdoctor.cli.overrides import config_option, reading_options, rule_options, settings_for
from lossdoctor.cli.scan_options import (
    bytes_of,
    count_options,
    expanded,
    file_options,
    since_of,
    where_of,
    work_options,
)
from lossdoctor.errors import UsageError
from lossdoctor.settings.options import option

if TYPE_CHECKING:
    from lossdoctor.settings.in_force import InForce
    from lossdoctor.workspace.gate import Gate
    from lossdoctor.workspace.results import ScanResult
    from lossdoctor.workspace.scan_job import ScanJob, ScanOptions

NEVER = "never"
_FORMAT, _FAIL_ON = option("scan.format"), option("scan.fail_on")


@click.command(short_help="Diagnose every run below PATH; a table, JSON, JUnit, SARIF and more.")
@click.argument("paths", nargs=-1, required=True, type=Location(), metavar="PATH...")
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
@count_options
@rule_options
@reading_options
@file_options
@work_options
@config_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, readable=False),
    help="Write to FILE, whole or not at all, instead of to stdout.",
)
@click.pass_context
def scan(context: click.Context, /, paths: tuple[Path | str, ...], output: Path | None, **flags: Any) -> int:
    """Diagnose every run below PATH... and print a table (or another format), the most severe first.

    PATH is a folder, a file, a pattern in quotes, or a URL (s3://bucket/runs). Problems and progress go to stderr. Exit
    status: 0 clean, 1 findings at or above --fail-on, 2 wrong usage, 3 some input could not be read (also when there are
    findings), 130 interrupted: what was done until then is printed.
    """
    from lossdoctor.cli.console import print_problems
    from lossdoctor.cli.output import deliver
    from lossdoctor.workspace.gate import at_least
    from lossdoctor.workspace.scan_job import ScanJob

    settings = settings_for(context, local(paths))
    gate = _gate(settings.text("scan.fail_on"), flags)
    job = ScanJob(expanded(paths), _options(settings, flags))
    interrupted = _watched(job, quiet=flags["quiet"])
    result = at_least(job.conclude(), flags["min_confidence"])
    if flags["update_baseline"] and not interrupted:
        gate = _new_baseline(flags["baseline"], result, gate)
    deliver(result, settings.text("scan.format"), gate, output)
    print_problems(result.problems, errors_only=flags["quiet"])
    if interrupted:
        raise KeyboardInterrupt
    status = exit_status(result, gate)
    return ExitCode.CLEAN if status is ExitCode.FINDINGS and flags["exit_zero"] else status


def _options(settings: InForce, flags: Mapping[str, Any]) -> ScanOptions:
    from lossdoctor.importers.options import read_options
    from lossdoctor.rules.thresholds import rule_choice
    from lossdoctor.workspace.examined import HowToExamine
    from lossdoctor.workspace.scan_job import TIMEOUT_SECONDS, ScanOptions

    return ScanOptions(
        jobs=flags["jobs"],
        timeout=TIMEOUT_SECONDS if flags["timeout"] is None else flags["timeout"],
        how=HowToExamine(keep_points=False, read=read_options(settings), rules=rule_choice(settings)),
        cluster=flags["dask"] or "",
        cache=None if flags["no_cache"] else _cache_path(),
        where=where_of(flags),
        since=since_of(flags["since"]),
        max_memory=bytes_of(flags["max_memory"]),
    )


def _cache_path() -> Path:
    from lossdoctor.workspace.cache import default_path

    return default_path()


def _gate(fail_on: str, flags: Mapping[str, Any]) -> Gate:
    from lossdoctor.findings import Severity
    from lossdoctor.workspace.baseline import read_baseline
    from lossdoctor.workspace.gate import Gate

    file, update = flags["baseline"], flags["update_baseline"]
    if update and file is None:
        raise UsageError("--update-baseline needs --baseline FILE.", "FILE is where the known findings are kept.")
    known = frozenset() if file is None or update else read_baseline(file)
    return Gate(None if fail_on == NEVER else Severity(fail_on), known)


def _new_baseline(file: Path, result: ScanResult, gate: Gate) -> Gate:
    from lossdoctor import formatting, safe_text
    from lossdoctor.workspace.baseline import read_baseline, write_baseline

    number = write_baseline(file, result)
    click.echo(f"{safe_text.terminal(file)}: {formatting.count(number, 'known finding')}.", err=True)
    return replace(gate, known=read_baseline(file))


def _watched(job: ScanJob, *, quiet: bool) -> bool:
    """Takes a job up to its conclusion while showing how far it is; True when the user interrupted it."""
    from lossdoctor.cli.live import live

    with live(quiet=quiet) as shown:
        steps = job.examine()
        try:
            job.find()
            for step in steps:
                shown.update(job, None if step is None else step[1])
        except KeyboardInterrupt:
            steps.close()  # ends the processes
            return True
    return False


def exit_status(result: ScanResult, gate: Gate) -> ExitCode:
    """The exit status for a scan."""
    if any(problem.level == "error" for problem in result.problems):
        return ExitCode.UNREADABLE
    return ExitCode.FINDINGS if any(gate.failures(result)) else ExitCode.CLEAN
