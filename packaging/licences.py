"""Collects the licences of everything lossdoctor needs at run time into resources/licences; `generate.py` writes them.

The texts come from the packages that are installed here. They are looked at only when these are the versions of
constraints.txt, since other versions may word theirs differently; otherwise what is in the repository stays.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "licences"
INDEX = FOLDER / "packages.toml"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
# The wheels of these hold no text; the whole texts stand once in the folder above. Qt's choice of licences is ours to make.
CHOSEN = {
    "pyside6-essentials": ("LGPL-3.0-only", ("LGPL-3.0.txt", "GPL-3.0.txt")),
    "shiboken6": ("LGPL-3.0-only", ("LGPL-3.0.txt", "GPL-3.0.txt")),
    "tensorboard-data-server": ("Apache-2.0", ("Apache-2.0.txt",)),
    "google-crc32c": ("Apache-2.0", ()),
    "tbparse": ("Apache-2.0", ()),
    "scipy": ("BSD-3-Clause", ()),
    "colorama": ("BSD-3-Clause", ()),
    "reportlab": ("BSD-3-Clause", ()),
}
# Longer names of the same, as some packages give them.
_SHORT = {
    "3-Clause BSD License": "BSD-3-Clause", "BSD License": "BSD", "Apache Software License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0", "Apache 2.0": "Apache-2.0", "MIT License": "MIT", "Dual License": "Apache-2.0 OR BSD",
    "Apache License, Version 2.0": "Apache-2.0",
}  # fmt: skip
_TEXT = re.compile(r"(^|/)(licen[cs]e|copying|notice)[^/]*$|(^|/)licenses?/[^/]+$", re.IGNORECASE)
_HEAD = "# Written by packaging/generate.py from the installed packages; licences.py says how.\n"


@dataclass(frozen=True)
class Component:
    """A package that lossdoctor needs: what it is under, where it comes from, and the file with the text."""

    name: str
    version: str
    licence: str
    home: str
    text: str

    @property
    def file(self) -> str:
        """The name of the file with the text."""
        return f"{canonicalize_name(self.name)}.txt"


@cache
def pages() -> dict[Path, str]:
    """The text of every file by its place; nothing when other versions are installed than were tested."""
    found = sorted((component(item) for item in needed()), key=lambda item: item.name.casefold())
    wanted = constrained()
    if any(wanted.get(canonicalize_name(item.name)) != item.version for item in found):
        return {}
    texts = {FOLDER / "packages" / item.file: item.text for item in found}
    return texts | {INDEX: _HEAD + "".join(_entry(item) for item in found)}


def _entry(item: Component) -> str:
    values = {"name": item.name, "version": item.version, "licence": item.licence, "home": item.home, "file": item.file}
    return "\n[[package]]\n" + "".join(f'{key} = "{value}"\n' for key, value in values.items())


def constrained() -> dict[str, str]:
    """The tested version of every package; those that differ by Python version are left out."""
    lines = (line.partition("#")[0].strip() for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines())
    pairs = (line.split("==") for line in lines if "==" in line and ";" not in line)
    return {canonicalize_name(name): version for name, version in pairs}


def needed() -> Iterator[Distribution]:
    """Every package that `pip install lossdoctor` brings, here on this platform, whatever needs it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting, seen = [Requirement(text) for text in project["dependencies"]], set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        # setuptools comes with Python's own environments and is not shipped.
        if (
            name in seen
            or name == "setuptools"
            or (wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}))
        ):
            continue
        seen.add(name)
        try:
            found = distribution(wanted.name)
        except PackageNotFoundError:
            continue
        yield found
        waiting += [Requirement(text) for text in found.requires or ()]


def component(found: Distribution) -> Component:
    """What an installed package says about itself.

    Raises:
        ValueError: it has no text or no name of a licence, and `CHOSEN` does not help.
    """
    about = found.metadata
    name, version = about["Name"], found.version
    licence, shared = CHOSEN.get(canonicalize_name(name), (_declared(found), ()))
    own = [text for path in sorted(found.files or (), key=str) if _is_text(str(path)) and (text := path.read_text())]
    shared_texts = [(FOLDER / file).read_text(encoding="utf-8") for file in shared]
    if not licence or not (own or shared_texts):
        raise ValueError(f"{name} {version} does not say its licence; add it to packaging/licences.py")
    home = _home(found)
    where = f"The text: {' and '.join(shared)}, beside this folder.\n" if shared else ""
    head = f"{name} {version}\n{licence}\n{home}\n{where}"
    rule = "-" * 80
    return Component(name, version, licence, home, "\n".join([head, *(f"{rule}\n\n{_tidy(text)}" for text in own)]))


def _is_text(path: str) -> bool:
    return ".dist-info/" in path and _TEXT.search(path) is not None


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip("\n").split("\n")) + "\n"


def _declared(found: Distribution) -> str:
    about = found.metadata
    if "License-Expression" in about:
        return about["License-Expression"]
    classes = [
        text.rpartition(" :: ")[2] for text in about.get_all("Classifier") or () if text.startswith("License ::")
    ]
    stated = next(iter(about.get_all("License") or ()), "").strip()
    for text in (*classes, stated):
        if text in _SHORT:
            return _SHORT[text]
    short = stated if stated and "\n" not in stated and len(stated) < 40 else ""
    return short or (classes[0] if classes else "")


def _home(found: Distribution) -> str:
    about = found.metadata
    links = dict(text.split(", ", 1) for text in about.get_all("Project-URL") or () if ", " in text)
    by_name = {key.casefold(): value for key, value in links.items()}
    wanted = ("source", "source code", "repository", "github", "homepage", "home")
    named = next((by_name[key] for key in wanted if key in by_name), "")
    return named or next(iter(about.get_all("Home-page") or ()), "") or f"https://pypi.org/project/{about['Name']}/"


def table() -> str:
    """The packages as rows of a table."""
    index = pages().get(INDEX) or INDEX.read_text(encoding="utf-8")
    rows = []
    for item in tomllib.loads(index)["package"]:
        rows.append(f"| `{item['name']}` | {item['version']} | `{item['licence']}` | `{item['home']}` |")
    return "\n".join(["| Package | Version | Licence | From |", "|---|---|---|---|", *rows])
