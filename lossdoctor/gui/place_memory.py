"""PlaceMemory: where the user was in each opened folder: the run in view and the part of the plot, kept over sessions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from PySide6.QtCore import QObject

from lossdoctor.gui.drawing import Drawing
from lossdoctor.gui.main_window import MainWindow
from lossdoctor.gui.plots.stack import View
from lossdoctor.gui.selection import RunSelection
from lossdoctor.gui.window_settings import WindowSettings
from lossdoctor.workspace.results import DiagnosedRun

_NAME = "places"
_MOST = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where the user was.

    Attributes:
        paths: what was open, one path a line.
        run: id of the run in view.
        view: the visible ranges, empty when the whole run was in view.
        axes: the plot's axes at that time, as `PlotStack.axes`.
    """

    paths: str
    run: str
    view: View = ()
    axes: tuple[str, ...] = ()


class PlaceMemory(QObject):
    """Goes back to the run and the part of it that were in view when the same paths were last open.

    Args:
        settings: where places are kept.
        window: whose list and plot are followed.
        selection: the run in view.
        drawing: tells when its figure is there.
    """

    def __init__(self, settings: WindowSettings, window: MainWindow, selection: RunSelection, drawing: Drawing) -> None:
        super().__init__(window)
        self._settings, self._window, self._selection = settings, window, selection
        self._places = _read(settings.remembered(_NAME))
        self._open = ""
        self._pending: Place | None = None
        self._run: DiagnosedRun | None = None
        selection.run_changed.connect(self._run_changed)
        drawing.figure_shown.connect(self._figure_shown)

    def begin(self, paths: Sequence[Path]) -> None:
        """Other paths are opened, or the same ones again; what is in view now is still that of before."""
        self._keep()
        self._open, self._run = "\n".join(map(str, paths)), None
        self._pending = next((place for place in self._places if place.paths == self._open), None)

    def resume(self) -> None:
        """Called when the list is empty: the run is chosen as soon as it is read."""
        if self._pending is not None:
            self._window.runs.choose(self._pending.run)

    def hold(self) -> None:
        """The run in view is shown anew: the part of it in view stays."""
        stack = self._window.plot.stack
        if self._run is not None and stack.is_zoomed:
            self._pending = Place(self._open, self._run.run.id, stack.view, stack.axes)

    @property
    def is_back(self) -> bool:
        """The run that was in view last time is in view again."""
        found = next((place for place in self._places if place.paths == self._open), None)
        return found is not None and self._run is not None and self._run.run.id == found.run

    def _run_changed(self, item: DiagnosedRun | None) -> None:
        # None comes when a scan begins, which `begin` has been told of already.
        self._run = item if item is not None else self._run

    def _figure_shown(self) -> None:
        # Until its run is read another one may be in view.
        place = self._pending
        if place is not None and self._run is not None and self._run.run.id == place.run:
            self._pending = None
            self._window.plot.stack.look_at(place.view, place.axes)

    def _keep(self) -> None:
        if self._run is None or not self._open:
            return
        stack = self._window.plot.stack
        place = Place(self._open, self._run.run.id, stack.view if stack.is_zoomed else (), stack.axes)
        self._places = [place, *(other for other in self._places if other.paths != self._open)][:_MOST]

    def save(self) -> None:
        """Keeps where the user is now for the next session."""
        self._keep()
        self._settings.remember(_NAME, [json.dumps(asdict(place)) for place in self._places])


def _read(lines: Sequence[str]) -> list[Place]:
    """The places of a settings file; what another version or hand wrote is passed over."""
    places = []
    for line in lines:
        try:
            found = json.loads(line)
            view = tuple((float(low), float(high)) for low, high in found["view"])
            places.append(Place(str(found["paths"]), str(found["run"]), view, tuple(map(str, found["axes"]))))
        except (ValueError, TypeError, KeyError):
            continue
    return places
