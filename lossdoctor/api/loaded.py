"""Loaded: the runs that were read at one path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from lossdoctor.api.frames import points_frame
from lossdoctor.api.html import runs_table
from lossdoctor.runs import Problem, Run

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, eq=False)
class Loaded(Sequence[Run]):
    """A sequence of runs.

    Attributes:
        runs: by id.
        problems: everything wrong with the input.
    """

    runs: tuple[Run, ...]
    problems: tuple[Problem, ...] = ()

    @overload
    def __getitem__(self, index: int) -> Run: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Run]: ...
    def __getitem__(self, index: int | slice) -> Run | Sequence[Run]:
        return self.runs[index]

    def __len__(self) -> int:
        return len(self.runs)

    def to_pandas(self) -> pandas.DataFrame:
        """Every point of every series: run, tag, role, step, wall_time (NaN without), value."""
        return points_frame(self.runs)

    def _repr_html_(self) -> str:
        return runs_table(self.runs)
