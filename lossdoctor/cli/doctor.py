"""`lossdoctor doctor`: is the installation sound, and what mends it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lossdoctor.cli.installation import Check


@click.command(short_help="Check the installation and say what mends it.")
@click.option("--format", "wanted", type=click.Choice(["text", "json"]), default="text", show_default=True)
def doctor(wanted: str) -> int:
    """Check Python, the packages, Qt and its libraries, the display, the folders, and read the bundled examples.

    What is broken is printed with the command that mends it; what is limited takes away the window or the memory of ticks,
    and leaves the rest of the program whole.

    Exit status: 0 when nothing is broken, else 1.
    """
    from lossdoctor.cli.installation import State, checks

    found = []
    for check in checks():
        found.append(check)
        if wanted == "text":
            _print(check)
    broken = [check for check in found if check.state is State.BROKEN]
    if wanted == "json":
        click.echo(json.dumps([asdict(check) for check in found], indent=2))
    else:
        _conclude(found)
    return 1 if broken else 0


def _print(check: Check) -> None:
    from lossdoctor import safe_text

    click.echo(f"{check.state.value:<8} {check.name:<15} {safe_text.terminal(check.found)}")
    if check.remedy:
        click.echo(f"{'':<24} -> {safe_text.terminal(check.remedy)}")


def _conclude(found: list[Check]) -> None:
    from lossdoctor.cli.installation import State

    counts = {state: sum(check.state is state for check in found) for state in State}
    if counts[State.BROKEN]:
        click.echo(f"\n{counts[State.BROKEN]} broken: the lines with -> say what mends them.")
    elif counts[State.LIMITED]:
        click.echo("\nNothing is broken; the lines with -> say what is missing for all of it.")
    else:
        click.echo("\nEverything is in order.")
