"""Problem: something wrong with the input, as a value that travels with the data; never a log line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProblemLevel(StrEnum):
    """How much was lost."""

    INFO = "info"  # worth knowing, nothing lost: a restart was found, a file holds no points yet
    WARNING = "warning"  # some points could not be read; the rest is shown
    ERROR = "error"  # nothing of this file could be read


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the input: where it is, what was kept, what the user can do.

    Attributes:
        code: stable slug such as `truncated`, `bad_crc`, `no_numbers`.
        level: how much was lost.
        path: the file or folder as text.
        message: one sentence naming what is wrong, without the path.
        hint: what to do, one sentence; may be empty for INFO.
        place: where in the file: "offset 8142", "line 17", "tag train/loss"; empty for the whole file.
    """

    code: str
    level: ProblemLevel
    path: str
    message: str
    hint: str = ""
    place: str = ""

    def sentence(self) -> str:
        """The whole problem on one line, as the terminal and the problems pane show it."""
        where = f"{self.path}, {self.place}" if self.place else self.path
        return f"{where}: {self.message}{' ' + self.hint if self.hint else ''}"
