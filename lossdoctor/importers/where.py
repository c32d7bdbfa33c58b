"""Where: which files below a folder are looked at: name patterns, depth, and whether links to folders are followed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Where:
    """What of a folder a walk visits; by default everything.

    A pattern without a slash is compared with every part of a path ("*.csv", "old"); one with a slash with the whole path
    below the folder, from its beginning ("sweep/*/metrics.csv"), where `**` stands for any number of folders.

    Attributes:
        include: when there are any, only files that match one of them, or lie in a folder that does.
        exclude: files and folders that are left out; stronger than `include`.
        max_depth: how many folders deep to go; 0 is the files of the folder itself, None has no limit of its own.
        follow_links: enter linked folders too, each real folder once.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_depth: int | None = None
    follow_links: bool = False

    def excludes(self, relative: str) -> bool:
        """True for a file or folder (POSIX path below the root) that `exclude` names."""
        return _any_matches(self.exclude, relative)

    def reaches(self, relative: str) -> bool:
        """As `wants`, for a file whose folders nobody has looked at: none of them may be excluded."""
        parts = relative.split("/")
        above = ("/".join(parts[:end]) for end in range(1, len(parts)))
        return self.wants(relative) and not any(map(self.excludes, above))

    def wants(self, relative: str) -> bool:
        """True for a file that is to be looked at, when no folder above it is excluded."""
        return not self.excludes(relative) and (not self.include or _included(self.include, relative))


EVERYWHERE = Where()


def _included(patterns: Iterable[str], relative: str) -> bool:
    parts = relative.split("/")
    return any(_any_matches(patterns, "/".join(parts[:end])) for end in range(1, len(parts) + 1))


def _any_matches(patterns: Iterable[str], relative: str) -> bool:
    name = relative.rsplit("/", 1)[-1]
    return any(_regex(pattern).fullmatch(relative if "/" in pattern else name) for pattern in patterns)


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    """A glob as a regular expression: `*` and `?` stop at slashes, `**` does not, `[...]` is a set."""
    pieces = re.split(r"(\*\*/?|\*|\?|\[!?[^\]/]+\])", pattern.strip("/") if "/" in pattern.strip("/") else pattern)
    words = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(words.get(p, _set(p) if p.startswith("[") else re.escape(p)) for p in pieces), re.DOTALL)


def _set(piece: str) -> str:
    if len(piece) < 3 or not piece.endswith("]"):
        return re.escape(piece)
    negated = piece[1] == "!"
    return f"[{'^' if negated else ''}{re.escape(piece[2 if negated else 1 : -1]).replace(chr(92) + '-', '-')}]"
