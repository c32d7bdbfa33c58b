"""Icons: SVG files of `resources/icons`, drawn in a colour of the theme at the size and pixel density asked for."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from lossdoctor.resources import resource

APPLICATION_ICON = "lossdoctor"
_SIZES = (16, 20, 24, 32, 48)


@lru_cache(maxsize=256)
def _svg(name: str, colour: str) -> bytes:
    return resource("icons", f"{name}.svg").read_bytes().replace(b"currentColor", colour.encode("ascii"))


def pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """One icon as `size` x `size` logical pixels; `ratio` is the screen's device pixel ratio."""
    pixels = round(size * ratio)
    image = QImage(QSize(pixels, pixels), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(_svg(name, colour))).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return QPixmap.fromImage(image)


def icon(name: str, colour: str, disabled: str | None = None) -> QIcon:
    """One icon in all usual sizes and densities, with a paler form for what cannot be done now."""
    result = QIcon()
    for size in _SIZES:
        for ratio in (1.0, 2.0):
            result.addPixmap(pixmap(name, colour, size, ratio), QIcon.Mode.Normal)
            if disabled is not None:
                result.addPixmap(pixmap(name, disabled, size, ratio), QIcon.Mode.Disabled)
    return result


def application_icon() -> QIcon:
    """The program's own icon, in its own colours."""
    result = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        result.addPixmap(pixmap(APPLICATION_ICON, "", size))
    return result
