"""What is fuzzed: every parser gets any bytes and must come to its end; what it says must hold together."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from lossdoctor.importers import find_sources, read_source
from lossdoctor.importers.config_files import config_beside
from lossdoctor.importers.gzip_stream import inflate, inflated_head
from lossdoctor.importers.large_table import parse_large
from lossdoctor.importers.protobuf import Malformed
from lossdoctor.importers.table import Table, parse_table
from lossdoctor.importers.tensorboard.event import read_event
from lossdoctor.importers.tensorboard.reader import read_event_bytes
from lossdoctor.importers.wandb_binary.framing import read_records
from lossdoctor.importers.wandb_binary.messages import read_run
from lossdoctor.runs import Problem, Run

Target = Callable[[bytes], None]
_MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None
_folder: list[tempfile.TemporaryDirectory[str]] = []


def sound(problems: tuple[Problem, ...], runs: tuple[Run, ...] = ()) -> None:
    """Whether what was read can be shown: sentences that can be written, series that belong to their run."""
    for problem in (*problems, *(problem for run in runs for problem in run.problems)):
        problem.sentence().encode()
        assert problem.message.endswith((".", "...")), problem
        assert problem.path, problem
    for run in runs:
        run.id.encode()
        tags = [series.tag for series in run.series]
        assert len(set(tags)) == len(tags), tags
        assert [role.tag for role in run.roles] == tags, tags


def events(data: bytes) -> None:
    """Records of event files, with the framing as it comes."""
    file = read_event_bytes(data)
    for column in file.columns:
        assert column.steps.size == column.values.size == column.walls.size


def event(data: bytes) -> None:
    """One event's protobuf."""
    try:
        read_event(data, 0, len(data))
    except Malformed:
        return


def wandb(data: bytes) -> None:
    """The framing of .wandb files and the records in it."""
    records = read_records(data)
    read_run(records.payloads)
    assert all(0 <= offset <= len(data) for offset in records.damaged)


def table(data: bytes) -> None:
    """The plain reader of tables and pandas' engine give the same, where the latter gives anything."""
    plain = parse_table(data, "x")
    large = parse_large(data, "x")
    if plain is None or large is None:
        return
    assert _content(plain) == _content(large)


def _content(read: Table) -> list[tuple[str, str]]:
    return [(column.name, repr(column.values[column.present].tolist())) for column in read.columns if column.numeric]


def unzipped(data: bytes) -> None:
    """Gzip streams, with a small limit."""
    given = bytearray()
    source = memoryview(data)
    position = 0

    def read(size: int) -> bytes:
        nonlocal position
        piece = bytes(source[position : position + size])
        position += len(piece)
        return piece

    inflate(read, given.extend, max_total=1 << 20)
    assert len(given) <= 1 << 20
    head, _ = inflated_head(data, 4096)
    assert len(head) <= 4096


def file_of(name: str) -> Target:
    """Any bytes as a file of this name, through recognition and reading."""

    def target(data: bytes) -> None:
        path = Path(_place()) / name.replace("/", "-") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        found = find_sources(path)
        sound(found.problems)
        for source in found.sources:
            result = read_source(source)
            sound(result.problems, result.runs)

    return target


def config(data: bytes) -> None:
    """A configuration file beside a log."""
    folder = Path(_place()) / "config"
    folder.mkdir(exist_ok=True)
    for name in ("config.yaml", "args.json"):
        (folder / name).write_bytes(data)
    settings, problems = config_beside(str(folder))
    sound(tuple(problems))
    assert all(isinstance(key, str) for key in settings)


def _place() -> str:
    if not _folder:
        _folder.append(tempfile.TemporaryDirectory(prefix="lossdoctor-fuzz-", dir=_MEMORY))
    return _folder[0].name


TARGETS: dict[str, Target] = {
    "events": events,
    "event": event,
    "wandb": wandb,
    "table": table,
    "gzip": unzipped,
    "config": config,
    "csv": file_of("log.csv"),
    "json_lines": file_of("metrics.json"),
    "trainer_state": file_of("trainer_state.json"),
    "history_json": file_of("history.json"),
    "tensorboard_json": file_of("run-a-tag-loss.json"),
    "text_log": file_of("train.log"),
    "mlflow": file_of("mlruns/0/a/metrics/loss"),
    "wandb_csv": file_of("wandb_export_x.csv"),
    "column_csv": file_of("val_loss.csv"),
    "parquet": file_of("history.parquet"),
}
