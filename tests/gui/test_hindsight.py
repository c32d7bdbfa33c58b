"""The header says from where on the verdict was clear, a moment after the run is chosen; another run does not inherit it."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLabel

from lossdoctor.diagnosis.replay import could_have_stopped
from lossdoctor.figures.x_axis import XAxis
from lossdoctor.findings import Verdict
from lossdoctor.gui.desk import Desk
from lossdoctor.resources import resource
from tests.gui.test_window import OVERFITTING, choose, opened


def facts(desk: Desk) -> list[str]:
    """The texts below the verdict."""
    labels = desk.window.diagnosis.header.findChildren(QLabel)
    return [label.text() for label in labels if not label.isHidden()]


def test_clear_from(desk: Desk, qtbot: Any) -> None:
    opened(desk, qtbot, resource("examples"), 6)
    choose(desk, qtbot, OVERFITTING)
    qtbot.waitUntil(lambda: "Clear from" in facts(desk), timeout=10_000)
    item = desk.selection.run
    assert item is not None
    past = could_have_stopped(item.run, item.diagnosis.verdict)
    assert past is not None
    assert any(f"step {past.known_step}," in text for text in facts(desk))
    stack = desk.window.plot.stack
    # The figure is made beside it, and may come later.
    qtbot.waitUntil(lambda: len(stack.panels) > 1, timeout=10_000)
    assert stack.panels[0].known_step == past.known_step
    assert stack.panels[1].known_step is None
    desk.window.plot.stack.set_counts(XAxis.RELATIVE)
    stack.set_known(past.known_step)
    assert stack.panels[0].known_step is None, "over time the step lies elsewhere"
    desk.commands.open_paths([resource("examples", "01-healthy")])
    qtbot.waitUntil(lambda: desk.runs_model.total == 1 and not desk.session.is_scanning, timeout=10_000)
    qtbot.waitUntil(lambda: not desk.jobs.is_busy("hindsight"), timeout=10_000)
    assert "Clear from" not in facts(desk)
    qtbot.waitUntil(lambda: bool(stack.panels), timeout=10_000)
    assert stack.panels[0].known_step is None


def test_a_healthy_run_could_not_have_been_stopped(desk: Desk, qtbot: Any) -> None:
    opened(desk, qtbot, resource("examples", "03-overfitting"), 1)
    (item,) = desk.runs_model.all_runs()
    assert could_have_stopped(item.run, Verdict.HEALTHY) is None
