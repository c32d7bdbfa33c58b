"""The layers view: opened from a finding or by key, one layer chosen in table and profile alike, names literal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QAbstractItemModelTester

from lossdoctor.figures.layers import layer_rows
from lossdoctor.findings import Verdict
from lossdoctor.gui.desk import Desk
from lossdoctor.gui.layer_commands import LayerCommands
from lossdoctor.gui.models.layers_model import LayerColumn, LayersModel
from lossdoctor.gui.plots.density import column_of_pixel, shade
from lossdoctor.gui.theme import ThemeMode
from lossdoctor.gui.views.layers_window import LayersWindow
from lossdoctor.runs import HistogramKind
from lossdoctor.workspace.results import DiagnosedRun
from tests.gui.builders import diagnosed, layered
from tests.gui.conftest import press


@pytest.fixture(scope="module")
def deep() -> DiagnosedRun:
    return layered()


def look_at(desk: Desk, *items: DiagnosedRun) -> None:
    desk.window.show_bench(True)
    desk.runs_model.add(items)
    desk.selection.set_run(items[0])


def view_of(commands: LayerCommands) -> LayersWindow:
    assert commands.view is not None
    return commands.view


def filled(desk: Desk, qtbot: Any) -> LayersWindow:
    view = view_of(desk.layer_commands)
    qtbot.waitUntil(lambda: view.density.map is not None and not desk.jobs.is_busy("layer values"), timeout=10_000)
    return view


def test_the_key_opens_it_and_the_table_shows_every_layer(desk: Desk, qtbot: Any, deep: DiagnosedRun) -> None:
    look_at(desk, deep)
    press(desk, qtbot, Qt.Key.Key_H)
    view = filled(desk, qtbot)
    assert view.table.model().rowCount() == 8
    assert "block<0>" in view.table.model().index(0, LayerColumn.LAYER).data()
    assert view.title.text() == "gradient/block<0>"
    assert "nine tenths" in view.density.accessibleDescription()


def test_a_finding_opens_its_layer(desk: Desk, qtbot: Any, deep: DiagnosedRun) -> None:
    look_at(desk, deep)
    card = next(card for card in desk.window.diagnosis.finding_cards if card.finding.code == "HG01")
    about = {c.finding.code for c in desk.window.diagnosis.finding_cards if not c.layers.isHidden()}
    assert about == {c.finding.code for c in desk.window.diagnosis.finding_cards if c.finding.code.startswith("HG")}
    assert len(about) < len(desk.window.diagnosis.finding_cards)
    card.layers.click()
    view = filled(desk, qtbot)
    assert view.chosen is not None
    assert view.chosen.tag == card.finding.tags[0]


def test_the_profile_and_the_table_choose_the_same_layer(desk: Desk, qtbot: Any, deep: DiagnosedRun) -> None:
    look_at(desk, deep)
    desk.layer_commands.show_layers()
    view = filled(desk, qtbot)
    view.profile.setFocus()
    qtbot.keyClick(view.profile, Qt.Key.Key_Right)
    assert view.chosen is not None
    assert view.chosen.layer == "block<1>"
    assert view.profile.chosen == 1
    # Sorted the other way round, a layer is still the same one.
    view.table.sortByColumn(LayerColumn.NUMBER, Qt.SortOrder.DescendingOrder)
    view.choose(5)
    assert view.table.currentIndex().row() == 2
    assert view.profile.chosen == 5
    assert "block<5>" in view.profile.text_of(5)


def test_another_kind_another_drawing_another_run(desk: Desk, qtbot: Any, deep: DiagnosedRun) -> None:
    look_at(desk, deep, diagnosed("flat", Verdict.HEALTHY))
    desk.layer_commands.show_layers()
    view = filled(desk, qtbot)
    view.kinds.setCurrentIndex(view.kinds.findData(HistogramKind.WEIGHT))
    view.kinds.activated.emit(view.kinds.currentIndex())
    qtbot.waitUntil(lambda: view.title.text().startswith("weight/"), timeout=10_000)
    filled(desk, qtbot)
    assert view.table.model().index(2, LayerColumn.CHANGED).data() == "0 %"
    assert view.table.model().index(0, LayerColumn.CHANGED).data() != "0 %"
    heat = view.density.grab().toImage()
    view.drawing.setCurrentIndex(1)
    assert view.density.grab().toImage() != heat
    view.logarithmic.setChecked(True)
    qtbot.waitUntil(lambda: view.density.map is not None and view.density.map.linear > 0, timeout=10_000)
    desk.selection.set_run(desk.runs_model.all_runs()[1])
    assert view.hint.isVisible()
    assert not view.split.isVisible()


def test_the_pointer_reads_the_map(desk: Desk, qtbot: Any, deep: DiagnosedRun) -> None:
    look_at(desk, deep)
    desk.layer_commands.show_layers()
    view = filled(desk, qtbot)
    text = view.density.text_at(view.density.area.center())
    assert text.startswith("step 19")
    assert " % between " in text
    assert view.density.text_at(QPointF(1, 1)) == ""


def test_the_theme_is_followed(desk: Desk, qtbot: Any, deep: DiagnosedRun) -> None:
    look_at(desk, deep)
    desk.layer_commands.show_layers()
    view = filled(desk, qtbot)
    light = view.density.grab().toImage().pixelColor(2, 2)
    desk.appearance.set_mode(ThemeMode.DARK)
    dark = view.density.grab().toImage().pixelColor(2, 2)
    desk.appearance.set_mode(ThemeMode.LIGHT)
    assert light.lightness() > 200 > 80 > dark.lightness()


def test_model(deep: DiagnosedRun, qapp: Any) -> None:
    model = LayersModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_rows(layer_rows(deep.run, HistogramKind.GRADIENT))
    assert model.rowCount() == 8
    model.set_rows(())
    assert model.rowCount() == 0


def test_pixels_show_the_last_step_at_or_before_them() -> None:
    steps = np.array([0, 10, 90, 100])
    columns = column_of_pixel(steps, (0.0, 100.0), 101)
    assert columns[[0, 9, 10, 89, 90, 100]].tolist() == [0, 0, 1, 1, 2, 3]
    assert shade(np.array([[0.0, 0.0], [0.25, 1.0]])).tolist() == [[0.0, 0.0], [0.5, 1.0]]
