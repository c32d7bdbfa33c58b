"""Section and Disclosure: headed blocks of the diagnosis pane that fold."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout, QWidget

from lossdoctor.gui import icons
from lossdoctor.gui.theme import Look

_CHEVRON = 16


class Disclosure(QAbstractButton):
    """A line with a chevron that folds something in or out; checked while it is out."""

    def __init__(self, text: str, look: Look, *, heading: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._heading = heading
        self._note = ""
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_look(self, look: Look) -> None:
        """Takes colours from this look."""
        self._look = look
        self.update()

    def set_note(self, note: str) -> None:
        """A quiet remark at the right end: a count, "2 of 5 checked"."""
        self._note = note
        self.setAccessibleName(f"{self.text()}, {note}" if note else self.text())
        self.update()

    def _font(self) -> QFont:
        font = QFont(self.font())
        if self._heading:
            font.setWeight(QFont.Weight.DemiBold)
        else:
            font.setPointSizeF(font.pointSizeF() * 0.94)
        return font

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._font())
        return QSize(_CHEVRON + 8 + metrics.horizontalAdvance(self.text() + "  " + self._note), metrics.height() + 8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(self._look.surface("accent"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        name = "chevron-down" if self.isChecked() else "chevron-right"
        strong = self._heading or self.underMouse()
        colour = self._look.theme.surface("text" if strong else "muted")
        chevron = icons.pixmap(name, self._look.theme.surface("muted"), _CHEVRON, self.devicePixelRatioF())
        painter.drawPixmap(-4, (self.height() - _CHEVRON) // 2, chevron)
        painter.setFont(self._font())
        painter.setPen(colour)
        area = self.rect().adjusted(_CHEVRON, 0, -4, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        if self._note:
            note_font = QFont(self.font())
            note_font.setPointSizeF(note_font.pointSizeF() * 0.92)
            painter.setFont(note_font)
            painter.setPen(self._look.surface("muted"))
            room = area.width() - QFontMetrics(self._font()).horizontalAdvance(self.text()) - 12
            note = QFontMetrics(note_font).elidedText(self._note, Qt.TextElideMode.ElideRight, room)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, note)
        painter.end()


class Section(QWidget):
    """A headed block that folds.

    Signals:
        unfolded(open): the user folded it in or out.
    """

    unfolded = Signal(bool)

    def __init__(self, title: str, look: Look, *, opened: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        rule = QFrame()
        rule.setObjectName("rule")
        self.head = Disclosure(title, look, heading=True)
        self._body = QWidget()
        self.content = QVBoxLayout(self._body)
        self.content.setContentsMargins(0, 4, 0, 0)
        self.content.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(rule)
        layout.addWidget(self.head)
        layout.addWidget(self._body)
        self.head.toggled.connect(self._body.setVisible)
        self.head.toggled.connect(self.unfolded)
        self.head.setChecked(opened)
        self._body.setVisible(opened)

    def clear(self) -> None:
        """Removes what the section holds."""
        while (entry := self.content.takeAt(0)) is not None:
            if (widget := entry.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def add(self, widget: QWidget) -> None:
        """Appends a widget."""
        self.content.addWidget(widget)
