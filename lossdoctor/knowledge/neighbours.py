"""Neighbours: runs of the same folder, reduced to what a comparison needs: settings, what differs, where they ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lossdoctor.knowledge.track import make_track
from lossdoctor.runs import (
    ConfigValue,
    Role,
    Run,
    StandardConfig,
    call_name,
    full_name,
    further_settings,
    name_settings,
    run_settings,
    settings_apart,
)
from lossdoctor.signals.excursions import excursions

# A config of fewer entries does not describe a run.
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Sibling:
    """A run as the runs beside it see it. Small: it stands in for the run where many are compared.

    Attributes:
        id: its id in the scan.
        name: its name for people.
        config: its settings under standard names: from its config, its name and its logged learning rate.
        first: its first training loss as logged, NaN and infinities included; None without a training loss.
        began: the first training loss of its final branch (after resumes); None when no value there is finite.
        end: level of its training loss at the end, as `end_level`.
        further: (key, value) of its settings without a standard name, sorted.
        entries: how many entries its config has.
        calm: its training loss is finite throughout, never jumps, and does not end far above its best.
        named: its name spells out settings.
    """

    id: str
    name: str
    config: StandardConfig
    first: float | None
    began: float | None
    end: float | None
    further: tuple[tuple[str, ConfigValue], ...] = ()
    entries: int = 0
    calm: bool = False
    named: bool = False

    @property
    def recorded(self) -> bool:
        """The run says what it was run with, as `recorded`."""
        return self.entries >= FEWEST or self.named


def as_sibling(run: Run | Sibling) -> Sibling:
    """Reduces a run to what others compare with; a run that was reduced before stays as it is."""
    if isinstance(run, Sibling):
        return run
    series = run.primary(Role.TRAIN_LOSS)
    config, further = run_settings(run), tuple(sorted(further_settings(run).items()))
    first = began = end = None
    if series is not None and len(series):
        branch = series.last_branch()
        first, end = float(series.values[0]), end_level(run)
        began = float(branch.values[0]) if branch.finite.any() else None
    named = bool(name_settings(full_name(run)))
    name = call_name(run)
    return Sibling(run.id, name, config, first, began, end, further, len(run.config), _is_calm(run), named)


def _is_calm(run: Run) -> bool:
    track = make_track(run.primary(Role.TRAIN_LOSS))
    if track is None or not np.isfinite(track.values).all():
        return False
    curve = track.curve
    # An excursion worth the name is higher than 15 % of all that happened and six times the noise.
    found = excursions(curve, max(0.15 * curve.range, 6 * curve.sigma, 1e-300))
    return not found and curve.end <= curve.best + 0.5 * curve.drop


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A run to compare with.

    Attributes:
        id: its id in the scan.
        name: its name for people.
        config: its settings under standard names.
        end: level of its training loss at the end.
        differs: the settings in which it differs from ours, seeds, names and paths apart.
        calm: as `Sibling.calm`.
    """

    id: str
    name: str
    config: StandardConfig
    end: float
    differs: frozenset[str]
    calm: bool


def end_level(run: Run) -> float | None:
    """Median of the last 5 % of the training losses (at least 3); None without them or when one is not finite."""
    series = run.primary(Role.TRAIN_LOSS)
    if series is None:
        return None
    tail = series.values[-max(3, len(series) // 20) :]
    return float(np.median(tail)) if tail.size and np.isfinite(tail).all() else None


def compare(mine: Sibling, siblings: Iterable[Sibling]) -> tuple[Neighbour, ...]:
    """Those of `siblings` that recorded settings, ended finite and train the same model; none when `mine` recorded none."""
    if not mine.recorded:
        return ()
    found = []
    for other in siblings:
        if not other.recorded or other.end is None or other.config.model != mine.config.model:
            continue
        differs = frozenset(settings_apart(mine.config, other.config, dict(mine.further), dict(other.further)))
        found.append(Neighbour(other.id, other.name, other.config, other.end, differs, other.calm))
    return tuple(found)


def recorded(run: Run) -> bool:
    """The run says what it was run with: in a config, or in its name.

    A logged learning rate alone does not: two runs that agree or differ in it may differ in everything else.
    """
    return len(run.config) >= FEWEST or bool(name_settings(full_name(run)))
