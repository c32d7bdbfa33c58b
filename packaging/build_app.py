"""Builds lossdoctor as a folder that needs no Python: `python packaging/build_app.py [--out FOLDER]`.

Needs PyInstaller in this environment. On Linux it is tested (tests/packaging/test_app.py, with LOSSDOCTOR_APP=1); the parts
for Windows and macOS in app.spec are not. A build runs where the C library is as new as here or newer, so build on the
oldest system that it is for.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from pathlib import Path

import unused

from lossdoctor import __version__

ROOT = Path(__file__).resolve().parent.parent
SPEC = ROOT / "packaging" / "app.spec"
# Of the system, and better taken from the system: drivers, and what must fit the running desktop.
HOST_LIBRARIES = re.compile(
    r"lib(GL|EGL|GLX|GLdispatch|OpenGL|drm|gbm|xcb|X11|X11-xcb|Xau|Xdmcp|wayland-client|wayland-cursor|fontconfig|dbus-1"
    r"|glib-2|gthread-2|gobject-2|gio-2|gmodule-2|systemd)[.-]|libc\.so|libm\.so|libstdc|libgcc_s"
)
LARGEST_MB, LARGEST_PACKED_MB = 235, 80


def main(args: list[str]) -> int:
    """Builds the folder and its archive and prints their places and sizes; 1 when they have grown too large."""
    parser = argparse.ArgumentParser(prog="packaging/build_app.py")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the folder goes (default dist/)")
    parser.add_argument("--no-archive", action="store_true", help="only the folder, no tar.xz beside it")
    options = parser.parse_args(args)
    if importlib.util.find_spec("PyInstaller") is None:
        print(f'There is no PyInstaller here: "{sys.executable}" -m pip install pyinstaller', file=sys.stderr)
        return 2
    folder = build(options.out)
    size = megabytes(folder)
    print(f"{folder}: {size:.0f} MB")
    if options.no_archive:
        return int(size > LARGEST_MB)
    archive = pack(folder)
    packed = archive.stat().st_size / 1e6
    print(f"{archive}: {packed:.0f} MB")
    return int(size > LARGEST_MB or packed > LARGEST_PACKED_MB)


def build(out: Path) -> Path:
    """The folder with the program, trimmed and with its licences."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        if sys.platform in ("win32", "darwin"):
            icon(out)
        command = ["--noconfirm", "--log-level", "WARN", "--distpath", str(out), "--workpath", work, str(SPEC)]
        subprocess.run([sys.executable, "-m", "PyInstaller", *command], check=True, cwd=ROOT)
    folder = out / "lossdoctor"
    trim(folder)
    licences(folder)
    return folder


def icon(out: Path) -> None:
    """The program's picture in the form that the system wants (not tested)."""
    import desktop_files
    from PIL import Image

    with tempfile.TemporaryDirectory() as place:
        desktop_files.icons(Path(place))
        picture = Image.open(Path(place) / "512x512" / "apps" / f"{desktop_files.NAME}.png")
        picture.save(out / ("lossdoctor.ico" if sys.platform == "win32" else "lossdoctor.icns"))


def trim(folder: Path) -> None:
    """Takes away what the program never loads, and the libraries that only that needed."""
    inner = folder / "_internal"
    if sys.platform == "linux":
        for path in list(inner.glob("lib*.so*")):
            if HOST_LIBRARIES.match(path.name):
                path.unlink()
    unused.remove(inner)
    for path in inner.glob("*.dist-info/RECORD"):
        path.unlink()
    if sys.platform == "linux":
        for path in unused.orphans(inner, "lib*.so*"):
            if not path.name.startswith("libpython"):
                path.unlink()
        # Where Python was built with them, two thirds of it are tables for debuggers.
        subprocess.run(["strip", "--strip-debug", *map(str, inner.glob("libpython3*.so*"))], check=True)
        # One program that looks at the name it is called by; a second would carry the whole archive again.
        (folder / "lossdoctor-gui").symlink_to("lossdoctor")


def licences(folder: Path) -> None:
    """The licences of what is in the folder besides the Python packages: Python, and the system's libraries."""
    place = folder / "licences"
    place.mkdir(exist_ok=True)
    shutil.copy(ROOT / "LICENSE", place / "lossdoctor.txt")
    python = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    shutil.copy(python if python.exists() else "/usr/share/doc/python3.11/copyright", place / "python.txt")
    (place / "README.txt").write_text(
        "lossdoctor is under the Apache License 2.0. The licences of the Python packages and of Qt, how to replace Qt and\n"
        "where its source is, are in _internal/lossdoctor/resources/licences and in the help (lossdoctor help licences).\n"
        "Beside this file: Python's, and those of the system libraries that are in _internal.\n",
        encoding="utf-8",
    )
    if sys.platform == "linux":
        for package, text in sorted(system_licences(folder / "_internal").items()):
            shutil.copy(text, place / f"{package}.txt")


def system_licences(inner: Path) -> dict[str, Path]:
    """Debian package -> its copyright file, of every library at the top of the folder that came from the system.

    Raises:
        RuntimeError: a library is of unknown origin.
    """
    found = {}
    for path in sorted(inner.glob("lib*.so*")):
        if "python3" in path.name or path.is_symlink():
            continue
        done = subprocess.run(["dpkg", "-S", f"*/{path.name}"], capture_output=True, text=True, check=False)
        package = done.stdout.partition(":")[0]
        text = Path("/usr/share/doc") / package / "copyright"
        if not package or not text.exists():
            raise RuntimeError(f"{path.name}: no Debian package and no licence is known")
        found[package] = text
    return found


def pack(folder: Path) -> Path:
    """The folder as lossdoctor-VERSION-SYSTEM.tar.xz beside it, owned by nobody in particular."""
    name = f"lossdoctor-{__version__}-{sysconfig.get_platform()}"
    place = folder.parent / f"{name}.tar.xz"
    with tarfile.open(place, "w:xz", preset=6) as archive:
        archive.add(folder, name, filter=_owned_by_root)
    return place


def _owned_by_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def megabytes(folder: Path) -> float:
    """What a folder takes on the disk, links not counted."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main(sys.argv[1:]))
