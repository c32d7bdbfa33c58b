"""The compare and layers views by ear and by keyboard: every control has a name, and Tab reaches all of them."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from lossdoctor.gui.desk import Desk
from tests.gui.builders import layered, sweep


def controls(view: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in view.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.objectName().startswith("qt_")
    ]


def view_of(desk: Desk, qtbot: Any, name: str) -> QWidget:
    desk.window.show_bench(True)
    if name == "layers":
        desk.runs_model.add([layered()])
        desk.window.runs.choose("deep")
        desk.layer_commands.show_layers()
        layers = desk.layer_commands.view
        assert layers is not None
        qtbot.waitUntil(lambda: layers.density.map is not None, timeout=10_000)
        return layers
    runs = sweep()
    desk.runs_model.add(runs)
    desk.window.runs.choose(runs[0].run.id)
    desk.window.runs.table.selectAll()
    desk.compare_commands.compare_runs()
    compare = desk.compare_commands.view
    assert compare is not None
    qtbot.waitUntil(lambda: compare.results.columnCount() == 4, timeout=10_000)
    return compare


@pytest.mark.parametrize("name", ["layers", "compare"])
def test_every_control_has_a_name_and_is_reached_by_tab(desk: Desk, qtbot: Any, name: str) -> None:
    view = view_of(desk, qtbot, name)
    found = controls(view)
    assert len(found) >= 5
    assert [w for w in found if not (w.accessibleName() or getattr(w, "text", str)())] == []
    assert [w for w in found if not w.focusPolicy() & Qt.FocusPolicy.TabFocus] == []


@pytest.mark.parametrize("name", ["layers", "compare"])
def test_escape_closes_the_view_and_it_opens_again(desk: Desk, qtbot: Any, name: str) -> None:
    view = view_of(desk, qtbot, name)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not view.isVisible()
    (desk.layer_commands.show_layers if name == "layers" else desk.compare_commands.compare_runs)()
    assert view.isVisible()
