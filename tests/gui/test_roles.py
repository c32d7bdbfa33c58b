"""The roles dialog as its user meets it: what each series is and why, corrected in place, judged at once, remembered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton

from lossdoctor.gui.desk import Desk
from lossdoctor.gui.dialogs.roles import MAX_ROWS, RolesDialog, chosen_role
from lossdoctor.runs import Role
from tests.gui.conftest import Desks
from tests.gui.test_window import HOSTILE, opened


def odd_table(folder: Path, *more: str) -> Path:
    """A table whose columns say nothing: alpha falls, beta falls and rises again."""
    rows = [
        ",".join(
            [
                str(i),
                f"{2.0 * 0.9**i + 0.1:.5f}",
                f"{1.0 + 0.03 * max(i - 8, 0) + 1.2 * 0.6**i:.5f}",
                *("1" for _ in more),
            ]
        )
        for i in range(60)
    ]
    path = folder / "log.csv"
    path.write_text("\n".join([",".join(("step", "alpha", "beta", *more)), *rows]) + "\n", encoding="utf-8")
    return path


def dialog_of(desk: Desk) -> RolesDialog:
    desk.window.actions_by_id["edit.roles"].trigger()
    [dialog] = [d for d in desk.window.findChildren(RolesDialog) if d.isVisible()]
    return dialog


def choose(dialog: RolesDialog, qtbot: Any, tag: str, words: str) -> None:
    """Picks an entry of a series' combo box by keyboard."""
    box = dialog.box(tag)
    box.setFocus()
    wanted = next(i for i in range(box.count()) if box.itemText(i).startswith(words))
    box.setCurrentIndex(wanted)
    box.activated.emit(wanted)


def shown_notice(desk: Desk) -> str:
    return " ".join(label.text() for label in desk.window.messages.findChildren(QLabel))


def column(dialog: RolesDialog, number: int) -> list[str]:
    items = [dialog.table.item(row, number) for row in range(dialog.table.rowCount())]
    return [item.text() for item in items if item is not None]


def verdict(desk: Desk) -> str:
    assert desk.selection.run is not None
    return str(desk.selection.run.diagnosis.verdict)


def test_roles_are_corrected_in_place_and_remembered(desks: Desks, qtbot: Any, tmp_path: Path) -> None:
    path = odd_table(tmp_path)
    desk = desks.open()
    opened(desk, qtbot, path, 1)
    assert verdict(desk) == "not_classifiable"
    dialog = dialog_of(desk)
    choose(dialog, qtbot, "alpha", "Training loss")
    choose(dialog, qtbot, "beta", "Validation loss")
    qtbot.waitUntil(lambda: verdict(desk) == "overfitting", timeout=5_000)
    assert desk.selection.run is not None
    assert {(r.tag, r.reason) for r in desk.selection.run.run.roles if r.primary} >= {
        ("alpha", "chosen by you"), ("beta", "chosen by you"),
    }  # fmt: skip
    assert desk.session.result is not None
    assert str(desk.session.result.runs[0].diagnosis.verdict) == "overfitting"
    assert desk.runs_model.run_at(0) is desk.selection.run
    texts = column(dialog, 3)
    assert texts.count("chosen by you") == 2
    desks.close(desk)

    second = desks.open()
    opened(second, qtbot, path, 1)
    assert verdict(second) == "overfitting"
    dialog = dialog_of(second)
    assert chosen_role(dialog.box("beta")) is Role.VAL_LOSS
    qtbot.mouseClick(
        next(b for b in dialog.findChildren(QPushButton) if b.text() == "Take all back"), Qt.MouseButton.LeftButton
    )
    qtbot.waitUntil(lambda: verdict(second) == "not_classifiable", timeout=5_000)
    assert chosen_role(dialog.box("beta")) is None


def test_a_single_choice_is_taken_back(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    opened(desk, qtbot, odd_table(tmp_path), 1)
    dialog = dialog_of(desk)
    choose(dialog, qtbot, "alpha", "Training loss")
    qtbot.waitUntil(lambda: verdict(desk) != "not_classifiable", timeout=5_000)
    choose(dialog, qtbot, "alpha", "As the log says")
    qtbot.waitUntil(lambda: verdict(desk) == "not_classifiable", timeout=5_000)
    dialog.close()


def test_many_series_are_found_by_typing_and_the_wheel_changes_nothing(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    path = odd_table(tmp_path, *(f"tag_{i}" for i in range(MAX_ROWS + 50)))
    opened(desk, qtbot, path, 1)
    dialog = dialog_of(desk)
    assert dialog.table.rowCount() == MAX_ROWS
    find = dialog.findChild(QLineEdit)
    assert find is not None
    find.setText("TAG 249")
    assert dialog.table.rowCount() == 1
    box = dialog.box("tag_249")
    before = box.currentIndex()
    point = QPointF(5, 5)
    turn = QWheelEvent(
        point, QPointF(box.mapToGlobal(QPoint(5, 5))), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, turn)
    assert box.currentIndex() == before
    find.setText("no such")
    assert dialog.table.rowCount() == 0
    dialog.close()


@pytest.mark.parametrize("tag", [HOSTILE, "a" * 400, "\u202egnp.exe"])
def test_odd_tags_are_plain_text_and_every_control_has_a_name(desk: Desk, qtbot: Any, tmp_path: Path, tag: str) -> None:
    opened(desk, qtbot, odd_table(tmp_path, tag), 1)
    dialog = dialog_of(desk)
    shown = column(dialog, 0)
    assert any(text.startswith(tag[:5]) or "202e" in text for text in shown)
    assert not any("\u202e" in text for text in shown)
    assert all(dialog.box(name).accessibleName().startswith("Role of ") for name in ("alpha", "beta"))
    dialog.close()


def test_a_broken_settings_file_is_told_in_the_window(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    path = odd_table(tmp_path)
    (tmp_path / "lossdoctor.toml").write_text("[scan]\nfail_on = 'big'\n")
    desk.commands.open_paths([path])
    qtbot.waitUntil(lambda: not desk.session.is_scanning, timeout=10_000)
    assert "lossdoctor.toml, line 2: scan.fail_on must be one of" in shown_notice(desk)
    (tmp_path / "lossdoctor.toml").write_text('[roles]\ntrain_loss = "alpha"\nval_loss = "beta"\n')
    desk.commands.reload()
    qtbot.waitUntil(lambda: desk.runs_model.total == 1 and desk.selection.run is not None, timeout=10_000)
    assert verdict(desk) == "overfitting"
