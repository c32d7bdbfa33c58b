"""ReportOptions: what the reader of a report wants in it and on which paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from lossdoctor.errors import InputError
from lossdoctor.knowledge.marks import Mark
from lossdoctor.workspace.run_marks import Note

# A logo is a small picture; what is larger was meant for a poster, and every report would carry it.
LOGO_BYTES = 2_000_000
_LOGO_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


class Paper(StrEnum):
    """Page sizes."""

    A4 = "a4"
    LETTER = "letter"

    @property
    def points(self) -> tuple[float, float]:
        """Width and height in points (1/72 inch)."""
        return (595.28, 841.89) if self is Paper.A4 else (612.0, 792.0)


class Section(StrEnum):
    """The parts of a report, in their order."""

    OVERVIEW = "overview"
    EXPERIMENTS = "experiments"
    SUMMARY = "summary"
    RUNS = "runs"
    COMPARISONS = "comparisons"
    APPENDIX = "appendix"


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What a report holds beside the results.

    Attributes:
        title: on the first page and in the file's metadata; made from the results when empty.
        sections: the parts wanted. The overview, experiments, summary and comparisons speak about several runs and are
            left out of a report on one.
        paper: page size of the PDF.
        logo: content of a PNG or JPEG file for the first page; empty for none.
        command: the command that makes this report again, for the appendix; empty when there is none.
        marks: run id -> what the user found out, by cause id.
        notes: run id -> the user's notes on its curves, by step.
        created: the time to put on it; by default SOURCE_DATE_EPOCH where that is set, else now.
    """

    title: str = ""
    sections: frozenset[Section] = frozenset(Section)
    paper: Paper = Paper.A4
    logo: bytes = b""
    command: str = ""
    marks: Mapping[str, Mapping[str, Mark]] = field(default_factory=dict)
    notes: Mapping[str, Sequence[Note]] = field(default_factory=dict)
    created: datetime | None = None


def read_logo(path: Path) -> bytes:
    """The content of a logo file.

    Raises:
        InputError: it cannot be read, is larger than `LOGO_BYTES` or neither PNG nor JPEG.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LOGO_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}.", "Name a PNG or JPEG file.") from error
    if len(content) > LOGO_BYTES:
        raise InputError(f"{path}: is larger than 2 MB.", "A logo of 600 pixels in width is sharp enough.")
    if not content.startswith(_LOGO_STARTS) or not _opens(content):
        raise InputError(f"{path}: is no PNG or JPEG picture.", "Convert the logo to PNG first.")
    return content


def _opens(content: bytes) -> bool:
    """True when the picture can be decoded whole; a truncated one would fail in the middle of the report."""
    import io

    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True
