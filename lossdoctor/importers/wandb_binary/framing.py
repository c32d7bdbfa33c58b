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
    """

    payloads: list[bytes] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    cut_at: int | None = None


def read_records(data: bytes) -> Records:
    """Every whole record of a file's bytes; after damage the reader goes on at the next chunk or block.

    A damaged or half-written end is a truncation, as every killed run leaves one: `cut_at`, not `damaged`.
    """
    out = Records()
    pieces: list[bytes] = []
    started = 0
    position = HEADER_BYTES
    size = len(data)
    while position < size:
        room = BLOCK - position % BLOCK
        if room < _CHUNK_HEADER:
            position += room
            continue
        if position + _CHUNK_HEADER > size:
            out.cut_at = position
            break
        length = int.from_bytes(data[position + 4 : position + 6], "little")
        kind = data[position + 6]
        end = position + _CHUNK_HEADER + length
        if kind == 0 and length == 0 and not any(data[position : position + _CHUNK_HEADER]):
            # Zero padding to the end of the block (a torn page, or a writer that filled its block).
            position += room
            continue
        if end > size:
            # Either the last record is half written, or a length is wrong; only what follows could tell them apart.
            out.cut_at = position
            break
        body = data[position + _CHUNK_HEADER : end]
        if not _sound(data, position, kind, body, room):
            # The length cannot be trusted either, so the next place known to begin a chunk is the next block.
            out.damaged.append(position)
            pieces = []
            position += room if not _FULL <= kind <= _LAST or _CHUNK_HEADER + length > room else _CHUNK_HEADER + length
            continue
        position = end
        if kind == _FULL:
            pieces = []
            out.payloads.append(body)
        elif kind == _FIRST:
            pieces, started = [body], position
        elif pieces and sum(map(len, pieces)) < MAX_RECORD:
            pieces.append(body)
            if kind == _LAST:
                out.payloads.append(b"".join(pieces))
                pieces = []
        elif kind == _LAST:
            # Its beginning was lost; that damage is noted already.
            pieces = []
    if pieces and out.cut_at is None:
        out.cut_at = started
    if out.damaged and out.damaged[-1] + _CHUNK_HEADER >= size:
        out.cut_at = out.damaged.pop()
    return out


def _sound(data: bytes, position: int, kind: int, body: bytes, room: int) -> bool:
    if not _FULL <= kind <= _LAST or _CHUNK_HEADER + len(body) > room:
        return False
    return zlib.crc32(body, _TYPE_CRC[kind]) == int.from_bytes(data[position : position + 4], "little")
