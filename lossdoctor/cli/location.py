"""The command line's argument for logs: a path, or a URL that fsspec knows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click


class Location(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.4
    """A Path, or a text with :// in it."""

    name = "path"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        """URLs stay texts: a Path would make one slash of two."""
        return value if isinstance(value, str) and "://" in value else Path(value)


def local(paths: Iterable[Path | str]) -> list[Path]:
    """Those that are no URLs."""
    return [path for path in paths if isinstance(path, Path)]
