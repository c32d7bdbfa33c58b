"""The help in the window: pages, links, search, pictures from nowhere else; the guided path; the tour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QWidget

from lossdoctor.diagnosis.guide import Answer
from lossdoctor.gui.desk import Desk
from lossdoctor.gui.views import help_pages
from lossdoctor.gui.views.finding_card import FindingCard
from lossdoctor.gui.views.help_browser import HelpBrowser
from lossdoctor.gui.views.help_guide import GuideWindow
from lossdoctor.gui.views.help_window import HelpWindow
from lossdoctor.resources import resource
from tests.gui.conftest import Desks
from tests.gui.test_window import choose, opened

PICTURE = QTextDocument.ResourceType.ImageResource.value
PAGES = [page.name for _, pages in help_pages.contents() for page in pages]


@pytest.fixture
def viewer(desk: Desk) -> HelpWindow:
    desk.help_commands.show_page("index.md")
    assert desk.help_commands.help is not None
    return desk.help_commands.help


def test_the_contents_hold_every_page_once() -> None:
    root = help_pages.root()
    assert sorted(PAGES) == sorted(path.relative_to(root).as_posix() for path in root.rglob("*.md"))
    assert PAGES[:3] == ["index.md", "getting-started.md", "method.md"]


def test_every_page_shows_its_title_and_its_pictures(viewer: HelpWindow) -> None:
    for name in PAGES:
        viewer.show_page(name)
        page = help_pages.page(name)
        assert page is not None
        text = viewer.browser.toPlainText()
        assert text.startswith(page.title), name
        assert "<!--" not in text
        assert text.count("\ufffc") == page.markdown.count("!["), name


def test_a_page_begins_at_its_top_also_when_it_is_the_first(desk: Desk, qtbot: Any) -> None:
    desk.help_commands.show_page("method.md")
    assert desk.help_commands.help is not None
    browser = desk.help_commands.help.browser
    qtbot.waitExposed(desk.help_commands.help)
    desk.help_commands.help.resize(900, 700)
    qtbot.wait(50)
    assert browser.verticalScrollBar().value() == 0
    assert browser.verticalScrollBar().maximum() > 0
    assert browser.horizontalScrollBar().maximum() == 0


def test_links_lead_on_and_back_leads_back(viewer: HelpWindow, qtbot: Any) -> None:
    viewer.browser.anchorClicked.emit(QUrl("findings/index.md"))
    viewer.browser.anchorClicked.emit(QUrl("GN01.md"))
    viewer.browser.anchorClicked.emit(QUrl("../verdicts.md"))
    assert viewer.page == "verdicts.md"
    assert not viewer.forward.isEnabled()
    qtbot.mouseClick(viewer.back, Qt.MouseButton.LeftButton)
    assert viewer.page == "findings/GN01.md"
    qtbot.mouseClick(viewer.back, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(viewer.forward, Qt.MouseButton.LeftButton)
    assert viewer.page == "findings/GN01.md"
    viewer.show_page("privacy.md")
    assert not viewer.forward.isEnabled()
    viewer.show_page("no/such/page.md")
    assert viewer.page == "index.md"


def test_a_part_of_a_page_is_scrolled_to(viewer: HelpWindow, qtbot: Any) -> None:
    viewer.show_page("window.md", "problems-at-the-bottom")
    qtbot.waitUntil(lambda: viewer.browser.verticalScrollBar().value() > 200, timeout=2_000)
    assert viewer.browser.textCursor().block().text() == "Problems, at the bottom"


@pytest.mark.parametrize(
    "target", ["https://example.org/x.png", "file:///etc/passwd", "../../pyproject.toml", "//host/x.svg", "data:,x", ""]
)
def test_nothing_is_loaded_from_elsewhere(viewer: HelpWindow, target: str) -> None:
    loaded = viewer.browser.loadResource(PICTURE, QUrl(target))
    assert isinstance(loaded, QImage)
    assert loaded.isNull()
    before = viewer.page
    viewer.browser.anchorClicked.emit(QUrl(target))
    assert viewer.page == before


def test_only_pictures_are_loaded(viewer: HelpWindow) -> None:
    for kind in QTextDocument.ResourceType:
        loaded = viewer.browser.loadResource(kind.value, QUrl("findings/GN01.svg"))
        assert isinstance(loaded, QImage)
        assert loaded.isNull() == (kind.value != PICTURE)


def test_pictures_fit_the_page_and_take_the_theme(desk: Desk, viewer: HelpWindow) -> None:
    light = viewer.browser.loadResource(PICTURE, QUrl("findings/ST03.svg"))
    assert isinstance(light, QImage)
    assert light.width() <= viewer.browser.viewport().width() * light.devicePixelRatio()
    desk.commands.theme_dark(True)
    dark = viewer.browser.loadResource(PICTURE, QUrl("findings/ST03.svg"))
    assert isinstance(dark, QImage)
    assert dark.size() == light.size()
    assert dark != light
    window = viewer.browser.loadResource(PICTURE, QUrl("images/window-light.png"))
    assert isinstance(window, QImage)
    assert window.pixelColor(2, 2).lightness() < 60


def test_search_finds_pages_by_all_their_words(viewer: HelpWindow, qtbot: Any) -> None:
    qtbot.keyClicks(viewer.search, "dropout softmax")
    assert viewer.lists.currentWidget() is viewer.results
    assert viewer.results.topLevelItemCount() > 1
    assert viewer.results.topLevelItemCount() == len(help_pages.search("dropout softmax"))
    qtbot.keyClick(viewer.search, Qt.Key.Key_Return)
    page = help_pages.page(viewer.page)
    assert page is not None
    assert "dropout" in page.words.lower()
    assert viewer.browser.extraSelections()
    viewer.search.setText("zzzz nothing")
    item = viewer.results.topLevelItem(0)
    assert item is not None
    assert item.isDisabled()
    viewer.search.clear()
    assert viewer.lists.currentWidget() is viewer.contents
    assert not viewer.browser.extraSelections()


def test_words_in_a_title_come_first() -> None:
    assert help_pages.search("overfitting")[0].page.name == "findings/GN01.md"
    assert help_pages.search("privacy")[0].page.name == "privacy.md"
    assert help_pages.search("  ") == ()


def test_pages_lie_below_the_folder_of_help() -> None:
    assert help_pages.page("../examples/README.md") is None
    assert help_pages.page("findings/GN01.svg") is None
    assert help_pages.page("nothing.md") is None


def test_f1_explains_what_the_user_is_at(desk: Desk, qtbot: Any) -> None:
    shown: list[str] = []
    desk.window.actions_by_id["help.contents"].trigger()
    help_window = desk.help_commands.help
    assert help_window is not None
    assert help_window.page == "getting-started.md"
    opened(desk, qtbot, resource("examples"), 6)
    desk.window.activateWindow()
    for pane in (desk.window.runs.table, desk.window.plot.smoothing, desk.window.diagnosis):
        pane.setFocus()
        desk.help_commands.show_help()
        shown.append(help_window.browser.textCursor().block().text())
    assert shown == ["Runs, on the left", "Curves, in the middle", "Diagnosis, on the right"]
    desk.commands.next_finding()
    desk.help_commands.show_help()
    assert desk.selection.finding is not None
    assert help_window.page == f"findings/{desk.selection.finding.code}.md"


def test_more_about_a_finding_opens_its_page(desk: Desk, qtbot: Any) -> None:
    opened(desk, qtbot, resource("examples"), 6)
    choose(desk, qtbot, "03-overfitting/version_0")
    card = desk.window.diagnosis.findChildren(FindingCard)[0]
    qtbot.mouseClick(card.more, Qt.MouseButton.LeftButton)
    assert desk.help_commands.help is not None
    assert desk.help_commands.help.page == "findings/GN01.md"
    assert desk.selection.finding is None  # reading more is not choosing


def test_the_pages_need_no_more_than_a_moment(viewer: HelpWindow) -> None:
    import time

    slowest = 0.0
    for name in ("configuration.md", "window.md", "causes/lr_too_high.md"):
        started = time.perf_counter()
        viewer.browser.show_page(name)
        slowest = max(slowest, time.perf_counter() - started)
    assert slowest < 1.0  # without the one edit it is 9 s


# --- the guided path ---


@pytest.fixture
def guide(desk: Desk, qtbot: Any) -> GuideWindow:
    opened(desk, qtbot, resource("examples"), 6)
    choose(desk, qtbot, "02-underfitting/training.csv")
    desk.window.actions_by_id["help.guide"].trigger()
    assert desk.help_commands.guide is not None
    return desk.help_commands.guide


def words(widget: QWidget) -> str:
    from lossdoctor.gui.plain_label import PlainLabel

    return "\n".join(label.text() for label in widget.findChildren(PlainLabel))


def test_the_path_shows_the_evidence_of_the_run_in_view(desk: Desk, guide: GuideWindow, qtbot: Any) -> None:
    assert guide.list.count() == 9
    assert "loss starts at 1.03" in words(guide.page)
    guide.list.setCurrentRow(5)
    assert "the hidden activation is `sigmoid`" in words(guide.page)
    choose(desk, qtbot, "03-overfitting/version_0")
    assert guide.list.currentRow() == 0
    assert "val_loss turns up" in words(guide.page)


def test_answers_are_kept_can_be_undone_and_open_the_next_step(desks: Desks, qtbot: Any) -> None:
    first = desks.open()
    opened(first, qtbot, resource("examples"), 6)
    choose(first, qtbot, "02-underfitting/training.csv")
    first.help_commands.show_guide()
    guide = first.help_commands.guide
    assert guide is not None
    guide.choices[Answer.FINE].click()
    qtbot.mouseClick(guide.next, Qt.MouseButton.LeftButton)
    assert guide.then.isHidden()
    guide.choices[Answer.WRONG].click()
    assert not guide.then.isHidden()
    assert [step.answer for step in guide.steps[:3]] == [Answer.FINE, Answer.WRONG, Answer.OPEN]
    first.run_commands.undo()
    assert guide.steps[1].answer is Answer.OPEN
    assert guide.choices[Answer.OPEN].isChecked()
    first.run_commands.redo()
    desks.close(first)
    again = desks.open()
    opened(again, qtbot, resource("examples"), 6)
    choose(again, qtbot, "02-underfitting/training.csv")
    again.help_commands.show_guide()
    assert again.help_commands.guide is not None
    assert again.help_commands.guide.list.currentRow() == 2


def test_a_cause_of_a_step_leads_to_its_page(desk: Desk, guide: GuideWindow) -> None:
    guide.page_asked.emit("causes/lr_too_high.md", "")
    assert desk.help_commands.help is not None
    assert desk.help_commands.help.page == "causes/lr_too_high.md"


def test_without_a_run_the_path_says_so(desk: Desk) -> None:
    desk.help_commands.show_guide()
    assert desk.help_commands.guide is not None
    assert desk.help_commands.guide.list.count() == 0
    assert "Choose a run" in desk.help_commands.guide.run.text()


# --- the tour ---


def test_the_tour_walks_from_the_empty_window_through_every_pane(desk: Desk, qtbot: Any) -> None:
    desk.help_commands.first_start()
    tour = desk.help_commands.tour
    assert tour is not None
    assert tour.title.text() == "Welcome"
    assert tour.spot.contains(desk.window.empty.examples.mapTo(desk.window, desk.window.empty.examples.rect().center()))
    spots = []
    while desk.help_commands.tour is not None:
        qtbot.mouseClick(tour.next, Qt.MouseButton.LeftButton)
        if desk.help_commands.tour is not None:
            spots.append(tour.spot)
            assert desk.window.rect().contains(tour.card.geometry())
            assert not tour.card.geometry().intersects(tour.spot), tour.title.text()
    assert len(spots) == 5
    assert all(not spot.isEmpty() for spot in spots)
    qtbot.waitUntil(lambda: desk.runs_model.total == 6 and not desk.session.is_scanning, timeout=20_000)


def test_the_tour_begins_by_itself_only_once(desks: Desks, qtbot: Any) -> None:
    first = desks.open()
    first.help_commands.first_start()
    tour = first.help_commands.tour
    assert tour is not None
    qtbot.keyClick(tour, Qt.Key.Key_Escape)
    assert first.help_commands.tour is None
    assert first.runs_model.total == 0
    desks.close(first)
    again = desks.open()
    again.help_commands.first_start()
    assert again.help_commands.tour is None
    again.window.actions_by_id["help.tour"].trigger()
    assert again.help_commands.tour is not None


def test_the_tour_goes_back_by_keys_and_keeps_the_keyboard(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    opened(desk, qtbot, resource("examples"), 6)
    desk.help_commands.show_tour()
    tour = desk.help_commands.tour
    assert tour is not None
    assert tour.title.text() == "Runs"
    qtbot.keyClick(tour, Qt.Key.Key_Right)
    qtbot.keyClick(tour, Qt.Key.Key_Right)
    qtbot.keyClick(tour, Qt.Key.Key_Left)
    assert tour.title.text() == "Curves"
    for _ in range(4):
        qtbot.keyClick(tour.focusWidget() or tour, Qt.Key.Key_Tab)
        assert tour.isAncestorOf(desk.window.focusWidget())
    desk.window.resize(1000, 700)
    assert tour.size() == desk.window.size()
    assert desk.window.rect().contains(tour.card.geometry())


def test_every_control_of_help_has_a_name(desk: Desk, viewer: HelpWindow, guide: GuideWindow) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLineEdit

    for window in (viewer, guide):
        for kind in (QAbstractButton, QAbstractItemView, QLineEdit, HelpBrowser):
            for control in window.findChildren(kind):
                if control.objectName().startswith("qt_") or not control.isVisibleTo(window):
                    continue
                text = control.text() if isinstance(control, QAbstractButton) else ""
                assert control.accessibleName() or text, control
