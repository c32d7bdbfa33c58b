"""No wrapped text loses its last lines, however deep its label lies in layouts that fold."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from lossdoctor.gui.desk import Desk
from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.gui.views.section import Disclosure
from lossdoctor.resources import resource
from tests.gui.test_window import choose, opened


def cut(pane: QWidget) -> list[str]:
    """The texts whose labels are lower than they need."""
    labels = [label for label in pane.findChildren(PlainLabel) if label.wordWrap() and label.isVisible()]
    assert len(labels) > 10
    return [label.text() for label in labels if label.height() < label.heightForWidth(label.width())]


@pytest.mark.parametrize("run", ["02-underfitting/training.csv", "04-spike-to-nan"])
def test_everything_folded_out_is_shown_whole(desk: Desk, qtbot: Any, run: str) -> None:
    opened(desk, qtbot, resource("examples"), 6)
    choose(desk, qtbot, run)
    for toggle in desk.window.diagnosis.findChildren(Disclosure):
        toggle.setChecked(True)
    for width in (1280, 1800, 1000):
        desk.window.resize(width, 800)
        qtbot.wait(50)
        assert cut(desk.window.diagnosis) == [], width


def test_a_label_gives_room_back(qtbot: Any) -> None:
    label = PlainLabel("one two three four five six seven eight nine ten", wrap=True)
    qtbot.addWidget(label)
    label.resize(80, 20)
    label.show()
    qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(80), timeout=2_000)
    narrow = label.minimumHeight()
    label.resize(600, narrow)
    qtbot.waitUntil(lambda: label.minimumHeight() < narrow, timeout=2_000)
    label.set_text("one")
    assert label.minimumHeight() <= narrow


def test_what_is_folded_in_is_not_built(desk: Desk, qtbot: Any) -> None:
    opened(desk, qtbot, resource("examples"), 6)
    choose(desk, qtbot, "03-overfitting/version_0")
    pane = desk.window.diagnosis
    assert pane.checked.content.count() == 0
    card = pane.cause_cards[0]
    before = len(card.findChildren(PlainLabel))
    card.unfold(True)
    assert len(card.findChildren(PlainLabel)) > before + 5
    pane.checked.head.setChecked(True)
    rows = pane.checked.content.count()
    assert rows > 30
    choose(desk, qtbot, "02-underfitting/training.csv")
    assert pane.checked.content.count() > 30  # the section is still folded out
