"""The application: its names towards Qt and the desktop, and the event loop of one window."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from lossdoctor import __version__
from lossdoctor.gui import icons
from lossdoctor.gui.desk import Desk
from lossdoctor.gui.dialogs.crash import CrashReporter, log_path, start_log
from lossdoctor.gui.theme import Appearance
from lossdoctor.gui.window_settings import WindowSettings
from lossdoctor.settings.in_force import NOTHING_SAID, Overrides
from lossdoctor.workspace.checklists import ChecklistStore
from lossdoctor.workspace.recent import RecentPaths

DESKTOP_FILE = "org.lossdoctor.LossDoctor"


def make_application(arguments: Sequence[str] = ("lossdoctor",)) -> QApplication:
    """The QApplication with the program's names, which QSettings and the desktop go by."""
    QCoreApplication.setOrganizationName("lossdoctor")
    QCoreApplication.setOrganizationDomain("lossdoctor.org")
    QCoreApplication.setApplicationName("lossdoctor")
    QCoreApplication.setApplicationVersion(__version__)
    QGuiApplication.setDesktopFileName(DESKTOP_FILE)
    pg.setConfigOptions(antialias=True)
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(list(arguments))
    app.setWindowIcon(icons.application_icon())
    return app


def run_window(
    paths: Sequence[Path], *, demo: bool = False, said: Overrides = NOTHING_SAID, own_window: bool = False
) -> int:
    """Shows the window until it is closed; where one is open already, hands the paths to that and returns at once.

    Args:
        paths: what to open; none shows the empty page.
        demo: open the bundled examples.
        said: what the command line said about settings; the window that is there would not know, so these get their own.
        own_window: open a window of its own in any case.

    Returns:
        The exit status for the process.
    """
    app = make_application(sys.argv[:1])
    alone = own_window or demo or said != NOTHING_SAID
    if not alone and _taken_over(paths):
        return 0
    start_log(log_path())
    reporter = CrashReporter(log_path(), app)
    reporter.install()
    settings = WindowSettings()
    with ChecklistStore() as store:
        desk = Desk(Appearance(app, settings.theme), store, RecentPaths(), settings, said=said)
        desk.session.remembers = True
        if not alone:
            _listen(desk)
        desk.window.show()
        if demo:
            desk.commands.open_examples()
        elif paths:
            desk.commands.open_paths(paths)
        desk.help_commands.first_start()
        status = app.exec()
        desk.close()
    reporter.uninstall()
    return status


def _taken_over(paths: Sequence[Path]) -> bool:
    """Whether a window that is open already has taken these paths over."""
    from lossdoctor.gui.single_instance import hand_over, socket_path

    path = socket_path()
    return path is not None and hand_over(paths, path)


def _listen(desk: Desk) -> None:
    """Takes over what later starts of the program are given, as long as the window lives."""
    from lossdoctor.gui.single_instance import SingleInstance, socket_path

    path = socket_path()
    if path is None:
        return
    instance = SingleInstance(path, desk.window)
    instance.paths_received.connect(lambda given: receive(desk, given))
    desk.window.closing.connect(instance.close)
    instance.listen()


def receive(desk: Desk, paths: Sequence[Path]) -> None:
    """What a later start of the program was given: its paths are opened, and the window comes to the front."""
    window = desk.window
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.raise_()
    window.activateWindow()
    if paths:
        desk.commands.open_paths(paths)
