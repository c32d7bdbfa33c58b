"""Decides which event files are one run: one folder, Keras train/ and validation/, hparams sub-folders."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from lossdoctor.importers.base import FileHead, Source
from lossdoctor.importers.files import relative_id

TRAIN_FOLDERS = frozenset({"train", "training"})
VALIDATION_FOLDERS = frozenset({"validation", "val", "valid", "eval", "evaluation", "test", "dev"})
# torch's add_hparams opens a writer in a sub-folder named by the time: 1795207937.123
TIME_FOLDER = re.compile(r"\d{9,11}(\.\d+)?")
# What the time folders' scalars are called in the run: final numbers, never a curve.
HPARAMS_PREFIX = "hparams/"


def group_files(heads: Sequence[FileHead], root: str) -> tuple[Source, ...]:
    """Event files put together into runs, ids relative to `root`."""
    by_folder: dict[str, list[FileHead]] = {}
    for head in heads:
        by_folder.setdefault(os.path.dirname(head.path), []).append(head)
    home = {folder: folder for folder in by_folder}
    for folder in sorted(by_folder, key=len, reverse=True):
        parent, name = os.path.split(folder)
        if folder != root and _belongs_to_parent(name, parent, by_folder):
            home[folder] = parent
    runs: dict[str, list[FileHead]] = {}
    for folder, files in by_folder.items():
        runs.setdefault(_outermost(folder, home), []).extend(files)
    return tuple(_source(folder, files, root) for folder, files in sorted(runs.items()))


def _belongs_to_parent(name: str, parent: str, by_folder: dict[str, list[FileHead]]) -> bool:
    if TIME_FOLDER.fullmatch(name):
        return parent in by_folder
    siblings = {os.path.basename(folder).lower() for folder in by_folder if os.path.dirname(folder) == parent}
    role = name.lower()
    if role in TRAIN_FOLDERS:
        # Keras without validation data writes train/ alone; Ultralytics' train/ is a run of its own, with its weights and
        # settings beside the log.
        alone = len(siblings) == 1 and _holds_events_only(os.path.join(parent, name))
        return bool(siblings & VALIDATION_FOLDERS) or alone
    if role in VALIDATION_FOLDERS:
        # TF estimators write training into the run's folder and evaluation into eval/ below it.
        return bool(siblings & TRAIN_FOLDERS) or (parent in by_folder and role != "test")
    return False


def _holds_events_only(folder: str) -> bool:
    try:
        return all("tfevents" in entry or entry == "plugins" for entry in os.listdir(folder))
    except OSError:
        return False


def _outermost(folder: str, home: dict[str, str]) -> str:
    while (outer := home.get(folder, folder)) != folder:
        folder = outer
    return folder


def _source(folder: str, heads: list[FileHead], root: str) -> Source:
    files = tuple(sorted(head.path for head in heads))
    return Source("tensorboard", relative_id(folder, root), folder, files, sum(head.size_bytes for head in heads))


def tag_prefix(file: str, run_path: str) -> str:
    """What stands before the tags of a file in its run: "" for the run's own folder, "train/" below it."""
    if os.path.isfile(run_path):
        return ""
    relative = os.path.relpath(os.path.dirname(file), run_path).replace(os.sep, "/")
    if relative == ".":
        return ""
    parts = [part for part in relative.split("/") if not TIME_FOLDER.fullmatch(part)]
    prefix = "".join(f"{part}/" for part in parts)
    return prefix if len(parts) == len(relative.split("/")) else prefix + HPARAMS_PREFIX
