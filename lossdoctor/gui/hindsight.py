"""Hindsight: works out in the background when the verdict of the run in view was already clear."""

from __future__ import annotations

from lossdoctor import formatting
from lossdoctor.diagnosis.replay import could_have_stopped
from lossdoctor.gui.jobs import JobRunner
from lossdoctor.gui.views.verdict_header import VerdictHeader
from lossdoctor.workspace.results import DiagnosedRun

_CHANNEL = "hindsight"


class Hindsight:
    """Judges growing parts of a run, which takes about ten diagnoses, and tells the header what came of it.

    Args:
        jobs: where that is done.
        header: what shows it.
    """

    def __init__(self, jobs: JobRunner, header: VerdictHeader) -> None:
        self._jobs = jobs
        self._header = header

    def look_at(self, item: DiagnosedRun | None) -> None:
        """Starts on this run and forgets the one before; None only forgets."""
        self._jobs.cancel(_CHANNEL)
        self._header.set_clear_from("", "")
        if item is None:
            return
        self._jobs.submit(
            _CHANNEL,
            lambda _cancel, _progress: _clear_from(item),
            on_done=lambda text: self._header.set_clear_from(item.run.id, text),
        )


def _clear_from(item: DiagnosedRun) -> str:
    past = could_have_stopped(item.run, item.diagnosis.verdict)
    if past is None or past.known_step is None:
        return ""
    return f"{item.run.step_unit} {formatting.step(past.known_step)}, {formatting.percent(past.share)} into the run"
