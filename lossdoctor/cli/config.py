"""`lossdoctor config`: what is set, and where each value comes from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lossdoctor.cli.overrides import config_option, settings_for

if TYPE_CHECKING:
    from lossdoctor.settings.in_force import InForce

# Tables whose entries are listed only where one is set.
_TABLES = ("roles", "map", "rules")


@click.command(short_help="Show the settings in force and where each comes from.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, readable=False))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--all", "everything", is_flag=True, help="List also roles, columns and thresholds that nothing sets.")
@config_option
@click.pass_context
def config(
    context: click.Context, paths: tuple[Path, ...], as_json: bool, everything: bool, config: Path | None
) -> None:
    """Show the settings that are in force for PATHS (or the current folder) and where each value comes from.

    A flag stands over the project's file (lossdoctor.toml, or [tool.lossdoctor] in pyproject.toml, found from PATHS
    upward), that over your own file, and that over the default.
    """
    from lossdoctor.rules.thresholds import rule_choice

    settings = settings_for(context, paths)
    rule_choice(settings)
    click.echo(_json(settings) if as_json else _text(settings, everything))


def _text(settings: InForce, everything: bool) -> str:
    from lossdoctor import safe_text
    from lossdoctor.settings.files import user_file_path

    rows = [row for row in _rows(settings) if everything or row[2] != "default" or row[0].split(".")[0] not in _TABLES]
    widths = [min(max(len(row[column]) for row in rows), 40) for column in (0, 1)]
    lines = [f"{key:<{widths[0]}}  {value:<{widths[1]}}  {origin}" for key, value, origin in rows]
    read = [str(path) for path in settings.files] or ["no file; every value is the default"]
    own = "" if user_file_path() in settings.files else f"Your own file would be {user_file_path()}."
    parts = [f"Read: {', '.join(read)}.", own, "", *lines]
    silent = [table for table in _TABLES if not any(row[0].startswith(f"{table}.") for row in rows)]
    if silent:
        parts += ["", f"Nothing is set in {', '.join(f'[{name}]' for name in silent)}; --all lists what can be."]
    return "\n".join(safe_text.terminal(part) for part in parts if part or part == "")


def _rows(settings: InForce) -> list[tuple[str, str, str]]:
    """(key, value, origin) of every option and threshold."""
    from lossdoctor.rules.registry import RULES
    from lossdoctor.rules.thresholds import thresholds

    plain = [(key, entry) for key, entry in settings.entries.items() if not key.startswith("rules.")]
    rows = [(key, _shown(entry.value), str(entry.origin)) for key, entry in plain]
    changed = {key: (value, entry) for key, value, entry in thresholds(settings)}
    for rule in RULES:
        for setting in rule.thresholds:
            value, origin = setting.default, "default"
            if setting.key in changed:
                value, origin = (
                    changed[setting.key][0],
                    f"{changed[setting.key][1].origin} (default {setting.default:g})",
                )
            rows.append((f"rules.{rule.code}.{setting.key.partition('.')[2]}", f"{value:g}", origin))
    return rows


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "-"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) or "-"


def _json(settings: InForce) -> str:
    import json

    from lossdoctor.rules.registry import RULES
    from lossdoctor.rules.thresholds import thresholds

    values: dict[str, object] = {
        key: _origin(entry.value, entry.origin.layer, entry.origin.path, entry.origin.line)
        for key, entry in settings.entries.items()
        if not key.startswith("rules.")
    }
    changed = {key: (value, entry) for key, value, entry in thresholds(settings)}
    for setting in (setting for rule in RULES for setting in rule.thresholds):
        value, entry = changed.get(setting.key, (setting.default, None))
        where = ("default", "", 0) if entry is None else (entry.origin.layer, entry.origin.path, entry.origin.line)
        values[f"rules.{setting.key}"] = _origin(value, *where)
    files: Sequence[str] = [str(path) for path in settings.files]
    return json.dumps({"files": files, "settings": values}, indent=2)


def _origin(value: object, layer: str, path: str, line: int) -> dict[str, object]:
    shown = list(value) if isinstance(value, tuple) else value
    return {"value": shown, "layer": layer, "from": path, "line": line or None}
