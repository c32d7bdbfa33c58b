"""HelpCommands: the help, the guided path for a loss that does not converge, and the tour of the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from lossdoctor.diagnosis.guide import Answer, mark_of
from lossdoctor.gui.main_window import MainWindow
from lossdoctor.gui.run_commands import RunCommands
from lossdoctor.gui.selection import RunSelection
from lossdoctor.gui.theme import Appearance, Look
from lossdoctor.gui.tour import Stop, Tour
from lossdoctor.gui.views.help_guide import GuideWindow
from lossdoctor.gui.views.help_window import HelpWindow
from lossdoctor.gui.window_settings import WindowSettings
from lossdoctor.knowledge.catalogue import GeneralStep
from lossdoctor.workspace.checklists import ChecklistStore

_SEEN = "tour"


class HelpCommands(QObject):
    """The handlers.

    Args:
        open_examples: opens the runs that come with the program; the tour needs something to point at.
    """

    def __init__(
        self,
        window: MainWindow,
        selection: RunSelection,
        appearance: Appearance,
        settings: WindowSettings,
        store: ChecklistStore,
        runs: RunCommands,
        open_examples: Callable[[], object],
    ) -> None:
        super().__init__(window)
        self._window, self._selection, self._appearance = window, selection, appearance
        self._settings, self._store, self._runs = settings, store, runs
        self._open_examples = open_examples
        self.help: HelpWindow | None = None
        self.guide: GuideWindow | None = None
        self.tour: Tour | None = None
        appearance.changed.connect(self._look_changed)
        selection.run_changed.connect(self._run_changed)
        runs.ticks_changed.connect(self._answers_changed)
        window.diagnosis.page_asked.connect(self.show_page)

    # --- pages ---

    def show_help(self) -> None:
        """The page about what the user is at: the chosen finding, the pane with the keyboard, or the first page."""
        self.show_page(*self._page_here())

    def show_page(self, name: str, part: str = "") -> None:
        """One page of help."""
        if self.help is None:
            self.help = HelpWindow(self._appearance.look, self._window)
        self.help.show_page(name, part)
        _to_front(self.help)

    def _page_here(self) -> tuple[str, str]:
        window, focused = self._window, self._window.focusWidget()
        if window.pages.currentWidget() is window.empty:
            return "getting-started.md", ""
        if self._selection.finding is not None:
            return f"findings/{self._selection.finding.code}.md", ""
        homes: tuple[tuple[QWidget, str], ...] = (
            (window.runs, "runs-on-the-left"), (window.plot, "curves-in-the-middle"),
            (window.diagnosis, "diagnosis-on-the-right"), (window.problems, "problems-at-the-bottom"),
        )  # fmt: skip
        for home, part in homes:
            if focused is not None and (home is focused or home.isAncestorOf(focused)):
                return "window.md", part
        return "index.md", ""

    # --- the guided path ---

    def show_guide(self) -> None:
        """The guided path, for the run in view."""
        if self.guide is None:
            self.guide = GuideWindow(self._appearance.look, self._window)
            self.guide.answered.connect(self._answered)
            self.guide.page_asked.connect(self.show_page)
        self._run_changed(self._selection.run)
        _to_front(self.guide)

    def _run_changed(self, _item: object) -> None:
        if self.guide is not None:
            item = self._selection.run
            self.guide.set_run(item, self._store.marks(item.run) if item is not None else {})

    def _answered(self, step: GeneralStep, answer: Answer) -> None:
        item = self._selection.run
        if item is None or self.guide is None:
            return
        name, mark = mark_of(step, answer, self._store.marks(item.run))
        self._runs.set_mark(item, name, mark, f"answer “{step.title}”")
        self._answers_changed()

    def _answers_changed(self) -> None:
        item = self._selection.run
        if self.guide is not None and item is not None:
            self.guide.set_answers(self._store.marks(item.run))

    # --- the tour ---

    def first_start(self) -> None:
        """Begins the tour when it was never seen on this computer."""
        if not self._settings.remembered(_SEEN):
            self.show_tour()

    def show_tour(self) -> None:
        """The tour of the window."""
        if self.tour is not None and isValid(self.tour):
            self.tour.end()
        self._settings.remember(_SEEN, ["seen"])
        self.tour = Tour(self._stops(), self._appearance.look, self._window)
        self.tour.ended.connect(self._tour_ended)

    def _tour_ended(self) -> None:
        self.tour = None

    def _stops(self) -> tuple[Stop, ...]:
        window = self._window
        panes = (
            Stop("Runs", "Every run below the folder, the most urgent first. Filter by words, verdicts or numbers such as "
                 "best<0.5. Mark several to draw them together.", window.runs, self._fill_bench),
            Stop("Curves", "The run's losses, metrics, learning rate and gradient norm on one axis. What was found is drawn "
                 "where it is: a click on a mark chooses its finding. Drag to move, turn the wheel to zoom.", window.plot),
            Stop("Diagnosis", "The verdict in one sentence, the findings with their numbers and thresholds, and the likely "
                 "causes, each with the cheapest test that settles it. Tick what you tried: it is kept.", window.diagnosis),
            Stop("Problems and progress", "How much was read, and what was wrong with the input. Nothing is skipped in "
                 "silence.", window.statusBar()),
            Stop("Menus and help", "Export writes a report as PDF. Ctrl+K finds any command, ? lists the keys, F1 explains "
                 "what you are looking at. Help > My loss does not converge goes through the checklist with you.",
                 window.menuBar()),
        )  # fmt: skip
        if window.pages.currentWidget() is not window.empty:
            return panes
        start = Stop("Welcome", "lossdoctor reads training logs, says what is wrong with each run, and shows it on the "
                     "curve. Open a folder, or drop it here. Next opens six small examples and shows you around; nothing "
                     "is sent anywhere.", window.empty.examples)  # fmt: skip
        return (start, *panes)

    def _fill_bench(self) -> None:
        """Opens the examples when there is nothing in view yet."""
        if self._window.pages.currentWidget() is self._window.empty:
            self._open_examples()

    # --- looks ---

    def _look_changed(self, look: Look) -> None:
        for window in (self.help, self.guide):
            if window is not None:
                window.set_look(look)


def _to_front(window: QWidget) -> None:
    window.show()
    window.activateWindow()
