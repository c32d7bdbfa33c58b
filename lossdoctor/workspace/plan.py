"""The plan over many runs: which experiments are likely to explain most of them for the least cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lossdoctor.knowledge.checklist import ChecklistItem, build_checklist
from lossdoctor.knowledge.marks import Mark, Standing
from lossdoctor.workspace.results import DiagnosedRun


@dataclass(frozen=True, slots=True)
class Planned:
    """One experiment and the runs it would help.

    Attributes:
        item: the checklist item of the run in which its cause is likeliest.
        value: probability times cheapness, summed over the runs.
        runs: (probability of the cause, run) for each run, the likeliest first.
    """

    item: ChecklistItem
    value: float
    runs: tuple[tuple[float, DiagnosedRun], ...]


def plan(runs: Iterable[DiagnosedRun], marks: Mapping[str, Mapping[str, Mark]] | None = None) -> tuple[Planned, ...]:
    """Every experiment that could settle a cause of some run, the most useful first.

    Args:
        runs: diagnosed runs; those without causes add nothing.
        marks: what the user found out, by run id and cause id; settled items are no longer worth an experiment.
    """
    found: dict[str, list[tuple[ChecklistItem, DiagnosedRun]]] = {}
    for run in runs:
        for item in build_checklist(run.diagnosis.causes, (marks or {}).get(run.run.id)):
            if item.mark.status is Standing.OPEN:
                found.setdefault(item.id, []).append((item, run))
    return tuple(sorted((_planned(each) for each in found.values()), key=lambda p: (-p.value, p.item.id)))


def _planned(each: list[tuple[ChecklistItem, DiagnosedRun]]) -> Planned:
    each = sorted(each, key=lambda pair: (-pair[0].score, pair[1].run.id))
    value = sum(item.value for item, _ in each)
    return Planned(each[0][0], value, tuple((item.score, run) for item, run in each))
