"""How fast many runs are scanned: `python -m tests.bench.scan [--runs 200] [--events 10000] [--repetitions 3] [--peer]`.

Whole processes, from their start to their exit, in turn; printed are medians and medians of the ratios of paired
repetitions, with the bounds that they are meant to keep, and the peaks of memory. `--peer` adds tbparse, which only reads.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.import_events import TBPARSE
from tests.bench.processes import MB, Cost, cost_of, python, ratio, side_by_side
from tests.helpers import logs

READ = """
import sys
from lossdoctor.importers import find_sources, read_source
points = sum(run.points for source in find_sources(sys.argv[1]).sources for run in read_source(source).runs)
assert points == int(sys.argv[2]), points
"""
SHAPES = 10
TAGS = ("train/loss", "val/loss", "lr", "val/acc")


def shape(number: int, events: int) -> Iterator[bytes]:
    """The records of one run: healthy, overfitting, diverging, hardly learning, by turns."""
    noise = random.Random(number)
    steps = events // len(TAGS)
    for step in range(steps):
        done = step / steps
        train = 2 * math.exp(-4 * done) + 0.2 + 0.05 * noise.gauss(0, 1)
        val = 2 * math.exp(-4 * done) + 0.3 + (1.2 * max(0.0, done - 0.4) if number % 5 == 1 else 0.0)
        if number % 5 == 2 and done > 0.5:
            train += 40 * (done - 0.5) ** 2
        if number % 5 == 3:
            train, val = 2.3 + 0.02 * noise.gauss(0, 1), 2.3
        for tag, value in zip(TAGS, (train, val, 1e-3 * (1 - done), min(1.0, done + 0.1)), strict=True):
            yield logs.scalar(step, value, tag, 1.7e9 + step)


def write_tree(root: Path, runs: int, events: int) -> int:
    """Writes so many runs, 50 in a folder, and returns the number of points."""
    bodies = [list(shape(number, events)) for number in range(min(SHAPES, runs))]
    for i in range(runs):
        logs.event_file(root / f"sweep{i // 50:02d}" / f"run{i:04d}", bodies[i % SHAPES])
    return runs * (events // len(TAGS)) * len(TAGS)


def command(*arguments: str) -> list[str]:
    """A lossdoctor command line; findings are no failure."""
    return [sys.executable, "-m", "lossdoctor", *arguments]


def measure(place: str, small: str, points: int, options: argparse.Namespace) -> None:
    """Times everything on one tree and prints it."""
    scan = command("scan", place, "--exit-zero", "--format", "json", "--quiet")
    measures: dict[str, Callable[[], Cost]] = {
        "read only": lambda: cost_of(python(READ, place, str(points))),
        "scan, 1 job": lambda: cost_of([*scan, "--no-cache", "--jobs", "1"]),
        "scan, 2 jobs": lambda: cost_of([*scan, "--no-cache", "--jobs", "2"]),
        "scan again": lambda: cost_of(scan),
        "scan one small run": lambda: cost_of(command("scan", small, "--exit-zero")),
        "--version": lambda: cost_of(command("--version")),
    }
    if options.peer:
        measures["tbparse, reads only"] = lambda: cost_of(python(TBPARSE, place, "scalars", str(points)))
    for name, once in measures.items():
        if not name.startswith("tbparse"):
            once()  # fills the page cache and the cache of results
    seconds, peaks = side_by_side(measures, options.repetitions)
    print(f"  {'':22}{'seconds':>9}{'peak MB':>9}")
    for name in measures:
        print(f"  {name:22}{statistics.median(seconds[name]):9.2f}{peaks[name] / MB:9.0f}")
    one, two, again = seconds["scan, 1 job"], seconds["scan, 2 jobs"], seconds["scan again"]
    print(f"  scan / read only:  {ratio(one, seconds['read only']):.2f} (at most 2.0)")
    print(f"  1 job / 2 jobs:    {ratio(one, two):.2f} (at least 1.6, on two idle processors)")
    print(f"  scan / scan again: {ratio(one, again):.1f} (at least 10)")
    print(f"  one small run:     {statistics.median(seconds['scan one small run']):.2f} s (at most 0.7)")
    print(f"  --version:         {statistics.median(seconds['--version']):.3f} s (at most 0.15)")
    if options.peer:
        print(f"  tbparse / 1 job:   {ratio(seconds['tbparse, reads only'], one):.1f} (at least 12)")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--events", type=int, default=10_000, help="points of each run")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--peer", action="store_true", help="time tbparse too; it takes minutes")
    options = parser.parse_args()
    small = Path(__file__).resolve().parent.parent.parent / "resources" / "examples" / "02-underfitting"
    with tempfile.TemporaryDirectory() as place:
        os.environ["XDG_CACHE_HOME"] = f"{place}/cache"
        tree = Path(place) / "runs"
        points = write_tree(tree, options.runs, options.events)
        size = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file())
        print(f"{options.runs:,} runs, {points:,} points, {size / MB:.0f} MB")
        measure(str(tree), str(small), points, options)


if __name__ == "__main__":
    main()
