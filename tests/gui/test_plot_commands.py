"""Looking back, exporting what is on the screen, and the command palette."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pypdf import PdfReader
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QMenu

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.findings import Span
from lossdoctor.gui.desk import Desk
from lossdoctor.gui.dialogs.palette import CommandPalette, rank
from lossdoctor.gui.plots.view_history import ViewHistory
from lossdoctor.resources import resource
from lossdoctor.runs import Role, RoleAssignment, Run, Series
from lossdoctor.workspace.results import DiagnosedRun
from tests.gui.builders import sweep
from tests.gui.conftest import Desks, press
from tests.gui.test_window import choose, opened


@pytest.fixture
def shown(desk: Desk, qtbot: Any) -> Desk:
    opened(desk, qtbot, resource("examples"), 6)
    choose(desk, qtbot, "03-overfitting/version_0")
    qtbot.waitUntil(lambda: not desk.jobs.is_busy("figure"), timeout=5_000)
    return desk


def zoom(desk: Desk, low: float, high: float) -> None:
    desk.window.plot.stack.panels[0].box.setXRange(low, high, padding=0)


def test_history_cuts_off_what_lay_ahead() -> None:
    history: ViewHistory[int] = ViewHistory()
    assert history.back() is None
    for view in (1, 2, 2, 3):
        history.visit(view)
    assert history.back() == 2
    assert history.back() == 1
    assert history.back() is None
    assert history.forward() == 2
    history.visit(9)
    assert history.forward() is None
    assert history.back() == 2


def test_back_and_forward_through_zooms(shown: Desk, qtbot: Any) -> None:
    stack = shown.window.plot.stack
    whole = stack.step_window
    zoom(shown, 100, 200)
    qtbot.wait(400)
    zoom(shown, 140, 160)
    qtbot.wait(400)
    shown.window.actions_by_id["view.back"].trigger()
    assert stack.step_window == pytest.approx((100, 200))
    shown.window.actions_by_id["view.back"].trigger()
    assert stack.step_window == pytest.approx(whole)
    shown.window.actions_by_id["view.forward"].trigger()
    assert stack.step_window == pytest.approx((100, 200))


@pytest.mark.parametrize("ending", ["svg", "pdf", "png", "csv"])
def test_the_plot_is_written_as_it_is_seen(desks: Desks, shown: Desk, qtbot: Any, tmp_path: Path, ending: str) -> None:
    zoom(shown, 100, 300)
    path = desks.answers.plot = tmp_path / f"plot.{ending}"
    shown.window.actions_by_id["file.export_plot"].trigger()
    qtbot.waitUntil(lambda: path.exists() and not shown.jobs.is_busy("plot export"), timeout=10_000)
    if ending == "csv":
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        assert {row["tag"] for row in rows} >= {"train_loss_step", "val_loss"}
        assert all(100 <= int(row["step"]) <= 300 for row in rows)
    elif ending == "pdf":
        assert "validation" in PdfReader(path).pages[0].extract_text()
    elif ending == "svg":
        assert "<svg" in path.read_text(encoding="utf-8")
    else:
        assert path.read_bytes().startswith(b"\x89PNG")


def test_a_hidden_line_is_not_exported(shown: Desk) -> None:
    stack = shown.window.plot.stack
    stack.panels[0].curves[0].set_visible(False)
    spec = stack.shown_spec()
    assert spec is not None
    assert [line.label for line in spec.panels[0].lines] == ["validation · val_loss"]


def test_the_plot_can_be_copied(shown: Desk) -> None:
    shown.window.actions_by_id["edit.copy_plot"].trigger()
    assert not QGuiApplication.clipboard().pixmap().isNull()


def test_outliers_can_be_shown(shown: Desk, qtbot: Any) -> None:
    choose(shown, qtbot, "06-spike-recovered/d104")
    panel = shown.window.plot.stack.panels[0]
    narrow = panel.full_view_range()
    shown.window.actions_by_id["view.outliers"].trigger()
    wide = panel.full_view_range()
    assert wide != narrow
    assert not panel.log_y
    highest = max(curve.values[curve.line.series.last_branch().finite].max() for curve in panel.curves)
    assert wide[1] >= highest
    shown.window.actions_by_id["view.outliers"].trigger()
    assert panel.full_view_range() == narrow


def test_ranking_of_the_palette() -> None:
    assert rank("xyz", "View: Reset zoom") is None
    texts = ["File: Reload", "View: Reset zoom", "Run: recipes/zoo"]
    scores = {text: score for text in texts if (score := rank("rezo", text)) is not None}
    assert min(scores, key=scores.__getitem__) == "View: Reset zoom"
    assert "File: Reload" not in scores


def test_the_palette_does_an_action_and_goes_to_a_run(shown: Desk, qtbot: Any) -> None:
    shown.window.actions_by_id["help.palette"].trigger()
    palette = shown.window.findChildren(CommandPalette)[0]
    qtbot.keyClicks(palette.line, "healthy")
    assert palette.texts[0] == "Run: 01-healthy"
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert shown.selection.run is not None
    assert shown.selection.run.run.id == "01-healthy"
    before = shown.window.actions_by_id["view.log_y"].isChecked()
    shown.window.actions_by_id["help.palette"].trigger()
    palette = next(p for p in shown.window.findChildren(CommandPalette) if p.isVisible())
    qtbot.keyClicks(palette.line, "logarithmic")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert shown.window.actions_by_id["view.log_y"].isChecked() is not before


def test_the_overview_moves_the_view(shown: Desk, qtbot: Any) -> None:
    stack = shown.window.plot.stack
    zoom(shown, 100, 200)
    strip = stack.overview
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(strip.width() - 80, 20))
    low, high = stack.step_window
    assert low > 400
    assert high - low == pytest.approx(100)
    strip.setFocus()
    qtbot.keyClick(strip, Qt.Key.Key_Left)
    assert stack.step_window[0] == pytest.approx(low - 10)


def test_a_line_of_several_runs_leads_to_its_run(shown: Desk, qtbot: Any) -> None:
    shown.window.runs.table.selectAll()
    stack = shown.window.plot.stack
    qtbot.waitUntil(lambda: stack.panels[0].spec.title == "Validation loss", timeout=5_000)
    panel = next(panel for panel in stack.panels if panel.spec.title == "Validation metric")
    curve = next(curve for curve in panel.curves if curve.line.label == "01-healthy")
    step, value = curve.value_at(600) or (0, 0)
    mapping = panel.mapping
    at = QPointF(mapping.x(step), mapping.y(value))
    assert panel.line_at(at) == panel.curves.index(curve)
    qtbot.mouseClick(panel.viewport(), Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert shown.selection.run is not None
    assert shown.selection.run.run.id == "01-healthy"
    assert panel in stack.panels, "the marked runs stay drawn"


def test_any_series_can_be_added_and_hidden_again(shown: Desk, qtbot: Any) -> None:
    stack = shown.window.plot.stack
    before = len(stack.panels)
    shown.window.actions_by_id["view.series"].trigger()
    palette = next(p for p in shown.window.findChildren(CommandPalette) if p.isVisible())
    tag = palette.texts[0]
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(stack.panels) == before + 1, timeout=5_000)
    assert stack.panels[-1].spec.title == tag
    shown.window.actions_by_id["view.series"].trigger()
    palette = next(p for p in shown.window.findChildren(CommandPalette) if p.isVisible())
    assert palette.texts[0] == f"Hide {tag}"
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(stack.panels) == before, timeout=5_000)


def test_time_on_the_axis_and_smoothing_of_each_kind(shown: Desk, qtbot: Any) -> None:
    choose(shown, qtbot, "04-spike-to-nan")
    qtbot.waitUntil(lambda: not shown.jobs.is_busy("figure"), timeout=5_000)
    pane = shown.window.plot
    pane.x_axis.setCurrentText("Relative time")
    low, high = pane.stack.step_window
    assert low < 0 < high
    assert pane.stack.spec is not None
    assert pane.stack.spec.x_label == "relative time"
    for kind in ("Average", "Median", "Parabola"):
        pane.kind.setCurrentText(kind)
        pane.smoothing.setValue(90)
        assert pane.stack.panels[0].curves[0].drawn[0].size > 0
    pane.x_axis.setCurrentText("Step")
    assert pane.stack.spec.x_label != "relative time"
    choose(shown, qtbot, "02-underfitting/training.csv")
    qtbot.waitUntil(lambda: not shown.jobs.is_busy("figure"), timeout=5_000)
    pane.x_axis.setCurrentText("Wall time")
    assert pane.stack.spec is None, "a log without times says so instead of drawing something"


def test_a_finding_is_found_on_the_time_axis_too(shown: Desk, qtbot: Any) -> None:
    choose(shown, qtbot, "04-spike-to-nan")
    pane = shown.window.plot
    pane.x_axis.setCurrentText("Relative time")
    whole = pane.stack.step_window
    shown.window.actions_by_id["findings.next"].trigger()
    marked = [panel for panel in pane.stack.panels if panel._painter.selected]
    assert marked, "the evidence of the finding is emphasised"
    spec = pane.stack.spec
    assert spec is not None
    assert spec.x_range is not None
    low, high = pane.stack.step_window
    assert whole[0] <= low < high <= whole[1]
    assert high > spec.x_range[1] * 0.2, "the view is in milliseconds, not at step numbers"


def test_a_note_is_drawn_kept_and_removed(desks: Desks, shown: Desk, qtbot: Any) -> None:
    def notes(desk: Desk) -> list[str]:
        return [mark.evidence.label for mark in desk.window.plot.stack.panels[0].spec.marks if mark.code == "note"]

    shown.window.actions_by_id["edit.note"].trigger()
    qtbot.waitUntil(lambda: notes(shown) == ["doubled the batch <here>"], timeout=5_000)
    desks.close(shown)
    again = desks.open()
    opened(again, qtbot, resource("examples"), 6)
    choose(again, qtbot, "03-overfitting/version_0")
    qtbot.waitUntil(lambda: notes(again) == ["doubled the batch <here>"], timeout=5_000)
    index = [mark.code for mark in again.window.plot.stack.panels[0].spec.marks].index("note")
    again.window.plot.mark_activated.emit(again.window.plot.stack.panels[0].spec.marks[index])
    again.note_commands.remove_note("doubled the batch <here>")
    qtbot.waitUntil(lambda: notes(again) == [], timeout=5_000)
    again.window.actions_by_id["edit.undo"].trigger()
    qtbot.waitUntil(lambda: notes(again) == ["doubled the batch <here>"], timeout=5_000)


def noted_spans(desk: Desk) -> list[tuple[int, float, float]]:
    return [
        (index, mark.evidence.start, mark.evidence.end)
        for index, panel in enumerate(desk.window.plot.stack.panels)
        for mark in panel.spec.marks
        if mark.code == "note" and isinstance(mark.evidence, Span)
    ]


def test_a_note_over_the_part_in_view(shown: Desk, qtbot: Any) -> None:
    zoom(shown, 100, 200)
    shown.window.actions_by_id["edit.span_note"].trigger()
    qtbot.waitUntil(lambda: noted_spans(shown) == [(0, 100.0, 200.0)], timeout=5_000)
    shown.window.actions_by_id["edit.undo"].trigger()
    qtbot.waitUntil(lambda: noted_spans(shown) == [], timeout=5_000)
    shown.window.actions_by_id["edit.redo"].trigger()
    qtbot.waitUntil(lambda: noted_spans(shown) == [(0, 100.0, 200.0)], timeout=5_000)


def test_a_note_over_a_span_drawn_on_a_lower_panel(shown: Desk, qtbot: Any) -> None:
    panel = shown.window.plot.stack.panels[1]
    mapping, view = panel.mapping, panel.viewport()
    shift = Qt.KeyboardModifier.ShiftModifier
    y = int(mapping.rect.center().y())
    first, last = (QPoint(round(mapping.x(step)), y) for step in (300, 150))
    before = shown.window.plot.stack.step_window
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, shift, first)
    move = QMouseEvent(QEvent.Type.MouseMove, QPointF(last), view.mapToGlobal(QPointF(last)), Qt.MouseButton.NoButton,
                       Qt.MouseButton.LeftButton, shift)  # fmt: skip
    QGuiApplication.sendEvent(view, move)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, shift, last)
    qtbot.waitUntil(lambda: len(noted_spans(shown)) == 1, timeout=5_000)
    ((index, low, high),) = noted_spans(shown)
    assert index == 1
    assert (low, high) == pytest.approx((150, 300), abs=4)
    assert shown.window.plot.stack.step_window == pytest.approx(before)


def test_the_axis_counts_epochs(shown: Desk, qtbot: Any) -> None:
    pane = shown.window.plot
    steps = pane.stack.step_window
    pane.x_axis.setCurrentText("Epoch")
    assert pane.stack.spec is not None
    assert pane.stack.spec.x_label == "epoch"
    epochs = shown.selection.run.run.get("epoch")  # type: ignore[union-attr]
    assert epochs is not None
    # The axis counts thousandths; the last epoch goes on to its end.
    assert pane.stack.spec.x_range is not None
    assert epochs.values.max() <= pane.stack.spec.x_range[1] / 1000 <= epochs.values.max() + 1.01
    pane.stack.step_pointed_at.emit(3250.0)
    assert pane._step.text() == "epoch 3.25"
    finding = shown.selection.run.diagnosis.findings[0]  # type: ignore[union-attr]
    shown.selection.set_finding(finding, show=True)
    _, high = pane.stack.step_window
    assert high <= pane.stack.spec.x_range[1] * 1.05
    pane.x_axis.setCurrentText("Tokens")
    assert "no numbers of tokens" in pane._hint.text()
    pane.x_axis.setCurrentText("Step")
    assert pane.stack.step_window == pytest.approx(steps)


def negative_run() -> DiagnosedRun:
    """A loss that falls from 1000 through 0 to -10, as a log-likelihood does."""
    values = np.concatenate((np.geomspace(1000.0, 0.01, 60), -np.geomspace(0.01, 10.0, 40)))
    run = Run("nll", "/logs/nll", "nll", "csv", (Series("loss", np.arange(100), values),),
              (RoleAssignment(Role.TRAIN_LOSS, "loss", True, ""),))  # fmt: skip
    return DiagnosedRun(run, diagnose(run))


@pytest.fixture
def negative(desk: Desk, qtbot: Any) -> Desk:
    desk.window.show_bench(True)
    desk.runs_model.add([negative_run(), sweep()[0]])
    desk.window.runs.choose("nll")
    qtbot.waitUntil(lambda: bool(desk.window.plot.stack.panels) and not desk.jobs.is_busy("figure"))
    return desk


def test_a_symmetric_logarithm_shows_what_a_logarithm_cannot(negative: Desk, qtbot: Any) -> None:
    stack = negative.window.plot.stack
    press(negative, qtbot, Qt.Key.Key_Y)
    assert np.isnan(stack.panels[0].curves[0].drawn[1]).any()
    press(negative, qtbot, Qt.Key.Key_Y, Qt.KeyboardModifier.ShiftModifier)
    panel = stack.panels[0]
    drawn = panel.curves[0].drawn[1]
    assert np.isfinite(drawn).all()
    assert (np.diff(drawn) < 0).all()
    assert negative.window.actions_by_id["view.symlog_y"].isChecked()
    assert not negative.window.actions_by_id["view.log_y"].isChecked()
    low, high = panel.box.viewRange()[1]
    ((_, marks),) = panel._axis_y.tickValues(low, high, 500)
    texts = panel._axis_y.tickStrings(marks, 1.0, 1.0)
    assert "0" in texts
    assert any(text.startswith("−") for text in texts)
    # The pointer reads values off the same axis.
    assert panel.mapping.y(0.0) > panel.mapping.y(1.0) > panel.mapping.y(1000.0)


def test_the_choice_of_an_axis_is_kept_from_run_to_run_and_exported(
    desks: Desks, negative: Desk, qtbot: Any, tmp_path: Path
) -> None:
    stack = negative.window.plot.stack
    header = stack._views[0].header
    choices = {action.text(): action for action in header.scale.choices().actions()}
    choices["Symmetric logarithm"].trigger()
    assert header.scale.text() == "±log"
    assert negative.window.actions_by_id["view.symlog_y"].isChecked()
    negative.window.runs.choose("sweep/slow")
    qtbot.waitUntil(lambda: stack.spec is not None and stack.spec.title == "slow", timeout=5_000)
    assert stack._views[0].header.scale.text() == "±log"
    negative.window.runs.choose("nll")
    qtbot.waitUntil(lambda: stack.spec is not None and stack.spec.title == "nll", timeout=5_000)
    desks.answers.plot = tmp_path / "plot.svg"
    negative.plot_commands.export_plot()
    qtbot.waitUntil(lambda: desks.answers.plot is not None and desks.answers.plot.exists(), timeout=10_000)
    assert "log axis" in desks.answers.plot.read_text(encoding="utf-8")


def test_an_export_over_epochs_counts_epochs(desks: Desks, shown: Desk, qtbot: Any, tmp_path: Path) -> None:
    shown.window.plot.x_axis.setCurrentText("Epoch")
    desks.answers.plot = tmp_path / "plot.csv"
    shown.plot_commands.export_plot()
    qtbot.waitUntil(lambda: desks.answers.plot is not None and desks.answers.plot.exists(), timeout=10_000)
    with desks.answers.plot.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["epoch"]
    epochs = shown.selection.run.run.get("epoch")  # type: ignore[union-attr]
    assert epochs is not None
    assert max(float(row["epoch"]) for row in rows) == epochs.values.max()


def drawn_codes(desk: Desk) -> set[str]:
    return {mark.code for panel in desk.window.plot.stack.panels for mark in panel.spec.marks}


def test_marks_are_hidden_by_family_and_stay_so(desks: Desks, shown: Desk, qtbot: Any) -> None:
    before = drawn_codes(shown)
    assert any(code.startswith("GN") for code in before)
    zoom(shown, 100, 200)
    press(shown, qtbot, Qt.Key.Key_M)
    menu = shown.window.plot.findChild(QMenu)
    assert menu is not None
    entry = next(action for action in menu.actions() if action.text().startswith("Generalisation"))
    assert "mark" in entry.text()
    entry.trigger()
    assert {code for code in drawn_codes(shown) if code.startswith("GN")} == set()
    assert shown.window.plot.stack.step_window == pytest.approx((100, 200))
    menu.close()
    desks.close(shown)
    again = desks.open()
    opened(again, qtbot, resource("examples"), 6)
    choose(again, qtbot, "03-overfitting/version_0")
    assert {code for code in drawn_codes(again) if code.startswith("GN")} == set()
    again.plot_commands.choose_marks()
    menu = again.window.plot.findChild(QMenu)
    assert menu is not None
    menu.actions()[-1].trigger()
    assert drawn_codes(again) == before
    menu.close()
