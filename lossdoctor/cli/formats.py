"""`lossdoctor formats`: every log format that is read."""

from __future__ import annotations

import click


@click.command(short_help="List the log formats that are read.")
def formats() -> None:
    """List the log formats that are read. Files are recognised by their content; the names are what is usual."""
    from lossdoctor.cli import prose
    from lossdoctor.importers.registry import IMPORTERS

    for number, importer in enumerate(IMPORTERS):
        click.echo(f"{chr(10) if number else ''}{importer.name}: {importer.title} ({', '.join(importer.patterns)})")
        click.echo(prose.paragraph(importer.help, "  "))
