"""Flags that stand over the settings files: which were given, under which key, and the decorators that declare them."""

from __future__ import annotations

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
    """Declares --train-loss and --val-loss."""
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
    return Overrides(values, given.get("config"))


def _value(name: str, value: object) -> object:
    if name in _LISTS and isinstance(value, tuple):
        return tuple(word.strip() for item in value for word in str(item).split(",") if word.strip())
    return value
