"""The documents of the repository, and the links and commands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HELP = ROOT / "resources" / "help"
_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)|\b(?:src|srcset)=\"([^\"]+)\"")
_FENCE = re.compile(
    r"(?:<!-- (?P<note>[^>]*) -->\n)?^```(?P<language>\w*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def documents() -> list[Path]:
    """Every Markdown document for people."""
    own = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md") if (ROOT / name).exists()]
    return own + sorted(HELP.rglob("*.md"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def links(path: Path) -> Iterator[str]:
    """The targets of all links and pictures, outside code."""
    for found in _LINK.finditer(_CODE.sub("", path.read_text(encoding="utf-8"))):
        yield found[1] or found[2]


@dataclass(frozen=True)
class Block:
    """A fenced block: the comment before it ("" without one), its language, and its text."""

    note: str
    language: str
    code: str


def blocks(path: Path) -> list[Block]:
    found = _FENCE.finditer(path.read_text(encoding="utf-8"))
    return [Block((item["note"] or "").strip(), item["language"], item["code"]) for item in found]


def anchor(heading: str) -> str:
    """The name under which a heading can be linked to."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def prose(path: Path) -> str:
    """The text of a document without code, links' targets, comments and markup."""
    text = re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)|<[^>]+>", " ", _CODE.sub(" ", text))
