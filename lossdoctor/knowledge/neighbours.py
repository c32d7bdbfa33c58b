"""Neighbours: runs of the same folder, reduced to what a comparison needs: settings, what differs, where they ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lossdoctor.runs import Role, Run, StandardConfig, standard_config

# Settings whose difference does not make two runs different experiments.
_IGNORED = frozenset({"seed"})


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
    """Median of the last 5 % of the training losses (at least 3); None without them or when one is not finite.

    Cheap on purpose: it is asked for every pair of runs in a folder.
    """
    series = run.primary(Role.TRAIN_LOSS)
    if series is None:
        return None
    tail = series.values[-max(3, len(series) // 20) :]
    return float(np.median(tail)) if tail.size and np.isfinite(tail).all() else None


def compare(config: StandardConfig, runs: Iterable[Run]) -> tuple[Neighbour, ...]:
    """Those of `runs` that recorded settings, ended finite and train the same model as `config` names."""
    mine = dict(config.items())
    found = []
    for run in runs:
        other = standard_config(run.config)
        end = end_level(run)
        if not other or end is None or other.model != config.model:
            continue
        theirs = dict(other.items())
        differs = frozenset(k for k in mine.keys() | theirs.keys() if mine.get(k) != theirs.get(k)) - _IGNORED
        found.append(Neighbour(run.name, other, end, differs))
    return tuple(found)
