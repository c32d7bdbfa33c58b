"""`lossdoctor open`, the default command: the window on some paths, or empty."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lossdoctor.cli.overrides import config_option, reading_options, rule_options, said_by, settings_for

if TYPE_CHECKING:
    from lossdoctor.settings.in_force import Overrides


@click.command("open", short_help="Open the window (the default command).")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, readable=False))
@click.option("--new-window", is_flag=True, help="Open a window of its own, even where one is open already.")
@rule_options
@reading_options
@config_option
@click.pass_context
def open_window(context: click.Context, /, paths: tuple[Path, ...], new_window: bool, **_flags: object) -> int:
    """Open the window on PATHS (folders or log files); without a path it offers recent folders and the examples.

    Where a window is open already, it takes the paths over; with --new-window, or with flags about settings, they get a
    window of their own.
    """
    said = said_by(context)
    if said.values or said.config:
        _check(context, paths)
    return show(paths, said=said, own_window=new_window)


def _check(context: click.Context, paths: tuple[Path, ...]) -> None:
    """What the flags cannot mean is told in the terminal, where they were typed, and not in the window."""
    from lossdoctor.importers.options import read_options
    from lossdoctor.rules.thresholds import rule_choice

    settings = settings_for(context, paths)
    rule_choice(settings)
    read_options(settings)


def show(
    paths: tuple[Path, ...], *, demo: bool = False, said: Overrides | None = None, own_window: bool = False
) -> int:
    """Opens the window and returns its exit status when it is closed.

    Raises:
        InputError: a path does not exist.
        DisplayError: there is no display, or a library that Qt needs is missing.
    """
    from lossdoctor.cli.display import require_window_system
    from lossdoctor.errors import InputError

    for path in paths:
        if not path.exists():
            raise InputError(f"{path}: no such file or folder.", "Check the spelling.")
    require_window_system()
    from lossdoctor.gui.app import run_window
    from lossdoctor.settings.in_force import NOTHING_SAID

    return run_window(paths, demo=demo, said=said or NOTHING_SAID, own_window=own_window)
