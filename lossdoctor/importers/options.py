"""ReadOptions: what the user says about the logs that the logs do not say themselves. Small, frozen, picklable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lossdoctor.runs import Role

if TYPE_CHECKING:
    # Reading settings files takes a tenth of what importing every importer takes, and most logs are read without.
    from lossdoctor.settings.in_force import InForce


@dataclass(frozen=True, slots=True)
class RoleRule:
    """The user's word that series whose tag a regular expression finds play a role.

    Attributes:
        role: the role.
        pattern: searched for in the tag, case-sensitive.
        origin: where the user said so, for messages: "--train-loss" or "lossdoctor.toml, line 3".
    """

    role: Role
    pattern: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What the columns of a table mean.

    Attributes:
        columns: (meaning, column) pairs; a meaning is "step", "epoch", "ignore" or a role's name, a column its name or
            "#2" for the second one.
        path: the one file it is meant for, absolute; "" for every table that has the columns.
        origin: where the user said so, for messages.
    """

    columns: tuple[tuple[str, str], ...]
    path: str = ""
    origin: str = ""

    def named(self, meaning: str) -> tuple[str, ...]:
        """The columns with one meaning, in the order given."""
        return tuple(column for what, column in self.columns if what == meaning)

    def roles(self) -> tuple[tuple[Role, str], ...]:
        """(role, column) of every column that is a series in a role."""
        return tuple((Role(what), column) for what, column in self.columns if what in set(Role))


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How logs are read and understood.

    Attributes:
        roles: in order of importance; of several series for one role the earliest rule's is the primary one.
        maps: for tables; of several that fit the first one counts.
        pattern: regular expression with named groups for the lines of text logs; "" for the documented patterns.
        pattern_origin: where the user said so, for messages.
    """

    roles: tuple[RoleRule, ...] = ()
    maps: tuple[ColumnMap, ...] = ()
    pattern: str = ""
    pattern_origin: str = ""


AS_THEY_SAY = ReadOptions()


def read_options(settings: InForce) -> ReadOptions:
    """The options that settings amount to.

    Raises:
        LossdoctorError: the line pattern lacks its named groups.
    """
    roles = tuple(
        RoleRule(Role(name), pattern, str(entry.origin))
        for name, entry in settings.below("roles").items()
        for pattern in _words(entry.value)
    )
    columns = settings.below("map")
    pairs = tuple((name, column) for name, entry in columns.items() for column in _words(entry.value))
    origins = {str(entry.origin): None for entry in columns.values()}
    maps = (ColumnMap(pairs, "", ", ".join(origins)),) if pairs else ()
    pattern, origin = settings.text("pattern"), str(settings.entries["pattern"].origin)
    if pattern:
        from lossdoctor.importers.text_log import compile_pattern

        compile_pattern(pattern)
    return ReadOptions(roles, maps, pattern, origin if pattern else "")


def _words(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()
