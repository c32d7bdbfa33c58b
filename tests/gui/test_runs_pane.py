"""The run list as its user works with it: mark, pin, ignore, undo, filter, group."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt

from lossdoctor.gui.desk import Desk
from lossdoctor.gui.models.run_columns import Column
from lossdoctor.gui.views.verdict_chips import _Chip
from lossdoctor.resources import resource
from tests.gui.conftest import Desks
from tests.gui.test_window import choose, opened


def examples(desk: Desk, qtbot: Any) -> None:
    opened(desk, qtbot, resource("examples"), 6)
    qtbot.waitUntil(lambda: not desk.jobs.is_busy("figure"), timeout=5_000)


def titles(desk: Desk) -> list[str]:
    return [panel.spec.title for panel in desk.window.plot.stack.panels]


def test_marked_runs_are_drawn_together_in_colours_shown_in_the_list(desk: Desk, qtbot: Any) -> None:
    examples(desk, qtbot)
    desk.window.runs.table.setFocus()
    qtbot.keyClick(desk.window.runs.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: "Training loss" in titles(desk), timeout=5_000)
    panel = desk.window.plot.stack.panels[titles(desk).index("Training loss")]
    assert len(panel.curves) == 2
    colours = {curve.line.label: curve.colour for curve in panel.curves}
    swatches = {
        item.run.id: desk.runs_model.index(row, Column.NAME).data(Qt.ItemDataRole.DecorationRole)
        for row, item in enumerate(desk.runs_model.shown_runs())
    }
    assert {name: colour for name, colour in swatches.items() if colour is not None} == colours
    qtbot.keyClick(desk.window.runs.table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: "Training loss" not in titles(desk), timeout=5_000)


def test_the_baseline_is_drawn_beside_every_run_and_survives_a_restart(desks: Desks, qtbot: Any) -> None:
    desk = desks.open()
    examples(desk, qtbot)
    choose(desk, qtbot, "01-healthy")
    desk.window.actions_by_id["edit.pin"].trigger()
    assert desk.runs_model.pinned == "01-healthy"
    desks.close(desk)
    again = desks.open()
    examples(again, qtbot)
    assert again.runs_model.pinned == "01-healthy"
    again.window.runs.choose("05-plateau")
    qtbot.waitUntil(lambda: "Training loss" in titles(again), timeout=5_000)
    choose(again, qtbot, "01-healthy")
    again.window.actions_by_id["edit.pin"].trigger()
    assert again.runs_model.pinned is None


def test_an_ignored_run_goes_stays_gone_and_comes_back_by_undo(desks: Desks, qtbot: Any) -> None:
    desk = desks.open()
    examples(desk, qtbot)
    choose(desk, qtbot, "05-plateau")
    desk.window.actions_by_id["edit.ignore"].trigger()
    assert desk.runs_model.row_of("05-plateau") is None
    desk.window.actions_by_id["edit.undo"].trigger()
    assert desk.runs_model.row_of("05-plateau") is not None
    desk.window.actions_by_id["edit.redo"].trigger()
    desks.close(desk)
    again = desks.open()
    examples(again, qtbot)
    assert again.runs_model.rowCount() == 5
    again.window.actions_by_id["edit.show_ignored"].trigger()
    assert again.runs_model.rowCount() == 6


def test_a_tick_can_be_undone(desk: Desk, qtbot: Any) -> None:
    examples(desk, qtbot)
    choose(desk, qtbot, "03-overfitting/version_0")
    item = desk.selection.run
    assert item is not None
    desk.window.diagnosis.cause_ticked.emit("too_little_data", True)
    assert desk.store.ticks(item.run) == {"too_little_data"}
    desk.window.actions_by_id["edit.undo"].trigger()
    assert not desk.store.ticks(item.run)


def test_chips_patterns_and_groups(desk: Desk, qtbot: Any) -> None:
    examples(desk, qtbot)
    chips = [chip for chip in desk.window.runs.chips.findChildren(_Chip) if chip.isVisible()]
    assert len(chips) == 6
    qtbot.mouseClick(chips[0], Qt.MouseButton.LeftButton)
    assert desk.runs_model.rowCount() == 1
    qtbot.mouseClick(chips[0], Qt.MouseButton.LeftButton)
    desk.window.runs.regex.setChecked(True)
    desk.window.runs.filter.setText("^0[1-3]")
    assert desk.runs_model.rowCount() == 3
    desk.window.runs.filter.setText("(")
    assert desk.runs_model.rowCount() == 3, "an unfinished pattern leaves the list as it is"
    desk.window.runs.regex.setChecked(False)
    desk.window.runs.filter.clear()
    desk.window.runs.group_by("/")
    assert len(desk.window.runs.table.headings) == len(desk.runs_model.group_titles()) > 1
    heights = [desk.window.runs.table.rowHeight(row) for row in range(6)]
    assert heights[0] > min(heights)


def test_columns_groups_and_axis_are_as_they_were(desks: Desks, qtbot: Any) -> None:
    desk = desks.open()
    examples(desk, qtbot)
    desk.window.runs.show_config_keys(["lr"])
    desk.window.runs.group_by("/")
    desk.window.runs.show_column(Column.AGE, False)
    desk.window.plot.x_axis.setCurrentText("Relative time")
    desks.close(desk)
    again = desks.open()
    assert again.runs_model.config_keys == ("lr",)
    assert again.runs_model.group_by == "/"
    assert Column.AGE in again.window.runs.hidden_columns
    assert again.window.plot.x_axis.currentText() == "Relative time"
