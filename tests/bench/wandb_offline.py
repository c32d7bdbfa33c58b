"""A fresh W&B run against what was logged: `python -m tests.bench.wandb_offline [--python VENV/bin/python]`.

Needs the wandb package, here or in the environment of `--python`. It logs a run in offline mode (numbers, NaN, infinities,
nested keys, histograms, two rows of one step, a configuration), and lossdoctor's own reader must give back every number.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from lossdoctor.importers import find_sources, read_source

WRITER = """
import json, math, sys, wandb, numpy as np
run = wandb.init(project="check", dir=sys.argv[1], mode="offline", config={"lr": 1e-3, "model": {"depth": 3}},
                 settings=wandb.Settings(x_disable_stats=True))
logged = {}
def note(tag, step, value):
    logged.setdefault(tag, []).append([step, repr(float(value))])
rng = np.random.default_rng(0)
for step in range(500):
    row = {"train/loss": 2.0 * 0.99 ** step, "count": step * 7, "nest": {"a": {"b": step / 3}}}
    if step % 50 == 0:
        row["val/loss"] = math.nan if step == 250 else 1.0 / (1 + step)
    if step == 400:
        row["train/loss"] = math.inf
    if step % 100 == 0:
        row["gradients/fc1.weight"] = wandb.Histogram(rng.normal(size=1000))
    for tag in ("train/loss", "val/loss", "count"):
        if tag in row:
            note(tag, step, row[tag])
    note("nest.a.b", step, step / 3)
    run.log(row, step=step)
run.finish()
print("LOGGED " + json.dumps(logged))
"""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable, help="the Python that has wandb installed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        environment = {**os.environ, "WANDB_SILENT": "true", "HOME": place}
        done = subprocess.run(
            [arguments.python, "-c", WRITER, place], env=environment, capture_output=True, text=True, check=False
        )
        told = [line for line in done.stdout.splitlines() if line.startswith("LOGGED ")]
        if not told:
            raise SystemExit(f"wandb could not write a run:\n{done.stderr[-2000:]}")
        logged = json.loads(told[-1].removeprefix("LOGGED "))
        (run,) = [run for source in find_sources(Path(place)).sources for run in read_source(source).runs]
    wrong = 0
    for tag, points in logged.items():
        series = run.get(tag)
        ours = (
            []
            if series is None
            else [[int(s), repr(float(v))] for s, v in zip(series.steps, series.values, strict=True)]
        )
        same = ours == points
        wrong += not same
        print(f"{tag:14} {len(points):4} points {'equal' if same else f'DIFFERENT: {len(ours)} read'}")
    extra = [series.tag for series in run.series if series.tag not in logged]
    histograms = [(item.tag, str(item.kind), len(item), math.fsum(item.number)) for item in run.histograms]
    print(f"not logged but read: {extra}; histograms: {histograms}")
    print(f"config: {dict(run.config)}; problems: {[problem.sentence() for problem in run.problems]}")
    wrong += (
        bool(extra) + (histograms != [("gradients/fc1.weight", "gradient", 5, 5000.0)]) + (run.config.get("lr") != 1e-3)
    )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
