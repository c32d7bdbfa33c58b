"""The importer of W&B's local run folders: run-<id>.wandb with the config beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from lossdoctor.formatting import count
from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.config_files import flatten
from lossdoctor.importers.files import read_bytes, relative_id, shown, unreadable
from lossdoctor.importers.histograms import Histograms
from lossdoctor.importers.json_numbers import json_number
from lossdoctor.importers.reading import build_run
from lossdoctor.importers.wandb_binary.framing import HEADER, Records, read_records
from lossdoctor.importers.wandb_binary.messages import WandbRun, read_run
from lossdoctor.importers.wandb_folder import folder_config
from lossdoctor.importers.wandb_histograms import is_part, row_histograms
from lossdoctor.runs import ConfigValue, HistogramSeries, Problem, ProblemLevel, Series

MAX_BYTES = 2 << 30
# Columns of the row's own bookkeeping.
_STEP, _WALL = "_step", "_timestamp"
_NO_HISTORY = "holds no history: the run logged nothing, or ended before its first row was written."
_BOOKKEEPING = frozenset({_STEP, _WALL, "_runtime"})


class WandbBinaryImporter:
    """Offline and online run folders of W&B."""

    name = "wandb_binary"
    title = "W&B run files"
    patterns = ("run-*.wandb",)
    help = (
        "The binary file that wandb writes below wandb/run-* and wandb/offline-run-*, uploaded or not; read without the "
        "wandb package, without an account and without writing to it. History rows become series over _step, the "
        "configuration is taken from the file itself, from config.yaml and from the program's arguments; "
        "media, tables and system metrics are passed over. A run that was killed ends in half a "
        "record: everything before it is kept."
    )

    def probe(self, head: FileHead) -> Match | None:
        """The four bytes `:W&B`."""
        return Match(0.99, "starts with :W&B") if head.head.startswith(HEADER) else None

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source a file; it stands for its run folder when it is the only one in it."""
        crowd: dict[str, int] = {}
        for head in heads:
            folder = os.path.dirname(head.path)
            crowd[folder] = crowd.get(folder, 0) + 1
        sources = []
        for head in heads:
            folder = os.path.dirname(head.path)
            path = folder if crowd[folder] == 1 and folder != root else head.path
            sources.append(Source(self.name, relative_id(path, root), path, (head.path,), head.size_bytes))
        return Grouping(tuple(sources))

    def read(self, source: Source) -> ImportResult:
        """The run of one file."""
        path = source.files[0]
        try:
            data, whole = read_bytes(path, MAX_BYTES)
        except OSError as error:
            return ImportResult((), (unreadable(path, error),))
        records = read_records(data)
        return self.result(source, records, read_run(records.payloads), whole=whole)

    def result(self, source: Source, records: Records, wandb: WandbRun, *, whole: bool = True) -> ImportResult:
        """The run that a file's records describe; `whole` says whether they are all of them."""
        path = source.files[0]
        problems = _problems(records, wandb, shown(path), whole)
        series = _series(wandb, shown(os.path.basename(path)))
        if not series:
            text = (
                _NO_HISTORY if not wandb.rows else f"holds {count(len(wandb.rows), 'history row')}, none with a number."
            )
            problems.append(Problem("no_rows", ProblemLevel.INFO, shown(path), text, _printed(os.path.dirname(path))))
        config = {**_folder_config(path, problems), **_config(wandb)}
        run = build_run(source, series, name=wandb.name or None, config=config, problems=problems)
        return ImportResult((replace(run, histograms=_histograms(wandb)),))


def _series(wandb: WandbRun, source: str) -> list[Series]:
    """The numbers of the history rows by key, over the row's step.

    The step is the item `_step`, else the record's own step, else the row's number (files of the newest SDK carry none).
    """
    points: dict[str, tuple[list[int], list[float], list[float]]] = {}
    for step, row in _stepped(wandb):
        wall = json_number(row.get(_WALL))
        for key, value in row.items():
            number = None if key in _BOOKKEEPING or is_part(key, row) else json_number(value)
            if number is not None:
                steps, values, walls = points.setdefault(key, ([], [], []))
                steps.append(step)
                values.append(number)
                walls.append(np.nan if wall is None else wall)
    return [Series(tag, np.array(s, np.int64), np.array(v), np.array(w), source) for tag, (s, v, w) in points.items()]


def _stepped(wandb: WandbRun) -> Iterator[tuple[int, dict[str, object]]]:
    for index, (own_step, row) in enumerate(wandb.rows):
        # Old SDKs wrote the step as text.
        given = json_number(row.get(_STEP), texts=True)
        known = given is not None and abs(given) < 2**63
        yield (int(given) if known and given is not None else own_step if own_step is not None else index), row


def _histograms(wandb: WandbRun) -> tuple[HistogramSeries, ...]:
    collected = Histograms()
    for step, row in _stepped(wandb):
        wall = json_number(row.get(_WALL))
        for key, histogram in row_histograms(row):
            collected.add(key, step, np.nan if wall is None else wall, histogram)
    return collected.finish()


def _folder_config(path: str, problems: list[Problem]) -> dict[str, ConfigValue]:
    """The configuration in the run's folder; none where several runs lie in one folder."""
    folder = os.path.dirname(path)
    try:
        alone = sum(name.endswith((".wandb", ".wandb.gz")) for name in os.listdir(folder)) == 1
    except OSError:
        return {}
    return folder_config(folder, problems) if alone else {}


def _printed(folder: str) -> str:
    """Where to look for numbers of a run without history; empty when it printed nothing."""
    printed = os.path.join(folder, "files", "output.log")
    return "What it printed is in files/output.log: open that file by itself." if os.path.isfile(printed) else ""


def _config(wandb: WandbRun) -> dict[str, ConfigValue]:
    """The configuration with W&B's own keys left out and {desc, value} pairs opened."""
    plain = {}
    for key, value in wandb.config.items():
        if key.startswith(("_wandb", "wandb_version")):
            continue
        plain[key] = value["value"] if isinstance(value, dict) and set(value) <= {"desc", "value"} and value else value
    return flatten(plain)


def _problems(records: Records, wandb: WandbRun, path: str, whole: bool) -> list[Problem]:
    out = []
    if not records.known:
        text = "begins with another version mark than the W&B files that lossdoctor knows; what could be read is shown."
        out.append(
            Problem("bad_record", ProblemLevel.WARNING, path, text, "Copy the file again if you can.", "offset 4")
        )
    damaged = len(records.damaged) + wandb.malformed
    if damaged:
        place = "offset " + ", ".join(map(str, records.damaged[:5])) if records.damaged else ""
        text = f"{count(damaged, 'damaged record')} passed over; all others are kept."
        out.append(Problem("bad_record", ProblemLevel.WARNING, path, text, "Copy the file again if you can.", place))
    if wandb.misplaced:
        text = f"{count(wandb.misplaced, 'record')} out of order: the file is put together from pieces, some may be double."
        out.append(Problem("bad_record", ProblemLevel.WARNING, path, text, "Copy the file again if you can."))
    elif wandb.missing and not damaged:
        text = f"{count(wandb.missing, 'record')} missing between others, which are whole."
        out.append(Problem("bad_record", ProblemLevel.WARNING, path, text, "Copy the file again if you can."))
    if records.cut_at is not None:
        text = "ends inside a record: still being written, or the run was killed. Every whole record is kept."
        out.append(Problem("truncated", ProblemLevel.INFO, path, text, "", f"offset {records.cut_at}"))
    if not whole:
        text = "is larger than 2 GB; only the beginning is read."
        out.append(Problem("too_large", ProblemLevel.WARNING, path, text, "Export the charts as CSV."))
    return out
