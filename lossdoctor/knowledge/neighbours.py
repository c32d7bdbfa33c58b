"""Neighbours: runs of the same folder, reduced to what a comparison needs: settings, what differs, where they ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lossdoctor.runs import Role, Run, StandardConfig, standard_config

# Settings whose difference does not make two runs different experiments.
_IGNORED = frozenset({"seed"})


@dataclass(frozen=True, slots=True)
class Sibling:
    """A run as the runs beside it see it. Small: it stands in for the run where many are compared.

    Attributes:
        id: its id in the scan.
        name: its name for people.
        config: its settings under standard names.
        first: its first training loss as logged, NaN and infinities included; None without a training loss.
        began: the first training loss of its final branch (after resumes); None when no value there is finite.
        end: level of its training loss at the end, as `end_level`.
    """

    id: str
    name: str
    config: StandardConfig
    first: float | None
    began: float | None
    end: float | None


def as_sibling(run: Run | Sibling) -> Sibling:
    """Reduces a run to what others compare with; a run that was reduced before stays as it is."""
    if isinstance(run, Sibling):
        return run
    series = run.primary(Role.TRAIN_LOSS)
    config = standard_config(run.config)
    if series is None or not len(series):
        return Sibling(run.id, run.name, config, None, None, None)
    branch = series.last_branch()
    began = float(branch.values[0]) if branch.finite.any() else None
    return Sibling(run.id, run.name, config, float(series.values[0]), began, end_level(run))


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A run to compare with.

    Attributes:
        name: its name for people.
        config: its settings under standard names.
        end: level of its training loss at the end.
        differs: standard names of the settings in which it differs from ours, the seed apart.
    """

    name: str
    config: StandardConfig
    end: float
    differs: frozenset[str]


def end_level(run: Run) -> float | None:
    """Median of the last 5 % of the training losses (at least 3); None without them or when one is not finite."""
    series = run.primary(Role.TRAIN_LOSS)
    if series is None:
        return None
    tail = series.values[-max(3, len(series) // 20) :]
    return float(np.median(tail)) if tail.size and np.isfinite(tail).all() else None


def compare(config: StandardConfig, siblings: Iterable[Sibling]) -> tuple[Neighbour, ...]:
    """Those of `siblings` that recorded settings, ended finite and train the same model as `config` names."""
    mine = dict(config.items())
    found = []
    for other in siblings:
        if not other.config or other.end is None or other.config.model != config.model:
            continue
        theirs = dict(other.config.items())
        differs = frozenset(k for k in mine.keys() | theirs.keys() if mine.get(k) != theirs.get(k)) - _IGNORED
        found.append(Neighbour(other.name, other.config, other.end, differs))
    return tuple(found)
