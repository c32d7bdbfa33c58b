"""What the commands about causes have in common: scanning with a progress bar, reading the checklist's marks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lossdoctor.knowledge.marks import Mark
    from lossdoctor.workspace.results import DiagnosedRun, ScanResult


def scanned(context: click.Context, paths: tuple[Path, ...]) -> ScanResult:
    """The runs below some paths, diagnosed as the settings in force say, with their points."""
    from lossdoctor.cli.console import progress_bar
    from lossdoctor.cli.overrides import settings_for
    from lossdoctor.importers.options import read_options
    from lossdoctor.rules.thresholds import rule_choice
    from lossdoctor.workspace.scan import scan as scan_paths

    settings = settings_for(context, paths)
    with progress_bar() as progress:
        return scan_paths(paths, progress=progress, rules=rule_choice(settings), read=read_options(settings))


def checklist_marks(runs: Iterable[DiagnosedRun]) -> dict[str, dict[str, Mark]]:
    """What the user found out about these runs, by run id and cause id; nothing where no checklist was ever kept."""
    from lossdoctor.workspace.checklists import ChecklistStore, default_path

    # A command that only reads makes no database in the user's folder.
    if not default_path().exists():
        return {}
    with ChecklistStore() as store:
        return {item.run.id: store.marks(item.run) for item in runs}
