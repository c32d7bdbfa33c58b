"""`lossdoctor demo`: the window on the bundled examples."""

from __future__ import annotations

import click


@click.command(short_help="Open the window on the bundled examples.")
def demo() -> int:
    """Open the window on six small real runs: healthy, underfitting, overfitting, spike to NaN, plateau and recovered spike."""
    from lossdoctor.cli.open_window import show

    return show((), demo=True)
