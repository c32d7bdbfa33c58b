"""Reads one event file into columns, in windows of bounded size, and tells what was damaged."""

from __future__ import annotations

import copy
import os
import struct
from dataclasses import dataclass, field, replace

import numpy as np

from lossdoctor.formatting import count
from lossdoctor.importers.files import opened, shown, unreadable
from lossdoctor.importers.histograms import MAX_BUCKETED, MAX_HISTOGRAM_TAGS, Histograms, table_histogram
from lossdoctor.importers.protobuf import Malformed
from lossdoctor.importers.tensorboard.batch import Decoder
from lossdoctor.importers.tensorboard.columns import MAX_TAGS, Column, Columns
from lossdoctor.importers.tensorboard.crc import mask_many, masked_crc, plain_crc
from lossdoctor.importers.tensorboard.event import Event, read_event
from lossdoctor.importers.tensorboard.media import media_only
from lossdoctor.importers.tensorboard.records import FOOTER, HEADER, Framed, Int64s, frame, gather
from lossdoctor.runs import HistogramSeries, Problem, ProblemLevel
from lossdoctor.safe_text import elide_middle

# Files are read into memory piece by piece instead of being mapped: a mapped log that is truncated by its trainer
# while we read kills the process with SIGBUS.
# Pieces of this size stay in the processor's cache while they are looked at.
WINDOW = 4 * 1024 * 1024
# A record that is larger than this (a video, an embedding) is stepped over instead of being held in memory.
MAX_RECORD = 256 * 1024 * 1024
_MAX_HOLES = 10  # told one by one; more are summed up


@dataclass(slots=True)
class EventFile:
    """What one event file holds.

    Attributes:
        path: the file.
        columns: scalars, tag by tag, in file order.
        histograms: tag by tag, in file order.
        first_wall_time: of the first event; NaN without events.
        hparams: payloads of the hparams plugin, in order.
        texts: (tag, text) of text summaries, the first of each tag.
        restarts: steps at which a session start was recorded after the first point.
        records: number of intact records.
        problems: damage, truncation, emptiness.
    """

    path: str
    columns: tuple[Column, ...] = ()
    histograms: tuple[HistogramSeries, ...] = ()
    first_wall_time: float = float("nan")
    hparams: list[bytes] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    restarts: list[int] = field(default_factory=list)
    records: int = 0
    problems: list[Problem] = field(default_factory=list)


def read_event_file(path: str, *, window: int = WINDOW, check_crc: bool = True) -> EventFile:
    """Every scalar and histogram of an event file, and what is wrong with it.

    One damaged record costs that record; reading goes on at the next header whose CRC matches. Never raises for
    anything the file holds; an unreadable file comes back empty with its problem.

    Args:
        path: the file.
        window: bytes read at a time.
        check_crc: compare the checksum of every payload; without, flipped bits in values go unnoticed. Those of the
            headers are always compared, as they are what reading goes on by.
    """
    reading = EventReading(path, check_crc=check_crc)
    try:
        with opened(path) as (descriptor, size):
            reading.run(descriptor, size, window)
    except OSError as error:
        reading.file.problems.append(unreadable(path, error))
    return reading.finish()


def read_event_bytes(data: bytes, path: str = "memory") -> EventFile:
    """As `read_event_file`, of bytes at hand."""
    reading = EventReading(path)
    reading.window(data, 0, 0)
    return reading.finish()


def _read(descriptor: int, size: int) -> bytes:
    """`size` bytes, or as many as there are."""
    data = os.read(descriptor, size)
    while len(data) < size and (more := os.read(descriptor, size - len(data))):
        data += more
    return data


class EventReading:
    """One pass over one file, or over what there is of it so far.

    Attributes:
        file: what was read; its columns, histograms and problems are put together by `finish`.
    """

    def __init__(self, path: str, *, check_crc: bool = True) -> None:
        self.file = EventFile(path)
        self._check = check_crc
        self._columns = Columns()
        self._decoder = Decoder(self._columns, check_crc=check_crc)
        self._histograms = Histograms()
        self._holes: list[tuple[int, int]] = []
        self._bad_crcs: list[int] = []
        self._garbage: list[int] = []
        self._too_large: list[int] = []
        self._notes: dict[str, tuple[str, int]] = {}
        self._resuming = False
        self._hole_heads: list[bytes] = []
        self._end = 0

    def run(self, descriptor: int, size: int, window: int) -> None:
        """Reads the file window by window; each begins with the first record that the one before did not hold whole.

        A file that grows while it is read is read to the size it had when it was opened.
        """
        offset, wanted = 0, window
        while True:
            os.lseek(descriptor, offset, os.SEEK_SET)
            data = _read(descriptor, min(wanted, size - offset))
            # Fewer bytes than were there a moment ago: the file was cut while we read.
            remaining = size - offset - len(data) if len(data) == min(wanted, size - offset) else 0
            used = self.window(data, offset, remaining)
            offset += used
            if not remaining:
                return
            wanted = window if used else wanted * 4
            if wanted > MAX_RECORD and not self._resuming:
                offset += self.pass_over(data, offset)
                wanted = window

    def window(self, data: bytes, offset: int, remaining: int) -> int:
        """Reads the whole records of one buffer that stands at `offset` in the file; returns the bytes used."""
        framed = frame(data, remaining, resuming=self._resuming)
        self._resuming = framed.in_hole
        self._note_holes(data, framed, offset)
        first = self.file.records
        exact = self._decoder.decode(data, framed.starts, framed.lengths, first)
        if first == 0 and framed.starts.size:
            self._first_wall(data, framed)
        left = np.array(exact, dtype=np.int64)
        media = media_only(data, framed.starts[left], framed.lengths[left])
        if self._check:
            self._check_media(data, framed.starts[left[media]], framed.lengths[left[media]], offset)
        for index in left[~media].tolist():
            start = int(framed.starts[index])
            self._exact(data, start, start + int(framed.lengths[index]), first + index, offset)
        self.file.records += int(framed.starts.size)
        self._end = offset + framed.used
        return framed.used

    def _first_wall(self, data: bytes, framed: Framed) -> None:
        start = int(framed.starts[0])
        try:
            event = read_event(data, start, start + int(framed.lengths[0]))
        except Malformed:
            return
        self.file.first_wall_time = event.wall_time if event.wall_at >= 0 else float("nan")

    def _note_holes(self, data: bytes, framed: Framed, offset: int) -> None:
        for start, end in framed.holes:
            if self._holes and self._holes[-1][1] >= start + offset:  # goes on from the buffer before
                self._holes[-1] = (self._holes[-1][0], end + offset)
            elif end > start:
                self._holes.append((start + offset, end + offset))
                self._hole_heads.append(data[start : start + HEADER])

    def _check_media(self, data: bytes, starts: Int64s, lengths: Int64s, offset: int) -> None:
        """Compares the checksums of records that hold nothing to read; damage in them is told all the same."""
        ends = starts + lengths
        stored = gather(data, ends, FOOTER).view("<u4")
        found = [plain_crc(data[a:b]) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
        wrong = np.flatnonzero(mask_many(np.array(found, dtype=np.uint32)) != stored)
        self._bad_crcs += (offset + starts[wrong] - HEADER).tolist()

    def _exact(self, data: bytes, start: int, end: int, record: int, offset: int) -> None:
        payload_at = offset + start - HEADER
        if self._check and masked_crc(data[start:end]) != struct.unpack_from("<I", data, end)[0]:
            self._bad_crcs.append(payload_at)
            return
        try:
            event = read_event(data, start, end)
        except Malformed:
            self._garbage.append(payload_at)
            return
        for scalar in event.scalars:
            self._columns.add(scalar.tag, record, event.step, scalar.value, event.wall_time)
        for tag, what in event.notes:
            first, times = self._notes.get(tag, (what, 0))
            self._notes[tag] = (first, times + 1)
        self._extras(event)

    def _extras(self, event: Event) -> None:
        for tag, histogram in event.histograms:
            self._histograms.add(tag, event.step, event.wall_time, histogram)
        for tag, plugin, table in event.tables:
            # TF2 names the plugin in the first event of a tag only.
            if plugin == "histograms" or (not plugin and tag in self._histograms):
                self._histograms.add(tag, event.step, event.wall_time, table_histogram(table))
        self.file.hparams += event.hparams
        for tag, text in event.texts:
            self.file.texts.setdefault(tag, text)
        if event.session_start and (event.step > 0 or self.file.restarts):
            self.file.restarts.append(event.step)

    def pass_over(self, data: bytes, offset: int) -> int:
        """Leaves out the record that begins with `data`, for being too large; returns its bytes."""
        self._too_large.append(offset)
        return int(HEADER + FOOTER + struct.unpack_from("<Q", data)[0])

    def ended_by(self, data: bytes, offset: int) -> EventFile:
        """What `finish` would give were the file to end with these bytes; the reading itself stays as it is."""
        if frame(data, 0, resuming=self._resuming).starts.size:
            other = copy.deepcopy(self)  # records behind damage in an unfinished end: rare
        else:
            other = copy.copy(self)
            other.file = replace(self.file)
            other._holes, other._hole_heads = self._holes.copy(), self._hole_heads.copy()
        other.window(data, offset, 0)
        return other.finish()

    def finish(self) -> EventFile:
        """The file's columns and problems; more may be read and finished again."""
        file = replace(
            self.file,
            columns=self._columns.finish(),
            histograms=self._histograms.finish(),
            hparams=self.file.hparams.copy(),
            texts=self.file.texts.copy(),
            restarts=self.file.restarts.copy(),
            problems=self.file.problems.copy(),
        )
        problem = file.problems.append
        path = shown(self.file.path)
        told = self._holes if len(self._holes) <= _MAX_HOLES else []
        for (start, end), head in zip(told, self._hole_heads, strict=False):
            problem(self._hole(path, start, end, head))
        if not told and self._holes:
            problem(_many_holes(path, self._holes))
        if self._too_large:
            text = f"{count(len(self._too_large), 'record')} larger than 256 MB passed over."
            problem(Problem("large_record", ProblemLevel.INFO, path, text))
        if self._bad_crcs:
            problem(
                _records(
                    path, "bad_crc", self._bad_crcs, "with a wrong checksum", "A bit flipped on disk or on the way"
                )
            )
        if self._garbage:
            problem(
                _records(path, "bad_record", self._garbage, "that are no events", "Something else wrote into the file")
            )
        for tag, (what, times) in sorted(self._notes.items()):
            text = f"{what} ({count(times, 'point')})."
            place = f"tag {elide_middle(tag, 200)}"
            problem(Problem("bad_value", ProblemLevel.WARNING, path, text, "Other tags are not touched.", place))
        if self._histograms.thinned:
            text = (
                f"{count(self._histograms.thinned, 'tag')} with more than {MAX_BUCKETED} histograms: every summary is kept, "
                "buckets at evenly spread points only."
            )
            problem(Problem("histograms_thinned", ProblemLevel.INFO, path, text))
        if self._histograms.points_dropped:
            text = (
                f"holds more than {MAX_HISTOGRAM_TAGS:,} histogram tags; "
                f"{count(self._histograms.points_dropped, 'histogram')} of later tags left out."
            )
            problem(Problem("too_many_tags", ProblemLevel.WARNING, path, text, "Check for step numbers in tag names."))
        if self._columns.tags_dropped:
            text = f"holds more than {MAX_TAGS:,} tags; {count(self._columns.tags_dropped, 'point')} of later tags left out."
            problem(Problem("too_many_tags", ProblemLevel.WARNING, path, text, "Check for step numbers in tag names."))
        if not file.columns and not file.problems:
            text = "holds no scalars: no data yet, or only graphs, images or text."
            problem(Problem("no_scalars", ProblemLevel.INFO, path, text))
        return file

    def _hole(self, path: str, start: int, end: int, head: bytes) -> Problem:
        if end < self._end or not _cut_short(head):
            text = f"{count(end - start, 'byte')} of something else than records; reading went on behind."
            return Problem("damaged", ProblemLevel.WARNING, path, text, _RESTORE, f"offset {start}")
        text = "ends inside a record: still being written, or cut off. Every whole record is kept."
        return Problem("truncated", ProblemLevel.INFO, path, text, _LIVE, f"offset {start}")


_LIVE = "Reload when the trainer has written more."
_RESTORE = "Copy the file again from its source if more is missing than you can spare."


def _many_holes(path: str, holes: list[tuple[int, int]]) -> Problem:
    lost = sum(end - start for start, end in holes)
    text = f"{count(lost, 'byte')} of something else than records in {len(holes)} places; reading went on behind each."
    return Problem("damaged", ProblemLevel.WARNING, path, text, _RESTORE, f"offset {holes[0][0]}")


def _cut_short(head: bytes) -> bool:
    """Whether an unfinished record starts like a sound one: the ordinary end of a live or killed log."""
    if len(head) < HEADER:
        return True
    length, crc = struct.unpack("<QI", head)
    return bool(length < 1 << 34 and crc == masked_crc(head[:8]))


def _records(path: str, code: str, offsets: list[int], what: str, why: str) -> Problem:
    text = (
        f"holds {count(len(offsets), 'record')} {what}; {'it is' if len(offsets) == 1 else 'they are'} left out. {why}."
    )
    return Problem(code, ProblemLevel.WARNING, path, text, _RESTORE, f"offset {offsets[0]}")
