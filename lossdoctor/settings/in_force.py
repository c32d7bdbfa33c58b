"""InForce: the value of every option after command line, project file, user's file and defaults were put in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from lossdoctor.errors import UsageError
from lossdoctor.settings.files import Entry, Origin, project_file, read_file, user_file_path
from lossdoctor.settings.option import SettingValue
from lossdoctor.settings.options import OPTIONS, option

DEFAULT = Origin("default")
COMMAND_LINE = "command line"
PROJECT = "project file"
USER = "user's file"
LAYERS = (DEFAULT.layer, USER, PROJECT, COMMAND_LINE)  # the weaker first


@dataclass(frozen=True, slots=True)
class InForce:
    """Every option's value and origin.

    Attributes:
        entries: by key, in the order of `options.OPTIONS`, then the thresholds that were set ("rules.ST03.noise").
        files: the files that were read, the stronger one first.
    """

    entries: Mapping[str, Entry]
    files: tuple[Path, ...] = ()

    def __getitem__(self, key: str) -> SettingValue:
        """The value of an option.

        Raises:
            KeyError: there is no such option.
        """
        return self.entries[key].value

    def text(self, key: str) -> str:
        """The value of a CHOICE or PATTERN."""
        return str(self[key])

    def names(self, key: str) -> tuple[str, ...]:
        """The value of a NAMES or PATTERNS option."""
        value = self[key]
        return value if isinstance(value, tuple) else ()

    def below(self, table: str) -> dict[str, Entry]:
        """The entries of one table that are not the default: "roles" gives {"train_loss": ...}."""
        start = f"{table}."
        return {
            key.removeprefix(start): entry
            for key, entry in self.entries.items()
            if key.startswith(start) and entry.origin is not DEFAULT
        }


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line says.

    Attributes:
        values: by key, as typed.
        config: a settings file named by the user in place of the project file; None to look for one.
    """

    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    config: Path | None = None


NOTHING_SAID = Overrides()


def load(paths: Iterable[Path] = (), said: Overrides = NOTHING_SAID) -> InForce:
    """The settings for some paths; without a path those for the current folder.

    A whole list replaces a weaker one; tables are put together key by key.

    Args:
        paths: what is scanned; the project file is looked for from there upward.
        said: what the command line says.

    Raises:
        UsageError: a file or the command line holds a key or value that means nothing.
    """
    user, project = user_file_path(), said.config or project_file(tuple(paths) or (Path.cwd(),))
    entries = {known.key: Entry(known.default, DEFAULT) for known in OPTIONS}
    files: list[Path] = []
    if user.is_file():
        entries |= read_file(user, USER)
        files.append(user)
    if project is not None and project != user:
        entries |= read_file(project, PROJECT)
        files.insert(0, project)
    for key, given in said.values.items():
        entries[key] = Entry(_typed(key, given), Origin(COMMAND_LINE, option(key).flag))
    return InForce(MappingProxyType(entries), tuple(files))


def _typed(key: str, given: object) -> SettingValue:
    known = option(key)
    try:
        return known.value(given)
    except ValueError as error:
        raise UsageError(f"{known.flag}: {key} {error}", known.help) from None
