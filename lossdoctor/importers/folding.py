"""Recognises one training that was logged in several formats, and folds it into one run.

Trainers write TensorBoard events and a CSV and a text log of the same training, side by side or a folder apart. Shown
as three runs they would be counted, compared and reported three times. Two runs are one when their losses agree, number
for number up to the digits that the coarser log prints; names and places alone prove nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from lossdoctor.importers.base import Source
from lossdoctor.importers.files import shown
from lossdoctor.importers.roles import assign_roles
from lossdoctor.runs import Problem, ProblemLevel, Role, Run, Series

# Where there are more sources than this of one format beside each other, each is a run of its own and pairs of formats
# cannot be told by place.
_MOST_OF_A_FORMAT = 3
_DEPTH = 2  # folders between a log and its copy: `out/trainer_state.json` beside `out/runs/Nov20_host/events...`
_LEAST_POINTS = 5
_LEAST_DISTINCT = 4  # a flat line agrees with every other flat line
_SHARE = 0.95  # of the shorter log's points that must be found in the longer one
_MOST_DECIMALS = 9

Values = npt.NDArray[np.float64]


def bundled(sources: Sequence[Source]) -> tuple[Source, ...]:
    """Sources that may be one training in several formats put together; the others as they are, in the same order.

    Candidates lie in one folder, or one at most two folders below the other, and differ in format.
    """
    folders: dict[str, list[Source]] = {}
    for source in sources:
        folders.setdefault(_folder(source), []).append(source)
    taken: set[str] = set()
    result: list[Source] = []
    for source in sorted(sources, key=lambda item: (_folder(item).count(os.sep), item.id)):
        if source.id in taken:
            continue
        bundle = tuple(other for other in _candidates(source, _near(source, folders)) if other.id not in taken)
        taken.update(item.id for item in (source, *bundle))
        result.append(replace(source, also=bundle) if bundle else source)
    return tuple(sorted(result, key=lambda item: item.id))


def _folder(source: Source) -> str:
    return os.path.dirname(source.files[0]) if len(source.files) == 1 else source.path


def _near(source: Source, folders: dict[str, list[Source]]) -> list[Source]:
    """Sources in the folder of this one and up to two folders below it."""
    home = _folder(source)
    prefix = home.rstrip(os.sep) + os.sep
    found = list(folders[home])
    for folder, members in folders.items():
        if folder.startswith(prefix) and folder[len(prefix) :].count(os.sep) < _DEPTH:
            found += members
    return found


def _candidates(source: Source, near: list[Source]) -> tuple[Source, ...]:
    by_format: dict[str, list[Source]] = {}
    for other in near:
        by_format.setdefault(other.format, []).append(other)
    if len(by_format.pop(source.format)) > _MOST_OF_A_FORMAT:
        return ()
    few = [members for members in by_format.values() if len(members) <= _MOST_OF_A_FORMAT]
    return tuple(sorted((item for members in few for item in members), key=lambda item: item.id))


def folded(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs with those that are one training in several formats put together.

    The log with most points stays, under its own id; series that only another one holds are added to it when both
    count steps alike, and a problem at level INFO names what was folded. Runs that nothing is equal to are untouched.
    """
    left = sorted(runs, key=lambda run: (-run.points, run.id))
    result: list[Run] = []
    while left:
        first, rest = left[0], left[1:]
        same = [run for run in rest if run.format != first.format and same_training(first, run)]
        left = [run for run in rest if not any(run is other for other in same)]
        result.append(_merged(first, same) if same else first)
    return tuple(sorted(result, key=lambda run: run.id))


def same_training(one: Run, other: Run) -> bool:
    """Whether two logs hold the same losses; every loss that both have must agree, and one must be there."""
    answers = [
        _same_values(a, b)
        for role in (Role.TRAIN_LOSS, Role.VAL_LOSS)
        if (a := one.primary(role)) is not None and (b := other.primary(role)) is not None
    ]
    return bool(answers) and all(answers)


def _same_values(one: Series, other: Series) -> bool:
    """Whether the shorter series is found in the longer one, at equal steps or, where steps count differently, in turn."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    if len(shorter) < _LEAST_POINTS or np.unique(shorter.values).size < _LEAST_DISTINCT:
        return False
    if len(longer) == len(shorter) and _agree(longer.values, shorter.values) >= _SHARE:
        return True
    _, at, in_shorter = np.intersect1d(longer.steps, shorter.steps, return_indices=True)
    if at.size < _SHARE * np.unique(shorter.steps).size:
        return False
    return _agree(longer.values[at], shorter.values[in_shorter]) >= _SHARE


def _agree(one: Values, other: Values) -> float:
    """Share of points that are equal up to the digits of the coarser log, and to single precision."""
    tolerance = max(_resolution(one), _resolution(other)) * 0.51 + 2e-6 * np.abs(one)
    with np.errstate(invalid="ignore"):
        near = np.abs(one - other) <= tolerance
    return float(np.mean(near | (one == other) | (np.isnan(one) & np.isnan(other))))


def _resolution(values: Values) -> float:
    """The last decimal place that the values use: 0.0001 for a log printed with four decimals, 0 for full precision."""
    finite = values[np.isfinite(values)]
    for decimals in range(2, _MOST_DECIMALS):
        # Single precision turns 0.3 into 0.30000001: equal up to that is equal.
        if np.all(np.abs(finite - np.round(finite, decimals)) <= 1e-7 * np.abs(finite)):
            return float(10.0**-decimals)
    return 0.0


def _merged(kept: Run, same: Sequence[Run]) -> Run:
    series = list(kept.series)
    for run in same:
        if run.step_unit == kept.step_unit:
            series += [item for item in run.series if not any(_holds(known, item) for known in series)]
    config = {key: value for run in reversed(same) for key, value in run.config.items()} | dict(kept.config)
    notes = tuple(
        Problem(
            "logged_twice",
            ProblemLevel.INFO,
            shown(kept.path),
            f"is also logged in {shown(run.path)} ({run.format}): the losses agree, so both are shown as one run.",
        )
        for run in same
    )
    return replace(
        kept,
        series=tuple(series),
        roles=kept.roles if len(series) == len(kept.series) else assign_roles(series),
        config=config,
        problems=(*kept.problems, *(problem for run in same for problem in run.problems), *notes),
        size_bytes=kept.size_bytes + sum(run.size_bytes for run in same),
        histograms=kept.histograms or next((run.histograms for run in same if run.histograms), ()),
    )


def _holds(known: Series, item: Series) -> bool:
    return known.tag == item.tag or (len(known) == len(item) and _agree(known.values, item.values) == 1.0)
