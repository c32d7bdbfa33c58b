"""Labels that can only show plain text: QLabel guesses at HTML by default, and names out of logs are hostile until shown."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QStyleOption, QWidget

from lossdoctor import safe_text


class PlainLabel(QLabel):
    """A label whose text is shown literally.

    Args:
        text: any text; control characters and direction marks become visible.
        tone: the style sheet's name for its looks (`title`, `muted`, ...).
        wrap: whether long text continues on the next line.
        selectable: whether the text can be marked and copied.
    """

    def __init__(
        self,
        text: object = "",
        parent: QWidget | None = None,
        *,
        tone: str = "",
        wrap: bool = False,
        selectable: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setOpenExternalLinks(False)
        self.setWordWrap(wrap)
        if tone:
            self.setProperty("tone", tone)
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        self.set_text(text)

    def set_text(self, text: object) -> None:
        """Shows this text literally."""
        self.setText(safe_text.plain(text, 4000))
        if self.isVisible():  # before that the width is not known; the first resize comes in time
            self._keep_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_height()

    def _keep_height(self) -> None:
        """Takes the height that the text needs at this width: nested layouts forget it and cut the last lines off."""
        if not self.wordWrap():
            return
        # Not heightForWidth(): it knows no less than the minimum, and a wider label would never give room back.
        room = self.contentsRect()
        flags = int(Qt.TextFlag.TextWordWrap.value | self.alignment().value)
        text = self.fontMetrics().boundingRect(QRect(0, 0, max(room.width(), 1), 1_000_000), flags, self.text())
        needed = text.height() + self.height() - room.height()
        if needed != self.minimumHeight():
            self.setMinimumHeight(max(needed, 0))

    def set_tone(self, tone: str) -> None:
        """Changes its looks to another of the style sheet's tones."""
        self.setProperty("tone", tone)
        self.style().unpolish(self)
        self.style().polish(self)


class ElidedLabel(PlainLabel):
    """A one-line label cut in the middle when it does not fit; the whole text is its tooltip."""

    def __init__(self, text: object = "", parent: QWidget | None = None, *, tone: str = "") -> None:
        super().__init__(text, parent, tone=tone)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def set_text(self, text: object) -> None:
        """Shows this text literally."""
        super().set_text(text)
        self.setToolTip(safe_text.html(text))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(QFontMetrics(self.font()).horizontalAdvance(self.text()) + 4, hint.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        text = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        alignment = QStyle.visualAlignment(self.layoutDirection(), self.alignment()) | Qt.AlignmentFlag.AlignVCenter
        self.style().drawItemText(
            painter, self.contentsRect(), alignment, option.palette, self.isEnabled(), text, self.foregroundRole()
        )
        painter.end()
