"""Drawing: keeps the plot on the run in view, or on the marked runs and the baseline together."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor

from lossdoctor.figures.overlay import SLOTS, slots
from lossdoctor.figures.spec import FigureSpec, Mark
from lossdoctor.gui.commands import Commands
from lossdoctor.gui.drawn import NOTE, figure_of, median_figure_of
from lossdoctor.gui.jobs import JobRunner
from lossdoctor.gui.live import Live
from lossdoctor.gui.main_window import MainWindow
from lossdoctor.gui.messages import Level, Notice
from lossdoctor.gui.models.runs_model import RunsModel
from lossdoctor.gui.note_commands import NoteCommands
from lossdoctor.gui.plot_commands import PlotCommands
from lossdoctor.gui.run_commands import RunCommands
from lossdoctor.gui.selection import RunSelection
from lossdoctor.gui.theme import Appearance, Look
from lossdoctor.runs import Role
from lossdoctor.workspace.checklists import run_key
from lossdoctor.workspace.results import DiagnosedRun
from lossdoctor.workspace.run_marks import RunMarks

CHANNEL = "figure"


class Drawing(QObject):
    """Builds the figure whenever what is to be drawn changes, and takes clicks on the plot to the selection.

    Signals:
        figure_shown(): another figure is on the plot.
    """

    figure_shown = Signal()

    def __init__(
        self,
        window: MainWindow,
        selection: RunSelection,
        jobs: JobRunner,
        runs: RunsModel,
        notes: RunMarks,
        appearance: Appearance,
        commands: Commands,
        run_commands: RunCommands,
        plot_commands: PlotCommands,
        note_commands: NoteCommands,
        live: Live,
    ) -> None:
        super().__init__(window)
        self._window, self._selection, self._jobs, self._runs = window, selection, jobs, runs
        self._notes, self._appearance, self._live = notes, appearance, live
        self._commands, self._run_commands, self._plot_commands = commands, run_commands, plot_commands
        self._note_commands = note_commands
        self._drawn: list[DiagnosedRun] = []
        self._drawn_with: tuple[object, ...] = ()
        self._groups = 0  # whose medians are drawn; 0 where runs are
        selection.run_changed.connect(self._run_changed)
        selection.finding_changed.connect(window.plot.stack.select)
        selection.finding_shown.connect(window.plot.stack.zoom_to)
        window.runs.marked_changed.connect(self.draw)
        window.plot.stack.line_activated.connect(self._line_activated)
        window.plot.mark_activated.connect(self._mark_activated)
        plot_commands.tags_changed.connect(self.draw)
        note_commands.notes_changed.connect(self.draw)
        runs.layoutChanged.connect(self.draw)  # other groups have other medians
        run_commands.baseline_changed.connect(self.draw)
        appearance.changed.connect(self._look_changed)

    def _run_changed(self, item: DiagnosedRun | None) -> None:
        if item is not None:
            self.draw()
            return
        self._jobs.cancel(CHANNEL)
        self._drawn, self._drawn_with = [], ()
        self._window.plot.set_figure(None)
        self._runs.set_colours({})

    def draw(self, *_: object) -> None:
        """Draws what belongs on the plot, unless that is what is drawn already."""
        item, several = self._selection.run, self._run_commands.together()
        if item is None:
            return
        same = len(several) == len(self._drawn) and all(map(_looks_the_same, several, self._drawn))
        tags, notes = self._plot_commands.tags, self._notes.notes(item.run)
        together = self._plot_commands.median and len(several) > 1
        groups = {each.run.id: self._runs.group_of(each) for each in several} if together else {}
        wanted = (tags, notes, tuple(groups.items()))
        if same and wanted == self._drawn_with:
            return
        self._drawn, self._drawn_with = several, wanted
        self._groups = len(set(groups.values()))
        self._show_colours([] if together else several)
        self._jobs.submit(
            CHANNEL,
            lambda _cancel, _progress: (
                median_figure_of(several, lambda each: groups[each.run.id])
                if together
                else figure_of(several, tags, notes)
            ),
            on_done=self._figure_built,
            on_error=self._commands.show_error,
        )

    def _show_colours(self, several: Sequence[DiagnosedRun]) -> None:
        """Swatches in the list for the runs that are drawn together."""
        theme = self._appearance.look.theme
        if len(several) < 2:
            self._runs.set_colours({})
            return
        places = slots([run_key(item.run) for item in several[:SLOTS]])
        self._runs.set_colours(
            {
                item.run.id: QColor(theme.series(Role.OTHER, place).colour)
                for item, place in zip(several, places, strict=False)
            }
        )

    def _look_changed(self, _look: Look) -> None:
        self._show_colours([] if self._plot_commands.median else self._drawn)

    def _figure_built(self, figure: object) -> None:
        if self._selection.run is None:
            return
        assert isinstance(figure, FigureSpec)  # what the job on this channel makes
        self._window.plot.set_figure(figure, self._selection.run.diagnosis.findings)
        self._window.plot.stack.select(self._selection.finding)
        self._live.keep_view()
        self._plot_commands.show_scale()
        self.figure_shown.emit()
        what, many = ("groups", self._groups) if self._groups else ("marked runs", len(self._drawn))
        if many > SLOTS:
            text = f"{SLOTS} of {many} {what} are drawn: more lines cannot be told apart."
            self._window.messages.show_notice(Notice(Level.INFO, text, "Filter or mark fewer runs."))

    def _mark_activated(self, mark: Mark) -> None:
        """A click on evidence chooses its finding; the plot stays where it is, for the user is looking at it."""
        if self._selection.run is None:
            return
        if mark.code == NOTE:
            self._note_commands.show_note(mark.evidence.label)
            return
        findings = [f for f in self._selection.run.diagnosis.findings if f.code == mark.code]
        exact = [finding for finding in findings if mark.evidence in finding.evidence]
        if exact or findings:
            self._selection.set_finding((exact or findings)[0])

    def _line_activated(self, run_id: str) -> None:
        """A click on a line looks at its run; the marked runs stay on the plot."""
        item = next((found for found in self._drawn if found.run.id == run_id), None)
        if item is not None:
            self._selection.set_run(item)


def _looks_the_same(one: DiagnosedRun, other: DiagnosedRun) -> bool:
    """Whether two readings of a run have one plot; causes are not drawn."""
    return one.run is other.run and one.diagnosis.outcomes is other.diagnosis.outcomes
