"""Appearance: turns the theme (meaning -> colour) into Qt's palette, one style sheet and QColors, and follows the system.

No widget holds a literal colour; widgets that paint ask `Look` and repaint on `Appearance.changed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from lossdoctor.figures.theme import Theme, load_theme
from lossdoctor.gui import icons
from lossdoctor.gui.style_sheet import style_sheet

# 9.75 pt is 13 px at 96 dpi: below that, tables of numbers tire the eyes. A larger system font is left as it is.
_SMALLEST_POINTS = 9.75


class ThemeMode(StrEnum):
    """What the user chose under View > Theme."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def mix(first: str, second: str, share: float) -> QColor:
    """The colour `share` of the way from `first` to `second`."""
    a, b = QColor(first), QColor(second)
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    channels = [round(x + (y - x) * share) for x, y in pairs]
    return QColor(*channels)


@dataclass(frozen=True, slots=True)
class Look:
    """One theme with the helpers that painting code needs."""

    theme: Theme

    @property
    def is_dark(self) -> bool:
        """True for the dark theme."""
        return self.theme.name == "dark"

    def surface(self, name: str, alpha: float = 1.0) -> QColor:
        """A surface colour ("panel", "text", "accent", ...)."""
        return _with_alpha(self.theme.surface(name), alpha)

    @property
    def hover(self) -> QColor:
        """Background of what the pointer is on."""
        return mix(self.theme.surface("panel"), self.theme.surface("text"), 0.055)

    def icon(self, name: str) -> QIcon:
        """An icon in the text colour."""
        faded = mix(self.theme.surface("text"), self.theme.surface("window"), 0.62).name()
        return icons.icon(name, self.theme.surface("text"), faded)


def _with_alpha(colour: str, alpha: float) -> QColor:
    result = QColor(colour)
    result.setAlphaF(alpha)
    return result


def palette(theme: Theme) -> QPalette:
    """Qt's palette for everything the style sheet does not name."""
    role = QPalette.ColorRole
    names = {
        role.Window: "window", role.WindowText: "text", role.Base: "panel", role.AlternateBase: "raised",
        role.Text: "text", role.Button: "raised", role.ButtonText: "text", role.ToolTipBase: "raised",
        role.ToolTipText: "text", role.Highlight: "selection", role.HighlightedText: "selection_text",
        role.Link: "accent", role.LinkVisited: "accent", role.PlaceholderText: "muted", role.Mid: "border",
        role.Dark: "border", role.Light: "raised", role.Midlight: "raised", role.Shadow: "border",
        role.BrightText: "accent_text", role.Accent: "accent",
    }  # fmt: skip
    result = QPalette()
    for colour_role, name in names.items():
        result.setColor(colour_role, QColor(theme.surface(name)))
    faded = mix(theme.surface("text"), theme.surface("window"), 0.55)
    for colour_role in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, colour_role, faded)
    return result


class Appearance(QObject):
    """The look of the whole application.

    Signals:
        changed(look): colours are to be taken from this Look from now on.
    """

    changed = Signal(object)

    def __init__(self, app: QApplication, mode: ThemeMode = ThemeMode.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self.mode = mode
        self.look = Look(load_theme("light"))
        if (style := QStyleFactory.create("Fusion")) is not None:
            app.setStyle(style)
        app.setFont(_readable(app.font()))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    def set_mode(self, mode: ThemeMode) -> None:
        """Follows the system or pins light or dark."""
        self.mode = mode
        self._apply()

    def _system_changed(self, _scheme: object) -> None:
        if self.mode is ThemeMode.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        name = self.mode.value
        if self.mode is ThemeMode.SYSTEM:
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
            name = "dark" if dark else "light"
        theme = load_theme(name)
        self.look = Look(theme)
        self._app.setPalette(palette(theme))
        self._app.setStyleSheet(style_sheet(theme, self._app.font().pointSizeF()))
        self.changed.emit(self.look)


def _readable(font: QFont) -> QFont:
    result = QFont(font)
    if result.pointSizeF() > 0:
        result.setPointSizeF(max(result.pointSizeF(), _SMALLEST_POINTS))
    else:
        result.setPointSizeF(_SMALLEST_POINTS)
    return result
