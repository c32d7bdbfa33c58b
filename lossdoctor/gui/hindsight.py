"""Hindsight: works out in the background when the verdict of the run in view was already clear."""

from __future__ import annotations

from lossdoctor import formatting
from lossdoctor.diagnosis.replay import Replay, could_have_stopped
from lossdoctor.gui.jobs import JobRunner
from lossdoctor.gui.plots.stack import PlotStack
from lossdoctor.gui.views.verdict_header import VerdictHeader
from lossdoctor.workspace.results import DiagnosedRun

_CHANNEL = "hindsight"


class Hindsight:
    """Judges growing parts of a run, which takes about ten diagnoses, and tells header and plot what came of it.

    Args:
        jobs: where that is done.
        header: says it.
        plot: draws it.
    """

    def __init__(self, jobs: JobRunner, header: VerdictHeader, plot: PlotStack) -> None:
        self._jobs, self._header, self._plot = jobs, header, plot

    def look_at(self, item: DiagnosedRun | None) -> None:
        """Starts on this run and forgets the one before; None only forgets."""
        self._jobs.cancel(_CHANNEL)
        self._header.set_clear_from("", "")
        self._plot.set_known(None)
        if item is None:
            return
        self._jobs.submit(
            _CHANNEL,
            lambda _cancel, _progress: could_have_stopped(item.run, item.diagnosis.verdict),
            on_done=lambda past: self._show(item, past),
        )

    def _show(self, item: DiagnosedRun, past: Replay | None) -> None:
        if past is None or past.known_step is None:
            return
        text = f"{item.run.step_unit} {formatting.step(past.known_step)}, {formatting.percent(past.share)} into the run"
        self._header.set_clear_from(item.run.id, text)
        self._plot.set_known(float(past.known_step))
