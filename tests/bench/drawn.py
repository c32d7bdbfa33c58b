"""Verdicts on drawn runs: `python -m tests.bench.drawn [--each 200]`.

Curves that an expert would name at once, of all scales, lengths and noise (`lossdoctor.synth.draw_run`). Printed: how often
each verdict is right, what is said instead, and healthy runs by their number of points, up to a million.
"""

from __future__ import annotations

import argparse
import textwrap
from collections import Counter
from pathlib import Path

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.findings import Verdict
from lossdoctor.synth import draw_run
from tests.bench.readme import write_section

LENGTHS = (12, 30, 100, 1_000, 10_000, 1_000_000)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=200, help="runs of each verdict")
    parser.add_argument("--show", action="store_true", help="name the seeds that go wrong")
    parser.add_argument("--readme", type=Path, help="write the shares into this file's drawn section")
    options = parser.parse_args()
    shares: dict[Verdict, float] = {}
    for verdict in Verdict:
        said, wrong = judged(verdict, range(options.each))
        shares[verdict] = said[verdict] / options.each
        print(f"{verdict:17} {said[verdict] / options.each:6.1%}  {_others(said, verdict)}")
        if options.show and wrong:
            print("    seeds", *wrong[:20])
    if options.readme:
        told = ", ".join(f"{verdict.label.lower()} {share:.0%}" for verdict, share in shares.items())
        said_of_each = f"Called by their name, of {options.each} each: {told}."
        write_section(options.readme, "drawn", "\n".join(textwrap.wrap(said_of_each, 126)))
    print("\nhealthy runs by number of points")
    for points in LENGTHS:
        each = max(options.each // 4, 1) if points < 100_000 else 5
        said, _ = judged(Verdict.HEALTHY, range(each), points)
        print(f"{points:9,} {said[Verdict.HEALTHY] / each:6.1%}  {_others(said, Verdict.HEALTHY)}")


def judged(verdict: Verdict, seeds: range, points: int | None = None) -> tuple[Counter[Verdict], list[int]]:
    """What is said of drawn runs, and the seeds of those that are called something else."""
    said = [diagnose(draw_run(verdict, seed, points)).verdict for seed in seeds]
    return Counter(said), [seed for seed, word in zip(seeds, said, strict=True) if word is not verdict]


def _others(said: Counter[Verdict], right: Verdict) -> str:
    return ", ".join(f"{word} {count}" for word, count in said.most_common() if word is not right)


if __name__ == "__main__":
    main()
