"""MessageBar: the one line in the window that tells how the user's last action went; replaced, never stacked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from lossdoctor.gui import icons
from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.gui.theme import Look

_GOOD_NEWS_SECONDS = 12


class Level(StrEnum):
    """How a message looks and whether it goes by itself."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """What the bar says.

    Attributes:
        level: warnings and errors stay until they are dismissed.
        text: what happened.
        hint: what to do about it.
        action: text of a button, or empty.
        run: what the button does.
    """

    level: Level
    text: str
    hint: str = ""
    action: str = ""
    run: Callable[[], object] | None = None


class MessageBar(QFrame):
    """Shows one Notice between toolbar and panes; hidden when there is nothing to say.

    Signals:
        dismissed(): the user closed it.
    """

    dismissed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self._look = look
        self.notice: Notice | None = None
        self._icon = QLabel()
        self._text = PlainLabel(tone="heading", wrap=True, selectable=True)
        self._hint = PlainLabel(wrap=True, selectable=True)
        self._button = QPushButton()
        self._button.clicked.connect(self._run)
        self._close = QToolButton()
        self._close.setAccessibleName("Dismiss message")
        self._close.setToolTip("Dismiss")
        self._close.clicked.connect(self._dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(12)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 2)
        layout.addWidget(self._hint, 3)
        layout.addWidget(self._button)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)
        self.hide()

    def show_notice(self, notice: Notice) -> None:
        """Replaces what the bar says."""
        self.notice = notice
        self._text.set_text(notice.text)
        self._hint.set_text(notice.hint)
        self._hint.setVisible(bool(notice.hint))
        self._button.setText(notice.action)
        self._button.setVisible(bool(notice.action))
        self.setProperty("level", notice.level.value)
        self.setAccessibleName(f"{notice.level.value}: {notice.text} {notice.hint}")
        self.style().unpolish(self)
        self.style().polish(self)
        self.set_look(self._look)
        self.show()
        self._timer.stop()
        if notice.level in {Level.INFO, Level.SUCCESS}:
            self._timer.start(_GOOD_NEWS_SECONDS * 1000)

    def clear(self) -> None:
        """Says nothing."""
        self.notice = None
        self._timer.stop()
        self.hide()

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._look = look
        ratio = self.devicePixelRatioF()
        level = self.notice.level.value if self.notice is not None else "info"
        self._icon.setPixmap(icons.pixmap(level, look.theme.surface("text"), 18, ratio))
        self._close.setIcon(look.icon("close"))

    def _run(self) -> None:
        notice = self.notice
        self.clear()
        if notice is not None and notice.run is not None:
            notice.run()

    def _dismiss(self) -> None:
        self.clear()
        self.dismissed.emit()
