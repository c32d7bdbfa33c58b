"""Understanding: everything that decides how paths are read and judged: settings, flags, and choices remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.importers.options import AS_THEY_SAY, ReadOptions, read_options
from lossdoctor.importers.role_choice import with_role_rules
from lossdoctor.importers.roles import assign_roles
from lossdoctor.rules.choice import EVERY_RULE, RuleChoice
from lossdoctor.rules.thresholds import rule_choice
from lossdoctor.runs import Run
from lossdoctor.settings.in_force import NOTHING_SAID, Overrides, load
from lossdoctor.workspace.checklists import ChecklistStore
from lossdoctor.workspace.results import DiagnosedRun


@dataclass(frozen=True, slots=True)
class Understanding:
    """How to read and how to judge."""

    read: ReadOptions = AS_THEY_SAY
    rules: RuleChoice = EVERY_RULE


def understanding(paths: Sequence[Path], said: Overrides = NOTHING_SAID) -> Understanding:
    """What the settings and flags amount to for some paths.

    Raises:
        LossdoctorError: a setting means nothing; the message names file and line.
    """
    settings = load(paths, said)
    return Understanding(read_options(settings), rule_choice(settings))


def with_remembered(known: Understanding, store: ChecklistStore) -> Understanding:
    """The same with the column meanings that were chosen in the window, which stand before those of the settings."""
    maps = (*store.column_maps(), *known.read.maps)
    return replace(known, read=replace(known.read, maps=maps))


def judged_again(run: Run, siblings: Sequence[Run], known: Understanding, store: ChecklistStore) -> DiagnosedRun:
    """A run with its roles worked out anew (tags, then settings, then choices) and a new diagnosis."""
    read = replace(run, roles=assign_roles(run.series))
    chosen = store.with_choices(with_role_rules(read, known.read.roles))
    return DiagnosedRun(chosen, diagnose(chosen, siblings, choice=known.rules))
