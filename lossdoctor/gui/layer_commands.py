"""LayerCommands: opens the layers view, has its numbers computed, and lets it follow the run in view."""

from __future__ import annotations

from PySide6.QtCore import QObject

from lossdoctor.figures.layers import DensityMap, LayerRow, density_map, kinds_of, layer_rows
from lossdoctor.findings import Finding
from lossdoctor.gui.jobs import JobError, JobRunner
from lossdoctor.gui.main_window import MainWindow
from lossdoctor.gui.messages import Level, Notice
from lossdoctor.gui.selection import RunSelection
from lossdoctor.gui.theme import Appearance, Look
from lossdoctor.gui.views.layers_window import LayersWindow
from lossdoctor.runs import HistogramKind, HistogramSeries

_ROWS, _MAP = "layers", "layer values"


class LayerCommands(QObject):
    """The handlers."""

    def __init__(self, window: MainWindow, selection: RunSelection, jobs: JobRunner, appearance: Appearance) -> None:
        super().__init__(window)
        self._window, self._selection, self._jobs, self._appearance = window, selection, jobs, appearance
        self.view: LayersWindow | None = None
        self._kind: HistogramKind | None = None
        selection.run_changed.connect(self._run_changed)
        appearance.changed.connect(self._look_changed)
        window.diagnosis.layers_asked.connect(self.show_finding)

    def show_layers(self) -> None:
        """The layers of the run in view; of the chosen finding's layer when it is about one."""
        finding = self._selection.finding
        self._open(finding.tags if finding is not None else ())

    def show_finding(self, finding: Finding) -> None:
        """The layers of the run in view, at the one a finding is about."""
        self._open(finding.tags)

    def _open(self, tags: tuple[str, ...]) -> None:
        if self.view is None:
            self.view = LayersWindow(self._appearance.look, self._window)
            self.view.kind_chosen.connect(self._kind_chosen)
            self.view.layer_chosen.connect(self._layer_chosen)
        # Shown before it is filled: a hidden table does not scroll to the layer that is chosen.
        self.view.show()
        self.view.activateWindow()
        self._fill(tags)

    def _run_changed(self, _item: object) -> None:
        if self.view is not None and self.view.isVisible():
            # The same run comes again when it has grown or its causes are known: the layer stays.
            chosen = self.view.chosen
            self._fill((chosen.tag,) if chosen is not None else ())

    def _look_changed(self, look: Look) -> None:
        if self.view is not None:
            self.view.set_look(look)

    def _fill(self, tags: tuple[str, ...] = ()) -> None:
        item = self._selection.run
        assert self.view is not None  # opened before it is filled
        if item is None:
            self.view.set_run("", "step", (), None)
            return
        about = next((series for series in item.run.histograms if series.tag in tags), None)
        kinds = kinds_of(item.run)
        kept = self._kind if self._kind in kinds else kinds[0] if kinds else None
        self._kind = kept if about is None else about.kind
        self.view.set_run(item.run.name, item.run.step_unit, kinds, self._kind)
        self._compute(about.tag if about is not None else "")

    def _kind_chosen(self, kind: HistogramKind) -> None:
        self._kind = kind
        self._compute()

    def _compute(self, tag: str = "") -> None:
        item, kind, view = self._selection.run, self._kind, self.view
        if item is None or kind is None or view is None:
            return
        run = item.run

        def done(rows: tuple[LayerRow, ...]) -> None:
            view.set_rows(rows, tag)

        self._jobs.cancel(_MAP)
        self._jobs.submit(_ROWS, lambda _cancel, _progress: layer_rows(run, kind), on_done=done, on_error=self._failed)

    def _layer_chosen(self, series: HistogramSeries, logarithmic: bool) -> None:
        def work(_cancel: object, _progress: object) -> DensityMap | None:
            return density_map(series, logarithmic=logarithmic)

        assert self.view is not None  # its signal led here
        self._jobs.submit(_MAP, work, on_done=self.view.set_map, on_error=self._failed)

    def _failed(self, error: JobError) -> None:
        self._window.messages.show_notice(Notice(Level.ERROR, error.message, error.hint))
