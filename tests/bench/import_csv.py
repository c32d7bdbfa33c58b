"""How fast tables are read, beside bare `pandas.read_csv`: `python -m tests.bench.import_csv [--scale 0.2] [--only rows]`.

Whole processes, started in turn; printed are medians of the ratios of paired repetitions and the peaks of memory.
lossdoctor recognises the files, reads them, finds the step column and gives the series their roles; pandas only makes
data frames of them, which keep neither an empty cell and a literal nan apart nor a ragged row.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.bench.processes import MB, Cost, cost_of, python, ratio, side_by_side

OURS = """
import sys
from pathlib import Path
from lossdoctor.importers import find_sources, read_source
points = 0
for source in find_sources(Path(sys.argv[1])).sources:
    for run in read_source(source).runs:
        points += sum(len(series) for series in run.series)
assert points == int(sys.argv[2]), points
"""
PANDAS = """
import sys
from pathlib import Path
import pandas
for path in Path(sys.argv[1]).rglob("*.csv"):
    assert len(pandas.read_csv(path))
"""


def small(folder: Path, scale: float) -> int:
    """Keras' CSVLogger: a folder a run, 50 epochs of five columns."""
    runs = int(500 * scale)
    for run in range(runs):
        place = folder / f"run{run:04d}"
        place.mkdir()
        rows = "".join(f"{i},{1 - 1 / (i + 2)},{1 / (i + 1)},{1 - 1 / (i + 3)},{1.1 / (i + 1)}\n" for i in range(50))
        (place / "training.csv").write_text("epoch,accuracy,loss,val_accuracy,val_loss\n" + rows)
    return runs * 50 * 4


def rows(folder: Path, scale: float) -> int:
    """A million rows of a step and four numbers."""
    count = int(1_000_000 * scale)
    numbers = np.random.default_rng(1).random((count, 4)).tolist()
    lines = (f"{i},{a},{b},{c},{d}\n" for i, (a, b, c, d) in enumerate(numbers))
    (folder / "log.csv").write_text("step,loss,val_loss,lr,grad_norm\n" + "".join(lines))
    return count * 4


def sparse(folder: Path, scale: float) -> int:
    """Lightning's metrics.csv: each row fills a few of twelve columns."""
    count = int(200_000 * scale)
    names = [f"{kind}_{what}" for kind in ("train", "val") for what in ("acc", "f1", "loss_epoch", "loss_step", "mse")]
    values = np.random.default_rng(2).random(count).tolist()
    lines, points = [], 0
    for i, value in enumerate(values):
        cells = [""] * 10
        filled = (3,) if i % 10 else ((5, 6, 7, 9) if i % 20 else (0, 1, 2, 4))
        for column in filled:
            cells[column] = str(value)
        points += len(filled) + 1
        lines.append(f"{i // 2000},{i},{','.join(cells)}\n")
    (folder / "metrics.csv").write_text(f"epoch,step,{','.join(names)}\n" + "".join(lines))
    return points


def wide(folder: Path, scale: float) -> int:
    """Five hundred columns, of which one counts steps."""
    count = int(5_000 * scale)
    numbers = np.random.default_rng(3).random((count, 499)).tolist()
    names = ",".join(f"layer{i}/norm" for i in range(499))
    text = "".join(f"{i},{','.join(map(str, row))}\n" for i, row in enumerate(numbers))
    (folder / "log.csv").write_text(f"step,{names}\n" + text)
    return count * 499


def chart(folder: Path, scale: float) -> int:
    """A W&B chart of 60 runs: quoted cells, a curve with its band for each, runs log at different steps."""
    count = int(20_000 * scale)
    numbers = np.random.default_rng(4).random((count, 60)).tolist()
    names = [f'"run {i} - loss{band}"' for i in range(60) for band in ("", "__MIN", "__MAX")]
    lines, points = [], 0
    for step, row in enumerate(numbers):
        cells = [f'"{value}"' if (step + i) % 3 else '""' for i, value in enumerate(row)]
        points += sum((step + i) % 3 > 0 for i in range(60))
        lines.append(f'"{step}",{",".join(",".join([cell] * 3) for cell in cells)}\n')
    (folder / "wandb_export.csv").write_text(f'"Step",{",".join(names)}\n' + "".join(lines))
    return points


WORKLOADS: dict[str, tuple[Callable[[Path, float], int], str]] = {
    "small": (small, "Keras logs, 500 files of 50 rows"),
    "rows": (rows, "1M rows x 5 columns"),
    "sparse": (sparse, "Lightning, 200k sparse rows x 12 columns"),
    "wide": (wide, "5k rows x 500 columns"),
    "chart": (chart, "W&B chart, 20k rows x 181 quoted columns"),
}


def run_workload(name: str, scale: float, repetitions: int) -> None:
    """Writes one workload, reads it both ways, prints a line for each."""
    title = WORKLOADS[name][1]
    with tempfile.TemporaryDirectory() as place:
        # In a process of its own: a child's peak of memory counts what its parent held when it was started.
        points = subprocess.check_output([sys.executable, "-m", __spec__.name, "--write", name, place, str(scale)])
        size = sum(path.stat().st_size for path in Path(place).rglob("*") if path.is_file())
        measures: dict[str, Callable[[], Cost]] = {
            "lossdoctor": lambda: cost_of(python(OURS, place, str(int(points)))),
            "pandas.read_csv": lambda: cost_of(python(PANDAS, place)),
        }
        for measure in measures.values():
            measure()  # once for the page cache
        seconds, peaks = side_by_side(measures, repetitions)
    times = ratio(seconds["lossdoctor"], seconds["pandas.read_csv"])
    memory = peaks["lossdoctor"] / peaks["pandas.read_csv"]
    print(f"\n{title} (scale {scale:g}): {int(points):,} points, {size / MB:.1f} MB")
    for reader in measures:
        print(f"  {reader:18}{statistics.median(seconds[reader]):8.2f} s{peaks[reader] / MB:8.0f} MB peak")
    print(f"  {'ratio':18}{times:8.2f}  {memory:8.2f}", flush=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full workloads")
    parser.add_argument("--only", choices=WORKLOADS, nargs="+", default=list(WORKLOADS))
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--write", nargs=3, metavar=("WORKLOAD", "FOLDER", "SCALE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.write:
        name, place, scale = arguments.write
        print(WORKLOADS[name][0](Path(place), float(scale)))
        return
    for name in arguments.only:
        run_workload(name, arguments.scale, arguments.repetitions)


if __name__ == "__main__":
    main()
