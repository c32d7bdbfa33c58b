"""RunSelection: which run and which finding the user looks at; every pane follows this one object."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from lossdoctor.findings import Finding
from lossdoctor.workspace.results import DiagnosedRun


class RunSelection(QObject):
    """The shared state of the panes.

    Signals:
        run_changed(item): another DiagnosedRun, or None.
        finding_changed(finding): another Finding of the current run was chosen, or None.
        finding_shown(finding): a finding is to be brought into view, also when it was chosen already.
    """

    run_changed = Signal(object)
    finding_changed = Signal(object)
    finding_shown = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run: DiagnosedRun | None = None
        self.finding: Finding | None = None

    def set_run(self, item: DiagnosedRun | None) -> None:
        """Looks at another run; its findings are all unchosen."""
        if item is self.run:
            return
        self.run = item
        self.finding = None
        self.run_changed.emit(item)
        self.finding_changed.emit(None)

    def set_finding(self, finding: Finding | None, *, show: bool = False) -> None:
        """Chooses a finding of the current run; with `show` the plot moves to its evidence."""
        if finding != self.finding:
            self.finding = finding
            self.finding_changed.emit(finding)
        if show and finding is not None:
            self.finding_shown.emit(finding)

    def step_finding(self, by: int) -> None:
        """Chooses and shows the next (+1) or previous (-1) finding, round and round."""
        findings = self.run.diagnosis.findings if self.run is not None else ()
        if not findings:
            return
        if self.finding in findings:
            at = (findings.index(self.finding) + by) % len(findings)
        else:
            at = 0 if by > 0 else len(findings) - 1
        self.set_finding(findings[at], show=True)
