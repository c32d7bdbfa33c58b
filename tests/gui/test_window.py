"""The window as its user drives it: open, choose, look, tick, export, close; names from logs stay plain text."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from lossdoctor.gui.desk import Desk
from lossdoctor.gui.views.cause_card import CauseCard
from lossdoctor.gui.views.finding_card import FindingCard
from lossdoctor.resources import resource
from lossdoctor.workspace.results import DiagnosedRun
from tests.gui.conftest import Desks

HOSTILE = "<img src=x>a<b & c"
OVERFITTING = "03-overfitting/version_0"


def opened(desk: Desk, qtbot: Any, path: Path, runs: int) -> None:
    """Opens a path and waits until everything is there, the figure included."""
    desk.commands.open_paths([path])
    qtbot.waitUntil(lambda: desk.runs_model.total == runs and not desk.session.is_scanning, timeout=20_000)
    qtbot.waitUntil(lambda: bool(desk.window.plot.stack.panels), timeout=10_000)


def choose(desk: Desk, qtbot: Any, run_id: str) -> None:
    desk.window.runs.choose(run_id)
    assert desk.selection.run is not None
    assert desk.selection.run.run.id == run_id
    title = desk.selection.run.run.name
    qtbot.waitUntil(lambda: bool(desk.window.diagnosis.findChildren(FindingCard)) and bool(title), timeout=5_000)
    qtbot.waitUntil(lambda: not desk.jobs.is_busy("figure"), timeout=5_000)


def keras_csv(folder: Path, name: str = "training.csv") -> Path:
    rows = ["epoch,loss,val_loss"]
    for epoch in range(40):
        rows.append(f"{epoch},{2.3 * 0.9**epoch:.6f},{1.0 + 0.03 * max(epoch - 8, 0) + 1.2 * 0.6**epoch:.6f}")
    path = folder / name
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_the_examples_open_and_the_most_urgent_run_comes_first(desk: Desk, qtbot: Any) -> None:
    opened(desk, qtbot, resource("examples"), 6)
    assert {str(i.diagnosis.verdict) for i in desk.runs_model.all_runs()} == {
        "healthy", "underfitting", "overfitting", "divergence", "plateau", "spike_recovered",
    }  # fmt: skip
    assert desk.selection.run is not None
    assert str(desk.selection.run.diagnosis.verdict) == "divergence"
    assert desk.window.plot.stack.panels[0].spec.title == "Loss"


def test_a_click_on_a_finding_brings_its_place_into_view(desk: Desk, qtbot: Any) -> None:
    opened(desk, qtbot, resource("examples"), 6)
    choose(desk, qtbot, "06-spike-recovered/d104")
    before = desk.window.plot.stack.step_window
    card = desk.window.diagnosis.findChildren(FindingCard)[0]
    assert card.finding.name == "loss_spike"
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.window.plot.stack.step_window != before, timeout=5_000)
    low, high = desk.window.plot.stack.step_window
    assert low <= 508 <= high
    assert high - low < before[1] - before[0]
    desk.commands.reset_zoom()
    assert desk.window.plot.stack.step_window == pytest.approx(before)


def test_a_tick_survives_a_restart(desks: Desks, qtbot: Any) -> None:
    first = desks.open()
    opened(first, qtbot, resource("examples"), 6)
    choose(first, qtbot, OVERFITTING)
    card = first.window.diagnosis.findChildren(CauseCard)[0]
    assert not card.box.isChecked()
    card.box.click()
    desks.close(first)

    second = desks.open()
    opened(second, qtbot, resource("examples"), 6)
    choose(second, qtbot, OVERFITTING)
    boxes = [card.box.isChecked() for card in second.window.diagnosis.findChildren(CauseCard)]
    assert boxes[0]
    assert not any(boxes[1:])


def test_ruling_a_cause_out_reranks_at_once_and_survives_a_restart(desks: Desks, qtbot: Any) -> None:
    first = desks.open()
    opened(first, qtbot, resource("examples"), 6)
    choose(first, qtbot, OVERFITTING)
    pane = first.window.diagnosis
    order = [card.cause.id for card in pane.cause_cards]
    scores = {card.cause.id: card.cause.score for card in pane.cause_cards}
    card = pane.cause_cards[0]
    card.unfold(True)
    card.note.setText("twice the data: same")
    card.ruled_out.click()
    qtbot.waitUntil(lambda: pane.cause_cards[0].cause.id != order[0], timeout=2_000)
    assert pane.cause_cards[-1].cause.id == order[0]
    assert pane.cause_cards[-1].cause.score == 0
    assert any(card.cause.score > scores[card.cause.id] for card in pane.cause_cards)
    desks.close(first)

    second = desks.open()
    opened(second, qtbot, resource("examples"), 6)
    choose(second, qtbot, OVERFITTING)
    last = second.window.diagnosis.cause_cards[-1]
    assert last.cause.id == order[0]
    assert (last.ruled_out.isChecked(), last.note.text()) == (True, "twice the data: same")
    second.window.actions_by_id["edit.undo"].trigger()


def test_the_report_is_exported_with_the_ticks(desks: Desks, desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    opened(desk, qtbot, resource("examples"), 6)
    desks.answers.report = tmp_path / "out.pdf"
    desk.commands.export_all()
    qtbot.waitUntil(lambda: (tmp_path / "out.pdf").exists() and not desk.jobs.is_busy("export"), timeout=30_000)
    reader = PdfReader(tmp_path / "out.pdf")
    assert len(reader.pages) >= 7
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert "Overfitting" in text
    assert "05-plateau" in text


def test_the_filter_and_the_arrow_keys(desk: Desk, qtbot: Any) -> None:
    opened(desk, qtbot, resource("examples"), 6)
    desk.window.runs.filter.setText("plateau")
    assert desk.runs_model.rowCount() == 1
    desk.window.runs.filter.clear()
    assert desk.runs_model.rowCount() == 6
    desk.window.runs.choose_first()
    first = desk.selection.run
    qtbot.keyClick(desk.window.runs.table, Qt.Key.Key_Down)
    assert desk.selection.run is not first


def test_a_hostile_name_is_shown_literally(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    path = keras_csv(folder, HOSTILE + ".csv")
    opened(desk, qtbot, folder, 1)
    choose(desk, qtbot, path.name)
    labels = [label for label in desk.window.findChildren(QLabel) if HOSTILE in label.text()]
    assert labels
    for label in desk.window.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText or "<" not in label.text(), label.text()


def test_closing_while_loading_ends_at_once(desks: Desks, qtbot: Any, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(300):
        keras_csv(folder, f"{i}.csv")
    desk = desks.open()
    desk.commands.open_paths([folder])
    qtbot.waitUntil(lambda: desk.session.is_scanning, timeout=5_000)
    started = time.monotonic()
    desks.close(desk)
    assert time.monotonic() - started < 1.0


def test_nothing_to_open_is_one_clear_line_in_the_window(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    desk.commands.open_paths([tmp_path])
    qtbot.waitUntil(lambda: desk.window.messages.isVisible() and not desk.session.is_scanning, timeout=5_000)
    said = " ".join(label.text() for label in desk.window.messages.findChildren(QLabel))
    assert str(tmp_path.name) in said


def test_the_theme_can_be_changed_while_a_run_is_shown(desk: Desk, qtbot: Any) -> None:
    opened(desk, qtbot, resource("examples"), 6)
    desk.commands.theme_dark(True)
    dark = desk.appearance.look
    assert dark.is_dark
    desk.commands.theme_light(True)
    assert not desk.appearance.look.is_dark
    assert desk.window.plot.stack.panels


def test_every_control_has_a_name_for_a_screen_reader(desk: Desk, qtbot: Any) -> None:
    opened(desk, qtbot, resource("examples"), 6)
    nameless = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in desk.window.findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not (widget.accessibleName() or getattr(widget, "text", str)() or widget.objectName().startswith("qt_"))
    ]
    assert nameless == []


def test_a_folder_opened_before_shows_its_verdicts_before_it_is_read(
    desks: Desks, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lossdoctor.workspace.before.CACHE_FROM", 0)
    monkeypatch.setattr("lossdoctor.workspace.cache.default_path", lambda: tmp_path / "cache" / "results")
    folder = tmp_path / "runs"
    shutil.copytree(resource("examples"), folder)
    for opening in (1, 2):
        desk = desks.open()
        desk.session.remembers = True
        shown: list[DiagnosedRun] = []
        desk.session.runs_added.connect(shown.extend)
        desk.session.open([folder])
        qtbot.waitUntil(lambda desk=desk: desk.session.result is not None, timeout=30_000)
        result = desk.session.result
        assert result is not None
        without_points = [item for item in shown if not item.run.series]
        assert len(without_points) == (0 if opening == 1 else len(result.runs))
        final = {item.run.id: item.diagnosis for item in result.runs}
        assert all(item.diagnosis == final[item.run.id] for item in without_points)
        for item in without_points:  # all that the panes show of a run must come without its points, too
            desk.selection.set_run(item)
            qtbot.wait(50)
        assert all(item.run.series for item in desk.runs_model.all_runs())
