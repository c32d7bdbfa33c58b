"""The formats a scan is written in, and where it goes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

if TYPE_CHECKING:
    from lossdoctor.workspace.gate import Gate
    from lossdoctor.workspace.results import ScanResult

# Module and function by format; each function takes a result and a Gate and returns text. "text" is the table.
WRITERS = {
    "json": ("lossdoctor.workspace.json_results", "to_json"),
    "jsonl": ("lossdoctor.workspace.writers.jsonl", "to_jsonl"),
    "csv": ("lossdoctor.workspace.writers.csv_table", "to_csv"),
    "junit": ("lossdoctor.workspace.writers.junit", "to_junit"),
    "sarif": ("lossdoctor.workspace.writers.sarif", "to_sarif"),
    "github": ("lossdoctor.workspace.writers.github", "to_github"),
    "markdown": ("lossdoctor.report.scan_markdown", "to_markdown"),
    "html": ("lossdoctor.report.scan_page", "to_html"),
}


def deliver(result: ScanResult, name: str, gate: Gate, output: Path | None) -> None:
    """Writes a scan to a file, whole or not at all, or to stdout.

    Raises:
        OutputError: the file cannot be written.
    """
    if name == "text" and output is None and is_terminal():
        from lossdoctor.cli.table import print_table

        print_table(result)
        return
    text = rendered(result, name, gate)
    if output is None:
        click.echo(text, nl=False)
    else:
        from lossdoctor.workspace.atomic_file import write_text

        write_text(output, text)


def rendered(result: ScanResult, name: str, gate: Gate) -> str:
    """The scan as text in one of the formats."""
    if name == "text":
        from lossdoctor.cli.table import plain_table

        return plain_table(result)
    module, function = WRITERS[name]
    writer = getattr(import_module(module), function)
    if name == "json":
        return cast(Callable[["ScanResult"], str], writer)(result)
    return cast("Callable[[ScanResult, Gate], str]", writer)(result, gate)


def is_terminal() -> bool:
    """Whether stdout goes to a person."""
    return sys.stdout.isatty()
