"""The pages of help as the window shows them: which there are, in which order, and which hold some words.

No Qt in here: `lossdoctor help` shows the same pages on machines without it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lossdoctor.resources import resource

START = "index.md"
_COMMENT = re.compile(r"<!--.*?-->\n*", re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_MARKUP = re.compile(r"[`*#|>]|^-{3,}.*$|\\(?=[*_<>\[\]~])", re.MULTILINE)
_AROUND = 48
GROUPS = (("findings", "Findings"), ("causes", "Causes"), ("formats", "Log formats"))


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Attributes:
        name: its path below the folder of help, "findings/GN01.md".
        title: its first heading.
        markdown: its text, without comments.
        words: its text without markup, on one line: what a search looks at.
    """

    name: str
    title: str
    markdown: str
    words: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that holds all words of a search, and a piece of it around the first of them."""

    page: Page
    excerpt: str


def root() -> Path:
    """The folder of the pages."""
    return resource("help").resolve()


@cache
def page(name: str) -> Page | None:
    """The page with this path; None when there is none, or when it would lie outside the folder."""
    place = (root() / name).resolve()
    if place.suffix != ".md" or not place.is_relative_to(root()) or not place.is_file():
        return None
    markdown = _COMMENT.sub("", place.read_text(encoding="utf-8"))
    words = " ".join(_MARKUP.sub(" ", _LINK.sub(r"\1", markdown)).split())
    title = next((line[2:].strip() for line in markdown.splitlines() if line.startswith("# ")), name)
    return Page(name, title, markdown, words)


@cache
def contents() -> tuple[tuple[str, tuple[Page, ...]], ...]:
    """(heading, pages) in reading order: the pages of the first level as the index lists them, then each folder."""
    start = page(START)
    listed = re.findall(r"\]\(([\w-]+\.md)\)", start.markdown) if start is not None else []
    first = [START, *dict.fromkeys(listed)]
    groups = [("", first), *((title, _below(folder)) for folder, title in GROUPS)]
    return tuple((title, tuple(p for p in map(page, names) if p is not None)) for title, names in groups)


def _below(folder: str) -> list[str]:
    """The pages of a folder: its index, then as the index lists them."""
    index = page(f"{folder}/index.md")
    listed = re.findall(r"\]\(([\w-]+\.md)\)", index.markdown) if index is not None else []
    return [f"{folder}/index.md", *(f"{folder}/{name}" for name in dict.fromkeys(listed))]


def search(text: str) -> tuple[Hit, ...]:
    """The pages that hold every word, those with the words in their title first, then those that say them most often."""
    words = text.casefold().split()
    if not words:
        return ()
    found = []
    for _, pages in contents():
        for item in pages:
            body, title = item.words.casefold(), item.title.casefold()
            if all(word in body for word in words):
                in_title = sum(word in title for word in words)
                found.append((-in_title, -sum(body.count(word) for word in words), item))
    found.sort(key=lambda entry: entry[:2])
    return tuple(Hit(item, _excerpt(item, words)) for _, _, item in found)


def _excerpt(item: Page, words: list[str]) -> str:
    body = item.words[len(item.title) :].strip()
    at = max(body.casefold().find(words[0]), 0)
    first, last = max(at - _AROUND, 0), at + len(words[0]) + _AROUND
    return ("…" if first else "") + body[first:last].strip() + ("…" if last < len(body) else "")


def anchor(heading: str) -> str:
    """The name under which a link finds a heading, as on the web pages of the repository."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
