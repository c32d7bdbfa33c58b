"""`lossdoctor open`, the default command: the window on some paths, or empty."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("open", short_help="Open the window (the default command).")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, readable=False))
def open_window(paths: tuple[Path, ...]) -> int:
    """Open the window on PATHS (folders or log files); without a path it offers recent folders and the examples."""
    return show(paths)


def show(paths: tuple[Path, ...], *, demo: bool = False) -> int:
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

    return run_window(paths, demo=demo)
