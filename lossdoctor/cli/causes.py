"""`lossdoctor causes`: why a run went wrong: ranked causes, what each rests on, what would move it, what to try."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lossdoctor.cli.exit_codes import ExitCode
from lossdoctor.cli.overrides import config_option, reading_options, rule_options

if TYPE_CHECKING:
    from lossdoctor.knowledge.checklist import ChecklistItem
    from lossdoctor.knowledge.marks import Mark
    from lossdoctor.knowledge.ranked import Argument, Move, RankedCause
    from lossdoctor.workspace.contrasts import Contrast
    from lossdoctor.workspace.results import DiagnosedRun

_PATH = click.Path(path_type=Path, readable=False)


@click.command(short_help="Rank the likely causes of a run's trouble, with evidence and experiments.")
@click.argument("paths", nargs=-1, required=True, type=_PATH, metavar="RUN...")
@click.option("--beside", multiple=True, type=_PATH, metavar="PATH", help="Compare with the runs below PATH as well.")
@click.option("--top", type=click.IntRange(1, 8), default=3, show_default=True, help="Causes to show of each run.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@rule_options
@reading_options
@config_option
@click.pass_context
def causes(
    context: click.Context, /, paths: tuple[Path, ...], beside: tuple[Path, ...], top: int, as_json: bool, **_: object
) -> int:
    """Rank the likely causes of every RUN's trouble: the evidence, what would move it, the experiment that settles it.

    What the checklist in the window holds (ruled out, confirmed) is taken into account. Exit status: 0, or 3 when some
    input could not be read.
    """
    from lossdoctor.cli.console import print_problems
    from lossdoctor.cli.scanned import checklist_marks, scanned
    from lossdoctor.workspace.contrasts import contrasts_of_all

    result = scanned(context, (*paths, *beside))
    shown = [item for item in result.runs if not beside or _below(item, paths)]
    contrasts, marks = contrasts_of_all(result.runs), checklist_marks(shown)
    if as_json:
        from lossdoctor.workspace.json_causes import causes_json

        click.echo(causes_json(shown, contrasts, marks))
    else:
        for item in shown:
            click.echo(_text(item, contrasts[item.run.id], marks.get(item.run.id, {}), top))
    print_problems(result.problems)
    return ExitCode.UNREADABLE if any(problem.level == "error" for problem in result.problems) else ExitCode.CLEAN


def _below(item: DiagnosedRun, paths: Sequence[Path]) -> bool:
    place = Path(item.run.path).absolute()
    return any(place.is_relative_to(path.absolute()) for path in paths)


def _text(item: DiagnosedRun, contrasts: Sequence[Contrast], marks: dict[str, Mark], top: int) -> str:
    from lossdoctor import safe_text
    from lossdoctor.cli import prose
    from lossdoctor.cli.badges import badge
    from lossdoctor.knowledge.checklist import build_checklist

    ranked = {cause.id: cause for cause in item.diagnosis.causes}
    parts = [f"{safe_text.terminal(item.run.id)}: {badge(item.diagnosis.verdict)}"]
    if not ranked:
        return f"{parts[0]}\n  No cause is offered: nothing is wrong, or too little can be said.\n"
    parts.append(prose.bullets("Compared with runs beside it", (contrast.sentence for contrast in contrasts)))
    checklist = build_checklist(item.diagnosis.causes, marks)
    parts += [_cause(number, entry, ranked[entry.id]) for number, entry in enumerate(checklist[:top], 1)]
    rest = [entry.title for entry in checklist[top:]]
    parts.append(prose.section("Also possible", ["; ".join(rest)]) if rest else "")
    return "\n".join(part for part in parts if part) + "\n"


def _cause(number: int, item: ChecklistItem, cause: RankedCause) -> str:
    from lossdoctor import formatting
    from lossdoctor.cli import prose
    from lossdoctor.knowledge.marks import Standing

    status = "" if item.mark.status is Standing.OPEN else f", {item.mark.status}"
    head = f"\n{number}. {cause.title} ({cause.id}, {formatting.percent(round(item.score, 2))}{status})"
    evidence = (*cause.arguments_for, *cause.arguments_against)
    before = f"{_odds(cause.prior)} before any evidence ({cause.prior_source})"
    parts = [
        head,
        prose.bullets("  Why it stands here (change of the log-odds)", (before, *map(_argument, evidence)))[1:],
        prose.bullets("  Log this to decide", map(_move, cause.moves[:3]))[1:],
        prose.bullets("  Settle it", [f"({item.cost}) {item.experiment}"])[1:],
        prose.bullets("  Then", [item.fix])[1:],
        prose.bullets("  Your note", [item.mark.note] if item.mark.note else [])[1:],
    ]
    return "\n".join(part for part in parts if part)


def _argument(argument: Argument) -> str:
    return f"{_odds(argument.weight)} {argument.text} [{argument.source}]"


def _move(move: Move) -> str:
    code = f" {move.snippets[0][1]}" if move.snippets else ""
    ways = " or ".join(_odds(way) for way in (move.up, move.down) if way)
    return f"{move.text}{code} (could move it by {ways})"


def _odds(weight: float) -> str:
    return f"{weight:+.1f}".replace("-", "−")
