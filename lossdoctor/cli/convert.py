"""`lossdoctor convert`: every series at once in one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lossdoctor.cli.exit_codes import ExitCode
from lossdoctor.cli.overrides import config_option, reading_options, settings_for
from lossdoctor.cli.scan_options import expanded, file_options, where_of

if TYPE_CHECKING:
    from lossdoctor.importers.base import Source
    from lossdoctor.progress import Progress


@click.command(short_help="Write every series into one CSV, Parquet or JSON file.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False), metavar="PATH...")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, readable=False),
    help="The .csv, .parquet or .json file to write, whole or not at all.",
)
@reading_options
@file_options
@config_option
@click.pass_context
def convert(context: click.Context, /, paths: tuple[Path, ...], output: Path, **flags: object) -> int:
    """Write every point of every series below PATH... into one long table.

    Its columns are run, tag, role, step, wall_time and value. One source is in memory at a time. Exit status: 0 written,
    2 wrong usage or not writable, 3 some input could not be read; what could is written.
    """
    from lossdoctor import formatting, safe_text
    from lossdoctor.cli.console import print_problems, progress_bar
    from lossdoctor.cli.scan_options import since_of
    from lossdoctor.importers.options import read_options
    from lossdoctor.workspace.examined import HowToExamine
    from lossdoctor.workspace.long_table import series_of, write_table
    from lossdoctor.workspace.scan_job import ScanJob, ScanOptions

    read = read_options(settings_for(context, paths))
    since = flags["since"]
    options = ScanOptions(
        how=HowToExamine(read=read), where=where_of(flags), since=since_of(since if isinstance(since, str) else None)
    )
    job = ScanJob(expanded(paths), options)
    job.find()
    problems = list(job.problems)
    with progress_bar() as progress:
        rows = write_table(series_of(_told(job.sources, progress), problems, read), output)
    click.echo(f"{safe_text.terminal(output)}: {formatting.count(rows, 'point')}.", err=True)
    print_problems(list(dict.fromkeys(problems)))
    unread = any(problem.level == "error" for problem in problems)
    return ExitCode.UNREADABLE if unread else ExitCode.CLEAN


def _told(sources: Sequence[Source], progress: Progress) -> Iterator[Source]:
    """The sources one by one, each told to `progress` before it is read."""
    for number, source in enumerate(sources):
        progress(number, len(sources), source.id)
        yield source
