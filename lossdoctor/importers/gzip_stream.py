"""Inflates gzip streams of strangers: piece by piece, never beyond a ratio or a total, several members in a row."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from enum import StrEnum

MAGIC = b"\x1f\x8b"
MAX_RATIO = 200
MAX_TOTAL = 4 << 30
# A short log of one repeated line may shrink more than MAX_RATIO; below this size it cannot do harm.
HARMLESS = 16 << 20
_PIECE = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS


class Ending(StrEnum):
    """How a stream ended."""

    WHOLE = "whole"
    CUT = "cut"  # the file ends before the stream does
    DAMAGED = "damaged"  # a checksum or the stream itself is wrong
    RATIO = "ratio"  # inflates beyond MAX_RATIO
    TOTAL = "total"  # inflates beyond MAX_TOTAL


def inflate(read: Callable[[int], bytes], write: Callable[[bytes], object], *, max_total: int = MAX_TOTAL) -> Ending:
    """Inflates a stream into `write`; what came before the end, a cap or the damage has been written.

    Args:
        read: gives up to n compressed bytes, b"" at the end.
        write: takes inflated pieces of at most 1 MB.
        max_total: inflated bytes at which to stop.
    """
    inflater = zlib.decompressobj(_GZIP)
    taken = given = 0
    begun = False
    pending = b""
    while True:
        if not pending:
            pending = read(_PIECE)
            taken += len(pending)
        if not pending:
            if begun:
                write(inflater.flush())  # what a full output buffer held back
            return Ending.CUT if (begun and not inflater.eof) or not taken else Ending.WHOLE
        if inflater.eof:
            if not pending.startswith(MAGIC[: len(pending)]):
                return Ending.WHOLE  # padding behind the last member
            inflater = zlib.decompressobj(_GZIP)
        before = inflater.copy()
        try:
            piece = inflater.decompress(pending, _PIECE)
        except zlib.error:
            write(_before_damage(before, pending, _PIECE))
            return Ending.DAMAGED
        pending = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
        begun = not inflater.eof
        given += len(piece)
        if given > max_total:
            write(piece[: len(piece) - (given - max_total)])
            return Ending.TOTAL
        write(piece)
        if given > max(HARMLESS, MAX_RATIO * taken):
            return Ending.RATIO


def inflated_head(data: bytes, limit: int) -> tuple[bytes, bool]:
    """The first inflated bytes of a file that begins with `data`, and whether there are more than `limit`.

    Bytes that are no gzip stream after all give b"".
    """
    inflater = zlib.decompressobj(_GZIP)
    before = inflater.copy()
    try:
        head = inflater.decompress(data, limit)
    except zlib.error:
        return _before_damage(before, data, limit), True
    return head, not inflater.eof or bool(inflater.unused_data)


def _before_damage(inflater: zlib._Decompress, data: bytes, limit: int) -> bytes:
    """What comes out before the byte that raised: the library drops it when it meets the damage in one call."""
    out = bytearray()
    for size in (4096, 1):
        while data and len(out) < limit:
            before = inflater.copy()
            try:
                out += inflater.decompress(data[:size])
            except zlib.error:
                inflater = before
                break
            data = data[size:]
        data = data[:4096]
    return bytes(out[:limit])
