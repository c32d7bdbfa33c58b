"""Does the verdict survive what must not change it? `python -m tests.bench.stress ../shared/corpus/faultlab`.

Every run of a folder is judged, then judged again after each transformation; printed is the share of verdicts that stay.
A verdict of little confidence may go either way; those of 0.8 and more are counted beside all.
"""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.importers.roles import assign_roles
from lossdoctor.runs import Role, Run, Series
from tests.bench.diagnosis import read_runs
from tests.bench.readme import write_section

Change = Callable[[Run, np.random.Generator], Run | None]
SHAPES = ("healthy", "spike_recovered", "divergence", "oscillating", "not_classifiable")
LOSSES = (Role.TRAIN_LOSS, Role.VAL_LOSS, Role.TEST_LOSS)


def mapped(run: Run, change: Callable[[Series, Role], Series]) -> Run:
    """The run with every series changed; roles stay."""
    return replace(run, series=tuple(change(series, run.role_of(series.tag)) for series in run.series))


def scaled(factor: float) -> Change:
    def change(run: Run, _: np.random.Generator) -> Run:
        return mapped(run, lambda s, role: _valued(s, s.values * factor) if role in LOSSES else s)

    return change


def shifted(run: Run, _: np.random.Generator) -> Run | None:
    """A constant half the size of the end level added to positive losses, as a regulariser's share of the loss is.

    Levels against ln C, against the start and of accuracy's ceiling mean something else then; only verdicts that rest on
    the curve's own ups and downs must stay, and those are what is compared.
    """
    main = run.primary(Role.TRAIN_LOSS) or run.primary(Role.VAL_LOSS)
    if main is None or not main.finite.any() or main.values[main.finite].min() <= 0:
        return None
    if str(diagnose(run).verdict) not in SHAPES:
        return None
    constant = 0.5 * float(np.median(main.values[main.finite][-5:]))
    return mapped(run, lambda s, role: _valued(s, s.values + constant) if role in LOSSES else s)


def noisy(run: Run, rng: np.random.Generator) -> Run:
    """A tenth of the noise that the losses have anyway, added."""

    def more(series: Series, role: Role) -> Series:
        if role not in LOSSES or len(series) < 8:
            return series
        with np.errstate(all="ignore"):
            jitter = np.nanmedian(np.abs(np.diff(series.values[series.finite]))) if series.finite.sum() > 2 else 0.0
        return _valued(series, series.values + 0.1 * jitter * rng.normal(size=len(series)))

    return mapped(run, more)


def thinned(run: Run, _: np.random.Generator) -> Run | None:
    """Every third point of long series. Runs of fewer than 60 points would become too short, rightly."""
    main = run.primary(Role.TRAIN_LOSS) or run.primary(Role.VAL_LOSS)
    if main is None or len(main) < 180:
        return None
    return mapped(run, lambda s, _: _picked(s, np.arange(0, len(s), 3)) if len(s) >= 180 else s)


def cut(run: Run, _: np.random.Generator) -> Run | None:
    """The last 5 % of the steps left out. A NaN that is cut off with them is not there any more."""
    main = run.primary(Role.TRAIN_LOSS) or run.primary(Role.VAL_LOSS)
    if main is None or len(main) < 20:
        return None
    limit = main.steps.min() + 0.95 * (int(main.steps.max()) - int(main.steps.min()))
    return mapped(run, lambda s, _: _picked(s, np.flatnonzero(s.steps <= limit)))


def split(run: Run, _: np.random.Generator) -> Run:
    """Logged in two files with an overlap of a few points, as after a resume."""

    def twice(series: Series, _: Role) -> Series:
        half = len(series) // 2
        again = max(half - 3, 0)
        return _picked(series, np.concatenate([np.arange(half), np.arange(again, len(series))]))

    return mapped(run, twice)


def renamed(run: Run, _: np.random.Generator) -> Run:
    """Other words and separators for the same tags."""
    words = {"val": "validation", "validation": "eval", "train": "training", "loss": "Loss", "acc": "accuracy"}

    def name(tag: str) -> str:
        return re.sub(r"[A-Za-z]+", lambda m: words.get(m[0].lower(), m[0]), tag.replace("/", "."))

    series = tuple(Series(name(s.tag), s.steps, s.values, s.wall_times, s.source) for s in run.series)
    if len({item.tag for item in series}) < len(series):
        return run
    return replace(run, series=series, roles=assign_roles(series))


def relogged(run: Run, _: np.random.Generator) -> Run:
    """Steps counted in samples instead of batches, and no wall times."""
    return mapped(run, lambda s, _: Series(s.tag, s.steps * 64, s.values, None, s.source))


CHANGES: dict[str, Change] = {
    "loss x 640": scaled(640.0),
    "loss x 0.001": scaled(0.001),
    "a constant added": shifted,
    "a tenth of noise added": noisy,
    "every third point": thinned,
    "last 5 % cut": cut,
    "two files, resumed": split,
    "tags renamed": renamed,
    "steps x 64": relogged,
}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--format", default="tensorboard", help="judge runs of this format only; `all` for every one")
    parser.add_argument("--show", action="store_true", help="list the verdicts that change")
    parser.add_argument("--readme", type=Path, help="write the share into this file's stress section")
    arguments = parser.parse_args()
    runs = [run for run in read_runs(arguments.path) if arguments.format in ("all", run.format)]
    before = [diagnose(run) for run in runs]
    same_all = tried_all = 0
    print(f"{len(runs)} runs\n{'':26}{'runs':>6}{'stays':>8}{'sure ones':>11}")
    for title, change in CHANGES.items():
        rng = np.random.default_rng(0)
        tried = same = sure = same_sure = 0
        for run, old in zip(runs, before, strict=True):
            changed = change(run, rng)
            if changed is None:
                continue
            new = diagnose(changed)
            stays = new.verdict is old.verdict
            tried, same = tried + 1, same + stays
            if old.confidence >= 0.8:
                sure, same_sure = sure + 1, same_sure + stays
            if arguments.show and not stays:
                print(
                    f"    {title}: {run.id[-50:]} {old.verdict} {old.confidence:.2f} -> {new.verdict} {new.confidence:.2f}"
                )
        print(f"{title:26}{tried:6}{same / max(tried, 1):8.1%}{same_sure / max(sure, 1):11.1%}")
        same_all, tried_all = same_all + same, tried_all + tried
    share = same_all / max(tried_all, 1)
    print(f"{'all':26}{tried_all:6}{share:8.1%}")
    if arguments.readme:
        changes = ", ".join(CHANGES)
        said = f"Of {tried_all:,} changes to {len(runs)} runs ({changes}) {share:.0%} leave the verdict as it was."
        write_section(arguments.readme, "stress", "\n".join(textwrap.wrap(said, 126)))


def _valued(series: Series, values: np.ndarray) -> Series:
    return Series(series.tag, series.steps, values, series.wall_times, series.source)


def _picked(series: Series, at: np.ndarray) -> Series:
    return Series(series.tag, series.steps[at], series.values[at], series.wall_times[at], series.source)


if __name__ == "__main__":
    main()
