"""`lossdoctor cache`: what scans remember, and how to make them forget it."""

from __future__ import annotations

import click


@click.group(short_help="Show or delete what scans remember.")
def cache() -> None:
    """Show or delete what scans remember of files that have not changed. Deleting it costs time only."""


@cache.command(short_help="Where it is, how much it holds.")
def info() -> None:
    """Print the file, the number of sources in it and its size."""
    from lossdoctor import formatting, safe_text
    from lossdoctor.workspace.cache import cache_info

    found = cache_info()
    click.echo(f"file     {safe_text.terminal(found.path)}")
    click.echo(f"entries  {formatting.step(found.entries)}")
    click.echo(f"size     {formatting.size(found.bytes)}")


@cache.command(short_help="Delete it.")
def clear() -> None:
    """Delete the cache."""
    from lossdoctor import formatting
    from lossdoctor.errors import OutputError
    from lossdoctor.workspace.cache import clear_cache

    try:
        held = clear_cache()
    except OSError as error:
        raise OutputError(
            f"The cache cannot be deleted: {error.strerror or error}.", "Check its permissions."
        ) from error
    click.echo(
        f"{formatting.count(held.entries, 'entry', 'entries')}, {formatting.size(held.bytes)} deleted.", err=True
    )
