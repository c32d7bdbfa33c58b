"""The blocks a report is made of: what is said and how it is ordered, without fonts, sizes or page positions.

Text in blocks is plain; every writer escapes it for its own format.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from lossdoctor.figures import FigureSpec
from lossdoctor.findings import Severity, Verdict


class Tone(StrEnum):
    """How loud a paragraph is."""

    BODY = "body"
    MUTED = "muted"


@dataclass(frozen=True, slots=True)
class Title:
    """The report's title with a line below it; `logo` is the content of a PNG or JPEG file."""

    text: str
    subtitle: str
    logo: bytes = b""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 names a page, 2 a part of it. One with an `anchor` can be linked to and is in the outline."""

    text: str
    level: int = 2
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str
    tone: Tone = Tone.BODY


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value: "Best checkpoint", "step 1 200"."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """Facts one below the other."""

    rows: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class InlineFacts:
    """Many short facts as running text: a configuration. `omitted`: how many more there are."""

    items: tuple[Fact, ...]
    omitted: int = 0
    noun: str = field(default="setting", init=False)


@dataclass(frozen=True, slots=True)
class Code:
    """Text to copy literally: a command."""

    text: str


@dataclass(frozen=True, slots=True)
class VerdictBanner:
    """The verdict of a run with its sentence and the numbers beside it."""

    verdict: Verdict
    sentence: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class VerdictCounts:
    """How many runs have which verdict, in the order to show them; verdicts without a run are left out."""

    counts: tuple[tuple[Verdict, int], ...]


@dataclass(frozen=True, slots=True)
class Badge:
    """A verdict in a table cell."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Link:
    """Text in a table cell that leads to the `Page` with this anchor."""

    text: str
    anchor: str


Curve: TypeAlias = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A curve in a table cell. Points are shares of the cell, (0, 0) its lower left corner; a NaN breaks the line.

    `faint` is drawn behind `line`, in a lighter tone.
    """

    line: Curve
    faint: Curve = ()


@dataclass(frozen=True, slots=True)
class PageNumber:
    """In a table cell: the number of the page with this anchor. Writers without pages leave the column out."""

    anchor: str


Cell: TypeAlias = str | Badge | Link | Sparkline | PageNumber


@dataclass(frozen=True, slots=True)
class Column:
    """A table column.

    Attributes:
        title: what it holds.
        share: its part of the table's width relative to the others.
        numeric: flush right.
        wraps: long text takes several lines; otherwise it is cut in the middle.
    """

    title: str
    share: float = 1.0
    numeric: bool = False
    wraps: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells below column titles; titles are repeated where the table breaks over pages."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """An annotated figure; `alternative` says in words what it shows."""

    spec: FigureSpec
    alternative: str = ""


@dataclass(frozen=True, slots=True)
class FindingItem:
    """A finding with its numbers, each a short sentence."""

    code: str
    name: str
    severity: Severity
    confidence: float
    sentence: str
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingList:
    """Findings, the most severe first. `omitted`: how many more there are."""

    items: tuple[FindingItem, ...]
    omitted: int = 0
    noun: str = field(default="finding", init=False)


@dataclass(frozen=True, slots=True)
class CauseItem:
    """A likely cause with what speaks for and against it, strongest first; `explanation` where nothing else does."""

    title: str
    score: float
    explanation: str = ""
    speaks_for: tuple[str, ...] = ()
    speaks_against: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CauseList:
    """Causes, the most likely first. `omitted`: how many more there are."""

    items: tuple[CauseItem, ...]
    omitted: int = 0
    noun: str = field(default="cause", init=False)


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """Something to try, with a box.

    Attributes:
        text: what to try.
        about: the cause it settles.
        then: what to do when that is confirmed.
        ticked: whether it was done.
        found_out: what it showed, as the user noted it.
    """

    text: str
    about: str = ""
    then: str = ""
    ticked: bool = False
    found_out: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """Things to try, the most worthwhile first. `omitted`: how many more there are."""

    items: tuple[ChecklistItem, ...]
    omitted: int = 0
    noun: str = field(default="check", init=False)


@dataclass(frozen=True, slots=True)
class Bullets:
    """Short sentences, one a line. `omitted`: how many more there are; `noun` names one of them."""

    items: tuple[str, ...]
    omitted: int = 0
    noun: str = "problem"


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


@dataclass(frozen=True, slots=True)
class MayBreak:
    """Inside a `Page`: where a writer with pages goes on with a second one when one does not hold everything."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Two stacks of blocks side by side; `share` is the left one's part of the width. Without pages: left, then right."""

    left: tuple[Block, ...]
    right: tuple[Block, ...]
    share: float = 0.5


@dataclass(frozen=True, slots=True)
class Page:
    """Blocks that stand on one page together, or on two where a `MayBreak` allows it, with a place in the outline.

    A writer with pages makes them fit: it shrinks figures, goes on with a second page, then leaves out what is secondary
    in causes and checks (`missing`, `then`), then cuts lists from the end and says how many items more there are.

    Attributes:
        anchor: for links.
        title: for the outline.
        make: the blocks; made when they are written, so that thousands of pages need the memory of one.
        part: the outline entry above this page's: "Runs".
    """

    anchor: str
    title: str
    make: Callable[[], tuple[Block, ...]]
    part: str = ""


Block: TypeAlias = (
    Title | Heading | Paragraph | KeyFacts | InlineFacts | Code | VerdictBanner | VerdictCounts | Table | Figure
    | FindingList | CauseList | Checklist | Bullets | PageBreak | MayBreak | Columns | Page
)  # fmt: skip
