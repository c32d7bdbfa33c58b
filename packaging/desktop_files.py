"""The files by which a desktop and a shell know lossdoctor: starter, icons, MIME types, metadata, manual, completions."""

from __future__ import annotations

import gzip
import os
import sys
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "packaging"))
NAME = "org.lossdoctor.LossDoctor"
SOURCES = ROOT / "packaging" / "desktop"
ICON = ROOT / "resources" / "icons" / "lossdoctor.svg"
ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
# Where Debian's shells look for what packages bring.
COMPLETIONS = {
    "bash": "bash-completion/completions/lossdoctor",
    "zsh": "zsh/vendor-completions/_lossdoctor",
    "fish": "fish/vendor_completions.d/lossdoctor.fish",
}


def write_all(share: Path, date: datetime) -> None:
    """Writes every file below `share`, a prefix such as /usr/share; `date` stands in the manual and the metadata."""
    put(share / "applications" / f"{NAME}.desktop", (SOURCES / f"{NAME}.desktop").read_text(encoding="utf-8"))
    put(share / "mime" / "packages" / f"{NAME}.xml", (SOURCES / f"{NAME}.mime.xml").read_text(encoding="utf-8"))
    put(share / "metainfo" / f"{NAME}.metainfo.xml", metainfo(date))
    icons(share / "icons" / "hicolor")
    manuals(share / "man" / "man1", date)
    for shell, place in COMPLETIONS.items():
        put(share / place, completion(shell))


def metainfo(date: datetime) -> str:
    """The AppStream description of this version."""
    from lossdoctor import __version__

    text = (SOURCES / f"{NAME}.metainfo.xml").read_text(encoding="utf-8")
    return text.replace("@VERSION@", __version__).replace("@DATE@", f"{date:%Y-%m-%d}")


def icons(folder: Path) -> None:
    """The picture itself, and drawn in every usual size."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication.instance() or QGuiApplication(["icons"])
    renderer = QSvgRenderer(str(ICON))
    for size in ICON_SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        place = folder / f"{size}x{size}" / "apps" / f"{NAME}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        image.save(str(place))
    put(folder / "scalable" / "apps" / f"{NAME}.svg", ICON.read_text(encoding="utf-8"))
    del application


def manuals(folder: Path, date: datetime) -> None:
    """lossdoctor(1), and lossdoctor-gui(1) that leads to it."""
    import man_page

    folder.mkdir(parents=True, exist_ok=True)
    # Without a time in the head, so that the same page is the same file.
    text = man_page.manual(date).encode()
    (folder / "lossdoctor.1.gz").write_bytes(gzip.compress(text, 9, mtime=0))
    (folder / "lossdoctor-gui.1.gz").write_bytes(gzip.compress(b".so man1/lossdoctor.1\n", 9, mtime=0))


def completion(shell: str) -> str:
    """What `lossdoctor completion SHELL` prints."""
    from click.testing import CliRunner

    from lossdoctor.cli.main import cli

    done = CliRunner().invoke(cli, ["completion", shell], catch_exceptions=False)
    return done.output


def put(place: Path, text: str) -> None:
    """Writes a text file and the folders above it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    # python packaging/desktop_files.py ~/.local/share: for an installation by pipx or uv.
    if len(sys.argv) != 2:
        sys.exit("usage: python packaging/desktop_files.py FOLDER, such as ~/.local/share")
    write_all(Path(sys.argv[1]).expanduser(), datetime.now().astimezone())
