"""The about box leads to the licence of everything that is handed on, as plain text."""

from __future__ import annotations

from lossdoctor.gui.desk import Desk
from lossdoctor.gui.dialogs.about import AboutBox
from lossdoctor.gui.dialogs.licences import LicencesWindow, parts


def test_the_about_box_opens_the_licences_and_each_has_its_text(desk: Desk) -> None:
    desk.commands.show_about()
    [about] = desk.window.findChildren(AboutBox)
    about.licences.click()
    [window] = about.findChildren(LicencesWindow)
    assert window.isVisible()
    titles = [window.names.item(row).text() for row in range(window.names.count())]
    assert titles == [part.title for part in parts()]
    shown = set()
    for row in range(len(titles)):
        window.names.setCurrentRow(row)
        shown.add(window.text.toPlainText())
    assert len(shown) == len(titles)
    assert min(map(len, shown)) > 100
    about.close()


def test_the_licences_begin_with_our_own_and_qts() -> None:
    listed = parts()
    assert "Apache License" in listed[0].path.read_text(encoding="utf-8")
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in listed[1].path.read_text(encoding="utf-8")
    assert {"numpy", "pandas", "PySide6_Essentials"} <= {part.title.split()[0] for part in listed}
