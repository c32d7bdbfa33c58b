"""`lossdoctor completion`: the lines that make a shell complete commands, options and paths."""

from __future__ import annotations

import os
from pathlib import Path

import click

from lossdoctor.errors import UsageError

SHELLS = ("bash", "zsh", "fish")
_VARIABLE = "_LOSSDOCTOR_COMPLETE"


@click.command(short_help="Print what makes a shell complete lossdoctor's commands.")
@click.argument("shell", required=False, type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str | None) -> None:
    """Print the completion script for SHELL, by default the one in the environment variable SHELL.

    For bash add `eval "$(lossdoctor completion bash)"` to ~/.bashrc, for zsh the same with zsh to ~/.zshrc; for fish write
    the script to ~/.config/fish/completions/lossdoctor.fish.
    """
    from click.shell_completion import get_completion_class

    name = shell or Path(os.environ.get("SHELL", "")).name
    found = get_completion_class(name) if name in SHELLS else None
    if found is None:
        raise UsageError("Which shell?", f"Name one: {', '.join(SHELLS)}.")
    click.echo(found(context.find_root().command, {}, "lossdoctor", _VARIABLE).source())
