"""What a report costs: `python -m tests.bench.report [--points 100000] [--runs 500] [--repetitions 5]`.

1. Seconds and bytes of a run's pages at that many points in each of two curves, beside matplotlib's PdfPages drawing the
   same two curves and nothing else; in one process each, imports left out, the data made before the clock starts.
2. `lossdoctor report` on a folder of that many runs: seconds and peak memory of the whole process, scan included.

matplotlib comes with the extra `bench`; without it the yardstick is left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pypdf import PdfReader

from tests.bench.processes import MB, cost_of

MOST_SECONDS, MOST_BYTES, MOST_MEMORY, MOST_SHARE = 0.25, 150_000, 300, 0.5
# Enough pages that what is done once a file does not count.
RUNS = 20
CURVES = """
import sys, time
import numpy as np
target, n, pages = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
steps = np.arange(n)
rng = np.random.default_rng(0)
train = 0.05 + 2 * np.exp(-6 * steps / n) + 0.05 * rng.normal(size=n)
val = 0.4 + 1.5 * np.exp(-8 * steps / n) + 0.7 * np.maximum(steps / n - 0.4, 0) + 0.05 * rng.normal(size=n)
"""
OURS = (
    CURVES
    + """
from pathlib import Path
from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.report.document import build_report
from lossdoctor.report.options import ReportOptions, Section
from lossdoctor.report.pdf import write_pdf
from lossdoctor.runs import Role, RoleAssignment, Run, Series
from lossdoctor.workspace.results import DiagnosedRun, ScanResult
series = (Series("train/loss", steps, train), Series("val/loss", steps, val))
roles = (RoleAssignment(Role.TRAIN_LOSS, "train/loss", True, ""), RoleAssignment(Role.VAL_LOSS, "val/loss", True, ""))
made = [Run(f"run{i}", "/", f"run{i}", "csv", series, roles, {"lr": 0.1}) for i in range(pages)]
diagnosis = diagnose(made[0], ())
items = tuple(DiagnosedRun(run, diagnosis) for run in made)
result = ScanResult(("/",), items, (), pages, 0, 0.0)
options = ReportOptions(sections=frozenset({Section.RUNS}))
write_pdf(build_report(ScanResult(("/",), items[:1], (), 1, 0, 0.0), options), Path(target))  # imports, fonts
begin = time.perf_counter()
write_pdf(build_report(result, options), Path(target))
print(time.perf_counter() - begin)
"""
)
THEIRS = (
    CURVES
    + """
import matplotlib
matplotlib.use("Agg")
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
def draw(pages):
    with PdfPages(target) as pdf:
        for i in range(pages):
            figure = Figure(figsize=(8.27, 11.69))
            axes = figure.subplots()
            axes.plot(steps, train, label="train/loss")
            axes.plot(steps, val, label="val/loss")
            axes.legend()
            axes.set_title(f"run{i}")
            pdf.savefig(figure)
draw(1)
begin = time.perf_counter()
draw(pages)
print(time.perf_counter() - begin)
"""
)


@dataclass(frozen=True)
class Measured:
    """What a run took, and how many pages it has."""

    seconds: float
    bytes: float
    pages: float


def measured_by(code: str, target: Path, points: int) -> Measured:
    """What one process measures."""
    command = [sys.executable, "-c", code, str(target), str(points), str(RUNS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    pages = len(PdfReader(target).pages)
    return Measured(float(done.stdout.split()[-1]) / RUNS, target.stat().st_size / RUNS, pages / RUNS)


def a_page(points: int, repetitions: int) -> bool:
    """Prints what a run costs at so many points, and how that compares."""
    codes = {"lossdoctor, a run": OURS}
    if importlib.util.find_spec("matplotlib") is not None:
        codes["matplotlib, two curves"] = THEIRS
    else:
        print("NOT MEASURED: matplotlib is not installed (extra `bench`).")
    measured: dict[str, list[Measured]] = {name: [] for name in codes}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repetitions):
            for name, code in codes.items():
                measured[name].append(measured_by(code, Path(folder) / "out.pdf", points))
    print(f"\nA run with two curves of {points:,} points (median of {repetitions})")
    print(f"  {'':26}{'seconds':>9}{'kB':>7}{'pages':>7}{'s a page':>10}")
    for name, found in measured.items():
        seconds, first = statistics.median(m.seconds for m in found), found[0]
        print(f"  {name:26}{seconds:9.3f}{first.bytes / 1000:7.0f}{first.pages:7.1f}{seconds / first.pages:10.3f}")
    ours = measured["lossdoctor, a run"]
    good = statistics.median(m.seconds for m in ours) <= MOST_SECONDS and ours[0].bytes <= MOST_BYTES
    print(f"  within {MOST_SECONDS} s and {MOST_BYTES // 1000} kB a run: {'yes' if good else 'NO'}")
    if len(measured) > 1:
        pairs = zip(ours, measured["matplotlib, two curves"], strict=True)
        share = statistics.median((a.seconds / a.pages) / (b.seconds / b.pages) for a, b in pairs)
        good = good and share <= MOST_SHARE
        print(
            f"  a page takes {share:.2f} of matplotlib's time, at most {MOST_SHARE}: {'yes' if share <= MOST_SHARE else 'NO'}"
        )
    return good


def write_folder(folder: Path, runs: int) -> None:
    """CSV logs of 1,000 rows: some healthy, some overfitting, some diverging, so that there are findings and causes."""
    steps = np.arange(1000)
    rng = np.random.default_rng(0)
    for i in range(runs):
        share = steps / 1000
        train = 0.05 + 2 * np.exp(-6 * share) + 0.03 * rng.normal(size=1000)
        val = train + 0.1 + (1.5 * np.maximum(share - 0.3, 0) if i % 3 == 1 else 0)
        train = np.where((i % 3 == 2) & (steps > 700), np.exp((steps - 700) / 20.0), train)
        place = folder / f"run{i:04d}"
        place.mkdir()
        rows = [f"{s},{a:.5g},{b:.5g}" for s, a, b in zip(steps, train, val, strict=True)]
        (place / "metrics.csv").write_text("step,train_loss,val_loss\n" + "\n".join(rows) + "\n")


def many_runs(runs: int) -> bool:
    """Prints what a report on so many runs costs."""
    print(f"\n`lossdoctor report` on {runs} runs of 1,000 rows, the whole process")
    good = True
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "logs"
        folder.mkdir()
        write_folder(folder, runs)
        scan = cost_of([sys.executable, "-m", "lossdoctor", "scan", "--fail-on", "never", str(folder)])
        print(f"  {'scan alone':12}{scan.seconds:8.1f} s{scan.peak / MB:7.0f} MB")
        for ending in ("pdf", "html", "md"):
            target = Path(place) / f"out.{ending}"
            cost = cost_of([sys.executable, "-m", "lossdoctor", "report", str(folder), "-o", str(target)])
            size = target.stat().st_size / 1e6
            print(f"  {ending:12}{cost.seconds:8.1f} s{cost.peak / MB:7.0f} MB{size:8.1f} MB on disk")
            good = good and cost.peak / MB <= MOST_MEMORY
    print(f"  within {MOST_MEMORY} MB: {'yes' if good else 'NO'}")
    return good


def main() -> int:
    """The command line; 1 when a limit is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--repetitions", type=int, default=5)
    arguments = parser.parse_args()
    good = [a_page(arguments.points, arguments.repetitions), many_runs(arguments.runs)]
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
