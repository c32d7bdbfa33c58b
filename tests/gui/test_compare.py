"""The compare view: follows the marked runs, offers pairs, lays curves over each other from a common beginning."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester

from lossdoctor.gui.desk import Desk
from lossdoctor.gui.models.side_by_side_model import SideBySideModel
from lossdoctor.gui.theme import ThemeMode
from lossdoctor.gui.views.compare_window import FROM_START, CompareWindow
from lossdoctor.workspace.results import DiagnosedRun
from lossdoctor.workspace.side_by_side import result_rows
from tests.gui.builders import sweep
from tests.gui.conftest import press


@pytest.fixture(scope="module")
def runs() -> list[DiagnosedRun]:
    return sweep()


def opened(desk: Desk, qtbot: Any, runs: list[DiagnosedRun]) -> CompareWindow:
    desk.window.show_bench(True)
    desk.runs_model.add(runs)
    desk.window.runs.choose(runs[0].run.id)
    desk.window.runs.table.selectAll()
    press(desk, qtbot, Qt.Key.Key_C)
    assert desk.compare_commands.view is not None
    settled(desk, qtbot, 3)
    return desk.compare_commands.view


def settled(desk: Desk, qtbot: Any, columns: int) -> None:
    view = desk.compare_commands.view
    assert view is not None
    qtbot.waitUntil(lambda: view.results.columnCount() == columns + 1 and not desk.jobs.is_busy("comparison"))


def column(model: SideBySideModel, row: int) -> list[str]:
    return [model.index(row, place).data() for place in range(model.columnCount())]


def begins(view: CompareWindow) -> dict[str, int]:
    assert view.plot.stack.spec is not None
    return {line.label: int(line.series.steps[0]) for line in view.plot.stack.spec.panels[0].lines}


def test_the_key_puts_the_marked_runs_side_by_side(desk: Desk, qtbot: Any, runs: list[DiagnosedRun]) -> None:
    view = opened(desk, qtbot, runs)
    heads = [view.results.headerData(i, Qt.Orientation.Horizontal) for i in range(4)]
    assert set(heads) == {"Result", "slow", "right", "<b>large"}
    assert [row.name for row in view.settings.rows] == ["lr", "batch_size"]
    view.with_same.click()
    assert [row.name for row in view.settings.rows][:2] == ["lr", "batch_size"]
    assert len(view.settings.rows) == 5
    assert len(view.plot.stack.panels[0].spec.lines) == 3


def test_it_follows_the_marks_and_a_pair_is_chosen(desk: Desk, qtbot: Any, runs: list[DiagnosedRun]) -> None:
    view = opened(desk, qtbot, runs)
    desk.window.runs.table.clearSelection()
    desk.window.runs.choose(runs[0].run.id)
    settled(desk, qtbot, 1)
    assert view.pairs.itemText(1) == "beside right: lr 0.0001 / 0.001"
    view.pairs.setCurrentIndex(1)
    view.pairs.activated.emit(1)
    settled(desk, qtbot, 2)
    assert [row.name for row in view.settings.rows] == ["lr"]
    view.pairs.activated.emit(0)
    settled(desk, qtbot, 1)


def test_runs_are_moved_and_begin_together(desk: Desk, qtbot: Any, runs: list[DiagnosedRun]) -> None:
    view = opened(desk, qtbot, runs)
    first = begins(view)
    view.run.setCurrentIndex(1)
    moved = str(view.run.currentData())
    view.move_by.setValue(250)
    assert begins(view) == {**first, moved: first[moved] + 250}
    view.begin.setCurrentText(FROM_START)
    assert begins(view) == {run: 250 if run == moved else 0 for run in first}
    view.plot.x_axis.setCurrentText("Tokens")
    assert view.move_by.value() == 0
    assert view.move_by.suffix() == " tokens"
    assert set(begins(view).values()) == {0}
    view.begin.setCurrentIndex(0)
    assert view.plot.stack.spec is not None
    ends = {line.label: int(line.series.steps[-1]) for line in view.plot.stack.spec.panels[0].lines}
    # Twice the batch sees twice the tokens in as many steps.
    assert ends["sweep/<b>large"] == pytest.approx(2 * ends["sweep/right"], rel=0.01)


def test_a_table_goes_to_the_clipboard(desk: Desk, qtbot: Any, runs: list[DiagnosedRun]) -> None:
    view = opened(desk, qtbot, runs)
    view.settings_table.setFocus()
    qtbot.keyClick(view.settings_table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[0] == "Setting"
    assert lines[1].split("\t")[0] == "lr"


def test_the_theme_is_followed(desk: Desk, qtbot: Any, runs: list[DiagnosedRun]) -> None:
    view = opened(desk, qtbot, runs)
    light = view.grab().toImage().pixelColor(4, 400)
    desk.appearance.set_mode(ThemeMode.DARK)
    dark = view.grab().toImage().pixelColor(4, 400)
    desk.appearance.set_mode(ThemeMode.LIGHT)
    assert light.lightness() > 200 > 80 > dark.lightness()


def test_model(runs: list[DiagnosedRun], qapp: Any) -> None:
    model = SideBySideModel("Result")
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_rows(["a", "b", "c"], [], result_rows(runs))
    place = next(i for i, row in enumerate(model.rows) if row.name == "Training loss: best")
    bold = [model.index(place, i).data(Qt.ItemDataRole.FontRole) is not None for i in range(4)]
    assert bold == [False, False, True, False]
    assert model.index(place, 2).data(Qt.ItemDataRole.AccessibleTextRole).endswith("best of these")
    model.set_rows([], [], ())
    assert model.columnCount() == 1
