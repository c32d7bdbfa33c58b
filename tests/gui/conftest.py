"""A window per test, with its own store, settings and answers; no thread outlives its test."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"

try:
    import PySide6.QtWidgets  # noqa: F401
except ImportError:
    # Without Qt's system libraries nothing here can be imported; test_qt_loads.py says so loudly.
    collect_ignore_glob = ["test_[!q]*.py"]
else:
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    from lossdoctor.gui.app import make_application
    from lossdoctor.gui.desk import Desk
    from lossdoctor.gui.dialogs.files import FileDialogs
    from lossdoctor.gui.theme import Appearance, ThemeMode
    from lossdoctor.gui.window_settings import WindowSettings
    from lossdoctor.workspace.checklists import ChecklistStore
    from lossdoctor.workspace.recent import RecentPaths

    class Answers(FileDialogs):
        """Answers the file dialogs."""

        folder: Path | None = None
        files: list[Path]
        report: Path | None = None
        plot: Path | None = None
        suggested = ""

        def ask_folder(self, parent: Any, start: str) -> Path | None:
            return self.folder

        def ask_files(self, parent: Any, start: str) -> list[Path]:
            return self.files

        def ask_report_path(self, parent: Any, suggestion: str) -> Path | None:
            self.suggested = suggestion
            return self.report

        def ask_note(self, parent: Any, where: str) -> str:
            return "doubled the batch <here>"

        def ask_plot_path(self, parent: Any, suggestion: str) -> Path | None:
            return self.plot

    class Desks:
        """Builds windows on one folder, as a user who starts the program again would meet them."""

        def __init__(self, qtbot: Any, folder: Path, app: QApplication) -> None:
            self._qtbot, self._folder = qtbot, folder
            self.appearance = Appearance(app, ThemeMode.LIGHT)
            self.answers = Answers()
            self._open: list[Desk] = []

        def open(self) -> Desk:
            store = ChecklistStore(self._folder / "ticks.sqlite3")
            recent = RecentPaths(self._folder / "recent.json")
            settings = WindowSettings(self._folder / "window.ini")
            desk = Desk(self.appearance, store, recent, settings, self.answers)
            desk.window.resize(1280, 800)
            desk.window.show()
            self._qtbot.waitExposed(desk.window)
            self._open.append(desk)
            return desk

        def close(self, desk: Desk) -> None:
            self._open.remove(desk)
            desk.window.close()
            desk.store.close()
            desk.window.deleteLater()

        def close_all(self) -> None:
            for desk in list(self._open):
                self.close(desk)

    def press(
        desk: Desk, qtbot: Any, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """Presses a key while the list of runs has the keyboard; a window that is not active hears no shortcut."""
        desk.window.activateWindow()
        desk.window.runs.table.setFocus()
        qtbot.waitUntil(desk.window.isActiveWindow, timeout=5_000)
        qtbot.keyClick(desk.window, key, modifier)

    @pytest.fixture
    def desks(qtbot: Any, qapp: QApplication, tmp_path: Path) -> Iterator[Desks]:
        """Opens and closes windows."""
        make_application()
        built = Desks(qtbot, tmp_path, qapp)
        yield built
        built.close_all()
        # The next test must not inherit this one's look.
        built.appearance.deleteLater()
        qapp.processEvents()
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("job-")]

    @pytest.fixture
    def desk(desks: Desks) -> Desk:
        """One empty window."""
        return desks.open()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform warns about what it cannot do (popups); every other warning of Qt fails the test."""
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(
                pytest.mark.qt_log_ignore("This plugin does not support (propagateSizeHints|raise|grabbing)")
            )
