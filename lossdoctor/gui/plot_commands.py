"""PlotCommands: what can be done with the plot: look back, zoom by a rectangle, copy and export."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication

from lossdoctor import safe_text
from lossdoctor.figures.tag_panels import other_tags
from lossdoctor.gui.dialogs.files import FileDialogs
from lossdoctor.gui.dialogs.palette import CommandPalette, Entry
from lossdoctor.gui.jobs import JobError, JobRunner
from lossdoctor.gui.main_window import MainWindow
from lossdoctor.gui.messages import Level, Notice
from lossdoctor.gui.plot_export import write_plot
from lossdoctor.gui.plots.mapping import ScaleKind
from lossdoctor.gui.selection import RunSelection
from lossdoctor.gui.views.marks_menu import marks_menu

_CHANNEL = "plot export"


class PlotCommands(QObject):
    """The handlers.

    Signals:
        tags_changed(): other series are to be drawn.
    """

    tags_changed = Signal()

    def __init__(self, window: MainWindow, selection: RunSelection, jobs: JobRunner, dialogs: FileDialogs) -> None:
        super().__init__(window)
        self._window = window
        self._selection = selection
        self._jobs = jobs
        self._dialogs = dialogs
        self.tags: tuple[str, ...] = ()
        self.median = False
        window.plot.stack.scale_changed.connect(self.show_scale)

    def view_back(self) -> None:
        """The part of the plot looked at before."""
        self._window.plot.stack.go_back()

    def view_forward(self) -> None:
        """The part looked at after."""
        self._window.plot.stack.go_forward()

    def zoom_by_rectangle(self, on: bool) -> None:
        """Dragging draws a rectangle to zoom to, instead of panning."""
        self._window.plot.stack.set_rectangle_zoom(on)

    def ignore_outliers(self, on: bool) -> None:
        """The value axes show all but outliers, or everything."""
        self._window.plot.stack.set_robust_range(on)

    def set_log_y(self, on: bool) -> None:
        """Logarithmic or linear loss axis."""
        self._window.plot.stack.set_scale(ScaleKind.LOG if on else ScaleKind.LINEAR)

    def set_symlog_y(self, on: bool) -> None:
        """Symmetric logarithmic or linear loss axis."""
        self._window.plot.stack.set_scale(ScaleKind.SYMLOG if on else ScaleKind.LINEAR)

    def show_scale(self, *_: object) -> None:
        """Shows in the menu how the losses are laid out."""
        scale = self._window.plot.stack.scale
        self._window.set_checked("view.log_y", scale is ScaleKind.LOG)
        self._window.set_checked("view.symlog_y", scale is ScaleKind.SYMLOG)

    def draw_median(self, on: bool) -> None:
        """Draws marked runs as the median of each group, or each for itself."""
        self.median = on
        self.tags_changed.emit()

    def choose_marks(self) -> None:
        """Offers the families of findings whose marks are drawn, below the plot's bar."""
        pane = self._window.plot
        menu = marks_menu(pane, pane.families, pane.hidden_families, self._show_family, lambda: self._hide_families(()))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(pane.stack.mapToGlobal(QPoint(pane.stack.width() - menu.sizeHint().width() - 12, 4)))

    def _show_family(self, family: str, shown: bool) -> None:
        hidden = self._window.plot.hidden_families
        self._hide_families(hidden - {family} if shown else hidden | {family})

    def _hide_families(self, hidden: Iterable[str]) -> None:
        self._window.plot.hide_families(hidden)
        self._window.plot.stack.select(self._selection.finding)

    def copy_plot(self) -> None:
        """The plot as a picture to the clipboard."""
        QGuiApplication.clipboard().setPixmap(self._window.plot.stack.grab())
        self._window.messages.show_notice(Notice(Level.SUCCESS, "The plot is on the clipboard."))

    def export_plot(self) -> None:
        """Writes what is on the screen."""
        item = self._selection.run
        spec = self._window.plot.stack.shown_spec()
        if item is None or spec is None:
            return
        suggestion = Path.home() / f"{safe_text.file_stem(item.run.name)}-plot.svg"
        path = self._dialogs.ask_plot_path(self._window, str(suggestion))
        if path is None:
            return
        if path.suffix.lower() == ".png":
            written = self._window.plot.stack.grab().save(str(path))
            self._told(path) if written else self._failed(JobError(f"{path} cannot be written.", "", ""))
            return
        self._jobs.submit(
            _CHANNEL, lambda _cancel, _progress: write_plot(spec, path), on_done=self._told, on_error=self._failed
        )

    def _told(self, path: Path) -> None:
        self._window.messages.show_notice(Notice(Level.SUCCESS, "Plot written.", str(path)))

    def _failed(self, error: JobError) -> None:
        self._window.messages.show_notice(Notice(Level.ERROR, error.message, error.hint))

    def show_palette(self) -> None:
        """Every action and run by name."""
        palette = CommandPalette(self._window)
        palette.run_chosen.connect(self._window.runs.choose)
        palette.open()

    def choose_series(self) -> None:
        """Which series are drawn below the usual panels, chosen from a list that can be searched."""
        runs = self._window.runs.selected_runs() or ([self._selection.run] if self._selection.run else [])
        spec = self._window.plot.stack.spec
        if not runs or spec is None:
            return
        entries = [Entry(f"Hide {safe_text.plain(tag)}", run_id=tag) for tag in self.tags]
        entries += [Entry(safe_text.plain(tag), run_id=tag) for tag in other_tags([item.run for item in runs], spec)]
        if not entries:
            self._window.messages.show_notice(Notice(Level.INFO, "Every series of the run is drawn already."))
            return
        palette = CommandPalette(self._window, entries, "Add a series to the plot", "Type a part of its name")
        palette.run_chosen.connect(self._toggle_tag)
        palette.open()

    def _toggle_tag(self, tag: str) -> None:
        self.tags = tuple(t for t in self.tags if t != tag) if tag in self.tags else (*self.tags, tag)
        self.tags_changed.emit()
