"""`lossdoctor help`: the pages of help in the terminal, or those that hold some words."""

from __future__ import annotations

import re

import click


@click.command("help", short_help="Show a page of help, or the pages that hold some words.")
@click.argument("words", nargs=-1, metavar="[PAGE|WORDS...]")
def help_page(words: tuple[str, ...]) -> None:
    """Show the page of help called PAGE (method, window, GN01, lr_too_high); of other WORDS the pages that hold all.

    Without an argument the contents are shown. The same pages are in the window (F1).
    """
    from lossdoctor.gui.views.help_pages import START, page, search

    asked = " ".join(words).strip()
    name = _named(asked) if asked else START
    if name is not None and (found := page(name)) is not None:
        _show(found.markdown, names=name.endswith("index.md"))
        return
    hits = search(asked)
    if not hits:
        raise _nothing(asked)
    for hit in hits:
        click.echo(f"{hit.page.name.removesuffix('.md')}: {hit.page.title}\n    {hit.excerpt}")


def _named(asked: str) -> str | None:
    """The path of the page with this name, with or without its folder and ending; None when there is none."""
    from lossdoctor.gui.views.help_pages import contents

    wanted = asked.removesuffix(".md").casefold().replace(" ", "_").replace("-", "_")
    pages = [page.name for _, pages in contents() for page in pages]
    for name in pages:
        whole = name.removesuffix(".md").casefold().replace("-", "_")
        if wanted in (whole, whole.rpartition("/")[2], whole.removesuffix("/index")):
            return name
    return None


def _show(markdown: str, *, names: bool) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    from lossdoctor.cli.prose import width

    # A terminal shows no pictures and follows no links; the contents say what to type.
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"*Picture: \1*", markdown)
    text = re.sub(r"\[([^\[\]]*)\]\(([^)]*)\)", _with_name if names else r"\1", text)
    Console(width=width()).print(Markdown(text, hyperlinks=False))


def _with_name(link: re.Match[str]) -> str:
    path = link[2].partition("#")[0].removesuffix(".md").removesuffix("/index")
    return f"{link[1]} (`{path.rpartition('/')[2]}`)"


def _nothing(asked: str) -> Exception:
    from lossdoctor.errors import UsageError

    return UsageError(f"No page of help holds {asked!r}.", "`lossdoctor help` lists the pages.")
