"""The framing of a .wandb file: chunks in 32 KiB blocks, put together into records; damage costs the record it hits.

Seven bytes of header (":W&B", magic, version), then LevelDB's log format: blocks of 32,768 bytes counted from the start
of the file; in them chunks of crc32 | length | type (1 full, 2 first, 3 middle, 4 last), zero padding where fewer than
seven bytes of a block remain. The checksum is zlib's CRC-32 over type and payload.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

BLOCK = 32 * 1024
HEADER = b":W&B"
HEADER_BYTES = 7
_WHOLE_HEADER = HEADER + b"\xe1\xbe\x00"
_CHUNK_HEADER = 7
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
# A run's own records are small; more than this is a lie or another file.
MAX_RECORD = 64 << 20
_TYPE_CRC = tuple(zlib.crc32(bytes([kind])) for kind in range(5))


@dataclass(slots=True)
class Records:
    """The records of a file.

    Attributes:
        payloads: whole records, in order.
        damaged: offsets at which a chunk could not be used.
        cut_at: offset of the last, unfinished record; None when the file ends cleanly.
        known: whether the header is that of the one version of the format that there is.
    """

    payloads: list[bytes] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    cut_at: int | None = None
    known: bool = True


def read_records(data: bytes) -> Records:
    """Every whole record of a file's bytes; after damage the reader goes on at the next chunk or block.

    A damaged or half-written end is a truncation, as every killed run leaves one: `cut_at`, not `damaged`.
    """
    framing = Framing()
    payloads = framing.feed(data)
    return framing.ended(payloads)


class Framing:
    """Puts a file's chunks together as its bytes come in."""

    def __init__(self) -> None:
        self._rest = b""
        self._rest_at = 0
        self._position = HEADER_BYTES
        self._pieces: list[bytes] = []
        self._started = 0
        self._damaged: list[int] = []
        self._header = b""

    def ended(self, payloads: list[bytes]) -> Records:
        """These records with what was wrong in the file, were it to end here; more may be fed all the same."""
        size = self._rest_at + len(self._rest)
        damaged = self._damaged.copy()
        cut_at = self._position if self._position < size else self._started if self._pieces else None
        if damaged and damaged[-1] + _CHUNK_HEADER >= size:
            cut_at = damaged.pop()
        return Records(payloads, damaged, cut_at, _WHOLE_HEADER.startswith(self._header))

    def feed(self, data: bytes) -> list[bytes]:
        """The records that are whole with these bytes. A chunk that is not whole waits for the next ones."""
        self._header += data[: HEADER_BYTES - len(self._header)]
        data = self._rest + data
        payloads: list[bytes] = []
        while (used := self._chunk(data, self._position - self._rest_at, payloads)) > 0:
            self._position += used
        keep = min(max(self._position - self._rest_at, 0), len(data))
        self._rest, self._rest_at = data[keep:], self._rest_at + keep
        return payloads

    def _chunk(self, data: bytes, at: int, payloads: list[bytes]) -> int:
        """Takes the chunk at this place in `data`; returns the bytes used, 0 when it is not whole."""
        size = len(data)
        room = BLOCK - self._position % BLOCK
        if at >= size:
            return 0
        if room < _CHUNK_HEADER:
            return room
        if at + _CHUNK_HEADER > size:
            return 0
        length = int.from_bytes(data[at + 4 : at + 6], "little")
        kind = data[at + 6]
        if kind == 0 and length == 0 and not any(data[at : at + _CHUNK_HEADER]):
            # Zero padding to the end of the block (a torn page, or a writer that filled its block).
            return room
        whole = _CHUNK_HEADER + length
        if at + whole > size:
            # Either the last record is half written, or a length is wrong; only what follows could tell them apart.
            return 0
        body = data[at + _CHUNK_HEADER : at + whole]
        if not _sound(data, at, kind, body, room):
            # The length cannot be trusted either, so the next place known to begin a chunk is the next block.
            self._damaged.append(self._position)
            self._pieces = []
            return room if not _FULL <= kind <= _LAST or whole > room else whole
        self._join(kind, body, whole, payloads)
        return whole

    def _join(self, kind: int, body: bytes, whole: int, payloads: list[bytes]) -> None:
        if kind == _FULL:
            self._pieces = []
            payloads.append(body)
        elif kind == _FIRST:
            self._pieces, self._started = [body], self._position + whole
        elif self._pieces and sum(map(len, self._pieces)) < MAX_RECORD:
            self._pieces.append(body)
            if kind == _LAST:
                payloads.append(b"".join(self._pieces))
                self._pieces = []
        elif kind == _LAST:
            # Its beginning was lost; that damage is noted already.
            self._pieces = []


def _sound(data: bytes, position: int, kind: int, body: bytes, room: int) -> bool:
    if not _FULL <= kind <= _LAST or _CHUNK_HEADER + len(body) > room:
        return False
    return zlib.crc32(body, _TYPE_CRC[kind]) == int.from_bytes(data[position : position + 4], "little")
