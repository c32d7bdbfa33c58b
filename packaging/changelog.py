"""Puts the changelog together: its section "Unreleased" and the files of packaging/changes."""

from __future__ import annotations

import re
import textwrap
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHANGES = ROOT / "packaging" / "changes"
KINDS = ("added", "changed", "fixed", "removed")
UNRELEASED = "## Unreleased"
_WIDTH = 124


def fragments(folder: Path = CHANGES) -> dict[str, list[Path]]:
    """The files of each kind, by name.

    Raises:
        ValueError: a file's name has no kind, or it holds nothing or a list or heading of its own.
    """
    found: dict[str, list[Path]] = {kind: [] for kind in KINDS}
    for path in sorted(folder.glob("*.md")):
        if path.name == "README.md":
            continue
        named = re.fullmatch(r"[\w-]+\.(\w+)\.md", path.name)
        if named is None or named[1] not in KINDS:
            raise ValueError(f"{path.name}: the name must end with one of {', '.join(f'.{kind}.md' for kind in KINDS)}")
        text = path.read_text(encoding="utf-8").strip()
        if not text or text.startswith(("-", "*  ", "#")):
            raise ValueError(f"{path.name}: must hold the sentences alone, without bullet or heading")
        found[named[1]].append(path)
    return found


def section(changelog: str, found: dict[str, list[Path]]) -> str:
    """What stands below the next heading: "Unreleased" as it is, with the fragments at the end of their kinds."""
    parts = _parts(_unreleased(changelog))
    for kind, paths in found.items():
        items = [_item(path.read_text(encoding="utf-8")) for path in paths]
        if items:
            parts[kind] = "\n".join([*filter(None, [parts.get(kind, "")]), *items])
    return "\n\n".join(f"### {kind.capitalize()}\n\n{parts[kind]}" for kind in KINDS if parts.get(kind))


def released(changelog: str, found: dict[str, list[Path]], version: str, day: date) -> str:
    """The changelog with a section for this version below an empty "Unreleased".

    Raises:
        ValueError: there is nothing to release, or the version has a section already.
    """
    if re.search(rf"^## {re.escape(version)}\b", changelog, re.MULTILINE):
        raise ValueError(f"{version} is in the changelog already")
    new = section(changelog, found)
    if not new:
        raise ValueError("nothing has changed since the last release")
    head, _, rest = changelog.partition(UNRELEASED)
    tail = rest[len(_unreleased(changelog)) :].strip("\n")
    text = f"{head}{UNRELEASED}\n\n## {version} – {day:%Y-%m-%d}\n\n{new}\n"
    return f"{text}\n{tail}\n" if tail else text


def _unreleased(changelog: str) -> str:
    _, mark, rest = changelog.partition(UNRELEASED)
    if not mark:
        raise ValueError(f"the changelog has no section {UNRELEASED!r}")
    return re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def _parts(text: str) -> dict[str, str]:
    pieces = re.split(r"^### (\w+)\n", text, flags=re.MULTILINE)
    return {kind.casefold(): body.strip("\n") for kind, body in zip(pieces[1::2], pieces[2::2], strict=True)}


def _item(text: str) -> str:
    return textwrap.fill(
        " ".join(text.split()), _WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False
    )
