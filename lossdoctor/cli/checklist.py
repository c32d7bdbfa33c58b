"""`lossdoctor checklist`: the marks of the window's checklist as a file, out and in."""

from __future__ import annotations

from pathlib import Path

import click

_FILE = click.Path(path_type=Path, dir_okay=False, readable=False)


@click.group(short_help="Export or import what is ticked, ruled out and confirmed.")
def checklist() -> None:
    """Export or import what is ticked, noted, ruled out and confirmed in the checklists of all runs."""


@checklist.command("export", short_help="Write every mark to a JSON file.")
@click.argument("file", type=_FILE)
def export_(file: Path) -> None:
    """Write every mark of every run to FILE as JSON, whole or not at all."""
    from lossdoctor import formatting
    from lossdoctor.workspace.checklist_file import export_marks
    from lossdoctor.workspace.checklists import ChecklistStore

    with ChecklistStore() as store:
        number = export_marks(store, file)
    click.echo(f"{formatting.count(number, 'mark')} written.")


@checklist.command("import", short_help="Take in the marks of a JSON file.")
@click.argument("file", type=_FILE)
def import_(file: Path) -> None:
    """Take in the marks of FILE; where there is one already, the later one stays."""
    from lossdoctor import formatting
    from lossdoctor.workspace.checklist_file import import_marks
    from lossdoctor.workspace.checklists import ChecklistStore

    with ChecklistStore() as store:
        number = import_marks(store, file)
    click.echo(f"{formatting.count(number, 'mark')} taken in.")
