"""Names that sections share: anchors of pages and how often a run is named."""

from __future__ import annotations

from collections.abc import Sequence

from lossdoctor.report.blocks import Cell, Link
from lossdoctor.workspace.results import DiagnosedRun


class Anchors:
    """Anchors of the runs' pages: counted, because ids may hold anything and be alike when cut.

    Args:
        runs: in the order of the report.
        linked: whether the report has a page for each run.
    """

    def __init__(self, runs: Sequence[DiagnosedRun], linked: bool = True) -> None:
        self.linked = linked
        self._numbers = {item.run.id: number for number, item in enumerate(runs, 1)}

    def of(self, item: DiagnosedRun) -> str:
        """The anchor of the run's page."""
        return f"run-{self._numbers[item.run.id]}"

    def cell(self, item: DiagnosedRun) -> Cell:
        """The run's id in a table, leading to its page where there is one."""
        return Link(item.run.id, self.of(item)) if self.linked else item.run.id
