"""Live: what the window does while trainings are followed: new points, verdicts and findings, and the view stays."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from lossdoctor import safe_text
from lossdoctor.findings import Finding, Severity
from lossdoctor.gui.following import Following, Growth
from lossdoctor.gui.jobs import JobError, JobRunner
from lossdoctor.gui.main_window import MainWindow
from lossdoctor.gui.messages import Level, Notice
from lossdoctor.gui.models.runs_model import RunsModel
from lossdoctor.gui.plots.stack import View
from lossdoctor.gui.selection import RunSelection
from lossdoctor.gui.session import Session
from lossdoctor.workspace.results import DiagnosedRun


class Live:
    """The action *Follow running trainings* and what comes of it.

    Args:
        window, model, session, selection: what is shown.
        jobs: where logs are read on.
    """

    def __init__(
        self, window: MainWindow, model: RunsModel, session: Session, selection: RunSelection, jobs: JobRunner
    ) -> None:
        self._window, self._model, self._session, self._selection = window, model, session, selection
        self._view: View | None = None
        self.following = Following(jobs, session.reader, session.judged, model.all_runs, window)
        self.following.grew.connect(self._grew)
        self.following.failed.connect(self._failed)
        session.started.connect(lambda _paths: self.following.stop())
        session.finished.connect(lambda _result: self._resume())

    def follow(self, on: bool) -> None:
        """Begins or ends to follow what is open."""
        if on and not self._session.is_scanning:
            self.following.start(self._session.paths)
        elif not on:
            self.following.stop()

    def keep_view(self) -> None:
        """Called when a figure was drawn anew: goes where the user had zoomed to before its run grew."""
        if self._view is not None:
            self._window.plot.stack.look_at(self._view)
        self._view = None

    def _resume(self) -> None:
        if self._window.is_checked("file.follow"):
            self.following.start(self._session.paths)

    def _grew(self, growth: Growth) -> None:
        before = {item.run.id: item for item in self._model.all_runs()}
        self._session.keep([*growth.grown, *growth.new])
        if growth.new:
            self._model.add(growth.new)
        for item in growth.grown:
            self._model.replace(item)
            if self._selection.run is not None and self._selection.run.run.id == item.run.id:
                self._show_again(item)
        for item in (*growth.grown, *growth.new):
            self._tell(item, before.get(item.run.id))

    def _show_again(self, item: DiagnosedRun) -> None:
        """The run in view has grown: what was chosen and zoomed to stays."""
        stack, chosen = self._window.plot.stack, self._selection.finding
        self._view = stack.view if stack.is_zoomed else None
        self._selection.set_run(item)
        if chosen is not None:
            again = next((finding for finding in item.diagnosis.findings if finding.code == chosen.code), None)
            self._selection.set_finding(again)

    def _tell(self, item: DiagnosedRun, old: DiagnosedRun | None) -> None:
        known = {finding.code for finding in _severe(old)} if old is not None else set()
        news = [finding for finding in _severe(item) if finding.code not in known]
        if not news:
            return
        text = f"{safe_text.plain(item.run.name, 60)}: {news[0].message}"
        choose = lambda: self._window.runs.choose(item.run.id)  # noqa: E731
        self._window.messages.show_notice(Notice(Level.WARNING, text, "", "Show", choose))
        QApplication.alert(self._window)

    def _failed(self, error: JobError) -> None:
        self._window.set_checked("file.follow", False)
        self._window.messages.show_notice(Notice(Level.ERROR, f"Following ended: {error.message}", error.hint))


def _severe(item: DiagnosedRun) -> list[Finding]:
    return [finding for finding in item.diagnosis.findings if finding.severity is Severity.HIGH]
