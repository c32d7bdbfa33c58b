"""What the user arranged in the window (columns, groups, series, axis), kept from one session to the next."""

from __future__ import annotations

from lossdoctor.figures.x_axis import XAxis
from lossdoctor.gui.main_window import MainWindow
from lossdoctor.gui.models.run_columns import Column
from lossdoctor.gui.plot_commands import PlotCommands
from lossdoctor.gui.plots.smoothing import Smoothing
from lossdoctor.gui.window_settings import WindowSettings


def restore_view(settings: WindowSettings, window: MainWindow, plot: PlotCommands) -> None:
    """Arranges the window as it was when it was last closed; what is not remembered stays as it is."""
    runs = window.runs
    hidden = settings.remembered("hidden_columns")
    if hidden:
        for column in Column:
            runs.show_column(column, column.name not in hidden)
    runs.show_config_keys(settings.remembered("config_columns"))
    runs.group_by("".join(settings.remembered("group")[:1]))
    plot.tags = tuple(settings.remembered("series"))
    window.plot.x_axis.setCurrentText("".join(settings.remembered("x_axis")[:1]) or XAxis.STEP.value)
    window.plot.stack.panel_sizes = _sizes(settings.remembered("panel_heights"))
    window.plot.hide_families(settings.remembered("hidden_marks"))
    window.plot.kind.setCurrentText("".join(settings.remembered("smoothing")[:1]) or Smoothing.EMA.value)


def remember_view(settings: WindowSettings, window: MainWindow, plot: PlotCommands) -> None:
    """Keeps how the window is arranged now."""
    runs = window.runs
    settings.remember("hidden_columns", [column.name for column in runs.hidden_columns])
    settings.remember("config_columns", runs.model.config_keys)
    settings.remember("group", [runs.model.group_by] if runs.model.group_by else [])
    settings.remember("series", plot.tags)
    settings.remember("x_axis", [window.plot.x_axis.currentText()])
    sizes = window.plot.stack.panel_sizes.values()
    settings.remember("panel_heights", [" ".join(map(str, heights)) for heights in sizes])
    settings.remember("hidden_marks", sorted(window.plot.hidden_families))
    settings.remember("smoothing", [window.plot.kind.currentText()])


def _sizes(lines: list[str]) -> dict[int, list[int]]:
    """Heights of panels by their number; lines that are none are passed over."""
    found = [[int(word) for word in line.split() if word.isdecimal()] for line in lines]
    return {len(heights): heights for heights in found if heights}
