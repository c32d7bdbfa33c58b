"""The stand-alone build works and starts as fast as the environment it was made from; needs LOSSDOCTOR_APP, its folder.

python packaging/build_app.py && LOSSDOCTOR_APP=dist/lossdoctor python -m pytest tests/packaging/test_app.py
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.documents import ROOT

APP = os.environ.get("LOSSDOCTOR_APP", "")
pytestmark = pytest.mark.skipif(not APP, reason="NOT TESTED: the stand-alone build; LOSSDOCTOR_APP names its folder")
PROGRAM = Path(APP).resolve() / "lossdoctor"
EXAMPLES = ROOT / "resources" / "examples"
LARGEST = 235e6
_ROUNDS = 7

# Opens the examples, waits for the runs and the plot, takes the second run by the keyboard, and says what is in view.
_DRIVE = """
import sys, time
from pathlib import Path
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from lossdoctor.gui import app as gui
from lossdoctor.gui.desk import Desk
from lossdoctor.gui.theme import Appearance
from lossdoctor.gui.window_settings import WindowSettings
from lossdoctor.workspace.checklists import ChecklistStore
from lossdoctor.workspace.recent import RecentPaths

def until(done):
    end = time.monotonic() + 30
    while not done():
        assert time.monotonic() < end, "it took too long"
        QTest.qWait(20)

application = gui.make_application()
settings = WindowSettings()
with ChecklistStore() as store:
    desk = Desk(Appearance(application, settings.theme), store, RecentPaths(), settings)
    desk.window.show()
    QTest.qWaitForWindowExposed(desk.window)
    desk.commands.open_paths([Path(sys.argv[1])])
    until(lambda: desk.runs_model.total == 6 and not desk.session.is_scanning and desk.window.plot.stack.panels)
    first = desk.selection.run.run.id
    desk.window.runs.table.setFocus()
    QTest.keyClick(desk.window.runs.table, Qt.Key.Key_Down)
    until(lambda: desk.selection.run.run.id != first)
    until(lambda: not desk.jobs.is_busy("figure"))
    desk.window.grab().save(sys.argv[2])
    print(application.platformName(), first, desk.selection.run.run.id)
    desk.window.close()
    desk.close()
"""

# The window's first picture, and the end.
_SHOW = """
import os
from PySide6.QtCore import QTimer
from lossdoctor.gui import app as gui
application = gui.make_application()
QTimer.singleShot(0, lambda: os._exit(0) if [w for w in application.topLevelWidgets() if w.isVisible()] else os._exit(1))
gui.run_window([])
"""


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    """An X server of our own."""
    if shutil.which("Xvfb") is None:
        pytest.skip("NOT TESTED on an X server: Xvfb is not installed")
    ready, told = os.pipe()
    command = ["Xvfb", "-displayfd", str(told), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(told,), stderr=subprocess.DEVNULL)
    os.close(told)
    with os.fdopen(ready) as number:
        display = f":{number.readline().strip()}"
    yield display
    server.terminate()
    server.wait(10)


def run(home: Path, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    # Nothing of this Python may help it.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "LD_"))}
    kept |= {"HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin:/bin"} | environment
    return subprocess.run([*args], env=kept, cwd=home, capture_output=True, text=True, timeout=120, check=False)


def test_it_is_small_and_has_its_licences() -> None:
    files = [path for path in PROGRAM.parent.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) <= LARGEST
    assert {"lossdoctor.txt", "python.txt"} <= {path.name for path in (PROGRAM.parent / "licences").iterdir()}
    assert (PROGRAM.parent / "_internal/lossdoctor/resources/licences/LGPL-3.0.txt").exists()


@pytest.mark.parametrize(
    "args",
    [
        ["--version"],
        ["doctor"],
        ["help", "licences"],
        ["scan", "--fail-on", "never", "--no-cache", "--jobs", "2", str(EXAMPLES)],
        ["report", str(EXAMPLES), "-o", "out.pdf"],
        ["report", str(EXAMPLES), "-o", "out.html"],
        ["inspect", str(EXAMPLES / "04-spike-to-nan")],
    ],
    ids=lambda args: " ".join(args[:2] if args[0] == "help" else [args[0], args[-1][-4:]]),
)
def test_the_commands_work(args: list[str], tmp_path: Path) -> None:
    done = run(tmp_path, str(PROGRAM), *args)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lossdoctor:" not in done.stderr


def test_it_finds_what_the_source_finds(tmp_path: Path) -> None:
    scan = ["scan", "--fail-on", "never", "--no-cache", "--format", "csv", str(EXAMPLES)]
    ours = run(tmp_path, sys.executable, "-m", "lossdoctor", *scan, PYTHONPATH=str(ROOT))
    assert ours.stdout.count("\n") == 7
    assert run(tmp_path, str(PROGRAM), *scan).stdout == ours.stdout


@pytest.mark.parametrize("kind", ["json", "jsonl", "markdown", "html", "junit", "sarif", "github"])
def test_every_form_of_output_is_inside(kind: str, tmp_path: Path) -> None:
    done = run(tmp_path, str(PROGRAM), "scan", "--fail-on", "never", "--no-cache", "--format", kind, str(EXAMPLES))
    assert done.returncode == 0, done.stderr
    assert "overfitting" in done.stdout.lower()


def test_tbparse_is_inside(tmp_path: Path) -> None:
    sample = next((ROOT / "tests/importers/samples/tensorboard").rglob("*tfevents*"))
    code = f"from tbparse import SummaryReader; print(len(SummaryReader({str(sample)!r}).scalars))"
    done = run(tmp_path, str(PROGRAM), "-c", code)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0


@pytest.mark.parametrize("platform", ["offscreen", "xcb"])
def test_the_window_is_driven(platform: str, tmp_path: Path, screen: str) -> None:
    picture = tmp_path / "window.png"
    done = run(
        tmp_path, str(PROGRAM), "-c", _DRIVE, str(EXAMPLES), str(picture), QT_QPA_PLATFORM=platform, DISPLAY=screen
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [platform, "04-spike-to-nan", "03-overfitting/version_0"]
    assert picture.stat().st_size > 20_000


def test_the_other_name_opens_the_window(tmp_path: Path, screen: str) -> None:
    gui = PROGRAM.with_name("lossdoctor-gui")
    done = run(tmp_path, str(gui), "nowhere", QT_QPA_PLATFORM="xcb", DISPLAY=screen)
    assert done.returncode == 3
    assert "nowhere: no such file or folder" in done.stderr


def test_it_starts_no_slower_than_from_the_environment(tmp_path: Path) -> None:
    both: dict[str, list[float]] = {str(PROGRAM): [], sys.executable: []}
    for _ in range(_ROUNDS):
        for program, times in both.items():
            started = time.perf_counter()
            done = run(tmp_path, program, "-c", _SHOW, PYTHONPATH=str(ROOT))
            times.append(time.perf_counter() - started)
            assert done.returncode == 0, done.stderr
    app, source = (statistics.median(times[1:]) for times in both.values())
    print(f"start to the first picture: {app:.2f} s stand-alone, {source:.2f} s from the environment")
    # A tenth is what two measurements of the same program may differ by on a busy machine.
    assert app <= 1.1 * source
