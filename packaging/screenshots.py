"""Pictures of the window for README and help: `python packaging/screenshots.py [--out DIR] [--size WxH]`.

Opens the bundled examples in a real window under Xvfb (offscreen where there is none) in light and in dark, chooses a
run and saves `window-light.png` and `window-dark.png`. Looks at nothing of the user's: settings and ticks are temporary.
Then writes the report on that run and saves its first page as `report-page.png`; that needs pdftoppm (poppler-utils).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "resources" / "help" / "images"
SHOWN_RUN = "03-overfitting"


def main() -> int:
    """Take the pictures; under Xvfb when it is installed and this is not already inside it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=IMAGES)
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--run", default=SHOWN_RUN, help="start of the id of the run to show")
    options = parser.parse_args()
    if "LOSSDOCTOR_SCREENSHOTS" not in os.environ:
        return _again_in_a_clean_place(sys.argv[1:])
    width, height = (int(part) for part in options.size.split("x"))
    options.out.mkdir(parents=True, exist_ok=True)
    _take(options.out, width, height, options.run)
    return _report_page(options.out, options.run)


def _again_in_a_clean_place(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as home:
        environment = dict(os.environ, LOSSDOCTOR_SCREENSHOTS="1", QT_SCALE_FACTOR="1")
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
            environment[name] = home
        command = [sys.executable, __file__, *arguments]
        if shutil.which("xvfb-run") and shutil.which("xauth"):
            environment.pop("QT_QPA_PLATFORM", None)
            command = ["xvfb-run", "-a", "-s", "-screen 0 2700x1600x24", *command]
        else:
            environment["QT_QPA_PLATFORM"] = "offscreen"
        return subprocess.run(command, env=environment, check=False).returncode


def _take(out: Path, width: int, height: int, run: str) -> None:
    from PySide6.QtCore import QEvent

    from lossdoctor.gui.app import Desk, make_application
    from lossdoctor.gui.theme import Appearance, ThemeMode
    from lossdoctor.gui.window_settings import WindowSettings
    from lossdoctor.workspace.checklists import ChecklistStore
    from lossdoctor.workspace.recent import RecentPaths

    app = make_application(["lossdoctor"])
    settings = WindowSettings()
    for mode in (ThemeMode.LIGHT, ThemeMode.DARK):
        with ChecklistStore() as store:
            desk = Desk(Appearance(app, mode), store, RecentPaths(), settings)
            desk.window.resize(width, height)
            desk.window.show()
            desk.commands.open_examples()
            _spin(app, 3.0)
            wanted = [item for item in desk.runs_model.all_runs() if item.run.id.startswith(run)]
            if wanted:
                desk.window.runs.choose(wanted[0].run.id)
            _spin(app, 1.5)
            target = out / f"window-{mode.value}.png"
            desk.window.grab().save(str(target))
            print(target)
            desk.close()
            desk.window.deleteLater()
            app.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _report_page(out: Path, run: str) -> int:
    """The first page of the report on one example, at the size of a screen; 1 when it could not be drawn."""
    if not shutil.which("pdftoppm"):
        print("NOT MADE: report-page.png needs pdftoppm (poppler-utils).", file=sys.stderr)
        return 1
    logs = str(ROOT / "resources" / "examples" / run)
    # A fixed date, so that the picture only changes when the page does.
    environment = dict(os.environ, SOURCE_DATE_EPOCH="1767225600")
    with tempfile.TemporaryDirectory() as folder:
        pdf, target = Path(folder) / "report.pdf", out / "report-page"
        command = [sys.executable, "-m", "lossdoctor", "report", logs, "-o", str(pdf)]
        subprocess.run(command, env=environment, check=True)
        subprocess.run(["pdftoppm", "-png", "-singlefile", "-r", "100", str(pdf), str(target)], check=True)
    print(target.with_suffix(".png"))
    return 0


def _spin(app, seconds: float) -> None:  # type: ignore[no-untyped-def]
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        app.processEvents()
        time.sleep(0.01)


if __name__ == "__main__":
    raise SystemExit(main())
