"""The menu that shows and hides the marks on the plot by the family of their findings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from PySide6.QtWidgets import QMenu, QWidget

from lossdoctor import formatting
from lossdoctor.findings.families import FAMILIES
from lossdoctor.gui.drawn import NOTE

_NAMES = {**FAMILIES, NOTE: "My notes"}


def marks_menu(
    parent: QWidget,
    present: Mapping[str, int],
    hidden: Collection[str],
    toggle: Callable[[str, bool], object],
    show_all: Callable[[], object],
) -> QMenu:
    """The menu.

    Args:
        parent: its owner.
        present: how many marks each family has on the plot.
        hidden: families that are not drawn, for this run or another.
        toggle: called with a family and whether it is to be drawn.
        show_all: called to draw every family again.
    """
    menu = QMenu(parent)
    menu.setAccessibleName("Marks on the plot")
    menu.setToolTipsVisible(True)
    shown = [family for family in _NAMES if present.get(family) or family in hidden]
    for family in shown:
        count = formatting.count(present.get(family, 0), "mark")
        action = menu.addAction(f"{_NAMES[family]} · {count}")
        action.setCheckable(True)
        action.setChecked(family not in hidden)
        action.toggled.connect(lambda on, name=family: toggle(name, on))
    if not shown:
        menu.addAction("This plot has no marks").setEnabled(False)
    menu.addSeparator()
    everything = menu.addAction("&Show all")
    everything.setEnabled(bool(hidden))
    everything.triggered.connect(lambda _=False: show_all())
    return menu
