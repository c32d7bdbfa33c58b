"""The importer of TensorBoard event files: recognises, groups and reads them into runs."""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lossdoctor.formatting import count
from lossdoctor.importers.base import FileHead, Grouping, ImportResult, Match, Source
from lossdoctor.importers.files import shown
from lossdoctor.importers.reading import build_run
from lossdoctor.importers.tensorboard.columns import Column
from lossdoctor.importers.tensorboard.crc import masked_crc
from lossdoctor.importers.tensorboard.grouping import group_files, tag_prefix
from lossdoctor.importers.tensorboard.hparams import hparams_config, text_config
from lossdoctor.importers.tensorboard.reader import EventFile, read_event_file
from lossdoctor.importers.tensorboard.records import HEADER, find_header
from lossdoctor.runs import ConfigValue, HistogramSeries, Problem, ProblemLevel, Series


class TensorBoardImporter:
    """Event files of TensorFlow, Keras, PyTorch, tensorboardX, Lightning, Hugging Face and whoever writes them."""

    name = "tensorboard"
    title = "TensorBoard event files"
    patterns = ("*tfevents*",)
    help = (
        "Written by TensorFlow, Keras, PyTorch's SummaryWriter, tensorboardX, Lightning, Hugging Face and many others. "
        "Scalars of TF1 (simple values) and TF2 (tensors) are read, histograms of both, and the hparams plugin as "
        "configuration; images, audio and graphs are passed over. All files of one folder are one run; Keras' "
        "train/ and validation/ folders are one run together, as are the time-named folders of add_hparams. A damaged "
        "record costs that record only, and is reported with its offset."
    )

    def probe(self, head: FileHead) -> Match | None:
        """An event file begins with a record header whose CRC matches; the name is asked only when that is damaged."""
        data = head.head
        if len(data) >= HEADER:
            length, crc = struct.unpack_from("<QI", data)
            if crc == masked_crc(data[:8]) and _begins_an_event(data, length):
                return Match(1.0, "starts with an event record")
        if "tfevents" in head.name.lower() and data and find_header(data, 0, max(head.size_bytes, len(data))) >= 0:
            return Match(0.6, "is named like an event file and holds event records after damage")
        return None

    def group(self, heads: Sequence[FileHead], root: str) -> Grouping:
        """One source for each run folder."""
        return Grouping(group_files(heads, root))

    def read(self, source: Source) -> ImportResult:
        """The run of a source: its files merged in the order of their first wall time."""
        return self.result(source, [read_event_file(path) for path in source.files])

    def result(self, source: Source, files: list[EventFile]) -> ImportResult:
        """The run in event files that were read."""
        # The run's own folder first, then by time; names carry host and process numbers and say nothing about order.
        files.sort(key=lambda file: (file.path.count(os.sep), _order(file.first_wall_time), file.path))
        problems = _problems(source, files)
        problems += _restarts(files)
        config: dict[str, ConfigValue] = {}
        for file in files:
            config.update(text_config(file.texts))
            config.update(hparams_config(file.hparams))
        series = _merge(source, files)
        run = build_run(source, series, config=config, step_unit=_step_unit(series), problems=problems)
        histograms = _histograms(source, files)
        return ImportResult((replace(run, histograms=histograms) if histograms else run,))


def _begins_an_event(data: bytes, length: int) -> bool:
    # Any TFRecord file (a data set) starts like this too. An Event starts with wall time, step, version
    # or summary.
    return length > 0 and len(data) > HEADER and data[HEADER] in (0x09, 0x10, 0x1A, 0x2A)


def _order(wall_time: float) -> float:
    return math.inf if math.isnan(wall_time) else wall_time


def _problems(source: Source, files: list[EventFile]) -> list[Problem]:
    """What is wrong with the files; that one holds no scalars (an aborted start) is no news when others do."""
    told = [problem for file in files for problem in file.problems if problem.code != "no_scalars"]
    silent = [problem for file in files for problem in file.problems if problem.code == "no_scalars"]
    if silent and not any(file.columns for file in files):
        told.append(replace(silent[0], path=shown(source.path)))
    return told


def _restarts(files: list[EventFile]) -> list[Problem]:
    return [
        Problem(
            "restarted",
            ProblemLevel.INFO,
            shown(file.path),
            f"records {count(len(file.restarts), 'restart')}, the last at step {file.restarts[-1]}. "
            "Points of both branches are kept.",
        )
        for file in files
        if file.restarts
    ]


def _merge(source: Source, files: list[EventFile]) -> list[Series]:
    parts: dict[str, list[tuple[Column, str]]] = {}
    for file in files:
        prefix = tag_prefix(file.path, source.path)
        for column in file.columns:
            parts.setdefault(prefix + column.tag, []).append((column, file.path))
    return [_series(tag, pieces) for tag, pieces in parts.items()]


def _histograms(source: Source, files: list[EventFile]) -> tuple[HistogramSeries, ...]:
    parts: dict[str, list[HistogramSeries]] = {}
    for file in files:
        prefix = tag_prefix(file.path, source.path)
        for item in file.histograms:
            parts.setdefault(prefix + item.tag, []).append(item)
    return tuple(replace(HistogramSeries.joined(pieces), tag=tag) for tag, pieces in parts.items())


def _series(tag: str, pieces: list[tuple[Column, str]]) -> Series:
    first = pieces[0][0]
    source = os.path.basename(pieces[0][1])
    if len(pieces) == 1:
        return Series(tag, first.steps, first.values, first.walls, shown(source))
    return Series(
        tag,
        np.concatenate([column.steps for column, _ in pieces]),
        np.concatenate([column.values for column, _ in pieces]),
        np.concatenate([column.walls for column, _ in pieces]),
        shown(source),
    )


def _step_unit(series: list[Series]) -> str:
    """Keras' `epoch_` tags count epochs; otherwise a logged `epoch` that equals its own step says so."""
    tags = [item.tag.rsplit("/", 1)[-1] for item in series]
    if any(tag.startswith("epoch_") for tag in tags) and not any(tag.startswith("batch_") for tag in tags):
        return "epoch"
    epoch = next((item for item in series if item.tag in ("epoch", "train/epoch") and len(item) > 2), None)
    return "epoch" if epoch is not None and np.array_equal(epoch.steps, epoch.values) else "step"
