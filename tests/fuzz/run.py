"""Fuzzes the parsers: `python -m tests.fuzz.run [TARGET ...] --seconds 600`.

With the package atheris (the extra `fuzz`) by coverage, each target in a process of its own; without it by mutation alone.
Printed are executions, covered edges and crashes of each target; the exit status is 1 when there was a crash. The input of a
crash is kept in --keep and named.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.bench.mutations import damaged
from tests.fuzz.seeds import seeds

NAMES = ("events", "event", "wandb", "table", "gzip", "config", "csv", "json_lines", "trainer_state", "history_json",
         "tensorboard_json", "text_log", "mlflow", "wandb_csv", "column_csv", "parquet")  # fmt: skip
_DONE = re.compile(r"Done (\d+) runs")
_COVERED = re.compile(r"#(\d+)\s.*?cov: (\d+) ft: (\d+)")
_LONGEST = 1 << 16


@dataclass(frozen=True)
class Figures:
    """What came of one target.

    Attributes:
        executions: inputs tried.
        covered: edges of the program that some input reached; 0 without atheris.
        crash: where the input of a crash lies, with the last line of what was said; "" for none.
    """

    executions: int
    covered: int
    crash: str = ""


def by_mutation(name: str, seconds: float, seed: int = 0) -> Figures:
    """Damages the seeds for so long; the first crash ends it."""
    from tests.fuzz.targets import TARGETS

    target, corpus = TARGETS[name], seeds(name)
    rng, end, number = random.Random(seed), time.monotonic() + seconds, 0
    while number < len(corpus) or time.monotonic() < end:
        number += 1
        data = corpus[number - 1] if number <= len(corpus) else rng.choice(corpus)
        for _ in range(rng.randint(1, 3) if number > len(corpus) else 0):
            data = damaged(data, f"{name}:{rng.randrange(1 << 30)}")[1] or b"\n"
        try:
            target(data)
        except Exception:  # noqa: BLE001  # any at all is what is looked for
            return Figures(number, 0, f"{data!r:.2000}\n{traceback.format_exc(limit=-3)}")
    return Figures(number, 0)


def by_coverage(name: str, seconds: float, keep: Path) -> Figures:
    """Lets atheris look for inputs that reach new code, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="lossdoctor-seeds-") as folder:
        for index, seed in enumerate(seeds(name)):
            (Path(folder) / str(index)).write_bytes(seed)
        command = [sys.executable, "-m", "tests.fuzz.run", "--one", name, folder, f"-max_total_time={seconds:.0f}",
                   f"-max_len={_LONGEST}", "-timeout=5", "-rss_limit_mb=2048", f"-artifact_prefix={keep}/{name}-",
                   "-print_final_stats=1"]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
    progress = _COVERED.findall(done.stderr)
    finished = _DONE.search(done.stderr)
    executions = int(finished[1]) if finished else int(progress[-1][0]) if progress else 0
    crash = "" if done.returncode == 0 else f"{keep}/{name}-*: {done.stderr[-1500:]}"
    return Figures(executions, int(progress[-1][1]) if progress else 0, crash)


def _one(name: str, arguments: Sequence[str]) -> None:
    """Never returns: libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["lossdoctor"]):
        from tests.fuzz.targets import TARGETS
    for seed in seeds(name):  # what is imported on the first use is no hang
        TARGETS[name](seed)
    atheris.Setup(["fuzz", *arguments], TARGETS[name])
    atheris.Fuzz()


def main() -> None:
    """The command line."""
    if sys.argv[1:2] == ["--one"]:
        _one(sys.argv[2], sys.argv[3:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", choices=[[], *NAMES], metavar="TARGET", help=", ".join(NAMES))
    parser.add_argument("--seconds", type=float, default=600.0, help="for each target")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-crashes"), help="where inputs of crashes are kept")
    arguments = parser.parse_args()
    try:
        import atheris  # noqa: F401
    except ImportError:
        print("without atheris (pip install 'lossdoctor[fuzz]'): by mutation alone")
        results = {name: by_mutation(name, arguments.seconds) for name in arguments.targets or NAMES}
    else:
        arguments.keep.mkdir(exist_ok=True)
        with ThreadPoolExecutor(arguments.jobs) as pool:
            names = arguments.targets or NAMES
            found = pool.map(lambda name: by_coverage(name, arguments.seconds, arguments.keep.resolve()), names)
            results = dict(zip(names, found, strict=True))
    print(f"{'target':20}{'executions':>12}{'edges':>8}  crash")
    for name, figures in results.items():
        print(f"{name:20}{figures.executions:12,}{figures.covered:8,}  {figures.crash or 'none'}")
    sys.exit(1 if any(figures.crash for figures in results.values()) else 0)


if __name__ == "__main__":
    main()
