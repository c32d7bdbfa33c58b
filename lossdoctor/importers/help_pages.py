"""The page of help of each format, `resources/help/formats/<name>.md`, taken apart for whoever shows it.

A page is a title and the same five sections of bullets; a test asks that every importer has one and every page an
importer.
"""

from __future__ import annotations

from dataclasses import dataclass

from lossdoctor.resources import resource

SECTIONS = ("Written by", "Recognised by", "Read as", "Traps", "Not read")


@dataclass(frozen=True, slots=True)
class FormatPage:
    """One page: its title, and (section, bullets) in the order of `SECTIONS`. Bullets may hold `code`."""

    title: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]

    def mentions(self, word: str) -> bool:
        """Whether a word occurs anywhere on the page, in any case."""
        text = "\n".join([self.title, *(bullet for _, bullets in self.sections for bullet in bullets)])
        return word.lower() in text.lower()


def format_page(name: str) -> FormatPage:
    """The page of the format with this name.

    Raises:
        FileNotFoundError: there is none, or the installation is incomplete.
        ValueError: the page lacks its title, or its sections are not the five.
    """
    title = ""
    sections: dict[str, list[str]] = {}
    for line in resource("help", "formats", f"{name}.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            title = line[2:].strip()
        elif line.startswith("## "):
            sections[line[3:].strip()] = []
        elif line.startswith("- ") and sections:
            list(sections.values())[-1].append(line[2:].strip())
        elif line.strip():
            raise ValueError(f"{name}.md: neither heading nor bullet: {line!r}")
    if not title or tuple(sections) != SECTIONS:
        raise ValueError(f"{name}.md: needs a title and the sections {', '.join(SECTIONS)}")
    return FormatPage(title, tuple((heading, tuple(bullets)) for heading, bullets in sections.items()))
