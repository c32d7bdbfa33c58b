"""Hours of following in minutes: `python -m tests.bench.soak --hours 8` and the same with `--window`.

Trainings in three formats are written to while they are followed, as fast as it can look instead of every 2 s:
every look brings a point, every few hundred a log is cut off and begun anew, replaced, deleted, or a new run comes. Printed
are memory, open files and threads over the course; the exit status is 1 when memory grows by more than the points that are
kept, or a file or a thread stays open.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import itertools
import json
import math
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.helpers import logs

# A look every two seconds, as `lossdoctor watch` does.
LOOKS_AN_HOUR = 1800
_SPARE = 16 << 20
_A_POINT = 200  # bytes that a point may take in all that is made of it


@dataclass(frozen=True)
class Reading:
    """What the process holds after so many looks: bytes of memory, open files, threads, points of all runs."""

    looks: int
    memory: int
    files: int
    threads: int
    points: int

    def __str__(self) -> str:
        return (
            f"{self.looks:8,} looks {self.memory / (1 << 20):8.1f} MB {self.files:4} files {self.threads:3} threads "
            f"{self.points:10,} points"
        )


class Trainings:
    """Logs that grow, and now and then do what logs do to those who follow them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._step = itertools.count()
        self._starts = itertools.count()
        for name in ("events", "table", "lines"):
            (folder / name).mkdir()
        self._event_file = logs.event_file(folder / "events", [])

    def go_on(self) -> None:
        """One more point in every log."""
        step = next(self._step)
        loss = 2.0 * math.exp(-step / 3000) + 0.05 * math.sin(step)
        with self._event_file.open("ab") as file:
            file.write(logs.scalar(step, loss))
        table = self._folder / "table" / "metrics.csv"
        new = not table.exists()
        with table.open("a") as text:
            text.write(("step,train_loss\n" if new else "") + f"{step},{loss:.6g}\n")
        with (self._folder / "lines" / "metrics.json").open("a") as text:
            text.write(json.dumps({"iteration": step, "total_loss": loss}) + "\n")

    def disturb(self) -> None:
        """In turn: a table begun anew, an event file replaced, a log deleted, a run that comes and goes."""
        number = next(self._starts)
        match number % 4:
            case 0:
                (self._folder / "table" / "metrics.csv").write_text("step,train_loss\n")
            case 1:
                self._event_file.unlink()
                self._event_file = logs.event_file(self._folder / "events", [], f"events.out.tfevents.{number}.h")
            case 2:
                (self._folder / "lines" / "metrics.json").unlink()
            case _:
                passing = self._folder / "passing"
                if passing.exists():
                    shutil.rmtree(passing)
                else:
                    logs.event_file(passing, logs.curve("loss", [1.0, 0.5, 0.25]))


Look = Callable[[], int]


@contextlib.contextmanager
def watcher(folder: Path) -> Iterator[Look]:
    """What `lossdoctor watch` does in one look; the points of all runs."""
    from lossdoctor.workspace.watching import Watcher

    watching = Watcher([folder])

    def look() -> int:
        watching.poll()
        return watching.points

    yield look


@contextlib.contextmanager
def window(folder: Path) -> Iterator[Look]:
    """What the window does in one look: read on, judge, fill the list, draw."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from lossdoctor.gui import following
    from lossdoctor.gui.app import make_application
    from lossdoctor.gui.desk import Desk
    from lossdoctor.gui.theme import Appearance, ThemeMode
    from lossdoctor.gui.window_settings import WindowSettings
    from lossdoctor.workspace.checklists import ChecklistStore
    from lossdoctor.workspace.recent import RecentPaths

    following._BUSY_MS = following._IDLE_MS = 0
    application = make_application()
    with tempfile.TemporaryDirectory() as own:
        place = Path(own)
        store = ChecklistStore(place / "marks.sqlite3")
        desk = Desk(
            Appearance(application, ThemeMode.LIGHT),
            store,
            RecentPaths(place / "recent.json"),
            WindowSettings(place / "window.ini"),
        )
        desk.window.resize(1280, 800)
        desk.window.show()
        desk.commands.open_paths([folder])
        _wait(lambda: not desk.session.is_scanning and desk.runs_model.total > 0)
        desk.window.runs.choose_first()
        desk.window.actions_by_id["file.follow"].trigger()

        def look() -> int:
            before = _points()
            _wait(lambda: _points() != before, 0.5)
            return _points()

        def _points() -> int:
            return sum(item.run.points for item in desk.runs_model.all_runs())

        yield look
        desk.window.close()
        store.close()
        QApplication.processEvents()


def _wait(until: Callable[[], bool], seconds: float = 20.0) -> None:
    from PySide6.QtWidgets import QApplication

    end = time.monotonic() + seconds
    while time.monotonic() < end and not until():
        QApplication.processEvents()
        time.sleep(0.001)


def reading(looks: int, points: int) -> Reading:
    """What this process holds now."""
    gc.collect()
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    files = len(os.listdir("/proc/self/fd"))
    return Reading(looks, int(line.split()[1]) << 10, files, threading.active_count(), points)


def soak(
    looks: int, make: Callable[[Path], contextlib.AbstractContextManager[Look]] = watcher, every: int = 0
) -> list[Reading]:
    """Follows trainings for so many looks.

    Args:
        looks: how many.
        make: what follows a folder.
        every: looks between two disturbances; by default so that there are forty.

    Returns:
        Readings after each eighth; the first one is after the program has warmed up.
    """
    every = every or max(looks // 40, 10)
    with tempfile.TemporaryDirectory(prefix="lossdoctor-soak-") as folder:
        trainings = Trainings(Path(folder))
        trainings.go_on()
        with make(Path(folder)) as look:
            readings = []
            for number in range(1, looks + 1):
                trainings.go_on()
                if number % every == 0:
                    trainings.disturb()
                points = look()
                if number % max(looks // 8, 1) == 0:
                    readings.append(reading(number, points))
    return readings


def leaks(readings: list[Reading]) -> list[str]:
    """What stays behind between the second reading and the last one."""
    first, last = readings[1], readings[-1]
    found = []
    most = max(item.points for item in readings)
    if last.memory - first.memory > _SPARE + most * _A_POINT:
        found.append(f"memory grew by {(last.memory - first.memory) / (1 << 20):.1f} MB with {most:,} points")
    # One that is being read at this moment, and the store's journal.
    if last.files > first.files + 3:
        found.append(f"open files grew from {first.files} to {last.files}")
    if last.threads > first.threads + 2:
        found.append(f"threads grew from {first.threads} to {last.threads}")
    return found


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--window", action="store_true", help="follow in the window instead of on the command line")
    arguments = parser.parse_args()
    begin = time.perf_counter()
    readings = soak(int(arguments.hours * LOOKS_AN_HOUR), window if arguments.window else watcher)
    print(*readings, sep="\n")
    found = leaks(readings)
    print(
        f"{arguments.hours:g} hours in {time.perf_counter() - begin:.0f} s; "
        + ("; ".join(found) or "nothing stays behind")
    )
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
