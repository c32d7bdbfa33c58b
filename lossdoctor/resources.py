"""Finds the files of `resources/`, inside an installed package or beside it; nobody else builds such paths."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """Path of one resource file or folder, for example `resource("knowledge", "causes.toml")`.

    Raises:
        FileNotFoundError: the installation is incomplete; the message names the places that were tried.
    """
    tried = [_HERE.joinpath("resources", *parts), _HERE.parent.joinpath("resources", *parts)]
    for candidate in tried:
        if candidate.exists():
            return candidate
    places = " or ".join(str(path) for path in tried)
    raise FileNotFoundError(
        f"lossdoctor is not installed completely: {'/'.join(parts)} is missing (looked at {places})"
    )
