"""A bounded, iterative walker over protobuf wire format: enough to read logs, never more than the bytes at hand."""

from __future__ import annotations

from collections.abc import Iterator

VARINT, FIXED64, BYTES, GROUP, END_GROUP, FIXED32 = 0, 1, 2, 3, 4, 5
_MAX_FIELDS = 1_000_000


class Malformed(Exception):  # noqa: N818  # a statement about the bytes, always caught by the reader
    """The bytes are no protobuf message, or one cut short."""


def varint(data: bytes, position: int, end: int) -> tuple[int, int]:
    """The varint at `position` as an unsigned 64-bit number, and the position behind it.

    Raises:
        Malformed: it runs past `end` or is longer than ten bytes.
    """
    result = shift = 0
    while position < end:
        byte = data[position]
        position += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result & 0xFFFFFFFFFFFFFFFF, position
        shift += 7
        if shift >= 70:
            raise Malformed
    raise Malformed


def fields(data: bytes, position: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """The fields of the message in `data[position:end]`, in order, as (number, wire type, start, end of the value).

    For a VARINT, `start` is where its bytes begin. Groups are skipped whole, without recursion.

    Raises:
        Malformed: a length points outside the message, a wire type does not exist, or a group does not close.
    """
    depth = 0
    for _ in range(_MAX_FIELDS):
        if position >= end:
            if depth:
                raise Malformed
            return
        key = data[position]
        if key < 0x80:
            position += 1
        else:
            key, position = varint(data, position, end)
        wire = key & 7
        number = key >> 3
        start = position
        if wire == BYTES:
            size, start = varint(data, position, end)
            position = start + size
        elif wire == VARINT:
            _, position = varint(data, position, end)
        elif wire == FIXED32:
            position += 4
        elif wire == FIXED64:
            position += 8
        elif wire == GROUP:
            depth += 1
            continue
        elif wire == END_GROUP and depth:
            depth -= 1
            continue
        else:
            raise Malformed
        if position > end or number == 0:
            raise Malformed
        if not depth:
            yield number, wire, start, position
    raise Malformed


def signed(number: int) -> int:
    """An unsigned 64-bit varint as the int64 it encodes."""
    return number - (1 << 64) if number >= 1 << 63 else number
