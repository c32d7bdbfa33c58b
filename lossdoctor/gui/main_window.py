"""MainWindow: arranges panes, menus, toolbar and status line; decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QMainWindow, QMenu, QSplitter, QStackedWidget, QToolBar, QVBoxLayout, QWidget

from lossdoctor import safe_text
from lossdoctor.gui.actions import ACTIONS, MENUS, ActionSpec, WindowState
from lossdoctor.gui.messages import MessageBar
from lossdoctor.gui.models.problems_model import ProblemsModel
from lossdoctor.gui.models.runs_model import RunsModel
from lossdoctor.gui.theme import Look
from lossdoctor.gui.views.diagnosis_pane import DiagnosisPane
from lossdoctor.gui.views.empty_page import EmptyPage
from lossdoctor.gui.views.plot_pane import PlotPane
from lossdoctor.gui.views.problems_pane import ProblemsPane
from lossdoctor.gui.views.run_list import RunList
from lossdoctor.gui.views.status_line import StatusLine

_RUN_MENU = ("view.compare", "edit.pin", "edit.ignore", "edit.copy_path", "edit.reveal", "file.export_selected",
             "edit.read_again", "file.reload")  # fmt: skip
_SIZE = QSize(1280, 800)
_PANES = (408, 530, 342)


class MainWindow(QMainWindow):
    """The window.

    Signals:
        paths_dropped(paths): files or folders were dropped on it.
        closing(): it is about to close.
    """

    paths_dropped = Signal(object)
    closing = Signal()

    def __init__(self, runs: RunsModel, problems: ProblemsModel, look: Look) -> None:
        super().__init__()
        self.setWindowTitle("lossdoctor")
        self.setAcceptDrops(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.actions_by_id: dict[str, QAction] = {}
        self.messages = MessageBar(look)
        self.empty = EmptyPage(look)
        self.runs = RunList(runs, look)
        self.plot = PlotPane(look)
        self.diagnosis = DiagnosisPane(look)
        self.problems = ProblemsPane(problems, look)
        self.status = StatusLine(look)
        self._arrange()
        self.resize(_SIZE)
        self.set_look(look)

    def _arrange(self) -> None:
        self.bench = QSplitter(Qt.Orientation.Horizontal)
        for pane, width in zip((self.runs, self.plot, self.diagnosis), (240, 320, 280), strict=True):
            pane.setMinimumWidth(width)
            self.bench.addWidget(pane)
        for index, stretch in enumerate((1, 4, 1)):
            self.bench.setStretchFactor(index, stretch)
        self.bench.setSizes(list(_PANES))
        self.pages = QStackedWidget()
        self.pages.setObjectName("pages")
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.bench)
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.addWidget(self.pages)
        self.split.addWidget(self.problems)
        self.split.setStretchFactor(0, 1)
        self.split.setSizes([600, 180])
        for splitter in (self.bench, self.split):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
        self.problems.hide()
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.messages)
        column.addWidget(self.split, 1)
        self.setCentralWidget(centre)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self.status, 1)

    @property
    def splitters(self) -> dict[str, QSplitter]:
        """The splitters whose proportions are remembered."""
        return {"bench": self.bench, "split": self.split}

    # --- actions ---

    def install_actions(self, handler_of: Callable[[str], Callable[..., object]]) -> None:
        """Builds menus and toolbar from the actions table; `handler_of` gives the function of a handler's name."""
        groups: dict[str, QActionGroup] = {}
        toolbar = QToolBar("Main")
        toolbar.setMovable(False)
        toolbar.setIconSize(QSize(18, 18))
        toolbar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        menus = {title: self.menuBar().addMenu(title) for title in MENUS}
        for spec in ACTIONS:
            action = self._action(spec, handler_of(spec.handler))
            if spec.group:
                groups.setdefault(spec.group, QActionGroup(self)).addAction(action)
            if spec.separated:
                menus[spec.menu].addSeparator()
            menus[spec.menu].addAction(action)
            if spec.id == "file.open_file":
                self.recent_menu = menus[spec.menu].addMenu("Open re&cent")
            if spec.toolbar:
                toolbar.addAction(action)
                toolbar.widgetForAction(action).setAccessibleName(spec.plain_text)
        self.addToolBar(toolbar)
        self.runs.set_menu_actions([self.actions_by_id[name] for name in _RUN_MENU])
        for action_id in ("view.series", "view.log_y", "view.reset_zoom"):
            self.plot.add_action_button(self.actions_by_id[action_id])

    def _action(self, spec: ActionSpec, handler: Callable[..., object]) -> QAction:
        action = QAction(spec.text, self)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(keys) for keys in spec.shortcuts])
        action.setStatusTip("")
        keys = f" ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})" if spec.shortcuts else ""
        action.setToolTip(safe_text.html(f"{spec.help or spec.plain_text}{keys}"))
        action.setIconText(spec.toolbar or spec.plain_text)
        action.setCheckable(spec.checkable)
        if spec.checkable:
            action.toggled.connect(handler)
        else:
            action.triggered.connect(lambda _checked=False: handler())
        self.actions_by_id[spec.id] = action
        self.addAction(action)
        return action

    def update_actions(self, state: WindowState) -> None:
        """Enables what is possible in this state."""
        for spec in ACTIONS:
            self.actions_by_id[spec.id].setEnabled(spec.enabled_when(state))

    def set_checked(self, action_id: str, checked: bool) -> None:
        """Shows an action as on or off without doing it."""
        action = self.actions_by_id[action_id]
        if action.isChecked() is not checked:
            action.blockSignals(True)
            action.setChecked(checked)
            action.blockSignals(False)

    def is_checked(self, action_id: str) -> bool:
        """Whether an action is on."""
        return bool(self.actions_by_id[action_id].isChecked())

    def set_recent(self, paths: Sequence[str], chosen: Callable[[str], object]) -> None:
        """Fills the recent menu and the empty page's list."""
        self.empty.set_recent(paths)
        menu: QMenu = self.recent_menu
        menu.clear()
        menu.setEnabled(bool(paths))
        for path in paths:
            action = menu.addAction(safe_text.menu(path))
            action.setToolTip(safe_text.html(path))  # without one, Qt takes the text for HTML
            action.triggered.connect(lambda _=False, p=path: chosen(p))

    # --- looks ---

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        for part in (self.messages, self.empty, self.runs, self.plot, self.diagnosis, self.problems, self.status):
            part.set_look(look)
        for spec in ACTIONS:
            if spec.icon and spec.id in self.actions_by_id:
                self.actions_by_id[spec.id].setIcon(look.icon(spec.icon))

    def show_bench(self, shown: bool) -> None:
        """The panes, or the empty page."""
        changed = self.pages.currentWidget() is not (self.bench if shown else self.empty)
        self.pages.setCurrentWidget(self.bench if shown else self.empty)
        if changed:
            (self.runs.table if shown else self.empty.open_folder).setFocus()

    def focus_next_pane(self) -> None:
        """Moves the keyboard from list to plot to diagnosis to problems and round again."""
        panes: list[QWidget] = [self.runs.table, self.plot.smoothing, self.diagnosis]
        if self.problems.isVisible():
            panes.append(self.problems.table)
        focused = self.focusWidget()
        homes: list[QWidget] = [self.runs, self.plot, self.diagnosis, self.problems]
        at = next((i for i, home in enumerate(homes) if focused is not None and home.isAncestorOf(focused)), -1)
        if focused is self.diagnosis:
            at = 2
        panes[(at + 1) % len(panes)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    # --- Qt ---

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.empty.set_over(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.empty.set_over(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.empty.set_over(False)
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.paths_dropped.emit(paths)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # A click beside everything takes the keyboard out of the filter, so that single-letter shortcuts work again.
        if (focused := self.focusWidget()) is not None:
            focused.clearFocus()
        super().mousePressEvent(event)
