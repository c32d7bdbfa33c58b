"""Contrasts: pairs of runs of one folder that differ in few settings and in verdict: the strongest evidence there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lossdoctor import formatting, safe_text
from lossdoctor.findings import Verdict
from lossdoctor.knowledge.case import MAX_SIBLINGS
from lossdoctor.knowledge.neighbours import end_level, recorded
from lossdoctor.runs import call_name, differences
from lossdoctor.runs.run import ConfigValue
from lossdoctor.workspace.results import DiagnosedRun
from lossdoctor.workspace.siblings import sibling_groups

# With more differences nobody can say which one made the difference.
MOST_DIFFERENCES = 2
MOST_SHOWN = 3
_SOUND = frozenset({Verdict.HEALTHY, Verdict.SPIKE_RECOVERED})
_UNDECIDED = frozenset({Verdict.TOO_SHORT, Verdict.NOT_CLASSIFIABLE})


@dataclass(frozen=True, slots=True)
class Contrast:
    """A run beside another one of its folder that did better.

    Attributes:
        run: id of the run looked at.
        other: id of the better one.
        other_name: its name for people.
        changes: (setting, our value, its value), at most `MOST_DIFFERENCES`; None where it is not recorded.
        verdict: our verdict.
        other_verdict: its verdict.
        end: level of our training loss at the end; None when not finite or not logged.
        other_end: of its.
    """

    run: str
    other: str
    other_name: str
    changes: tuple[tuple[str, ConfigValue, ConfigValue], ...]
    verdict: Verdict
    other_verdict: Verdict
    end: float | None
    other_end: float | None

    @property
    def sentence(self) -> str:
        """As people say it: same but lr 1.0e-4 instead of 0.1; b: healthy (ends at 0.02); this run: divergence."""
        changes = " and ".join(
            f"{name} {said_value(theirs)} instead of {said_value(mine)}" for name, mine, theirs in self.changes
        )
        name = safe_text.plain(self.other_name)
        other = f"{name}: {self.other_verdict.label.lower()}{_ends(self.other_end)}"
        return f"Same but {changes}: {other}; this run: {self.verdict.label.lower()}{_ends(self.end)}"


def contrasts(item: DiagnosedRun, group: Iterable[DiagnosedRun]) -> tuple[Contrast, ...]:
    """What runs of the same folder did better with few other settings: fewest differences first, at most `MOST_SHOWN`.

    Args:
        item: the run looked at; a healthy or undecided one has no contrasts.
        group: the runs beside it; itself is left out.
    """
    verdict = item.diagnosis.verdict
    if verdict is Verdict.HEALTHY or verdict in _UNDECIDED or not recorded(item.run):
        return ()
    found = [made for other in group if other.run.id != item.run.id and (made := _contrast(item, other)) is not None]
    order = sorted(found, key=lambda c: (len(c.changes), c.other_verdict is not Verdict.HEALTHY, c.other))
    return tuple(order[:MOST_SHOWN])


def contrasts_among(item: DiagnosedRun, runs: Sequence[DiagnosedRun]) -> tuple[Contrast, ...]:
    """The contrasts of one run of a scan; `runs` are all of its runs."""
    by_id = {other.run.id: other for other in runs}
    group = sibling_groups([other.run for other in runs]).get(item.run.id, ())
    return contrasts(item, [by_id[run.id] for run in group[:MAX_SIBLINGS]])


def contrasts_of_all(runs: Sequence[DiagnosedRun]) -> Mapping[str, tuple[Contrast, ...]]:
    """The contrasts of every run of a scan, by run id; of a folder the first `MAX_SIBLINGS` runs are looked at."""
    by_id = {item.run.id: item for item in runs}
    groups = sibling_groups([item.run for item in runs])
    return {
        item.run.id: contrasts(item, [by_id[run.id] for run in groups[item.run.id][:MAX_SIBLINGS]]) for item in runs
    }


def _contrast(item: DiagnosedRun, other: DiagnosedRun) -> Contrast | None:
    mine, theirs = item.diagnosis.verdict, other.diagnosis.verdict
    if theirs not in _SOUND or theirs is mine or not recorded(other.run):
        return None
    changed = differences(item.run, other.run)
    if not 0 < len(changed) <= MOST_DIFFERENCES:
        return None
    changes = tuple((name, *values) for name, values in changed.items())
    ends = end_level(item.run), end_level(other.run)
    return Contrast(item.run.id, other.run.id, call_name(other.run), changes, mine, theirs, *ends)


def said_value(value: ConfigValue) -> str:
    """A setting's value for people; one that was not recorded says so."""
    if value is None:
        return "(not recorded)"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return formatting.number(value)
    return safe_text.plain(value)


def _ends(level: float | None) -> str:
    return "" if level is None else f" (ends at {formatting.number(level)})"
