"""`lossdoctor compare`: runs side by side: verdicts, the settings in which they differ, what their curves reached."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lossdoctor.cli.exit_codes import ExitCode
from lossdoctor.cli.overrides import config_option, reading_options, rule_options
from lossdoctor.errors import UsageError

if TYPE_CHECKING:
    from lossdoctor.runs.run import ConfigValue
    from lossdoctor.workspace.comparison import Comparison

_PATH = click.Path(path_type=Path, readable=False)
# More columns do not fit beside each other on a terminal.
_MOST = 6


@click.command(short_help="Put runs side by side: verdicts, settings that differ, results.")
@click.argument("paths", nargs=-1, required=True, type=_PATH, metavar="RUN RUN...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@rule_options
@reading_options
@config_option
@click.pass_context
def compare(context: click.Context, /, paths: tuple[Path, ...], as_json: bool, **_: object) -> int:
    """Put two or more runs side by side: verdicts, the settings in which they differ, what their curves reached.

    Seeds, names, paths and machines are no settings. `lossdoctor report RUN RUN...` draws the curves over each other.
    """
    from lossdoctor.cli.console import print_problems
    from lossdoctor.cli.scanned import scanned
    from lossdoctor.workspace.comparison import compare_runs

    result = scanned(context, paths)
    print_problems(result.problems)
    if len(result.runs) < 2:
        raise UsageError(f"A comparison needs two runs; {len(result.runs)} found.", "Name two runs or their folder.")
    if not as_json and len(result.runs) > _MOST:
        hint = "Name fewer runs, or use --json."
        raise UsageError(f"{len(result.runs)} runs do not fit beside each other (at most {_MOST}).", hint)
    comparison = compare_runs(result.runs)
    if as_json:
        from lossdoctor.workspace.json_causes import comparison_json

        click.echo(comparison_json(comparison))
    else:
        click.echo(_table(comparison))
    return ExitCode.UNREADABLE if any(problem.level == "error" for problem in result.problems) else ExitCode.CLEAN


def _table(comparison: Comparison) -> str:
    rows = [["run", *(column.run for column in comparison.columns)]]
    rows.append(["verdict", *(column.verdict.label for column in comparison.columns)])
    settings = [dict(column.settings) for column in comparison.columns]
    rows += [[name, *(_value(each.get(name)) for each in settings)] for name in comparison.differing]
    if not comparison.differing:
        rows.append(["settings", *("no difference" for _ in settings)])
    metrics = [dict(column.metrics) for column in comparison.columns]
    names = [name for name in metrics[0] if any(each[name] is not None for each in metrics)]
    rows += [[name, *(_value(each[name]) for each in metrics)] for name in names]
    return _aligned(rows)


def _aligned(rows: list[list[str]]) -> str:
    from lossdoctor import safe_text

    cells = [[safe_text.terminal(cell) for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    )


def _value(value: ConfigValue) -> str:
    from lossdoctor import formatting

    if value is None:
        return "–"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return formatting.number(value)
    return str(value)
