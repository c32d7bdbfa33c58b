"""`lossdoctor inspect`: what a log holds, without a verdict."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lossdoctor.cli.exit_codes import ExitCode
from lossdoctor.cli.overrides import config_option, reading_options, settings_for

if TYPE_CHECKING:
    from lossdoctor.runs import Run
    from lossdoctor.workspace.inspection import Inspection, Record, RecordCount, TagInfo

_HEADERS = ("tag", "role", "points", "steps", "lowest", "highest", "not finite")
_NUMERIC = frozenset({2, 3, 4, 5, 6})


@click.command(short_help="Show what a log holds: tags, steps, restarts, records, damage.")
@click.argument("path", type=click.Path(path_type=Path, readable=False))
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--records", is_flag=True, help="List every record of an event file: offset, size, checksum, step, tags.")
@click.option(
    "--content",
    type=click.Choice(["text", "hparams", "tensors"]),
    help="Print what event files hold besides curves instead: texts, hyper-parameters or tensors.",
)
@reading_options
@config_option
@click.pass_context
def inspect(
    context: click.Context, /, path: Path, output_format: str, records: bool, content: str | None, **_flags: object
) -> int:
    """Show what the log at PATH holds, without a verdict.

    For every series: its role, number of points, steps, lowest and highest value, NaN and infinities, and every place
    where the steps go back or training stood still. For event files also records, checksums and damage, with offsets.
    Exit status: 0 all read, 3 something could not be read.
    """
    from lossdoctor.cli.console import print_problems
    from lossdoctor.importers.options import read_options
    from lossdoctor.workspace.inspection import inspect_path, to_plain

    if content is not None:
        return _print_content(path, content, output_format)
    found = inspect_path(path, read_options(settings_for(context, [path])))
    if output_format == "json":
        data = to_plain(found)
        if records:
            data["records"] = [_plain_record(file.path, record) for file, record in _records(found)]
        click.echo(json.dumps(data, indent=2, allow_nan=False))
    else:
        for line in text_lines(found):
            click.echo(line)
        if records:
            _print_records(found)
    print_problems(found.problems)
    unread = any(problem.level == "error" for problem in found.problems)
    return ExitCode.UNREADABLE if unread else ExitCode.CLEAN


def _print_content(path: Path, content: str, output_format: str) -> int:
    from dataclasses import asdict

    from lossdoctor import safe_text
    from lossdoctor.cli.console import print_problems
    from lossdoctor.importers import find_sources
    from lossdoctor.importers.tensorboard.other_content import ContentKind, read_content

    found = find_sources(path)
    files = [file for source in found.sources if source.format == "tensorboard" for file in source.files]
    entries = read_content(files, ContentKind(content))
    if output_format == "json":
        click.echo(json.dumps([asdict(entry) for entry in entries], indent=2))
    else:
        for entry in entries:
            place = "" if entry.step is None else f" at step {entry.step}"
            click.echo(f"{safe_text.terminal(entry.tag)}{place}: {safe_text.terminal(entry.value)}")
    if not files:
        print_problems(found.problems)
        click.echo(f"no event file in {safe_text.terminal(str(path))}", err=True)
        return ExitCode.UNREADABLE
    return ExitCode.CLEAN


def text_lines(found: Inspection) -> Iterable[str]:
    """The inspection for people."""
    for number, (run, tags) in enumerate(found.runs):
        if number:
            yield ""
        yield from _run(run, tags)
    for file in found.files:
        yield from _file(file)


def _run(run: Run, tags: Sequence[TagInfo]) -> Iterable[str]:
    from lossdoctor import formatting, safe_text

    yield f"{safe_text.terminal(run.id)}  ({run.format}, {formatting.count(run.points, 'point')}, x in {run.step_unit}s)"
    if run.config:
        shown = ", ".join(f"{key}={value}" for key, value in list(run.config.items())[:12])
        yield f"  config: {safe_text.terminal(shown)}" + (
            f" and {len(run.config) - 12} more" if len(run.config) > 12 else ""
        )
    table = [_HEADERS, *(_cells(tag) for tag in tags)]
    widths = [max(len(row[i]) for row in table) for i in range(len(_HEADERS))]
    for row in table:
        cells = (c.rjust(w) if i in _NUMERIC else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True)))
        yield "  " + "  ".join(cells).rstrip()
    for tag in tags:
        for kind, before, step in tag.seams:
            words = f"{kind.replace('_', ' ')} at step {formatting.step(step)}, after {formatting.step(before)}"
            yield f"  {safe_text.terminal(tag.tag)}: {words}"
    times = [t for tag in tags for t in (tag.first_time, tag.last_time) if math.isfinite(t)]
    if times:
        yield f"  written from {_moment(min(times))} to {_moment(max(times))}"


def _cells(tag: TagInfo) -> tuple[str, ...]:
    from lossdoctor import formatting, safe_text

    steps = (
        "–" if tag.first_step is None else f"{formatting.step(tag.first_step)}–{formatting.step(tag.last_step or 0)}"
    )
    return (
        safe_text.elide_middle(safe_text.terminal(tag.tag), 50),
        tag.role + ("*" if tag.primary else ""),
        formatting.step(tag.points),
        steps,
        formatting.number(tag.lowest),
        formatting.number(tag.highest),
        formatting.step(tag.not_finite) if tag.not_finite else "",
    )


def _file(file: RecordCount) -> Iterable[str]:
    from lossdoctor import formatting, safe_text

    yield ""
    yield safe_text.terminal(file.path)
    kinds = ", ".join(f"{formatting.step(number)} {kind}" for kind, number in file.kinds)
    yield f"  {formatting.count(file.records, 'record')} in {formatting.size(file.bytes)}" + (
        f": {kinds}" if kinds else ""
    )
    states = [(state, number) for state, number in file.states if state != "ok"]
    if states:
        words = ", ".join(f"{formatting.step(number)} {state}" for state, number in states)
        yield f"  not sound: {words}; the first at offset {file.first_bad}"
    else:
        yield "  every checksum is right"


def _records(found: Inspection) -> Iterable[tuple[RecordCount, Record]]:
    from lossdoctor.workspace.inspection import list_records

    return ((file, record) for file in found.files for record in list_records(file.path))


def _print_records(found: Inspection) -> None:
    from lossdoctor import safe_text

    click.echo("")
    click.echo("      offset      size  state           step  time                 content")
    for _, record in _records(found):
        step = "" if record.step is None else str(record.step)
        tags = safe_text.terminal(", ".join(record.tags))
        time = _moment(record.wall_time) if math.isfinite(record.wall_time) else ""
        line = f"{record.offset:>12}  {record.size:>8}  {record.state:<10}  {step:>8}  {time:<19}  {record.kind} {tags}"
        click.echo(line.rstrip())


def _plain_record(path: str, record: Record) -> dict[str, object]:
    return {
        "path": path,
        "offset": record.offset,
        "size": record.size,
        "state": record.state,
        "step": record.step,
        "wall_time": record.wall_time if math.isfinite(record.wall_time) else None,
        "kind": record.kind,
        "tags": list(record.tags),
    }


def _moment(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return f"{seconds:g} s"
