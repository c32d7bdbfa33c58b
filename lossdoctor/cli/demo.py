"""`lossdoctor demo`: the window on the bundled examples."""

from __future__ import annotations

import click


@click.command(short_help="Open the window on the bundled examples.")
def demo() -> int:
    """Open the window on six small real runs.

    They are healthy, underfitting, overfitting, spiking to NaN, stuck on a plateau, and recovered from a spike.
    """
    from lossdoctor.cli.open_window import show

    return show((), demo=True)
