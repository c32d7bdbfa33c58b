"""Leaves out files of a scanned folder that only repeat what another file of the same run says, and tells it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from lossdoctor.importers.base import FileHead
from lossdoctor.importers.files import shown
from lossdoctor.runs import Problem, ProblemLevel

Claims = Mapping[str, Sequence[FileHead]]


def without_copies(claimed: Claims) -> tuple[dict[str, list[FileHead]], list[Problem]]:
    """The files each format claimed without such copies, and a problem at level INFO for each that was left out.

    Args:
        claimed: format name to the files it claimed, of one scanned folder. A file that is named by itself is always
            read.
    """
    problems: list[Problem] = []
    kept = {name: list(heads) for name, heads in claimed.items()}
    histories = _wandb_histories(claimed)
    kept["wandb_binary"] = _without_latest(kept.get("wandb_binary", []), problems)
    kept["text_log"] = _without_printed(kept.get("text_log", []), histories, problems)
    return {name: heads for name, heads in kept.items() if heads}, problems


def _without_latest(heads: list[FileHead], problems: list[Problem]) -> list[FileHead]:
    """Without `wandb/latest-run`, a link to the newest run that became a copy of it, where that run is there as well."""
    runs = {(head.name, head.size_bytes, head.head) for head in heads if not _is_latest(head)}
    kept = []
    for head in heads:
        if _is_latest(head) and (head.name, head.size_bytes, head.head) in runs:
            problems.append(_copy(head, f"is a copy of the {head.name} of the run folder; that one is read."))
        else:
            kept.append(head)
    return kept


def _is_latest(head: FileHead) -> bool:
    return os.path.basename(os.path.dirname(head.path)) == "latest-run"


def _wandb_histories(claimed: Claims) -> dict[str, str]:
    """Run folder to the name of the file that holds its history."""
    heads = [*claimed.get("wandb_binary", ())]
    heads += [head for head in claimed.get("json_lines", ()) if head.name == "wandb-history.jsonl"]
    return {os.path.dirname(head.path): head.name for head in heads}


def _without_printed(heads: list[FileHead], histories: Mapping[str, str], problems: list[Problem]) -> list[FileHead]:
    """Without `output.log`, what a W&B run printed, where the run's history is there."""
    kept = []
    for head in heads:
        folder = os.path.dirname(head.path)
        run = os.path.dirname(folder) if os.path.basename(folder) == "files" else folder
        if head.name == "output.log" and run in histories:
            text = f"holds what the run printed; its history is read from {histories[run]}."
            problems.append(_copy(head, text, "Open this file by itself to read its lines."))
        else:
            kept.append(head)
    return kept


def _copy(head: FileHead, text: str, hint: str = "") -> Problem:
    return Problem("copy", ProblemLevel.INFO, shown(head.path), text, hint)
