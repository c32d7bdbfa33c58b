"""Finds lossdoctor.toml or [tool.lossdoctor] in pyproject.toml, reads it, and refuses what it cannot mean.

Thresholds of rules (`[rules.ST03]`) are read as numbers here; which rules and thresholds there are is known further up,
in `lossdoctor.rules.thresholds`.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lossdoctor.errors import UsageError
from lossdoctor.settings.option import SettingValue
from lossdoctor.settings.options import BY_KEY

FILE = "lossdoctor.toml"
_PYPROJECT = "pyproject.toml"
_TOOL = ("tool", "lossdoctor")
MAX_BYTES = 4 << 20
_HEADER = re.compile(r"\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?")
_KEY = re.compile(r"""((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from.

    Attributes:
        layer: "default", "command line", "project file", "user's file" or "window".
        path: the file, or the flag on the command line; may be empty.
        line: of the file, from 1; 0 when it is not known.
    """

    layer: str
    path: str = ""
    line: int = 0

    def __str__(self) -> str:
        if not self.path:
            return self.layer
        return f"{self.path}, line {self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Entry:
    """A value and where it comes from."""

    value: SettingValue
    origin: Origin


def user_file_path() -> Path:
    """The user's own file, in the configuration folder of the platform."""
    from platformdirs import user_config_path

    return user_config_path("lossdoctor", appauthor=False) / FILE


def project_file(paths: Iterable[Path]) -> Path | None:
    """The nearest file with settings in the folders from what all paths have in common upward; None without one.

    Of two files in one folder lossdoctor.toml wins. A pyproject.toml without [tool.lossdoctor] is passed over.
    """
    start = _common_folder(paths)
    for folder in (start, *start.parents) if start is not None else ():
        if (folder / FILE).is_file():
            return folder / FILE
        if _has_our_table(folder / _PYPROJECT):
            return folder / _PYPROJECT
    return None


def _common_folder(paths: Iterable[Path]) -> Path | None:
    places = [os.path.abspath(path) for path in paths]
    try:
        common = Path(os.path.commonpath(places))
    except ValueError:  # no path at all, or on two drives
        return None
    return common if common.is_dir() else common.parent


def _has_our_table(path: Path) -> bool:
    """Whether a pyproject.toml speaks of lossdoctor; a broken one that does not is none of our business."""
    try:
        with path.open("rb") as file:
            return b"tool.lossdoctor" in file.read(MAX_BYTES)
    except OSError:
        return False


def read_file(path: Path, layer: str) -> dict[str, Entry]:
    """The settings in a file, by key.

    Raises:
        UsageError: it cannot be read, is no TOML, or holds a key or value that means nothing; the message names file
            and line, the hint says what would do.
    """
    text = _text(path)
    try:
        content: object = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        end = f"at line {max(text.count(chr(10)) + (not text.endswith(chr(10))), 1)}, the last one"
        told = str(error).replace("at end of document", end)
        raise UsageError(f"{path} is no valid TOML: {told}.", "Mend that line, or move the file away.") from None
    except RecursionError:
        raise UsageError(f"{path} is nested too deeply.", "Mend it, or move the file away.") from None
    prefix = _TOOL if path.name == _PYPROJECT else ()
    for part in prefix:
        content = content.get(part, {}) if isinstance(content, dict) else {}
    found: dict[str, Entry] = {}
    for place, value in _flat(content if isinstance(content, dict) else {}, ()):
        origin = Origin(layer, str(path), line_of(text, (*prefix, *place)))
        key, given = _accepted(place, value, origin)
        found[key] = Entry(given, origin)
    return found


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"{path}: the settings cannot be read ({error.strerror or error}).", "Check the path."
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: the settings are no UTF-8 text.", "Save the file as UTF-8.") from None


def _flat(table: Mapping[str, object], above: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], object]]:
    """Every value of nested tables with its path; an empty table counts as a value, so that a mistyped one is told."""
    for name, value in table.items():
        if isinstance(value, dict) and (value or not _is_table((*above, name))):
            yield from _flat(value, (*above, name)) if value else [((*above, name), value)]
        elif not isinstance(value, dict):
            yield (*above, name), value


def _is_table(place: tuple[str, ...]) -> bool:
    return place[0] == "rules" or any(key.startswith(".".join(place) + ".") for key in BY_KEY)


def _accepted(place: tuple[str, ...], value: object, origin: Origin) -> tuple[str, SettingValue]:
    if place[0] == "rules":
        return _threshold(place, value, origin)
    key = ".".join(place).replace("-", "_")
    known = BY_KEY.get(key)
    if known is None:
        raise UsageError(f"{origin}: there is no setting called {'.'.join(place)}.", _near(key))
    try:
        return key, known.value(value)
    except ValueError as error:
        raise UsageError(f"{origin}: {key} {error}", known.help) from None


def _threshold(place: tuple[str, ...], value: object, origin: Origin) -> tuple[str, SettingValue]:
    example = "A threshold is written as [rules.ST03] and below it noise = 10."
    if len(place) != 3:
        raise UsageError(f"{origin}: {'.'.join(place)} is no threshold of a rule.", example)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"{origin}: {'.'.join(place)} must be a number, not {value!r}.", example)
    return ".".join(place), value


def _near(key: str) -> str:
    near = difflib.get_close_matches(key, [*BY_KEY, "rules"], n=1)
    return f"Did you mean {near[0]}?" if near else "`lossdoctor config` lists all of them."


def line_of(text: str, place: tuple[str, ...]) -> int:
    """The line, from 1, on which a key or table stands in a TOML text; 0 when it is written in an unusual way."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.fullmatch(line.strip()):
            table = _parts(header[1])
            if table[: len(place)] == place:
                return number
        elif key := _KEY.match(line.strip()):
            full = table + _parts(key[1])
            if full == place[: len(full)]:
                return number
    return 0


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
