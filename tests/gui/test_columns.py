"""The columns dialog as its user meets it: a table that nobody can know is explained, read, judged and remembered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from lossdoctor.gui.desk import Desk
from lossdoctor.gui.dialogs.columns import ColumnsDialog
from tests.gui.conftest import Desks
from tests.gui.test_window import HOSTILE, opened


def wild_table(folder: Path, header: str = "when,L,VL,note") -> Path:
    rows = [f"{i},{2.0 * 0.9**i + 0.1:.5f},{1.0 + 0.03 * max(i - 8, 0) + 1.2 * 0.6**i:.5f},run" for i in range(60)]
    path = folder / "wild.csv"
    path.write_text("\n".join(([header] if header else []) + rows) + "\n", encoding="utf-8")
    return path


def open_empty(desk: Desk, qtbot: Any, path: Path) -> None:
    desk.commands.open_paths([path])
    qtbot.waitUntil(lambda: not desk.session.is_scanning and desk.session.result is not None, timeout=10_000)


def dialog_of(desk: Desk) -> ColumnsDialog:
    [dialog] = [d for d in desk.window.findChildren(ColumnsDialog) if d.isVisible()]
    return dialog


def button(parent: Any, text: str) -> QPushButton:
    return next(b for b in parent.findChildren(QPushButton) if b.text() == text and b.isVisible())


def explain(dialog: ColumnsDialog, *words: str) -> None:
    for box, word in zip(dialog.boxes, words, strict=False):
        if word:
            box.setCurrentIndex(box.findText(word))


def test_a_table_nobody_can_know_is_explained_read_and_remembered(desks: Desks, qtbot: Any, tmp_path: Path) -> None:
    path = wild_table(tmp_path)
    desk = desks.open()
    open_empty(desk, qtbot, path)
    assert desk.runs_model.total == 0
    qtbot.mouseClick(button(desk.window.messages, "Map columns…"), Qt.MouseButton.LeftButton)
    dialog = dialog_of(desk)
    assert [dialog.table.item(row, 1).text() for row in (1, 2)] == ["2.10000", "1.90000"]  # type: ignore[union-attr]
    assert dialog.table.rowCount() == 21
    assert not dialog.boxes[3].isEnabled()
    assert not dialog.done_button.isEnabled()
    explain(dialog, "Steps", "Training loss", "Validation loss")
    qtbot.mouseClick(dialog.done_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.runs_model.total == 1 and desk.selection.run is not None, timeout=10_000)
    assert desk.selection.run is not None
    assert str(desk.selection.run.diagnosis.verdict) == "overfitting"
    reasons = {role.reason for role in desk.selection.run.run.roles}
    assert reasons == {"chosen by you (your choice in the window)"}
    qtbot.waitUntil(lambda: not desk.jobs.is_busy("figure"), timeout=5_000)
    desks.close(desk)

    second = desks.open()
    opened(second, qtbot, path, 1)
    second.window.actions_by_id["edit.columns"].trigger()
    again = dialog_of(second)
    assert again.columns() == (("step", "when"), ("train_loss", "L"), ("val_loss", "VL"))
    qtbot.mouseClick(button(again, "Forget what I said"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: second.runs_model.total == 0 and not second.session.is_scanning, timeout=10_000)


def test_the_problems_bar_offers_it_for_the_chosen_row(desk: Desk, qtbot: Any, tmp_path: Path, examples: Path) -> None:
    (tmp_path / "good").mkdir()
    source = examples / "02-underfitting" / "training.csv"
    (tmp_path / "good" / "training.csv").write_bytes(source.read_bytes())
    path = tmp_path / "good" / "odd.csv"
    path.write_text("loss,x\n1,2\n0.5,3\n0.4,4\n0.3,2\n")
    opened(desk, qtbot, tmp_path, 2)
    desk.window.actions_by_id["view.problems"].setChecked(True)
    rows = [i for i, problem in enumerate(desk.problems_model.problems) if problem.path == str(path)]
    desk.window.problems.table.selectRow(rows[0])
    qtbot.mouseClick(button(desk.window.problems, "Map columns…"), Qt.MouseButton.LeftButton)
    dialog = dialog_of(desk)
    assert any(label.text() == "odd.csv" for label in dialog.findChildren(QLabel))
    dialog.reject()


def test_there_is_one_x_axis_and_the_hint_says_what_lacks(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    open_empty(desk, qtbot, wild_table(tmp_path))
    desk.commands.map_columns()
    dialog = dialog_of(desk)
    explain(dialog, "Steps", "Steps")
    assert dialog.columns() == (("step", "L"),)
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert "Without a loss the run is shown but cannot be judged." in texts
    explain(dialog, "Training loss", "What its name says")
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert "Without a column of steps or epochs the rows are counted." in texts
    dialog.reject()


@pytest.mark.parametrize("header", [f"{HOSTILE},L,VL,x", ",L,VL,x", "\u202eabc,L,VL,x"])
def test_odd_names_are_plain_text(desk: Desk, qtbot: Any, tmp_path: Path, header: str) -> None:
    open_empty(desk, qtbot, wild_table(tmp_path, header))
    desk.commands.map_columns()
    dialog = dialog_of(desk)
    shown = dialog.table.horizontalHeaderItem(0)
    assert shown is not None
    assert "\u202e" not in shown.text()
    assert all(box.accessibleName() for box in dialog.boxes)
    explain(dialog, "Steps", "Training loss")
    qtbot.mouseClick(dialog.done_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.runs_model.total == 1 and desk.selection.run is not None, timeout=10_000)
    qtbot.waitUntil(lambda: not desk.jobs.is_busy("figure"), timeout=5_000)


def test_where_there_is_no_table_it_says_so(desk: Desk, qtbot: Any, examples: Path) -> None:
    opened(desk, qtbot, examples / "01-healthy", 1)
    desk.commands.map_columns()
    assert not desk.window.findChildren(ColumnsDialog)
    assert any("no table here" in label.text() for label in desk.window.messages.findChildren(QLabel))
