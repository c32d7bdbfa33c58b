"""Names that are HTML load nothing and show nothing but themselves, anywhere in the window.

Every name holds an element with a magenta picture that lies in the working folder: a widget that took the name for HTML
would draw it. Texts that are not on the screen (tooltips, folded rows) are given to a document, which must hold no picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyqtgraph as pg
import pytest
from PySide6 import QtGui
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction, QColor, QImage, QTextDocument
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDialog,
    QGraphicsTextItem,
    QLabel,
    QTextEdit,
    QToolTip,
    QWidget,
)

from lossdoctor.gui.desk import Desk
from tests.gui.test_window import choose, opened
from tests.helpers import logs, wandb_logs

MAGENTA = "#ff00fe"
IMAGE = "<img src=m.png width=90 height=60>"
LOSSES = [2.0 * 0.95**step for step in range(80)]
VALIDATION = [1.0 + 0.03 * max(step - 8, 0) + 1.2 * 0.6**step for step in range(80)]
RUNS = (f"a{IMAGE}", f"b<a href=m.png>{IMAGE}", f"<table><tr><td>c{IMAGE}", "d\x1b[31m\u202e&lt;" + IMAGE)


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs whose names, tags, layers and settings are pictures, and one with a damaged file."""
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor(MAGENTA))
    assert image.save(str(tmp_path / "m.png"))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / f"logs {IMAGE}"
    for index, name in enumerate(RUNS):
        rows = [
            {"_step": s, f"train/loss {IMAGE}": v, f"val/loss {IMAGE}": VALIDATION[s], f"grad {IMAGE}": 1 + s % 3}
            for s, v in enumerate(LOSSES)
        ]
        config = {f"key {IMAGE}": f"value {index} {IMAGE}", "lr": 0.1 * (index + 1)}
        data = [wandb_logs.run_record(name, config), *map(wandb_logs.history, rows)]
        wandb_logs.wandb_file(folder / f"r{index} {IMAGE}" / "run-x.wandb", data)
    curves = [*logs.curve(f"loss/train {IMAGE}", LOSSES), *logs.curve(f"loss/val {IMAGE}", VALIDATION)]
    path = logs.event_file(folder / f"e {IMAGE}", curves)
    path.write_bytes(path.read_bytes()[:-5])
    return folder


def documents(desk: Desk) -> Iterator[tuple[str, QTextDocument]]:
    """Every text of the window that is taken for HTML, as the document that Qt makes of it."""
    windows = [desk.window, *(w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog))]
    for widget in (w for window in windows for w in (window, *window.findChildren(QWidget))):
        texts = [widget.toolTip(), widget.statusTip(), widget.whatsThis()]
        if isinstance(widget, QLabel) and widget.textFormat() is not Qt.TextFormat.PlainText:
            texts.append(widget.text())
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            texts += item_texts(widget.model())
        if isinstance(widget, pg.GraphicsView):
            for item in widget.scene().items():
                texts.append(item.toolTip())
                if isinstance(item, QGraphicsTextItem):
                    yield type(widget).__name__, item.document()
        if isinstance(widget, QTextEdit):
            yield type(widget).__name__, widget.document()
        yield from ((f"{type(widget).__name__} {text[:200]!r}", made(text)) for text in texts if may_be_html(text))
    for action in desk.window.findChildren(QAction):
        yield from (("action", made(t)) for t in (action.toolTip(), action.whatsThis()) if may_be_html(t))


def may_be_html(text: str) -> bool:
    return bool(text) and QtGui.Qt.mightBeRichText(text)


def made(text: str) -> QTextDocument:
    document = QTextDocument()
    document.setHtml(text)
    return document


def item_texts(model: QAbstractItemModel) -> Iterator[str]:
    # Qt makes a list's number of columns private.
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()

    def below(parent: QModelIndex) -> Iterator[str]:
        for row in range(min(model.rowCount(parent), 50)):
            for column in range(columns):
                index = model.index(row, column, parent)
                yield str(model.data(index, Qt.ItemDataRole.ToolTipRole) or "")
                yield from below(index) if column == 0 else ()

    yield from below(QModelIndex())
    for section in range(columns):
        yield str(model.headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) or "")


def pictures(document: QTextDocument) -> list[str]:
    formats = [text_format for text_format in document.allFormats() if text_format.isImageFormat()]
    return [text_format.toImageFormat().name() for text_format in formats]


def magenta(widget: QWidget) -> int:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    wanted = QColor(MAGENTA).rgb()
    return sum(image.pixel(x, y) == wanted for x in range(0, image.width(), 4) for y in range(0, image.height(), 4))


def assert_plain(desk: Desk) -> None:
    for window in (w for w in QApplication.topLevelWidgets() if w.isVisible()):
        assert magenta(window) == 0, window
    for where, document in documents(desk):
        assert [name for name in pictures(document) if "m.png" in name] == [], where
        hrefs = [text_format.anchorHref() for text_format in (f.toCharFormat() for f in document.allFormats())]
        assert "m.png" not in hrefs, where


def test_the_window_shows_names_literally(desk: Desk, qtbot: Any, hostile: Path) -> None:
    opened(desk, qtbot, hostile, len(RUNS) + 1)
    for item in desk.runs_model.all_runs():
        choose(desk, qtbot, item.run.id)
        for card in desk.window.diagnosis.cause_cards[:2]:
            card.unfold(True)
        qtbot.wait(30)
        assert_plain(desk)
    desk.commands.show_problems(True)
    qtbot.wait(30)
    assert_plain(desk)


@pytest.mark.parametrize("action", ["edit.roles", "view.compare", "help.shortcuts", "help.palette"])
def test_other_windows_show_names_literally(desk: Desk, qtbot: Any, hostile: Path, action: str) -> None:
    opened(desk, qtbot, hostile, len(RUNS) + 1)
    choose(desk, qtbot, desk.runs_model.all_runs()[0].run.id)
    if action not in desk.window.actions_by_id:
        pytest.fail(f"{action} is none of {sorted(desk.window.actions_by_id)}")
    desk.window.runs.table.selectAll()
    desk.window.actions_by_id[action].trigger()
    qtbot.wait(300)
    assert_plain(desk)


def test_a_message_shows_a_name_literally(desk: Desk, qtbot: Any, hostile: Path) -> None:
    desk.commands.open_paths([hostile / f"missing {IMAGE}"])
    qtbot.waitUntil(lambda: desk.window.messages.isVisible() and not desk.session.is_scanning, timeout=5_000)
    assert_plain(desk)


def test_a_widget_that_takes_names_for_html_would_be_seen(qtbot: Any, hostile: Path) -> None:
    label = QLabel(IMAGE)
    qtbot.addWidget(label)
    label.show()
    assert magenta(label) > 0
    assert pictures(made(IMAGE)) == ["m.png"]
    assert QToolTip.text() == ""
