"""`lossdoctor plan`: the few experiments that would help most runs of a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lossdoctor.cli.exit_codes import ExitCode
from lossdoctor.cli.overrides import config_option, reading_options, rule_options

if TYPE_CHECKING:
    from lossdoctor.workspace.plan import Planned

_PATH = click.Path(path_type=Path, readable=False)
_MOST_NAMES = 5


@click.command(short_help="Name the experiments that would help most runs of a folder.")
@click.argument("paths", nargs=-1, required=True, type=_PATH, metavar="FOLDER...")
@click.option("--top", type=click.IntRange(1, 20), default=3, show_default=True, help="Experiments to show.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@rule_options
@reading_options
@config_option
@click.pass_context
def plan(context: click.Context, /, paths: tuple[Path, ...], top: int, as_json: bool, **_: object) -> int:
    """Name the experiments that are likely to explain most runs below FOLDER... for the least cost.

    The order is the probability of the cause, summed over the runs, against what the experiment costs. What is ticked,
    ruled out or confirmed in the window's checklist is left out.
    """
    from lossdoctor.cli.console import print_problems
    from lossdoctor.cli.scanned import checklist_marks, scanned
    from lossdoctor.workspace.plan import plan as plan_of

    result = scanned(context, paths)
    planned = plan_of(result.runs, checklist_marks(result.runs))[:top]
    if as_json:
        from lossdoctor.workspace.json_causes import plan_json

        click.echo(plan_json(planned))
    else:
        click.echo(_text(planned, len(result.runs)))
    print_problems(result.problems)
    return ExitCode.UNREADABLE if any(problem.level == "error" for problem in result.problems) else ExitCode.CLEAN


def _text(planned: Sequence[Planned], runs: int) -> str:
    from lossdoctor import formatting
    from lossdoctor.cli import prose

    if not planned:
        return f"Nothing to try: no cause is offered for any of {formatting.count(runs, 'run')}."
    parts = []
    for number, entry in enumerate(planned, 1):
        item = entry.item
        parts.append(f"{number}. {item.title} ({item.id}): {formatting.count(len(entry.runs), 'run')}, {item.cost}")
        parts.append(prose.paragraph(item.experiment, "   "))
        parts.append(prose.paragraph(f"Likeliest in {_names(entry)}", "   "))
    return "\n".join(parts)


def _names(entry: Planned) -> str:
    from lossdoctor import formatting, safe_text

    first = [
        f"{safe_text.terminal(run.run.id)} ({formatting.percent(round(score, 2))})"
        for score, run in entry.runs[:_MOST_NAMES]
    ]
    more = len(entry.runs) - len(first)
    return ", ".join(first) + (f" and {more} more" if more > 0 else "") + "."
