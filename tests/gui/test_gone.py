"""The window outlives what it shows: its folder deleted, its file cut, its store gone."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from lossdoctor.gui.desk import Desk
from tests.gui.conftest import Desks
from tests.gui.test_window import choose, keras_csv, opened


@pytest.fixture
def uncaught(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would come up as a crash dialog."""
    seen: list[str] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: seen.append(f"{kind.__name__}: {error}"))
    return seen


def said(desk: Desk) -> str:
    return " ".join(label.text() for label in desk.window.messages.findChildren(QLabel))


def test_a_deleted_folder(desk: Desk, desks: Desks, qtbot: Any, tmp_path: Path, uncaught: list[str]) -> None:
    """What was read stays on the screen, can be looked through and exported; reading again says what is missing."""
    folder = tmp_path / "logs"
    for name in "abc":
        (folder / name).mkdir(parents=True)
        keras_csv(folder / name)
    opened(desk, qtbot, folder, 3)
    shutil.rmtree(folder)
    for item in desk.runs_model.all_runs():
        choose(desk, qtbot, item.run.id)
        qtbot.waitUntil(lambda: bool(desk.window.diagnosis.cause_cards), timeout=5_000)
        desk.window.diagnosis.cause_cards[0].unfold(True)
    for action in ("edit.roles", "view.compare", "edit.copy_path", "findings.next", "edit.pin"):
        desk.window.actions_by_id[action].trigger()
        qtbot.wait(50)
    desks.answers.report = tmp_path / "report.md"
    desk.commands.export_all()
    qtbot.waitUntil(lambda: (tmp_path / "report.md").exists() and not desk.jobs.is_busy("export"), timeout=20_000)
    assert desk.runs_model.total == 3
    desk.commands.reload()
    qtbot.waitUntil(lambda: not desk.session.is_scanning and desk.window.messages.isVisible(), timeout=10_000)
    assert str(folder) in said(desk) or "logs" in said(desk)
    assert uncaught == []


def test_a_working_folder_that_is_gone(
    desk: Desk, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uncaught: list[str]
) -> None:
    """A shell in a folder that another one deletes: os.getcwd() raises from then on."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    shutil.rmtree(tmp_path / "here")
    (tmp_path / "logs").mkdir()
    keras_csv(tmp_path / "logs")
    opened(desk, qtbot, tmp_path / "logs", 1)
    desk.commands.reload()
    qtbot.waitUntil(lambda: not desk.session.is_scanning and desk.runs_model.total == 1, timeout=10_000)
    assert uncaught == []


def test_a_store_that_is_damaged_meanwhile(desk: Desk, qtbot: Any, tmp_path: Path, uncaught: list[str]) -> None:
    for name in "abc":
        (tmp_path / "logs" / name).mkdir(parents=True)
        keras_csv(tmp_path / "logs" / name)
    opened(desk, qtbot, tmp_path / "logs", 3)
    choose(desk, qtbot, desk.runs_model.all_runs()[0].run.id)
    qtbot.waitUntil(lambda: bool(desk.window.diagnosis.cause_cards), timeout=5_000)
    desk.store.path.write_bytes(b"no database at all" * 1000)
    desk.window.diagnosis.cause_cards[0].box.click()
    desk.commands.reload()
    qtbot.waitUntil(lambda: not desk.session.is_scanning and desk.runs_model.total == 3, timeout=10_000)
    assert uncaught == []
