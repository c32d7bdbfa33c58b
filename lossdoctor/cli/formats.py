"""`lossdoctor formats`: every log format that is read, and the whole page of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lossdoctor.importers.base import Importer


@click.command(short_help="List the log formats that are read, or explain one.")
@click.argument("name", required=False)
def formats(name: str | None) -> None:
    """List the log formats that are read; with NAME, the whole page of one (csv, tensorboard, ...).

    Files are recognised by their content; the names are what is usual.
    """
    click.echo(_list() if name is None else format_help(name))


def format_help(name: str) -> str:
    """The page of help of one format.

    Raises:
        UsageError: no format has this name; the hint names those whose page speaks of it, or that come near.
    """
    from lossdoctor.cli import prose
    from lossdoctor.importers.help_pages import format_page
    from lossdoctor.importers.registry import IMPORTERS

    wanted = name.strip().lower().replace("-", "_").replace(" ", "_")
    found = next((importer for importer in IMPORTERS if importer.name == wanted), None)
    if found is None:
        raise _unknown(name)
    page = format_page(found.name)
    return "\n".join([_heading(found), *(prose.bullets(title, bullets) for title, bullets in page.sections)])


def _list() -> str:
    from lossdoctor.cli import prose
    from lossdoctor.importers.registry import IMPORTERS

    parts = [f"{_heading(importer)}\n{prose.paragraph(importer.help, '  ')}" for importer in IMPORTERS]
    return "\n\n".join([*parts, "`lossdoctor formats NAME` shows how one format is recognised and read."])


def _heading(importer: Importer) -> str:
    return f"{importer.name}: {importer.title} ({', '.join(importer.patterns)})"


def _unknown(name: str) -> Exception:
    import difflib

    from lossdoctor.errors import UsageError
    from lossdoctor.importers.help_pages import format_page
    from lossdoctor.importers.registry import IMPORTERS

    names = [importer.name for importer in IMPORTERS]
    word = name.strip()
    told = [other for other in names if word and format_page(other).mentions(word)]
    near = difflib.get_close_matches(name.lower(), names, n=3)
    hint = f"Known formats: {', '.join(names)}."
    if told:
        hint = f"The pages of {_listed(told)} speak of it." if len(told) > 1 else f"The page of {told[0]} speaks of it."
    elif near:
        hint = f"Did you mean {' or '.join(near)}?"
    return UsageError(f"No format is called {name!r}.", hint)


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
