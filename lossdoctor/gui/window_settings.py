"""WindowSettings: geometry, splitters, theme and last folder in an INI file; nothing that would be missed when lost."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow, QSplitter

from lossdoctor.gui.theme import ThemeMode

# Raised when panes are rearranged, so that an old layout is not forced on the new window.
_LAYOUT_VERSION = 1


class WindowSettings:
    """What the window remembers about itself.

    Args:
        path: the INI file; the user's settings folder by default.
    """

    def __init__(self, path: Path | None = None) -> None:
        if path is not None:
            self._settings = QSettings(str(path), QSettings.Format.IniFormat)
        else:
            self._settings = QSettings(
                QSettings.Format.IniFormat, QSettings.Scope.UserScope, "lossdoctor", "lossdoctor"
            )

    @property
    def theme(self) -> ThemeMode:
        """The theme the user chose."""
        value = str(self._settings.value("theme", ThemeMode.SYSTEM.value))
        return ThemeMode(value) if value in set(ThemeMode) else ThemeMode.SYSTEM

    @theme.setter
    def theme(self, mode: ThemeMode) -> None:
        self._settings.setValue("theme", mode.value)

    @property
    def last_folder(self) -> str:
        """Where the file dialogs start."""
        return str(self._settings.value("last_folder", ""))

    @last_folder.setter
    def last_folder(self, folder: str) -> None:
        self._settings.setValue("last_folder", folder)

    def remembered(self, name: str) -> list[str]:
        """A list of words saved under a name; empty when there is none."""
        value = self._settings.value(f"view/{name}", [])
        words = value if isinstance(value, list) else [value]
        return [str(word) for word in words if str(word)]

    def remember(self, name: str, words: Iterable[str]) -> None:
        """Saves a list of words under a name."""
        self._settings.setValue(f"view/{name}", list(words))

    def restore(self, window: QMainWindow, splitters: dict[str, QSplitter]) -> None:
        """Gives the window its old place and proportions, when they are known and still fit a screen."""
        if self._settings.value("layout", 0, type=int) != _LAYOUT_VERSION:
            return
        geometry = self._settings.value("geometry")
        if isinstance(geometry, QByteArray):
            window.restoreGeometry(geometry)
            _back_on_screen(window)
        for name, splitter in splitters.items():
            state = self._settings.value(f"splitter/{name}")
            if isinstance(state, QByteArray):
                splitter.restoreState(state)

    def save(self, window: QMainWindow, splitters: dict[str, QSplitter]) -> None:
        """Remembers place and proportions."""
        self._settings.setValue("layout", _LAYOUT_VERSION)
        self._settings.setValue("geometry", window.saveGeometry())
        for name, splitter in splitters.items():
            self._settings.setValue(f"splitter/{name}", splitter.saveState())
        self._settings.sync()


def _back_on_screen(window: QMainWindow) -> None:
    """A window last seen on a screen that is gone must not open where nobody can reach it."""
    screen = window.screen()
    if screen is None:
        return
    area = screen.availableGeometry()
    frame = window.frameGeometry()
    if area.intersected(frame).width() < 100 or area.intersected(frame).height() < 60:
        window.move(area.topLeft())
    if frame.width() > area.width() or frame.height() > area.height():
        window.resize(min(frame.width(), area.width()), min(frame.height(), area.height()))
