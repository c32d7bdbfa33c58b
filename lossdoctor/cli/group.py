"""The command group: what is no command name is a path to open, so that `lossdoctor runs/` shows the window."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from lossdoctor.errors import UsageError

DEFAULT_COMMAND = "open"


class OpenByDefault(click.Group):
    """A click group whose default command is `open`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts `open` in front of arguments that name no command."""
        if ctx.resilient_parsing and not args:
            return super().parse_args(ctx, args)  # a shell asks how the first word goes on: it may become a command
        first = next((arg for arg in args if not arg.startswith("-")), None)
        if args and self._is_of_open(ctx, args[0]):
            args = [DEFAULT_COMMAND, *args]
        elif not args or (first is not None and args[0] == first and first not in self.commands):
            if first is not None:
                self._refuse_typo(first)
            args = [DEFAULT_COMMAND, *args]
        return super().parse_args(ctx, args)

    def _is_of_open(self, ctx: click.Context, word: str) -> bool:
        """Whether a word is an option of `open` and none of the program's own: `lossdoctor --new-window runs/`."""
        option = word.partition("=")[0]
        mine, theirs = self.get_params(ctx), self.commands[DEFAULT_COMMAND].params
        return any(option in p.opts for p in theirs) and not any(option in p.opts for p in mine)

    def _refuse_typo(self, word: str) -> None:
        """A mistyped command must not open a window that then says that the folder `scna` does not exist."""
        if Path(word).exists():
            return
        near = difflib.get_close_matches(word, list(self.commands), n=1)
        hint = f"Did you mean `lossdoctor {near[0]}`?" if near else "`lossdoctor --help` lists the commands."
        raise UsageError(f"{word}: no such file or folder, and no such command.", hint)
