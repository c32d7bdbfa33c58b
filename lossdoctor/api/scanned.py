"""Scanned: the runs that a scan found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from lossdoctor.api.diagnosed import Diagnosed
from lossdoctor.api.frames import verdicts_frame
from lossdoctor.api.html import verdicts_table
from lossdoctor.runs import Problem
from lossdoctor.workspace.json_results import to_json
from lossdoctor.workspace.results import ScanResult

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, eq=False, repr=False)
class Scanned(Sequence[Diagnosed]):
    """A sequence of diagnosed runs, by id.

    Attributes:
        result: everything the scan found.
    """

    result: ScanResult

    @overload
    def __getitem__(self, index: int) -> Diagnosed: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Diagnosed]: ...
    def __getitem__(self, index: int | slice) -> Diagnosed | Sequence[Diagnosed]:
        if isinstance(index, slice):
            return tuple(map(Diagnosed, self.result.runs[index]))
        return Diagnosed(self.result.runs[index])

    def __len__(self) -> int:
        return len(self.result.runs)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything wrong with the input."""
        return self.result.problems

    def to_pandas(self) -> pandas.DataFrame:
        """One row a run, indexed by its id: verdict, confidence, runner_up, severity, codes, steps, points, sentence."""
        return verdicts_frame(self.result)

    def to_json(self) -> str:
        """As `lossdoctor scan --format json`."""
        return to_json(self.result)

    def __repr__(self) -> str:
        return f"Scanned({len(self)} runs, {len(self.problems)} problems)"

    def _repr_html_(self) -> str:
        return verdicts_table(self.result)
