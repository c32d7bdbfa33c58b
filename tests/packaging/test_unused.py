"""Without what the packages leave out, everything still works: a scan, a report, the texts of an event file, the window."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.packaging.documents import ROOT

sys.path.insert(0, str(ROOT / "packaging"))
import unused

SITE = Path(sysconfig.get_path("purelib"))
_WINDOW = """
import sys
from PySide6.QtCore import QTimer
from lossdoctor.gui import app
from lossdoctor.resources import resource
application = app.make_application()
QTimer.singleShot(3000, lambda: app.QApplication.instance().closeAllWindows())
sys.exit(app.run_window([resource("examples")]))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the installed packages, as links, without what is left out."""
    copy = tmp_path_factory.mktemp("site")
    for path in SITE.rglob("*"):
        name = path.relative_to(SITE)
        if path.is_file() and "__pycache__" not in name.parts and not unused.is_unused(name.as_posix()):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).symlink_to(path)
    return copy


def run(site: Path, tmp_path: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "PYTHONPATH": f"{site}{os.pathsep}{ROOT}", "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    # -S: only the copy, not the packages of this environment.
    command = [sys.executable, "-S", *args]
    return subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    "args",
    [
        ["scan", "--fail-on", "never", "--no-cache", "{examples}"],
        ["report", "{examples}", "-o", "out.pdf"],
        ["report", "{examples}", "-o", "out.html"],
        ["inspect", "{examples}/04-spike-to-nan"],
    ],
    ids=lambda args: " ".join(args[:1] + args[-1:]),
)
def test_the_commands_work_without_it(args: list[str], site: Path, tmp_path: Path) -> None:
    examples = str(ROOT / "resources" / "examples")
    done = run(site, tmp_path, "-m", "lossdoctor", *(arg.replace("{examples}", examples) for arg in args))
    assert done.returncode == 0, done.stderr


def test_tbparse_reads_texts_without_it(site: Path, tmp_path: Path) -> None:
    sample = next((ROOT / "tests/importers/samples/tensorboard").rglob("*tfevents*"))
    code = f"from tbparse import SummaryReader; print(len(SummaryReader({str(sample)!r}).scalars))"
    done = run(site, tmp_path, "-c", code)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0


def test_the_window_opens_without_it(site: Path, tmp_path: Path) -> None:
    done = run(site, tmp_path, "-c", _WINDOW)
    assert done.returncode == 0, done.stderr


def test_what_is_left_out_is_most_of_qt_and_none_of_what_is_needed() -> None:
    names = {path.relative_to(SITE).as_posix(): path for path in (SITE / "PySide6").rglob("*") if path.is_file()}
    left_out = {name for name in names if unused.is_unused(name)}
    assert {"PySide6/QtQml.abi3.so", "PySide6/Qt/lib/libQt6Quick.so.6"} <= left_out
    needed = {"PySide6/QtWidgets.abi3.so", "PySide6/Qt/lib/libQt6Core.so.6", "PySide6/Qt/plugins/platforms/libqxcb.so"}
    assert needed.isdisjoint(left_out)
    assert sum(names[name].stat().st_size for name in left_out) > 100e6


def test_libraries_that_only_lead_to_each_other_are_orphans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs = {
        "module.so": ["liba.so.1"],
        "liba.so.1": ["libb.so"],
        "libb.so": [],
        "libc.so": ["libd.so"],
        "libd.so": ["libc.so"],
    }
    for name in needs:
        folder = tmp_path / ("package" if name == "module.so" else "package.libs")
        folder.mkdir(exist_ok=True)
        (folder / name).touch()
    monkeypatch.setattr(unused, "_needs", lambda path: needs[path.name])
    assert [path.name for path in unused.orphans(tmp_path, "*.libs/lib*.so*")] == ["libc.so", "libd.so"]
