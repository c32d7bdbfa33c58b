"""Times whole processes side by side: alternating repetitions, median of the ratios, peak memory of each."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

MB = 1 << 20


@dataclass(frozen=True)
class Cost:
    """What one process took: wall seconds from start to exit, and peak resident memory in bytes."""

    seconds: float
    peak: int


def cost_of(command: Sequence[str]) -> Cost:
    """Runs a command to its end.

    Raises:
        RuntimeError: it failed.
    """
    # An installed program has its bytecode, as the libraries beside it have; a checkout gets it on the first run.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
    assert child.stderr is not None
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begin
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)[:200]} failed:\n{said[-2000:]}")
    return Cost(seconds, usage.ru_maxrss * 1024)


def python(code: str, *arguments: str) -> list[str]:
    """The command that runs a line of Python in a process of its own."""
    return [sys.executable, "-c", code, *arguments]


def side_by_side(
    measures: Mapping[str, Callable[[], Cost]], repetitions: int
) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Measures several things in turn, again and again: seconds of each repetition, and the largest peak of each."""
    seconds: dict[str, list[float]] = {name: [] for name in measures}
    peaks = dict.fromkeys(measures, 0)
    for _ in range(repetitions):
        for name, measure in measures.items():
            cost = measure()
            seconds[name].append(cost.seconds)
            peaks[name] = max(peaks[name], cost.peak)
    return seconds, peaks


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Median of the ratios of paired repetitions."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
