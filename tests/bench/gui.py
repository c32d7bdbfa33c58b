"""How fast the window is, as ratios to pyqtgraph's own means: `python -m tests.bench.gui [--quick]`.

Offscreen, in one process, on made-up data. Prints one line a question: what was asked, what was measured, the target,
and whether it was met. Exits with 1 when a target was missed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np

CURVES = 10
SPIKES = 40
_MINIMAL = "import pyqtgraph as pg; app = pg.mkQApp(); w = pg.PlotWidget(); w.show(); app.processEvents(); w.grab()"
_OURS = (
    "from lossdoctor.gui.app import make_application; from lossdoctor.gui.desk import Desk;"
    "from lossdoctor.gui.theme import Appearance;"
    "from lossdoctor.gui.window_settings import WindowSettings; from lossdoctor.workspace.checklists import *;"
    "from lossdoctor.workspace.recent import RecentPaths; from pathlib import Path; import tempfile;"
    "d = Path(tempfile.mkdtemp()); app = make_application();"
    "desk = Desk(Appearance(app), ChecklistStore(d / 'a'), RecentPaths(d / 'b'), WindowSettings(d / 'c'));"
    "desk.window.show(); app.processEvents(); desk.window.grab(); desk.close()"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One measurement beside its target (smaller is better)."""

    question: str
    value: float
    unit: str
    target: float

    @property
    def met(self) -> bool:
        """Whether the target was reached."""
        return self.value <= self.target

    def __str__(self) -> str:
        mark = "ok  " if self.met else "MISS"
        return f"{mark} {self.question:<64} {self.value:8.3g} {self.unit:<6} (target <= {self.target:g})"


def _seconds(work: Callable[[], object], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def start() -> Answer:
    """Process start to first paint, against a minimal pyqtgraph window."""

    def run(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)

    ours, minimal = _seconds(run(_OURS), 3), _seconds(run(_MINIMAL), 3)
    return Answer("start to first paint / minimal pyqtgraph window", ours / minimal, "x", 2.0)


def _curves(points: int) -> tuple[np.ndarray, list[np.ndarray]]:
    random = np.random.default_rng(1)
    return np.arange(points), [random.normal(size=points) * 0.01 + i for i in range(CURVES)]


def pan(points: int) -> list[Answer]:
    """Full-width pans of ten long curves, and how many single-point spikes are to be seen in the pixels."""
    import pyqtgraph as pg

    from lossdoctor.figures.spec import Panel, Polyline
    from lossdoctor.gui.app import make_application
    from lossdoctor.gui.plots.panel import PlotPanel
    from lossdoctor.gui.theme import Appearance
    from lossdoctor.runs import Role, Series

    app = make_application()
    look = Appearance(app).look
    steps, values = _curves(points)
    panel = Panel("x", tuple(Polyline(Series(f"c{i}", steps, v), Role.OTHER, f"c{i}") for i, v in enumerate(values)))
    ours = PlotPanel(panel, look)
    theirs = pg.PlotWidget()
    for v in values:
        item = theirs.plot(steps, v, pen=pg.mkPen("k", width=1))
        item.setClipToView(True)
        item.setDownsampling(auto=True, method="peak")
    taken = []
    for plot in (ours, theirs):
        plot.resize(1000, 600)
        plot.show()
        box = plot.getPlotItem().getViewBox()
        box.setYRange(-1, CURVES, padding=0)
        frames = []
        for i in range(12):
            begun = time.perf_counter()
            box.setXRange(points * 0.002 * i, points * (0.95 + 0.002 * i), padding=0)
            plot.grab()
            frames.append(time.perf_counter() - begun)
        taken.append(statistics.median(frames[2:]))
    ours.close()
    theirs.close()
    return [
        Answer(f"pan of {CURVES} x {points:,} points / pyqtgraph clip + peak", taken[0] / taken[1], "x", 0.35),
        Answer(f"  the same, one frame (pyqtgraph {taken[1] * 1000:.0f} ms)", taken[0] * 1000, "ms", 50),
        Answer(f"  of {SPIKES} spikes of one point each lost in the pixels", float(lost_spikes(points)), "", 0),
    ]


def lost_spikes(points: int) -> int:
    """Draws one long curve with spikes and counts those that left no pixel above it."""
    from PySide6.QtGui import QColor

    from lossdoctor.figures.spec import Panel, Polyline
    from lossdoctor.gui.app import make_application
    from lossdoctor.gui.plots.panel import PlotPanel
    from lossdoctor.gui.theme import Appearance
    from lossdoctor.runs import Role, Series

    look = Appearance(make_application()).look
    values = np.random.default_rng(2).normal(size=points) * 0.01
    at = np.linspace(0.02, 0.98, SPIKES)
    values[(at * points).astype(int)] = 1.0
    panel = PlotPanel(Panel("x", (Polyline(Series("c", np.arange(points), values), Role.TRAIN_LOSS, "c"),)), look)
    panel.resize(1000, 400)
    panel.show()
    panel.box.setYRange(-0.2, 1.2, padding=0)
    panel.box.setXRange(0, points, padding=0)
    image = panel.grab().toImage()
    mapping = panel.mapping
    ink = QColor(panel.curves[0].colour)
    row = round(mapping.y(0.8))

    def inked(x: int) -> bool:
        pixel = image.pixelColor(x, row)
        return abs(pixel.hue() - ink.hue()) < 25 and pixel.saturation() > 40

    lost = sum(not any(inked(round(mapping.x(s * points)) + d) for d in (-2, -1, 0, 1, 2)) for s in at)
    panel.close()
    return lost


def sort(rows: int) -> Answer:
    """Sorting the run table."""
    from PySide6.QtCore import Qt

    from lossdoctor.gui.models.runs_model import Column, RunsModel
    from tests.gui.builders import diagnosed

    model = RunsModel()
    model.add([diagnosed(f"r{i}", confidence=i % 97 / 97, points=2) for i in range(rows)])
    model.sort(Column.CONFIDENCE)
    seconds = _seconds(lambda: model.sort(Column.CONFIDENCE, Qt.SortOrder.DescendingOrder), 5)
    return Answer(f"sort {rows:,} rows", seconds * 1000, "ms", 50)


def switch(points: int) -> Answer:
    """Showing and drawing the figure of another run; figures are built beforehand, as a job does it in the window."""
    from lossdoctor.figures.build import build_figure
    from lossdoctor.gui.app import make_application
    from lossdoctor.gui.plots.stack import PlotStack
    from lossdoctor.gui.theme import Appearance
    from tests.gui.builders import diagnosed

    stack = PlotStack(Appearance(make_application()).look)
    stack.resize(800, 600)
    stack.show()
    items = [diagnosed(f"r{i}", points=points) for i in range(2)]
    specs = [build_figure(item.run, item.diagnosis) for item in items]
    turn = iter(range(1000))

    def once() -> None:
        stack.set_figure(specs[next(turn) % 2])
        stack.grab()

    once()
    return Answer(f"switch between runs of {points:,} points, drawn", _seconds(once, 10) * 1000, "ms", 50)


def main() -> int:
    """Asks all questions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the data, no process starts")
    quick = parser.parse_args().quick
    answers = [] if quick else [start()]
    answers += pan(100_000 if quick else 1_000_000)
    answers += [sort(10_000 if quick else 100_000), switch(100_000)]
    print("\n".join(map(str, answers)))
    return int(not all(answer.met for answer in answers))


if __name__ == "__main__":
    raise SystemExit(main())
