"""Tour: a walk through the window: each pane in turn stands out, with a card that says what it is for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from lossdoctor.gui.plain_label import PlainLabel
from lossdoctor.gui.theme import Look

_CARD_WIDTH = 360
_GAP = 14


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of the tour.

    Attributes:
        title: what is pointed at.
        text: what it is for.
        target: the widget to point at; None, or one that is not in view, puts the card into the middle.
        enter: called on arrival, before anything is pointed at.
    """

    title: str
    text: str
    target: QWidget | None
    enter: Callable[[], object] | None = None


class Tour(QWidget):
    """The overlay. It lies over the whole window and goes when the tour ends.

    Signals:
        ended(): the last stop was left, or the tour was skipped.

    Args:
        stops: where to go; at least one.
        look: colours.
        window: what is toured.
    """

    ended = Signal()

    def __init__(self, stops: Sequence[Stop], look: Look, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._stops = tuple(stops)
        self._look = look
        self.at = 0
        self.setAccessibleName("Tour of the window")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.title, self.text, self._count = PlainLabel(tone="title"), PlainLabel(wrap=True), PlainLabel(tone="small")
        self.skip = _button("Skip")
        self.back = _button("Back")
        self.next = _button("Next", primary=True)
        self.card = self._make_card()
        self.skip.clicked.connect(self.end)
        self.back.clicked.connect(lambda: self.go(self.at - 1))
        self.next.clicked.connect(lambda: self.go(self.at + 1))
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.go(0)
        self.show()
        self.raise_()
        self.next.setFocus()

    def _make_card(self) -> QFrame:
        card = QFrame(self)
        card.setProperty("card", "true")
        card.setFixedWidth(_CARD_WIDTH)
        row = QHBoxLayout()
        row.addWidget(self.skip)
        row.addStretch(1)
        row.addWidget(self._count)
        row.addStretch(1)
        row.addWidget(self.back)
        row.addWidget(self.next)
        column = QVBoxLayout(card)
        column.setContentsMargins(18, 16, 18, 12)
        column.setSpacing(10)
        column.addWidget(self.title)
        column.addWidget(self.text)
        column.addLayout(row)
        return card

    def go(self, at: int) -> None:
        """Goes to a stop; beyond the last one the tour ends."""
        if at >= len(self._stops):
            self.end()
            return
        self.at = max(at, 0)
        stop = self._stops[self.at]
        if stop.enter is not None:
            stop.enter()
        self.title.set_text(stop.title)
        self.text.set_text(stop.text)
        self._count.set_text(f"{self.at + 1} of {len(self._stops)}")
        self.back.setEnabled(self.at > 0)
        self.next.setText("Done" if self.at + 1 == len(self._stops) else "Next")
        self.card.setAccessibleName(f"{stop.title}. {stop.text}")
        self._place()

    def end(self) -> None:
        """Takes the overlay away."""
        self._window.removeEventFilter(self)
        self.hide()
        self.ended.emit()
        self.deleteLater()

    @property
    def spot(self) -> QRect:
        """What stands out, in the window's coordinates; empty when there is nothing to point at."""
        target = self._stops[self.at].target
        if target is None or not target.isVisible():
            return QRect()
        corner = target.mapTo(self._window, QPoint(0, 0))
        return QRect(corner, target.size()).intersected(self.rect())

    def _place(self) -> None:
        """Puts the card beside the spot, where there is most room, and inside the window."""
        self.card.adjustSize()
        # A wrapped text needs the height for its width, which a size hint does not know.
        height = max(self.card.sizeHint().height(), self.card.heightForWidth(_CARD_WIDTH))
        size = QSize(_CARD_WIDTH, height)
        self.card.resize(size)
        self.card.move(_beside(self.spot, size, self.rect()))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        path.addRect(QRectF(self.rect()))
        spot = QRectF(self.spot)
        if not spot.isEmpty():
            path.addRoundedRect(spot, 6, 6)
        painter.fillPath(path, QColor(0, 0, 0, 150 if self._look.is_dark else 110))
        if not spot.isEmpty():
            painter.setPen(QPen(self._look.surface("accent"), 2))
            painter.drawRoundedRect(spot.adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.go(self.at + 1)
        elif event.key() == Qt.Key.Key_Left:
            self.go(self.at - 1)
        # Other keys are kept from the window below, whose panes cannot be seen well.
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._window:
            self.setGeometry(self._window.rect())
            self._place()
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays among the buttons of the card."""
        buttons = [button for button in (self.skip, self.back, self.next) if button.isEnabled()]
        focused = self._window.focusWidget()
        at = buttons.index(focused) if focused in buttons else 0  # type: ignore[arg-type]
        buttons[(at + (1 if forward else -1)) % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)
        return True


def _button(text: str, *, primary: bool = False) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("kind", "primary" if primary else "quiet")
    return button


def _beside(spot: QRect, size: QSize, room: QRect) -> QPoint:
    """Where a card of this size goes: right, left, below or above the spot, wherever it fits; else over its middle."""
    middle = QRect(QPoint(0, 0), size)
    middle.moveCenter(room.center() if spot.isEmpty() else spot.center())
    wanted = (
        QPoint(spot.right() + _GAP, middle.y()),
        QPoint(spot.left() - _GAP - size.width(), middle.y()),
        QPoint(middle.x(), spot.bottom() + _GAP),
        QPoint(middle.x(), spot.top() - _GAP - size.height()),
    )
    for corner in () if spot.isEmpty() else wanted:
        moved = _inside(QRect(corner, size), room)
        if not moved.intersects(spot):
            return moved.topLeft()
    return _inside(middle, room).topLeft()


def _inside(card: QRect, room: QRect) -> QRect:
    edges = room.adjusted(_GAP, _GAP, -_GAP, -_GAP)
    x = min(max(card.x(), edges.left()), max(edges.right() - card.width(), edges.left()))
    y = min(max(card.y(), edges.top()), max(edges.bottom() - card.height(), edges.top()))
    return QRect(QPoint(x, y), card.size())
