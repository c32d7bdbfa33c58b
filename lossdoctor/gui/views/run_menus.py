"""The context menus of the run list: what can be done with runs, and which columns are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from lossdoctor import safe_text
from lossdoctor.gui.models.run_columns import Column
from lossdoctor.gui.models.runs_model import BY_FOLDER, RunsModel

# A menu longer than the screen helps nobody; the settings that differ between runs come first.
_MOST_KEYS = 24
_ALWAYS = (Column.VERDICT, Column.NAME)


def header_menu(
    parent: QWidget,
    model: RunsModel,
    hidden: frozenset[Column],
    show_column: Callable[[Column, bool], object],
    show_keys: Callable[[Sequence[str]], object],
    group: Callable[[str], object],
) -> QMenu:
    """The menu of the table's header: columns, settings as columns, grouping."""
    menu = QMenu(parent)
    for column in Column:
        if column not in _ALWAYS:
            action = _check(menu, column.title, column not in hidden)
            action.toggled.connect(lambda on, c=column: show_column(c, on))
    keys = model.known_config_keys()[:_MOST_KEYS]
    if keys:
        settings = menu.addMenu("&Settings as columns")
        for key in keys:
            action = _check(settings, safe_text.menu(key), key in model.config_keys)
            action.toggled.connect(lambda on, k=key: show_keys(_toggled(model.config_keys, k, on)))
    menu.addSeparator()
    groups = menu.addMenu("&Group by")
    for title, value in (("&Nothing", ""), ("&Folder", BY_FOLDER), *((safe_text.menu(key), key) for key in keys)):
        action = _check(groups, title, model.group_by == value)
        action.triggered.connect(lambda _=False, v=value: group(v))
    return menu


def _check(menu: QMenu, text: str, on: bool) -> QAction:
    action = menu.addAction(text)
    action.setToolTip(safe_text.html(text))
    action.setCheckable(True)
    action.setChecked(on)
    return action


def _toggled(keys: Sequence[str], key: str, on: bool) -> list[str]:
    kept = [k for k in keys if k != key]
    return [*kept, key] if on else kept


def runs_menu(parent: QWidget, actions: Sequence[QAction]) -> QMenu:
    """The menu of a row."""
    menu = QMenu(parent)
    menu.addActions(list(actions))
    return menu
