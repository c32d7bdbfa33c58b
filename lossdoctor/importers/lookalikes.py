"""Says what a file is that no importer claims: a Git LFS pointer, an empty file, source code, a table of runs."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from lossdoctor.importers.base import FileHead
from lossdoctor.importers.csv_log import table_trouble
from lossdoctor.importers.files import shown
from lossdoctor.runs import Problem, ProblemLevel

_LFS = b"version https://git-lfs.github.com/spec/v1"
_MAGICS = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (PyTorch checkpoints are such archives)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\x89HDF", "an HDF5 file (Keras weights)"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x7fELF", "a program"),
    (b"PAR1", "a Parquet table"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x80\x02", "a Python pickle"),
    (b"\x80\x04", "a Python pickle"),
)
# Data sets and last values lie about in every project; they are explained when named or when there is nothing else.
_COMMON = frozenset({"no_step_column", "text_table", "one_column", "wandb_summary"})
_TFEVENTS_NAME = re.compile(r"tfevents", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LookAlike:
    """What a file is instead of a log.

    Attributes:
        worth_telling: also when it merely lies in a scanned folder; source code and images are not.
    """

    path: str
    code: str
    level: ProblemLevel
    message: str
    hint: str
    worth_telling: bool

    @property
    def near_miss(self) -> bool:
        """A file that may have been meant as a log, worth naming where no log was found."""
        return self.code in _COMMON

    def problem(self, *, named: bool) -> Problem:
        """The problem to show; an ERROR when the user named this very file, for nothing of it can be shown."""
        level = ProblemLevel.ERROR if named else self.level
        return Problem(self.code, level, shown(self.path), self.message, self.hint)


def explain(head: FileHead) -> LookAlike:
    """What an unclaimed file is, as well as its beginning tells."""
    return _lfs(head) or _empty(head) or _event_name(head) or _wandb_summary(head) or _table(head) or _other(head)


def _lfs(head: FileHead) -> LookAlike | None:
    if not head.head.startswith(_LFS):
        return None
    return LookAlike(
        head.path, "lfs_pointer", ProblemLevel.WARNING,
        "is a Git LFS pointer: the log itself has not been downloaded.",
        "Run `git lfs pull` in its repository.", _could_be_log(head.path),
    )  # fmt: skip


def _could_be_log(path: str) -> bool:
    endings = (".csv", ".tsv", ".json", ".jsonl", ".wandb", ".log", ".txt")
    return bool(_TFEVENTS_NAME.search(os.path.basename(path))) or path.lower().endswith(endings)


def _empty(head: FileHead) -> LookAlike | None:
    if head.size_bytes:
        return None
    return LookAlike(
        head.path, "empty", ProblemLevel.INFO, "is empty: no data yet, or a run that was stopped at once.",
        "Nothing to do if other files of the run hold its data.", _could_be_log(head.path),
    )  # fmt: skip


def _event_name(head: FileHead) -> LookAlike | None:
    if not _TFEVENTS_NAME.search(head.name):
        return None
    first = head.head[:8].hex(" ")
    return LookAlike(
        head.path, "not_event_file", ProblemLevel.WARNING,
        f"is named like a TensorBoard event file but is none (first bytes {first}).",
        "Check that it was copied in binary mode and completely.", True,
    )  # fmt: skip


def _wandb_summary(head: FileHead) -> LookAlike | None:
    if head.name != "wandb-summary.json" or not head.head.lstrip().startswith(b"{"):
        return None
    return LookAlike(
        head.path, "wandb_summary", ProblemLevel.INFO, "holds the last values of a W&B run, no curves.",
        "The history is in run-*.wandb of the run folder; copy that file as well, or export the charts.", False,
    )  # fmt: skip


def _table(head: FileHead) -> LookAlike | None:
    trouble = table_trouble(head)
    if trouble is None:
        return None
    code, message, hint = trouble
    return LookAlike(head.path, code, ProblemLevel.INFO, message, hint, code not in _COMMON)


def _other(head: FileHead) -> LookAlike:
    kind = next((words for magic, words in _MAGICS if head.head.startswith(magic)), None)
    if kind is None and head.head[257:262] == b"ustar":
        kind = "a tar archive"
    if kind is None:
        kind = "binary data" if b"\x00" in head.head[:4096] else _text_kind(head)
    return LookAlike(
        head.path, "not_a_log", ProblemLevel.INFO, f"is {kind}, not a training log that lossdoctor knows.",
        "Run `lossdoctor formats` to see what it reads.", False,
    )  # fmt: skip


def _text_kind(head: FileHead) -> str:
    ending = os.path.splitext(head.name)[1].lower()
    kinds = {".py": "Python source", ".ipynb": "a notebook", ".json": "JSON", ".yaml": "YAML", ".yml": "YAML",
             ".toml": "TOML", ".md": "Markdown", ".html": "HTML"}  # fmt: skip
    return kinds.get(ending, "text")
