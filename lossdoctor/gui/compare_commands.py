"""CompareCommands: opens the compare view, has its tables and figure made, and lets it follow the marked runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer

from lossdoctor.figures.overlay import SLOTS, build_overlay, slots
from lossdoctor.gui.jobs import JobError, JobRunner
from lossdoctor.gui.main_window import MainWindow
from lossdoctor.gui.messages import Level, Notice
from lossdoctor.gui.models.runs_model import RunsModel
from lossdoctor.gui.run_commands import RunCommands
from lossdoctor.gui.selection import RunSelection
from lossdoctor.gui.theme import Appearance, Look
from lossdoctor.gui.views.compare_window import Compared, CompareWindow
from lossdoctor.runs import call_name
from lossdoctor.workspace.checklists import run_key
from lossdoctor.workspace.results import DiagnosedRun
from lossdoctor.workspace.side_by_side import PairOffer, pair_offers, result_rows, setting_rows

_CHANNEL = "comparison"


class CompareCommands(QObject):
    """The handlers.

    Args:
        copy: puts text on the clipboard.
    """

    def __init__(
        self,
        window: MainWindow,
        selection: RunSelection,
        jobs: JobRunner,
        appearance: Appearance,
        runs: RunsModel,
        run_commands: RunCommands,
        copy: Callable[[str], object],
    ) -> None:
        super().__init__(window)
        self._window, self._selection, self._jobs, self._appearance = window, selection, jobs, appearance
        self._runs, self._run_commands, self._copy = runs, run_commands, copy
        self.view: CompareWindow | None = None
        # Marking a range of rows tells of each of them.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(60)
        self._later.timeout.connect(self._fill_again)
        self._pair: PairOffer | None = None
        window.runs.marked_changed.connect(self._follow)
        selection.run_changed.connect(self._follow)
        run_commands.baseline_changed.connect(self._follow)
        appearance.changed.connect(self._look_changed)

    def compare_runs(self) -> None:
        """The marked runs (and the baseline) side by side; of one run alone, the pairs of its folder are offered."""
        if self.view is None:
            self.view = CompareWindow(self._appearance.look, self._window)
            self.view.pair_chosen.connect(self._pair_chosen)
            self.view.copy_asked.connect(self._copy)
            self.view.run_activated.connect(self._look_at)
        self.view.show()
        self.view.activateWindow()
        self._fill()

    def _follow(self, *_: object) -> None:
        if self.view is not None and self.view.isVisible():
            self._later.start()

    def _look_at(self, run_id: str) -> None:
        """A click on a line looks at its run; what is compared stays."""
        item = next((found for found in self._runs.all_runs() if found.run.id == run_id), None)
        if item is not None:
            self._selection.set_run(item)

    def _look_changed(self, look: Look) -> None:
        if self.view is not None:
            self.view.set_look(look)

    def _fill(self) -> None:
        item = self._selection.run
        if self.view is None or item is None:
            return
        several, runs = self._run_commands.together(), self._runs.all_runs()
        self._submit(lambda: (compared(several), pair_offers(item, runs)))

    def _fill_again(self) -> None:
        """Runs were marked or read on: a pair that is compared stays, with what is new of it."""
        if self._pair is None:
            self._fill()
        else:
            self._pair_chosen(self._pair)

    def _pair_chosen(self, offer: PairOffer | None) -> None:
        self._pair = offer
        if offer is None:
            self._fill()
            return
        known = {item.run.id: item for item in self._runs.all_runs()}
        both = [known[run] for run in (offer.run, offer.other) if run in known]
        self._submit(lambda: (compared(both), None))

    def _submit(self, make: Callable[[], tuple[Compared, tuple[PairOffer, ...] | None]]) -> None:
        self._jobs.submit(_CHANNEL, lambda _cancel, _progress: make(), on_done=self._done, on_error=self._failed)

    def _done(self, made: tuple[Compared, tuple[PairOffer, ...] | None]) -> None:
        assert self.view is not None  # nothing is made without it
        found, offers = made
        self.view.set_compared(found)
        if offers is not None:
            self.view.set_offers(offers)

    def _failed(self, error: JobError) -> None:
        self._window.messages.show_notice(Notice(Level.ERROR, error.message, error.hint))


def compared(items: Sequence[DiagnosedRun]) -> Compared:
    """The tables and the figure of some runs; of more than can be told apart the first ones."""
    shown = items[:SLOTS]
    keys = [run_key(item.run) for item in shown]
    return Compared(
        tuple(item.run.id for item in shown),
        tuple(call_name(item.run) for item in shown),
        tuple(slots(keys)),
        result_rows(shown),
        setting_rows(shown),
        build_overlay([item.run for item in shown], keys),
    )
