"""How long one diagnosis takes: `python -m tests.bench.diagnosis_speed`.

A run with training loss, validation loss, accuracy, learning rate, gradient norm and wall times, of ten thousand and of a
million points a curve, is diagnosed on one thread (nothing in it uses a thread pool). Beside it stands a rolling median of
the same training loss with pandas (window 101), which is what a notebook does before anybody looks. Targets: 5 ms and 60 ms.
"""

from __future__ import annotations

import argparse
import gc
import pickle
import time
from collections.abc import Callable
from functools import partial

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.runs import Role, Run
from lossdoctor.synth import CurveSpec, make_run

TARGETS = {10_000: 5.0, 1_000_000: 60.0}
WINDOW = 101


def make(points: int) -> Run:
    """A noisy healthy run with everything logged, an evaluation every 50 points."""
    noise = 0.05
    return make_run(
        {
            "train": CurveSpec(n=points, start=2.3, end=0.3, tau=0.15, noise=noise),
            "val": CurveSpec(n=points // 50, start=2.2, end=0.4, tau=0.15, noise=0.2 * noise),
            "accuracy": CurveSpec(n=points // 50, start=0.1, end=0.9, tau=0.15, noise=0.002),
            "lr": CurveSpec(n=points, start=0.001, end=0.0001, tau=0.5),
            "grad_norm": CurveSpec(n=points, start=2.0, end=0.5, tau=0.2, noise=0.05),
        },
        seconds={"train": CurveSpec(n=points, start=0.2, end=0.2, noise=0.01)},
        config={"optimizer": "adam", "lr": 0.001, "batch_size": 64},
    )


def best_of(repeats: int, prepare: Callable[[], Callable[[], object]]) -> float:
    """Shortest time of several calls in milliseconds; a busy machine only ever adds.

    Each call gets fresh arrays from `prepare`, which is not timed: curves that were prepared before are kept for a while.
    """
    times = []
    gc.disable()
    for _ in range(repeats):
        call = prepare()
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    gc.enable()
    return 1000.0 * min(times)


def fresh_diagnosis(frozen: bytes) -> Callable[[], object]:
    """A call that diagnoses a new copy of a pickled run."""
    return partial(diagnose, pickle.loads(frozen))


def main() -> None:
    """Measure and print both sizes."""
    import pandas as pd

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=20, help="calls a measurement (default 20)")
    options = parser.parse_args()
    print(f"{'points a curve':>15} {'diagnosis':>12} {'target':>9} {'rolling median':>16}")
    for points, target in TARGETS.items():
        run = make(points)
        loss = run.primary(Role.TRAIN_LOSS)
        assert loss is not None
        frame = pd.Series(loss.values)
        frozen = pickle.dumps(run)
        mine = best_of(options.repeats, partial(fresh_diagnosis, frozen))
        theirs = best_of(max(options.repeats // 5, 2), partial(getattr, frame.rolling(WINDOW, center=True), "median"))
        print(f"{points:15,d} {mine:9.1f} ms {target:6.0f} ms {theirs:13.1f} ms")


if __name__ == "__main__":
    main()
