"""Builds the Debian package: `python packaging/build_deb.py [--out FOLDER]`, for Debian 12 and its Python 3.11.

Qt for Python is not in Debian 12, so the package brings its Python packages with it, in the tested versions, as an
environment in /usr/lib/lossdoctor on Debian's own Python: interpreter, OpenSSL and the system's libraries get their
security updates from Debian. It has no maintainer scripts; what desktops keep about programs is updated by their own
triggers. The same tree gives the same file, byte for byte, with SOURCE_DATE_EPOCH or in a git checkout.
"""

from __future__ import annotations

import argparse
import compileall
import gzip
import hashlib
import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import desktop_files
import unused

from lossdoctor import __version__
from lossdoctor.cli.display import QT_LIBRARIES

ROOT = Path(__file__).resolve().parent.parent
DEBIAN = ROOT / "packaging" / "debian"
PYTHON = "3.11"
HOME = Path("usr/lib/lossdoctor")
SITE = HOME / "lib" / f"python{PYTHON}" / "site-packages"
MAINTAINER = "The lossdoctor developers <lossdoctor@localhost>"
# What Debian's python3 and the libraries of the wheels load besides Qt's list.
DEPENDS = (
    f"python3 (>= {PYTHON})", "python3 (<< 3.12)", f"python{PYTHON}", "libc6 (>= 2.36)", "libstdc++6", "libgcc-s1", "zlib1g",
)  # fmt: skip
LAUNCHER = """#!/usr/lib/lossdoctor/bin/python3 -I
from lossdoctor.cli.main import {function}

{function}()
"""


def main(args: list[str]) -> int:
    """Builds the package and prints its place; 0 when it is there."""
    parser = argparse.ArgumentParser(prog="packaging/build_deb.py")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the package goes (default dist/)")
    parser.add_argument("--wheel", type=Path, help="a wheel that was built before")
    options = parser.parse_args(args)
    if sys.version_info[:2] != (3, 11):
        print(f"The package is for Python {PYTHON}; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wheel = options.wheel or built_wheel(Path(folder) / "wheel")
        print(build(Path(folder) / "root", wheel, options.out))
    return 0


def built_wheel(folder: Path) -> Path:
    """The wheel of this checkout."""
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT))
    [wheel] = folder.glob("*.whl")
    return wheel


def build(root: Path, wheel: Path, out: Path) -> Path:
    """Puts everything in its place below `root` and packs it."""
    date = source_date()
    environment(root, wheel)
    launchers(root)
    desktop_files.write_all(root / "usr" / "share", date)
    documents(root, date)
    control(root)
    settle(root, date)
    architecture = output("dpkg", "--print-architecture")
    place = out / f"lossdoctor_{__version__}_{architecture}.deb"
    os.environ["SOURCE_DATE_EPOCH"] = str(int(date.timestamp()))
    run("dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(place))
    return place


def source_date() -> datetime:
    """When the source was changed last, so that building it again gives the same files."""
    given = os.environ.get("SOURCE_DATE_EPOCH") or output("git", "-C", str(ROOT), "log", "-1", "--format=%ct")
    return datetime.fromtimestamp(int(given), UTC)


def environment(root: Path, wheel: Path) -> None:
    """The Python environment: Debian's interpreter, the wheel and the tested versions of what it needs."""
    home, site = root / HOME, root / SITE
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "python3").symlink_to(f"../../../bin/python{PYTHON}")
    (home / "pyvenv.cfg").write_text(f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {PYTHON}\n")
    run(
        sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile", "--only-binary", ":all:",
        "-c", str(ROOT / "packaging" / "constraints.txt"), "--target", str(site), str(wheel),
    )  # fmt: skip
    unused.remove(site)
    for name in ("direct_url.json", "REQUESTED", "RECORD", "INSTALLER"):
        for path in site.glob(f"*.dist-info/{name}"):
            path.unlink()


def launchers(root: Path) -> None:
    """The two commands."""
    folder = root / "usr" / "bin"
    folder.mkdir(parents=True)
    for name, function in (("lossdoctor", "main"), ("lossdoctor-gui", "main_gui")):
        (folder / name).write_text(LAUNCHER.format(function=function))
        (folder / name).chmod(0o755)


def documents(root: Path, date: datetime) -> None:
    """Copyright of every part, and the changes, where Debian's rules want them."""
    folder = root / "usr" / "share" / "doc" / "lossdoctor"
    folder.mkdir(parents=True)
    (folder / "copyright").write_text(copyright_file(), encoding="utf-8")
    stamp = f"{date:%a, %d %b %Y %H:%M:%S} +0000"
    entry = (
        f"lossdoctor ({__version__}) bookworm; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- {MAINTAINER}  {stamp}\n"
    )
    (folder / "changelog.gz").write_bytes(gzip.compress(entry.encode(), 9, mtime=0))
    (folder / "CHANGELOG.md.gz").write_bytes(gzip.compress((ROOT / "CHANGELOG.md").read_bytes(), 9, mtime=0))
    overrides = root / "usr" / "share" / "lintian" / "overrides"
    overrides.mkdir(parents=True)
    shutil.copy(DEBIAN / "lintian-overrides", overrides / "lossdoctor")


def copyright_file() -> str:
    """Which licence each part is under, and where its text is."""
    packages = tomllib.loads((ROOT / "resources" / "licences" / "packages.toml").read_text(encoding="utf-8"))["package"]
    texts = f"/{SITE}/lossdoctor/resources/licences"
    lines = [(DEBIAN / "copyright").read_text(encoding="utf-8").replace("@LICENCES@", texts)]
    lines += [
        f"{p['name']} {p['version']}: {p['licence']}\n  {p['home']}\n  {texts}/packages/{p['file']}" for p in packages
    ]
    return "\n".join(lines) + "\n"


def control(root: Path) -> None:
    """What the package is called and what it needs."""
    folder = root / "DEBIAN"
    folder.mkdir()
    depends = ", ".join([*DEPENDS, *dict.fromkeys(QT_LIBRARIES.values())])
    size = sum(path.lstat().st_size for path in (root / "usr").rglob("*") if path.is_file()) // 1024
    text = (DEBIAN / "control").read_text(encoding="utf-8")
    for word, value in {
        "@VERSION@": __version__, "@DEPENDS@": depends, "@SIZE@": str(size), "@MAINTAINER@": MAINTAINER,
        "@ARCHITECTURE@": output("dpkg", "--print-architecture"),
    }.items():  # fmt: skip
        text = text.replace(word, value)
    (folder / "control").write_text(text, encoding="utf-8")


def settle(root: Path, date: datetime) -> None:
    """Byte code, rights, times and checksums: what is shipped is all there will be in the program's folder."""
    # The hash of the source and not its time is kept, and not looked at again: nobody can write there but dpkg.
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(
        str(root / SITE), quiet=2, stripdir=str(root), prependdir="/", invalidation_mode=mode, workers=0
    )
    when = date.timestamp()
    sums = []
    for path in sorted(root.rglob("*")):
        if path.is_symlink():
            continue
        program = path.is_dir() or path.parent == root / "usr" / "bin"
        path.chmod(0o755 if program else 0o644)
        if path.is_file() and "DEBIAN" not in path.relative_to(root).parts:
            sums.append(f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(root)}\n")
        os.utime(path, (when, when))
    (root / "DEBIAN" / "md5sums").write_text("".join(sums))


def run(*command: str) -> None:
    """Runs a program.

    Raises:
        SystemExit: it failed; its output was shown.
    """
    done = subprocess.run(command, check=False, stdout=sys.stderr)
    if done.returncode:
        sys.exit(f"failed: {' '.join(command[:4])} ...")


def output(*command: str) -> str:
    """What a program prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
