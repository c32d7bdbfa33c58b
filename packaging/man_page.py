"""Writes the manual page out of the commands themselves: `python packaging/man_page.py` prints it."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

_NAME = "reads training logs and says what is wrong with each run, and why"
_FILES = (
    ("~/.config/lossdoctor/", "settings, and what the window remembers"),
    ("~/.local/share/lossdoctor/checklists.sqlite3", "ticks, notes, roles and columns you chose"),
    ("~/.cache/lossdoctor/results.sqlite3", "what scans found, to be faster next time"),
)


def manual(date: datetime) -> str:
    """The page in the language of man(7)."""
    from lossdoctor import __version__
    from lossdoctor.cli.main import cli

    lines = [
        f'.TH LOSSDOCTOR 1 "{date:%Y-%m-%d}" "lossdoctor {__version__}" "User Commands"',
        ".SH NAME", f"lossdoctor, lossdoctor\\-gui \\- {_escaped(_NAME)}",
        ".SH SYNOPSIS",
        *_alternatives("lossdoctor [PATH...]", "lossdoctor COMMAND [ARGUMENT...]", "lossdoctor-gui [PATH...]"),
        ".SH DESCRIPTION", *_prose(inspect.cleandoc(cli.help or "")),
        ".SH COMMANDS",
    ]  # fmt: skip
    for name, command in sorted(cli.commands.items()):
        if not command.hidden:
            lines += _command(cli, name, command)
    lines += [".SH FILES", *(line for path, what in _FILES for line in (".TP", f".I {_escaped(path)}", _escaped(what)))]
    lines += [".SH EXIT STATUS", *_prose(cli.epilog or "")]
    lines += [".SH SEE ALSO", "The whole help: \\fBlossdoctor help\\fR, or F1 in the window."]
    return "\n".join(lines) + "\n"


def _command(group: click.Group, name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=click.Context(group, info_name="lossdoctor"))
    yield f".SS {_escaped(name)}"
    yield from _alternatives(f"lossdoctor {name} {' '.join(command.collect_usage_pieces(context))}")
    yield ".PP"
    yield from _prose(inspect.cleandoc(command.help or ""))
    if isinstance(command, click.Group):
        for part, inner in sorted(command.commands.items()):
            yield from (".TP", f"\\fB{_escaped(part)}\\fR", _escaped(inner.get_short_help_str(200)))
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        # --help is the same everywhere, and an argument without a text stands in the line above.
        if record is not None and record[1] and "--help" not in parameter.opts:
            yield from (".TP", f"\\fB{_escaped(record[0])}\\fR", _text(record[1]))


def _alternatives(*usages: str) -> Iterator[str]:
    for number, usage in enumerate(usages):
        if number:
            yield ".br"
        word, _, rest = usage.partition(" [") if " [" in usage else (usage, "", "")
        yield f"\\fB{_escaped(word)}\\fR" + (f" {_escaped('[' + rest)}" if rest else "")


def _prose(text: str) -> Iterator[str]:
    for number, part in enumerate(re.split(r"\n\s*\n", text)):
        if number:
            yield ".PP"
        yield _text(part)


def _text(text: str) -> str:
    """Text in one line, what stands in backticks in bold."""
    pieces = re.split(r"`([^`]+)`", " ".join(text.replace("\b", "").split()))
    return "".join(f"\\fB{_escaped(p)}\\fR" if number % 2 else _escaped(p) for number, p in enumerate(pieces))


def _escaped(text: str) -> str:
    """Text in which a backslash, a hyphen and a leading point stay what they are."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti").replace("'", "\\(aq")
    return f"\\&{plain}" if plain.startswith((".", "\\(aq")) else plain


if __name__ == "__main__":
    sys.stdout.write(manual(datetime.now(UTC)))
