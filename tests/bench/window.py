"""How the window bears a large folder: `python -m tests.bench.window [--runs 1000] [--events 10000] [--switches 500]`.

Offscreen, on event files written for it. While the folder is scanned a timer of 16 ms ticks; what keeps it waiting would
keep the user waiting. Then the runs are looked at one after the other and the growth of memory is told. Prints one line
a question, as `tests.bench.gui`; exits with 1 when a target was missed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer

from lossdoctor.gui.app import make_application
from lossdoctor.gui.desk import Desk
from lossdoctor.gui.theme import Appearance
from lossdoctor.gui.window_settings import WindowSettings
from lossdoctor.workspace.checklists import ChecklistStore
from lossdoctor.workspace.recent import RecentPaths
from tests.bench.gui import Answer
from tests.bench.processes import MB
from tests.bench.scan import write_tree

TICK_MS = 16


class Ticks:
    """A timer that notes when it fired."""

    def __init__(self) -> None:
        self.at: list[float] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(lambda: self.at.append(time.perf_counter()))
        self._timer.start()

    def stop(self) -> np.ndarray:
        """The gaps between ticks so far, in milliseconds."""
        self._timer.stop()
        return np.diff(np.array(self.at)) * 1000.0


def resident() -> float:
    """Memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MB


def wait(condition: Callable[[], bool], seconds: float = 900.0) -> None:
    """Lets the window work until a condition holds.

    Raises:
        TimeoutError: it never did.
    """
    # A loop of its own: what is deleted later goes only when one has run.
    loop, until, poll = QEventLoop(), time.perf_counter() + seconds, QTimer()
    poll.timeout.connect(lambda: loop.quit() if condition() or time.perf_counter() > until else None)
    poll.start(2)
    loop.exec()
    poll.stop()
    if not condition():
        raise TimeoutError("the window did not get there")


def idle() -> float:
    """What 99 of 100 gaps stay below while nothing is done: what the machine itself adds, in milliseconds."""
    ticks, until = Ticks(), time.perf_counter() + 2.0
    wait(lambda: time.perf_counter() > until)
    return float(np.percentile(ticks.stop(), 99))


def scan(desk: Desk, folder: Path, runs: int) -> list[Answer]:
    """Opens the folder and waits until everything is read."""
    still = idle()
    first: list[float] = []
    desk.session.runs_added.connect(lambda _items: first.append(time.perf_counter()))
    ticks, begun = Ticks(), time.perf_counter()
    desk.commands.open_paths([folder])
    wait(lambda: desk.runs_model.total == runs and not desk.session.is_scanning)
    seconds = time.perf_counter() - begun
    gaps = ticks.stop()
    if os.environ.get("BENCH_GAPS"):
        for i in np.argsort(gaps)[::-1][:15]:
            print(f"  gap {gaps[i]:.0f} ms at {ticks.at[i] - begun:.2f} s")
    return [
        Answer(f"first rows of {runs:,} runs ({seconds:.1f} s in all)", first[0] - begun, "s", 1.0),
        Answer(
            f"99 of 100 gaps between ticks, scanning (idle {still:.0f} ms)", float(np.percentile(gaps, 99)), "ms", 50
        ),
        Answer("  the longest gap", float(gaps.max()), "ms", 250),
    ]


def switches(desk: Desk, number: int) -> Answer:
    """Looks at run after run; the first hundred fill caches and do not count."""
    ids = [item.run.id for item in desk.runs_model.all_runs()]

    def look(turn: int) -> None:
        desk.window.runs.choose(ids[turn % len(ids)])
        wait(lambda: not desk.jobs.is_busy("figure"))
        desk.window.plot.stack.grab()

    for turn in range(100):
        look(turn)
    before = resident()
    for turn in range(number):
        look(turn)
    return Answer(f"memory grown over {number} switches between runs", resident() - before, "MB", 20)


def main() -> int:
    """Writes the folder, opens it, asks all questions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--events", type=int, default=10_000, help="points of each run")
    parser.add_argument("--switches", type=int, default=500)
    options = parser.parse_args()
    app = make_application()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        print(f"{write_tree(root / 'logs', options.runs, options.events):,} points", file=sys.stderr)
        with ChecklistStore(root / "ticks") as store:
            desk = Desk(Appearance(app), store, RecentPaths(root / "recent"), WindowSettings(root / "ini"))
            desk.window.resize(1280, 800)
            desk.window.show()
            answers = scan(desk, root / "logs", options.runs)
            answers.append(switches(desk, options.switches))
            begun = time.perf_counter()
            desk.commands.reload()
            loop = QEventLoop()
            QTimer.singleShot(300, loop.quit)
            loop.exec()
            begun = time.perf_counter()
            desk.close()
            answers.append(Answer("closing while a scan goes on", time.perf_counter() - begun, "s", 1.0))
    print("\n".join(map(str, answers)))
    return int(not all(answer.met for answer in answers))


if __name__ == "__main__":
    raise SystemExit(main())
