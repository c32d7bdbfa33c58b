"""Decodes thousands of records at once: records of one shape are read with a handful of numpy operations.

The bytes of a scalar event are the same from point to point but for wall time, step and value. Records of equal
length are gathered into a matrix; the first one is read exactly by `event`, which says where the changing bytes lie;
every record that agrees with some exactly read record in all other bytes has the same fields at the same places.
Whatever agrees with nothing is handed to the exact reader one by one, so the result never depends on a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lossdoctor.importers.protobuf import Malformed
from lossdoctor.importers.tensorboard.columns import Columns
from lossdoctor.importers.tensorboard.crc import BYTE_TABLES, mask_many, plain_crc
from lossdoctor.importers.tensorboard.event import Event, read_event
from lossdoctor.importers.tensorboard.records import FOOTER, Int64s

MAX_BULK_BYTES = 4096
_MIN_BULK = 16
_MAX_LAYOUTS = 32
# A tag with a short name and a long step is as long as one with a long name and a short step; read with the other's
# layout, each of its records looks like a tag of its own.
_MAX_MISFITS = 8
_CHUNK = 65536
_MAX_KNOWN = 65536

Words = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]
_Known: TypeAlias = tuple[list[int], int]  # tag numbers of its values; CRC of the record with its varying bytes zeroed


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the changing bytes of a record lie, relative to its start; equal for many tags."""

    length: int
    wall_at: int
    step: tuple[int, int]
    values: tuple[tuple[int, str], ...]

    def varying(self) -> list[int]:
        """Every byte position that differs from point to point."""
        places = [*range(self.wall_at, self.wall_at + 8)] if self.wall_at >= 0 else []
        places += range(*self.step)
        for at, kind in self.values:
            places += range(at, at + np.dtype(kind).itemsize)
        return places

    def mask(self, words: int) -> Words:
        """(words,) bits that equal records have in common: all but the varying ones and what follows the payload."""
        bits = np.full(words * 8, 0xFF, dtype=np.uint8)
        bits[self.varying()] = 0
        # The top bits of a varint say how long it is; they belong to the shape.
        bits[self.step[0] : self.step[1]] = 0x80
        bits[self.length :] = 0
        return bits.view(np.uint64)


def _layout(event: Event, start: int, length: int) -> _Layout | None:
    if not event.plain or not event.scalars:
        return None
    step = (event.step_at - start, event.step_end - start) if event.step_at >= 0 else (0, 0)
    values = tuple((scalar.start - start, scalar.kind) for scalar in event.scalars)
    return _Layout(length, event.wall_at - start if event.wall_at >= 0 else -1, step, values)


class Decoder:
    """Decodes the records of one file, buffer by buffer.

    Args:
        columns: receives every scalar.
        check_crc: compare payload CRCs.
    """

    def __init__(self, columns: Columns, *, check_crc: bool = True) -> None:
        self._columns = columns
        self._check = check_crc
        # What the exact reader said of a record with these constant bytes; the same tags come again in every chunk.
        self._known: dict[_Layout, dict[bytes, _Known]] = {}

    def decode(self, data: bytes, starts: Int64s, lengths: Int64s, first_record: int) -> list[int]:
        """Adds the points of every record that is read in bulk.

        Args:
            data: the buffer.
            starts: (n,) payload positions in it.
            lengths: (n,) payload lengths.
            first_record: number of the first record within the file.

        Returns:
            Indices of the records that are left for the exact reader, ascending.
        """
        left: list[Int64s] = []
        for begin in range(0, starts.size, _CHUNK):
            piece = slice(begin, begin + _CHUNK)
            left += [rest + begin for rest in self._chunk(data, starts[piece], lengths[piece], first_record + begin)]
        if not left:
            return []
        merged = np.concatenate(left)
        merged.sort()
        return [int(index) for index in merged]

    def _chunk(self, data: bytes, starts: Int64s, lengths: Int64s, first_record: int) -> list[Int64s]:
        order = np.argsort(lengths, kind="stable")
        cuts = np.flatnonzero(np.diff(lengths[order])) + 1
        left: list[Int64s] = []
        for members in np.split(order, cuts):
            if not members.size:
                continue
            length = int(lengths[members[0]])
            width = -(-(length + FOOTER) // 8) * 8
            fits = starts[members] + width <= len(data)
            if members.size < _MIN_BULK or not 0 < length <= MAX_BULK_BYTES:
                left.append(members)
                continue
            left.append(members[~fits])
            left += self._group(data, starts, members[fits], length, width, first_record)
        return left

    def _group(
        self, data: bytes, starts: Int64s, members: Int64s, length: int, width: int, first_record: int
    ) -> list[Int64s]:
        windows: npt.NDArray[np.void] = np.ndarray((len(data) - width + 1,), f"V{width}", data, strides=(1,))
        words: Words = windows[starts[members]].view(np.uint64).reshape(members.size, width // 8)
        left: list[Int64s] = []
        for _ in range(_MAX_LAYOUTS):
            if members.size < _MIN_BULK:
                break
            start = int(starts[members[0]])
            layout = self._layout_at(data, start, length)
            if layout is None:
                left.append(members[:1])
                members, words = members[1:], words[1:]
                continue
            taken = self._same_layout(data, layout, words, members, starts, first_record)
            rest = ~taken
            members, words = members[rest], words[rest]
        left.append(members)
        return left

    @staticmethod
    def _layout_at(data: bytes, start: int, length: int) -> _Layout | None:
        try:
            return _layout(read_event(data, start, start + length), start, length)
        except Malformed:
            return None

    def _same_layout(
        self, data: bytes, layout: _Layout, words: Words, members: Int64s, starts: Int64s, first_record: int
    ) -> npt.NDArray[np.bool_]:
        """Adds the points of every member with this layout; (n,) true for those that were added."""
        common = words & layout.mask(words.shape[1])
        firsts, which = _distinct(common)
        taken: npt.NDArray[np.bool_] = (common == common[firsts[which]]).all(axis=1)
        tag_rows = np.full((firsts.size, len(layout.values)), -1, dtype=np.int64)
        zeroed_crcs = np.zeros(firsts.size, dtype=np.uint32)
        fitting = np.zeros(firsts.size, dtype=bool)
        varying = layout.varying()
        known = self._known.setdefault(layout, {})
        misfits = 0
        keys = _keys(common[firsts])
        # First the group that the layout was taken from, then the largest: when there are records of another layout among
        # them, these are the ones of this layout.
        sizes = np.bincount(which, minlength=firsts.size)
        sizes[which[0]] = members.size + 1
        for index in np.argsort(-sizes, kind="stable").tolist():
            member, key = int(firsts[index]), keys[index]
            found = known.get(key)
            if found is None:
                found = self._learn(data, int(starts[members[member]]), layout, varying)
                if found is None:
                    misfits += 1
                    if misfits > _MAX_MISFITS:
                        break  # records of another layout and the same length: what is left of them is looked at next
                    continue
                if len(known) < _MAX_KNOWN:
                    known[key] = found
            fitting[index] = True
            tag_rows[index], zeroed_crcs[index] = found
        taken &= fitting[which]
        rows = words.view(np.uint8)
        if self._check:
            taken &= _crcs(rows, layout, varying, zeroed_crcs[which]) == _stored(rows, layout.length)
        self._emit(layout, rows[taken], tag_rows[which[taken]], members[taken] + first_record)
        return taken

    def _learn(self, data: bytes, start: int, layout: _Layout, varying: list[int]) -> _Known | None:
        event = self._exact(data, start, layout)
        if event is None:
            return None
        crc = 0
        if self._check:
            blank = bytearray(data[start : start + layout.length])
            for place in varying:
                blank[place] = 0
            crc = plain_crc(bytes(blank))
        return [self._columns.tag_id(scalar.tag) for scalar in event.scalars], crc

    @staticmethod
    def _exact(data: bytes, start: int, layout: _Layout) -> Event | None:
        try:
            event = read_event(data, start, start + layout.length)
        except Malformed:
            return None
        return event if _layout(event, start, layout.length) == layout else None

    def _emit(self, layout: _Layout, rows: Bytes, tag_rows: Int64s, records: Int64s) -> None:
        count = rows.shape[0]
        if not count:
            return
        at = layout.wall_at
        walls = _numbers(rows, at, "<f8").astype(np.float64) if at >= 0 else np.zeros(count)
        steps = np.zeros(count, dtype=np.uint64)
        for shift, place in enumerate(range(*layout.step)):
            steps |= (rows[:, place].astype(np.uint64) & np.uint64(0x7F)) << np.uint64(7 * shift)
        for column, (place, kind) in enumerate(layout.values):
            values = _numbers(rows, place, kind).astype(np.float64)
            self._columns.add_many(tag_rows[:, column], records, steps.view(np.int64), values, walls)


def _keys(common: Words) -> list[bytes]:
    """(n,) the bytes of each row."""
    width = common.shape[1] * 8
    raw = np.ascontiguousarray(common).tobytes()
    return [raw[at : at + width] for at in range(0, len(raw), width)]


def _numbers(rows: Bytes, at: int, kind: str) -> npt.NDArray[np.generic]:
    width = np.dtype(kind).itemsize
    return np.ascontiguousarray(rows[:, at : at + width]).view(kind).reshape(-1)


def _distinct(common: Words) -> tuple[Int64s, Int64s]:
    """Groups rows that may be equal: index of a first row of each group, and each row's group, by a 64-bit hash."""
    factors = np.random.default_rng(20).integers(1, 1 << 62, size=common.shape[1], dtype=np.uint64) * 2 + 1
    hashes = (common * factors).sum(axis=1, dtype=np.uint64)
    if (hashes == hashes[0]).all():
        return np.zeros(1, dtype=np.int64), np.zeros(hashes.size, dtype=np.int64)
    _, firsts, which = np.unique(hashes, return_index=True, return_inverse=True)
    return firsts.astype(np.int64), which.reshape(-1).astype(np.int64)


def _crcs(rows: Bytes, layout: _Layout, varying: list[int], crcs: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """(n,) masked CRC of each record, from that of its group's blanked bytes: see `crc`."""
    crcs = crcs.copy()
    for place in varying:
        crcs ^= BYTE_TABLES.at(layout.length - 1 - place)[rows[:, place]]
    return mask_many(crcs)


def _stored(rows: Bytes, length: int) -> npt.NDArray[np.generic]:
    return _numbers(rows, length, "<u4")
