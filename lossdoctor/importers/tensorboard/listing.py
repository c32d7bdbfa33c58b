"""Lists the records of an event file one by one, sound or not: where each stands, its checksum, step, time and tags."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from lossdoctor.importers.files import opened
from lossdoctor.importers.protobuf import Malformed
from lossdoctor.importers.tensorboard.crc import masked_crc
from lossdoctor.importers.tensorboard.event import Event, read_event
from lossdoctor.importers.tensorboard.reader import MAX_RECORD, WINDOW
from lossdoctor.importers.tensorboard.records import FOOTER, HEADER, frame


@dataclass(frozen=True, slots=True)
class Record:
    """One record, or a stretch of bytes that is none.

    Attributes:
        offset: where it begins in the file.
        size: its bytes, header and checksums included.
        state: "ok", "bad_crc" (its bytes are not those that were written), "bad_record" (sound bytes that are no event),
            "not_read" (larger than is held in memory) or "damaged" (no record).
        step: the event's step; None where there is no event.
        wall_time: seconds since 1970; NaN where the event has none.
        kind: "scalars", "histograms", "text", "hparams", "version", "session start" or "other".
        tags: of its values that are read, in order.
    """

    offset: int
    size: int
    state: str
    step: int | None = None
    wall_time: float = float("nan")
    kind: str = ""
    tags: tuple[str, ...] = ()


def list_records(path: str, window: int = WINDOW) -> Iterator[Record]:
    """Every record in file order.

    Raises:
        OSError: the file cannot be read.
    """
    with opened(path) as (descriptor, size):
        offset, wanted, resuming = 0, window, False
        while offset < size:
            data = _at(descriptor, offset, min(wanted, size - offset))
            whole = len(data) == min(wanted, size - offset)
            remaining = size - offset - len(data) if whole else 0
            framed = frame(data, remaining, resuming=resuming)
            resuming = framed.in_hole
            pieces = [
                (int(start) - HEADER, int(length)) for start, length in zip(framed.starts, framed.lengths, strict=True)
            ]
            yield from _in_order(data, offset, pieces, framed.holes)
            offset += framed.used
            if not remaining:
                return
            wanted = window if framed.used else wanted * 4
            if wanted > MAX_RECORD and not resuming:
                length = HEADER + FOOTER + struct.unpack_from("<Q", data)[0]
                yield Record(offset, length, "not_read")
                offset, wanted = offset + length, window


def _at(descriptor: int, offset: int, size: int) -> bytes:
    os.lseek(descriptor, offset, os.SEEK_SET)
    data = os.read(descriptor, size)
    while len(data) < size and (more := os.read(descriptor, size - len(data))):
        data += more
    return data


def _in_order(
    data: bytes, offset: int, records: list[tuple[int, int]], holes: tuple[tuple[int, int], ...]
) -> Iterator[Record]:
    waiting = list(holes)
    for start, length in records:
        while waiting and waiting[0][0] < start:
            yield _hole(*waiting.pop(0), offset)
        yield _record(data, start, length, offset)
    for hole in waiting:
        yield _hole(*hole, offset)


def _hole(start: int, end: int, offset: int) -> Record:
    return Record(offset + start, end - start, "damaged")


def _record(data: bytes, start: int, length: int, offset: int) -> Record:
    begin, end = start + HEADER, start + HEADER + length
    at, size = offset + start, HEADER + length + FOOTER
    if masked_crc(data[begin:end]) != struct.unpack_from("<I", data, end)[0]:
        return Record(at, size, "bad_crc")
    try:
        event = read_event(data, begin, end)
    except Malformed:
        return Record(at, size, "bad_record")
    kind, tags = _content(event)
    return Record(at, size, "ok", event.step, event.wall_time if event.wall_at >= 0 else float("nan"), kind, tags)


def _content(event: Event) -> tuple[str, tuple[str, ...]]:
    """The kind and tags of what an event holds; where it holds several kinds, the first of them."""
    if event.scalars:
        return "scalars", tuple(scalar.tag for scalar in event.scalars)
    if event.histograms or event.tables:
        return "histograms", (*(tag for tag, _ in event.histograms), *(tag for tag, _, _ in event.tables))
    if event.texts:
        return "text", tuple(tag for tag, _ in event.texts)
    if event.hparams:
        return "hparams", ()
    if event.version:
        return "version", ()
    return ("session start" if event.session_start else "other"), ()
