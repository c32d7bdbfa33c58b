"""`lossdoctor rules`: every symptom that is looked for, one line each."""

from __future__ import annotations

import click


@click.command(short_help="List the symptoms that are looked for.")
def rules() -> None:
    """List the symptoms that are looked for; `lossdoctor explain CODE` has the whole story of each."""
    from lossdoctor.rules.registry import RULES

    width = max(len(rule.name) for rule in RULES)
    for rule in RULES:
        click.echo(f"{rule.code}  {rule.name:<{width}}  {rule.summary}")
