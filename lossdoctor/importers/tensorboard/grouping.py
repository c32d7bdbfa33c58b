"""Decides which event files are one run: one folder, Keras train/ and validation/, hparams sub-folders."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from lossdoctor.importers.base import FileHead, Source
from lossdoctor.importers.files import relative_id
from lossdoctor.importers.tensorboard.reader import read_event_bytes

TRAIN_FOLDERS = frozenset({"train", "training"})
VALIDATION_FOLDERS = frozenset({"validation", "val", "valid", "eval", "evaluation", "test", "dev"})
# torch's add_hparams opens a writer in a sub-folder named by the time: 1795207937.123
TIME_FOLDER = re.compile(r"\d{9,11}(\.\d+)?")
_GROUP_DEPTH = 4  # parts of a group's tag
_GROUP_BYTES = 4096
# What the time folders' scalars are called in the run: final numbers, never a curve.
HPARAMS_PREFIX = "hparams/"


def group_files(heads: Sequence[FileHead], root: str) -> tuple[Source, ...]:
    """Event files put together into runs, ids relative to `root`."""
    by_folder: dict[str, list[FileHead]] = {}
    for head in heads:
        by_folder.setdefault(os.path.dirname(head.path), []).append(head)
    names: dict[str, set[str]] = {}
    for folder in by_folder:
        names.setdefault(os.path.dirname(folder), set()).add(os.path.basename(folder).lower())
    home = {folder: folder for folder in by_folder}
    for folder in sorted(by_folder, key=len, reverse=True):
        parent, name = os.path.split(folder)
        if folder == root:
            continue
        if (group := _scalar_group(folder, by_folder)) is not None:
            home[folder] = group
        elif _belongs_to_parent(name, parent, names[parent], parent in by_folder):
            home[folder] = parent
    runs: dict[str, list[FileHead]] = {}
    for folder, files in by_folder.items():
        runs.setdefault(_outermost(folder, home), []).extend(files)
    return tuple(_source(folder, files, root) for folder, files in sorted(runs.items()))


def _belongs_to_parent(name: str, parent: str, siblings: set[str], parent_logs: bool) -> bool:
    if TIME_FOLDER.fullmatch(name):
        return parent_logs
    role = name.lower()
    if role in TRAIN_FOLDERS:
        # Keras without validation data writes train/ alone; Ultralytics' train/ is a run of its own, with its weights and
        # settings beside the log.
        alone = len(siblings) == 1 and _holds_events_only(os.path.join(parent, name))
        return bool(siblings & VALIDATION_FOLDERS) or alone
    if role in VALIDATION_FOLDERS:
        # TF estimators write training into the run's folder and evaluation into eval/ below it.
        return bool(siblings & TRAIN_FOLDERS) or (parent_logs and role != "test")
    return False


def _scalar_group(folder: str, by_folder: dict[str, list[FileHead]]) -> str | None:
    """The run's folder when this one holds one curve of `add_scalars`, or None.

    torch writes the curve "train" of the group "Loss/all" into `Loss_all_train/`, tensorboardX into `Loss/all/train/`,
    both under the tag "Loss/all"; the run's own folder always has an event file as well.
    """
    parent = os.path.dirname(folder)
    depth = 0
    while parent not in by_folder:
        parent, above = os.path.dirname(parent), parent
        depth += 1
        if parent == above or depth > _GROUP_DEPTH:
            return None
    tags = {column.tag for head in by_folder[folder] for column in read_event_bytes(head.head[:_GROUP_BYTES]).columns}
    if len(tags) != 1:
        return None
    tag = tags.pop()
    relative = os.path.relpath(folder, parent).replace(os.sep, "/")
    grouped = relative.startswith((tag.replace("/", "_") + "_", tag.strip("/") + "/"))
    return parent if grouped else None


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
