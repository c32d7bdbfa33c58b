"""Flags that stand over the settings files: which were given, under which key, and the decorators that declare them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from lossdoctor.settings.in_force import InForce, Overrides

_F = TypeVar("_F", bound=Callable[..., Any])

# The parameter of a command and the setting it stands over.
_KEYS = {
    "select": "select",
    "ignore": "ignore",
    "output_format": "scan.format",
    "fail_on": "scan.fail_on",
    "train_loss": "roles.train_loss",
    "val_loss": "roles.val_loss",
    "pattern": "pattern",
}
_LISTS = frozenset({"select", "ignore"})


def rule_options(command: _F) -> _F:
    """Declares --select and --ignore."""
    for flag, text in (("--ignore", "Rules not to ask."), ("--select", "Ask only these rules.")):
        help_ = f"{text} Codes, beginnings of codes or names, with commas between; may be repeated."
        command = click.option(flag, multiple=True, metavar="CODES", help=help_)(command)
    return command


def reading_options(command: _F) -> _F:
    """Declares --train-loss, --val-loss, --map and --pattern."""
    text = "Read text logs by REGEX with the named groups step or epoch, and one for each number."
    command = click.option("--pattern", metavar="REGEX", help=text)(command)
    text = "What columns of a table mean, such as step=iter,train_loss=L,ignore=note; may be repeated."
    command = click.option("--map", "columns", multiple=True, metavar="MEANING=COLUMN,...", help=text)(command)
    for name, what in (("val", "validation"), ("train", "training")):
        help_ = f"Series whose tag REGEX finds is the {what} loss; may be repeated."
        command = click.option(f"--{name}-loss", multiple=True, metavar="REGEX", help=help_)(command)
    return command


def config_option(command: _F) -> _F:
    """Declares --config."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False, readable=False),
        help="Take the settings from FILE and not from the nearest lossdoctor.toml or pyproject.toml.",
    )(command)


def settings_for(context: click.Context, paths: Iterable[Path]) -> InForce:
    """The settings in force for a command line.

    Raises:
        UsageError: a file or flag holds what means nothing.
    """
    from lossdoctor.settings.in_force import load

    return load(paths, said_by(context))


def said_by(context: click.Context) -> Overrides:
    """What the flags of a command line say."""
    from lossdoctor.settings.in_force import Overrides

    given = {
        name: value
        for name, value in context.params.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    values = {key: _value(name, given[name]) for name, key in _KEYS.items() if name in given}
    values |= columns_said(given.get("columns", ()))
    return Overrides(values, given.get("config"))


def columns_said(words: Iterable[str]) -> dict[str, object]:
    """Settings out of `--map` arguments: {"map.step": ("iter",)}; a column's name may hold commas and equal signs.

    Raises:
        UsageError: a part is no MEANING=COLUMN, or the meaning is none.
    """
    from lossdoctor.errors import UsageError
    from lossdoctor.settings.options import MAP_NAMES

    found: dict[str, list[str]] = {}
    meanings = "|".join(MAP_NAMES)
    for part in (part for text in words for part in re.split(rf",(?=\s*(?:{meanings})\s*=)", text)):
        meaning, equals, column = (piece.strip() for piece in part.partition("="))
        if not equals or not column or meaning not in MAP_NAMES:
            near = difflib.get_close_matches(meaning, MAP_NAMES, n=1)
            hint = f"Did you mean {near[0]}?" if near and equals else f"A meaning is one of {', '.join(MAP_NAMES)}."
            raise UsageError(f"--map: {part.strip()!r} does not say what a column means.", hint)
        found.setdefault(f"map.{meaning}", []).append(column)
    return {key: tuple(columns) for key, columns in found.items()}


def _value(name: str, value: object) -> object:
    if name in _LISTS and isinstance(value, tuple):
        return tuple(word.strip() for item in value for word in str(item).split(",") if word.strip())
    return value
