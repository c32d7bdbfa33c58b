"""Ranges around points are drawn behind their lines; marked runs are drawn as a median."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.figures.spec import Polyline
from lossdoctor.gui.desk import Desk
from lossdoctor.gui.models.runs_model import BY_FOLDER
from lossdoctor.gui.plots.bands import edges
from lossdoctor.gui.plots.curve import SeriesCurve
from lossdoctor.gui.plots.mapping import LOG, Mapping
from lossdoctor.runs import Band, Role, RoleAssignment, Run, Series
from lossdoctor.workspace.results import DiagnosedRun
from tests.gui.builders import sweep
from tests.gui.conftest import press


def banded(points: int = 50) -> Series:
    values = np.linspace(2.0, 1.0, points)
    return Series("loss", np.arange(points), values, band=Band(values - 0.5, values + 0.5))


def mapping(points: int, width: float = 100.0) -> Mapping:
    return Mapping(QRectF(0, 0, width, 100), (0.0, points - 1.0), (0.0, 4.0))


def test_edges_lie_around_the_line() -> None:
    x, top, bottom = edges(SeriesCurve(Polyline(banded(), Role.TRAIN_LOSS, "loss")), mapping(50))
    assert x[0] == 0
    assert x[-1] == pytest.approx(100)
    assert bottom - top == pytest.approx(np.full(50, 25.0))


def test_many_points_keep_their_extremes() -> None:
    series = banded(10_000)
    assert series.band is not None
    upper = series.band.upper.copy()
    upper[5001] = 4.0
    curve = SeriesCurve(Polyline(replace_band(series, upper), Role.TRAIN_LOSS, "loss"))
    x, top, _ = edges(curve, mapping(10_000))
    assert x.size <= 400
    assert top.min() == pytest.approx(0.0)


def replace_band(series: Series, upper: np.ndarray) -> Series:
    assert series.band is not None
    return Series(series.tag, series.steps, series.values, band=Band(series.band.lower, upper))


def test_a_lower_edge_below_a_logarithm_reaches_out_of_the_picture() -> None:
    series = Series("loss", [0, 1], [1.0, 1.0], band=Band([-1.0, 0.5], [2.0, 2.0]))
    logarithmic = replace(mapping(2), scale=LOG, view_values=(-1.0, 1.0))
    _, top, bottom = edges(SeriesCurve(Polyline(series, Role.TRAIN_LOSS, "loss")), logarithmic)
    assert np.isfinite(top).all()
    assert bottom[0] > 1000 > bottom[1]


def test_a_band_is_seen_behind_its_line(desk: Desk, qtbot: Any) -> None:
    def run(name: str, series: Series) -> DiagnosedRun:
        made = Run(name, name, name, "wandb", (series,), (RoleAssignment(Role.TRAIN_LOSS, "loss", True, ""),))
        return DiagnosedRun(made, diagnose(made))

    bare = Series("loss", banded().steps, banded().values)
    desk.window.show_bench(True)
    desk.runs_model.add([run("banded", banded()), run("bare", bare)])
    inked = {}
    for name in ("banded", "bare"):
        desk.window.runs.choose(name)
        qtbot.waitUntil(
            lambda n=name: desk.window.plot.stack.spec is not None and desk.window.plot.stack.spec.title == n
        )
        panel = desk.window.plot.stack.panels[0]
        panel.box.setYRange(0.0, 3.0, padding=0)
        image = panel.grab().toImage()
        ground = panel.backgroundBrush().color()
        inked[name] = sum(image.pixelColor(x, image.height() // 2) != ground for x in range(80, image.width() - 20))
    assert inked["banded"] > inked["bare"] + 50


def test_marked_runs_become_a_median_and_groups_one_each(desk: Desk, qtbot: Any) -> None:
    runs = sweep()
    desk.window.show_bench(True)
    desk.runs_model.add(runs)
    desk.window.runs.choose(runs[0].run.id)
    desk.window.runs.table.selectAll()
    press(desk, qtbot, Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    stack = desk.window.plot.stack

    def labels() -> list[str]:
        return [line.label for line in stack.spec.panels[0].lines] if stack.spec is not None else []

    qtbot.waitUntil(lambda: labels() == ["Median · 3 runs"], timeout=5_000)
    assert stack.panels[0].curves[0].band is not None
    desk.window.runs.group_by("batch_size")
    qtbot.waitUntil(lambda: set(labels()) == {"batch_size = 64 · 1 run", "batch_size = 32 · 2 runs"}, timeout=5_000)
    desk.window.runs.group_by(BY_FOLDER)
    desk.window.actions_by_id["view.median"].toggle()
    qtbot.waitUntil(lambda: len(labels()) == 3, timeout=5_000)
