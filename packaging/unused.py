"""What the packages bring along and lossdoctor never loads; the Debian package and the stand-alone build leave it out.

Only whole files are left out, none is changed. The lists are names of files and folders below site-packages;
tests/packaging/test_unused.py uses the program without them.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

# The parts of Qt that the window is made of; everything else of PySide6 is left out.
QT_MODULES = frozenset({
    "Core", "DBus", "Gui", "Network", "OpenGL", "OpenGLWidgets", "PrintSupport", "Svg", "SvgWidgets", "Test", "Widgets",
})  # fmt: skip
# Libraries of Qt without a Python module of their own.
_QT_LIBRARIES = QT_MODULES | {"XcbQpa", "WaylandClient", "WlShellIntegration"}
_QT_PLUGINS = frozenset({
    "iconengines", "imageformats", "platforminputcontexts", "platforms", "platformthemes",
    "wayland-decoration-client", "wayland-graphics-integration-client", "wayland-shell-integration", "xcbglintegrations",
})  # fmt: skip
# These would draw in GTK, CUPS, Qt Quick or another program's libraries; EGLFS and its like are for machines without desktop.
_QT_PLUGIN_FILES = frozenset({
    "libqgtk3.so", "libcupsprintersupport.so", "libqeglfs.so", "libqlinuxfb.so", "libqminimalegl.so", "libqvkkhrdisplay.so",
    "libqvnc.so", "libqtvirtualkeyboardplugin.so", "libqpdf.so", "libvulkan-server.so",
})  # fmt: skip
_FOLDERS = (
    "numpy/*/tests", "numpy/tests", "pandas/tests", "pyqtgraph/examples",
    "PySide6/Qt/qml", "PySide6/Qt/metatypes", "PySide6/Qt/libexec", "PySide6/Qt/translations", "PySide6/include",
    "PySide6/typesystems", "PySide6/scripts", "PySide6/doc", "PySide6/glue", "PySide6/support/generate_pyi",
    "shiboken6/tests", "tensorboard_data_server/bin",
    "tensorboard/plugins/projector/tf_projector_plugin", "bin", "numpy/_core/include",
    "numpy/_core/lib", "numpy/distutils", "numpy/f2py/src", "numpy/f2py/tests", "reportlab/graphics/samples",
    # The reports embed their own fonts; these are partly without a free licence.
    "reportlab/fonts",
    # Declared by tensorboard for its server.
    "setuptools", "setuptools-*.dist-info", "pkg_resources", "_distutils_hack",
)  # fmt: skip
_QT_TOOLS = (
    "assistant", "balsam", "balsamui", "designer", "linguist", "lrelease", "lupdate", "qmlcachegen", "qmlformat",
    "qmlimportscanner", "qmllint", "qmlls", "qmltyperegistrar", "qsb", "rcc", "svgtoqml", "uic",
)  # fmt: skip
_FILES = (
    "*.pyi", "distutils-precedence.pth", "reportlab/graphics/barcode/test.py", "PySide6/libpyside6qml.abi3.so.*",
    "tensorboard/webfiles.zip", "PIL/_avif.*.so", "PIL/_webp.*.so", "PIL/_imagingft.*.so", "PIL/_imagingcms.*.so",
    # yaml goes on without it, and lossdoctor must not use it.
    "PIL/_imagingtk.*.so", "yaml/_yaml.*.so", *(f"PySide6/{tool}" for tool in _QT_TOOLS),
)  # fmt: skip


def is_unused(name: str) -> bool:
    """Whether the file of this name, below site-packages, is left out."""
    path = PurePosixPath(name)
    if any(_is_folder(folder, pattern) for folder in path.parents for pattern in _FOLDERS):
        return True
    if any(path.match(pattern) for pattern in _FILES):
        return True
    return path.parts[0] == "PySide6" and _unused_of_qt(path)


def _is_folder(folder: PurePosixPath, pattern: str) -> bool:
    wanted = PurePosixPath(pattern)
    return len(folder.parts) == len(wanted.parts) and folder.match(pattern)


def _unused_of_qt(path: PurePosixPath) -> bool:
    name = path.name
    if name.startswith("Qt") and name.endswith(".abi3.so"):
        return name.removeprefix("Qt").removesuffix(".abi3.so") not in QT_MODULES
    if name.startswith("libQt6"):
        return name.removeprefix("libQt6").partition(".")[0] not in _QT_LIBRARIES
    if path.parts[1:3] == ("Qt", "plugins"):
        return path.parts[3] not in _QT_PLUGINS or name in _QT_PLUGIN_FILES
    return False


def unused(site: Path) -> Iterator[Path]:
    """Every file below a site-packages folder that is left out."""
    for path in site.rglob("*"):
        if (path.is_file() or path.is_symlink()) and is_unused(path.relative_to(site).as_posix()):
            yield path


def remove(site: Path) -> None:
    """Takes them away, and the folders that are then empty."""
    for path in list(unused(site)):
        path.unlink()
    for orphan in orphans(site, "*.libs/lib*.so*"):
        orphan.unlink()
    for folder in sorted((path for path in site.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def orphans(site: Path, pattern: str) -> list[Path]:
    """The libraries of this pattern to which nothing else leads, directly or through others of them.

    Libraries that are loaded by name, without being linked with, would be taken for orphans; in the `.libs` folders of wheels
    and in what PyInstaller collects there are none.
    """
    candidates = {path.name: path for path in site.glob(pattern) if not path.is_symlink()}
    rest = {path for path in site.rglob("*.so*") if path.is_file() and not path.is_symlink()} - set(candidates.values())
    waiting, reached = list(rest), set()
    while waiting:
        for name in _needs(waiting.pop()):
            if name in candidates and name not in reached:
                reached.add(name)
                waiting.append(candidates[name])
    return sorted(path for name, path in candidates.items() if name not in reached)


def _needs(library: Path) -> list[str]:
    done = subprocess.run(["objdump", "-p", str(library)], capture_output=True, text=True, check=True)
    return re.findall(r"NEEDED\s+(\S+)", done.stdout)
