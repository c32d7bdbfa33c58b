"""Finds the records of an event file in a buffer: framing, header CRCs, and the way back after damage.

A record is u64 length, u32 masked CRC of the length, payload, u32 masked CRC of the payload, all little-endian. A
declared length is believed only when its CRC matches and the bytes are there; nothing is ever allocated from it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lossdoctor.importers.tensorboard.crc import BYTE_TABLES, length_crc, mask_many, plain_crc

HEADER = 12
FOOTER = 4
_LENGTH = struct.Struct("<Q").unpack_from
_CRC = struct.Struct("<I").unpack_from
_BATCH = 65536
_STRETCH = 128  # records walked before a first look whether lengths repeat; doubled while they do not
_TAIL = 4096  # lengths looked at to find out whether they repeat
_SEARCH = 1 << 20  # bytes looked at together once a search for a header has got long

Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Framed:
    """The records of one buffer.

    Attributes:
        starts: (n,) where each payload begins in the buffer.
        lengths: (n,) payload lengths; the payload CRC follows each.
        used: bytes of the buffer that are done with; the rest is the beginning of a record.
        holes: (start, end) of stretches that are no records, in order.
        in_hole: the last hole goes on in the next buffer.
    """

    starts: Int64s
    lengths: Int64s
    used: int
    holes: tuple[tuple[int, int], ...]
    in_hole: bool


def frame(data: bytes, remaining: int, *, resuming: bool = False) -> Framed:
    """Finds every record of `data` whose header is intact and whose bytes are all there.

    Args:
        data: bytes of the file, from the start of a record on (with `resuming`: from inside a damaged stretch).
        remaining: bytes of the file that follow `data`.
        resuming: the last call ended `in_hole`.

    Returns:
        The records. With `remaining` 0 every byte is used, and an incomplete end is the last hole.
    """
    size = len(data)
    chain = _Chain(data)
    parts: list[Int64s] = []
    holes: list[tuple[int, int]] = []
    position, hole = 0, 0 if resuming else -1
    batch = _BATCH
    while True:
        if hole >= 0:
            found = find_header(data, position, size + remaining)
            if found < 0:
                # A header may straddle the end of the buffer, so its last bytes are looked at again.
                used = max(position, size - HEADER + 1) if remaining else size
                holes.append((hole, used))
                return _framed(data, parts, used, holes, in_hole=True)
            if found > hole:
                holes.append((hole, found))
            position, hole = found, -1
        positions, after = chain.follow(position, batch)
        good = _good_headers(data, positions)
        parts.append(positions[:good])
        if good < positions.size:
            # Everything behind a bad length is a guess; small batches until things look sound again.
            hole, position, batch = int(positions[good]), int(positions[good]) + 1, 64
            continue
        position, batch = after, min(batch * 4, _BATCH)
        if positions.size:
            continue
        if size - position < HEADER or (_header_ok(data, position) and _fits(data, position, size + remaining)):
            break
        hole, position = position, position + 1
    if position < size and not remaining:
        holes.append((position, size))
        position = size
    return _framed(data, parts, position, holes, in_hole=False)


def _framed(data: bytes, parts: list[Int64s], used: int, holes: list[tuple[int, int]], *, in_hole: bool) -> Framed:
    headers = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
    lengths = gather(data, headers, 8).view("<u8").astype(np.int64)
    return Framed(headers + HEADER, lengths, used, tuple(holes), in_hole)


def gather(data: bytes, positions: Int64s, width: int) -> npt.NDArray[np.void]:
    """(n,) stretches of `width` bytes at any alignment. Opaque items are copied as they are, so one take is enough."""
    if not positions.size:
        return np.zeros(0, dtype=f"V{width}")
    windows: npt.NDArray[np.void] = np.ndarray((len(data) - width + 1,), f"V{width}", data, strides=(1,))
    return windows[positions]


def _header_ok(data: bytes, position: int) -> bool:
    return bool(_CRC(data, position + 8)[0] == length_crc(_LENGTH(data, position)[0]))


def _fits(data: bytes, position: int, end: int) -> bool:
    return bool(_LENGTH(data, position)[0] + HEADER + FOOTER <= end - position)


def _good_headers(data: bytes, positions: Int64s) -> int:
    """How many of the headers, from the first on, have a matching length CRC."""
    if not positions.size:
        return 0
    headers = gather(data, positions, HEADER).view(np.dtype([("length", "<u8"), ("crc", "<u4")]))
    distinct, which = np.unique(headers["length"], return_inverse=True)
    expected = np.array([length_crc(int(length)) for length in distinct], dtype=np.uint32)[which]
    bad = np.flatnonzero(headers["crc"] != expected)
    return int(bad[0]) if bad.size else int(positions.size)


class _Chain:
    """Follows record lengths from one header to the next, without looking at CRCs.

    Logs write the same tags again and again, so the sequence of lengths repeats. Once a period shows, the next
    positions are laid out with one cumulative sum and all checked against the lengths that really stand there; from
    the first difference on, the plain loop takes over. The result is that of the plain loop, always.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._recent: Int64s = np.zeros(0, dtype=np.int64)
        self._stretch = _STRETCH

    def follow(self, position: int, limit: int) -> tuple[Int64s, int]:
        """Positions of up to `limit` headers of complete records from `position` on, and the position behind them."""
        parts: list[Int64s] = []
        count = 0
        while count < limit:
            guessed = self._guess(position, limit - count)
            if guessed.size < 64:
                walked, position = self._walk(position, min(limit - count, self._stretch))
                self._stretch = min(self._stretch * 2, _TAIL)
                if not walked.size:
                    break
                parts.append(walked)
                count += walked.size
                self._remember(walked, position)
                continue
            parts.append(guessed)
            count += guessed.size
            self._stretch = _STRETCH
            last = int(guessed[-1])
            position = last + HEADER + FOOTER + int(_LENGTH(self._data, last)[0])
            self._remember(guessed, position)
        return (np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)), position

    def _walk(self, position: int, limit: int) -> tuple[Int64s, int]:
        data, size, read = self._data, len(self._data), _LENGTH
        found: list[int] = []
        last_header = size - HEADER - FOOTER
        while position <= last_header and len(found) < limit:
            behind = position + HEADER + FOOTER + read(data, position)[0]
            if behind > size:
                break
            found.append(position)
            position = behind
        return np.array(found, dtype=np.int64), position

    def _remember(self, positions: Int64s, behind: int) -> None:
        lengths = np.diff(positions[-_TAIL:], append=behind)
        self._recent = lengths if lengths.size >= _TAIL else np.concatenate([self._recent, lengths])[-_TAIL:]

    def _guess(self, position: int, limit: int) -> Int64s:
        nothing = np.zeros(0, dtype=np.int64)
        pattern = self._period()
        if pattern is None or limit < 64:
            return nothing
        room = len(self._data) - position
        wanted = min(limit, _BATCH, room // max(int(pattern.min()), HEADER + FOOTER))
        if wanted < 64:
            return nothing
        strides = np.tile(pattern, -(-wanted // pattern.size))[:wanted]
        behind = position + np.cumsum(strides)
        whole = int(np.searchsorted(behind, len(self._data), side="right"))
        if not whole:
            return nothing
        positions = behind[:whole] - strides[:whole]
        lengths = gather(self._data, positions, 8).view("<u8")
        wrong = np.flatnonzero(lengths != (strides[:whole] - HEADER - FOOTER).view(np.uint64))
        if not wrong.size:
            return positions
        # A step number has grown by a byte, or the run logs something new: what came before says nothing any more.
        self._recent = self._recent[:0]
        self._stretch = _STRETCH
        return positions[: int(wrong[0])]

    def _period(self) -> Int64s | None:
        recent = self._recent
        if recent.size < _STRETCH:
            return None
        # Files begin with records of their own; they must not hide the period of those that follow.
        recent = recent[recent.size // 4 :]
        half = recent.size // 2
        ends = np.flatnonzero(recent[half - 1 : -1] == recent[-1])[::-1]
        for end in ends[:64]:
            period = recent.size - half - int(end)
            if np.array_equal(recent[period:], recent[:-period]):
                return recent[-period:]
        return None


def find_header(data: bytes, position: int, file_end: int) -> int:
    """Where the next record header with a matching length CRC begins, from `position` on; -1 when there is none.

    `file_end` is counted like positions in `data`; a record that would reach beyond it is no record. The chance of a
    false hit is 2^-32 for each byte searched.
    """
    last = len(data) - HEADER
    step = 1024  # most damage is one record long
    while position <= last:
        stop = min(position + step, last + 1)
        step = min(step * 4, _SEARCH)
        window = np.frombuffer(data, dtype=np.uint8, count=stop - position + HEADER - 1, offset=position)
        count = stop - position
        zero = window == 0
        # No record is 4 GiB long: four zero bytes first, the CRC only where they are. A length of 0 is no event.
        likely = np.flatnonzero(zero[4 : 4 + count] & zero[5 : 5 + count] & zero[6 : 6 + count] & zero[7 : 7 + count])
        for at in _matching(window, likely):
            if _fits(data, position + at, file_end):
                return position + at
        position = stop
    return -1


def _matching(window: npt.NDArray[np.uint8], likely: Int64s) -> list[int]:
    likely = likely[_any_length(window, likely)]
    if not likely.size:
        return []
    crc = np.full(likely.size, plain_crc(bytes(8)), dtype=np.uint32)
    for byte in range(4):
        crc ^= BYTE_TABLES.at(7 - byte)[window[likely + byte]]
    stored = gather(window.tobytes(), likely + 8, 4).view("<u4")
    return [int(at) for at in likely[mask_many(crc) == stored]]


def _any_length(window: npt.NDArray[np.uint8], likely: Int64s) -> npt.NDArray[np.bool_]:
    any_bit = window[likely] | window[likely + 1] | window[likely + 2] | window[likely + 3]
    filled: npt.NDArray[np.bool_] = any_bit != 0
    return filled
