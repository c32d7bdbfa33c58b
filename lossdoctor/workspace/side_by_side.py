"""Runs side by side as rows of text: what each reached, and the settings in which they differ; and which pairs to compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lossdoctor import formatting
from lossdoctor.knowledge.case import MAX_SIBLINGS
from lossdoctor.knowledge.neighbours import recorded
from lossdoctor.runs import Role, Run, Series, call_name, differences, further_settings, run_settings
from lossdoctor.runs.run import ConfigValue
from lossdoctor.workspace.contrasts import said_value
from lossdoctor.workspace.results import DiagnosedRun
from lossdoctor.workspace.siblings import sibling_groups

NONE = "–"
# (name, role, whether less is better).
_SERIES: tuple[tuple[str, Role, bool], ...] = (
    ("Validation loss", Role.VAL_LOSS, True),
    ("Training loss", Role.TRAIN_LOSS, True),
    ("Test loss", Role.TEST_LOSS, True),
    ("Validation metric", Role.VAL_METRIC, False),
    ("Training metric", Role.TRAIN_METRIC, False),
    ("Test metric", Role.TEST_METRIC, False),
    ("Validation error", Role.VAL_ERROR, True),
    ("Training error", Role.TRAIN_ERROR, True),
    ("Reward", Role.REWARD, False),
)
# A pair that differs in more settings shows nothing about any of them.
_MOST_DIFFERENCES = 3
_MOST_PAIRS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        name: what it is about.
        cells: one text a run, `NONE` where a run has nothing.
        best: places of the runs that are best in it; empty where nothing is better or all are equal.
        same: every run has the same.
    """

    name: str
    cells: tuple[str, ...]
    best: tuple[int, ...] = ()
    same: bool = False


@dataclass(frozen=True, slots=True)
class PairOffer:
    """Two runs of one folder that differ in few settings.

    Attributes:
        run: id of the run looked at.
        other: id of the one beside it.
        sentence: what differs, for people.
        changes: in how many settings they differ.
    """

    run: str
    other: str
    sentence: str
    changes: int


def result_rows(items: Sequence[DiagnosedRun]) -> tuple[Row, ...]:
    """Verdict, length and, for each kind of curve, the best value with its step and the last finite value."""
    rows = [
        _row(
            "Verdict", [f"{i.diagnosis.verdict.label}, {formatting.probability(i.diagnosis.confidence)}" for i in items]
        ),
        _row("Last step", [_last_step(item.run) for item in items]),
    ]
    for name, role, less in _SERIES:
        series = [_branch(item.run, role) for item in items]
        if any(found is not None for found in series):
            best = [_best(found, less) for found in series]
            rows.append(
                _row(f"{name}: best", [_at(point) for point in best], _winners([p and p[0] for p in best], less))
            )
            last = [None if found is None else float(found.values[-1]) for found in series]
            rows.append(_row(f"{name}: last", [_number(value) for value in last], _winners(last, less)))
    return tuple(rows)


def setting_rows(items: Sequence[DiagnosedRun]) -> tuple[Row, ...]:
    """A row for each setting that any run recorded: those that differ first, each part in the order of appearance."""
    settings = [{**dict(run_settings(item.run).items()), **further_settings(item.run)} for item in items]
    names = dict.fromkeys(name for each in settings for name in each)
    rows = [_row(name, [_said(each.get(name)) for each in settings]) for name in names]
    return (*(row for row in rows if not row.same), *(row for row in rows if row.same))


def pair_offers(item: DiagnosedRun, runs: Sequence[DiagnosedRun]) -> tuple[PairOffer, ...]:
    """Runs of the same folder that differ from one in at most `_MOST_DIFFERENCES` settings, fewest first.

    Args:
        item: the run looked at; one that recorded no settings has no pairs.
        runs: all runs of the scan.
    """
    if not recorded(item.run):
        return ()
    group = sibling_groups([other.run for other in runs]).get(item.run.id, ())
    offers = []
    for other in group[:MAX_SIBLINGS]:
        changed = differences(item.run, other) if other.id != item.run.id and recorded(other) else {}
        if 0 < len(changed) <= _MOST_DIFFERENCES:
            parts = [f"{name} {said_value(mine)} / {said_value(theirs)}" for name, (mine, theirs) in changed.items()]
            offers.append(PairOffer(item.run.id, other.id, f"{call_name(other)}: {', '.join(parts)}", len(changed)))
    return tuple(sorted(offers, key=lambda offer: offer.changes)[:_MOST_PAIRS])


def _row(name: str, cells: Sequence[str], best: tuple[int, ...] = ()) -> Row:
    return Row(name, tuple(cells), best, len(set(cells)) <= 1)


def _said(value: ConfigValue) -> str:
    return NONE if value is None else said_value(value)


def _branch(run: Run, role: Role) -> Series | None:
    """The finite points of a run's final branch in a role; None without any."""
    series = run.primary(role)
    if series is None:
        return None
    branch = series.last_branch()
    finite = branch.at(branch.finite)
    return finite if len(finite) else None


def _best(series: Series | None, less: bool) -> tuple[float, int] | None:
    if series is None:
        return None
    place = int(np.argmin(series.values) if less else np.argmax(series.values))
    return float(series.values[place]), int(series.steps[place])


def _winners(values: Sequence[float | None], less: bool) -> tuple[int, ...]:
    known = [value for value in values if value is not None]
    if len(known) < 2 or min(known) == max(known):
        return ()
    wanted = min(known) if less else max(known)
    return tuple(place for place, value in enumerate(values) if value == wanted)


def _at(point: tuple[float, int] | None) -> str:
    return NONE if point is None else f"{formatting.number(point[0], 4)} at {formatting.step(point[1])}"


def _number(value: float | None) -> str:
    return NONE if value is None else formatting.number(value, 4)


def _last_step(run: Run) -> str:
    ends = [int(series.steps.max()) for series in run.series if len(series)]
    return f"{run.step_unit} {formatting.step(max(ends))}" if ends else NONE
