"""Pictures of the window for README and help: `python packaging/screenshots.py [--all] [--out DIR] [--only NAME...]`.

Goes through the views of `screens.py` in a real window on the bundled examples, under Xvfb (offscreen where there is none),
looking at nothing of the user's: settings and ticks are temporary. Without `--all` it saves what README and help show, at
1280x800; with it every view in light and in dark at 1280x800 and 2560x1440, to be looked at, into DIR. The report's first
page is drawn by pdftoppm (poppler-utils).
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "resources" / "help" / "images"
# What README and help show: the view, the themes it is shown in, and the name of its file.
SHOWN = (
    ("03-overfitting", "window", ("light", "dark")),
    ("compared", "compared", ("light",)),
    ("side-by-side", "side-by-side", ("light",)),
    ("layers", "layers", ("light",)),
    ("guide", "guide", ("light",)),
)
SIZES = ((1280, 800), (2560, 1440))
REPORTED = "03-overfitting"


def main() -> int:
    """Take the pictures; under Xvfb when it is installed and this is not already inside it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="where to put them; needed with --all")
    parser.add_argument("--all", action="store_true", help="every view, in both themes and sizes")
    parser.add_argument("--only", nargs="+", default=(), help="names of views")
    options = parser.parse_args()
    if options.all and options.out is None:
        parser.error("--all needs --out")
    if "LOSSDOCTOR_SCREENSHOTS" not in os.environ:
        return _again_in_a_clean_place(sys.argv[1:])
    out = options.out or IMAGES
    out.mkdir(parents=True, exist_ok=True)
    if options.all:
        for theme, (width, height) in itertools.product(("light", "dark"), SIZES):
            names = {screen: out / f"{screen}-{theme}-{width}x{height}.png" for screen in names_of_screens()}
            _take(names, theme, width, height, options.only)
        return 0
    for theme in ("light", "dark"):
        files = {view: out / (f"{name}-{theme}.png" if len(themes) > 1 else f"{name}.png")
                 for view, name, themes in SHOWN if theme in themes}  # fmt: skip
        _take(files, theme, *SIZES[0], options.only)
    return _report_page(out, REPORTED)


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


def names_of_screens() -> list[str]:
    """The name of every view."""
    import screens

    return [screen.name for screen in screens.screens()]


def _take(places: Mapping[str, Path], theme: str, width: int, height: int, only: Sequence[str]) -> None:
    """Goes through the views in one window and saves those that have a place."""
    import screens
    from PySide6.QtCore import QEvent

    from lossdoctor.gui.app import make_application
    from lossdoctor.gui.desk import Desk
    from lossdoctor.gui.theme import Appearance, ThemeMode
    from lossdoctor.gui.window_settings import WindowSettings
    from lossdoctor.workspace.checklists import ChecklistStore
    from lossdoctor.workspace.recent import RecentPaths

    app = make_application(["lossdoctor"])
    with ChecklistStore() as store:
        appearance = Appearance(app, ThemeMode(theme))
        for screen in screens.screens():
            target = places.get(screen.name)
            if target is None or (only and screen.name not in only):
                continue
            # A window for each: no view leaves anything behind for the next.
            desk = Desk(appearance, store, RecentPaths(), WindowSettings())
            desk.window.resize(width, height)
            desk.window.show()
            screens.save(screen.go(desk, app), target)
            print(target, flush=True)
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


if __name__ == "__main__":
    raise SystemExit(main())
