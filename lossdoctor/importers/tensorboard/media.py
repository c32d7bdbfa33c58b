"""Recognises large records that hold one picture or sound and nothing else, thousands at once.

Such records hold nothing that is read here, yet they are most of the bytes of many logs. Walking each one costs as much
as a scalar costs a thousand times over; their first bytes say all there is to know.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lossdoctor.importers.tensorboard.records import Int64s, gather

_HEAD = 320  # a tag of up to 256 bytes, and the fields around it
_LONGEST_LENGTH = 5  # bytes of a varint below 2^35

_WALL, _STEP, _SUMMARY, _FIRST, _IMAGE, _AUDIO = 0x09, 0x10, 0x2A, 0x0A, 0x22, 0x32


def media_only(data: bytes, starts: Int64s, lengths: Int64s) -> npt.NDArray[np.bool_]:
    """(n,) true for records made of wall time, step and one summary value that is an image or audio up to the last byte.

    False wherever a record is short, ordered otherwise or does not nest exactly: those are for the exact reader.
    """
    result = np.zeros(starts.size, dtype=bool)
    chosen = np.flatnonzero((lengths > _HEAD) & (starts + _HEAD <= len(data)))
    if not chosen.size:
        return result
    heads = gather(data, starts[chosen], _HEAD).view(np.uint8).reshape(chosen.size, _HEAD)
    cursor = _Cursor(heads)
    cursor.demand(_WALL)
    cursor.at += 8
    cursor.skip_varint(cursor.accept(_STEP))
    for key in (_SUMMARY, _FIRST):  # the summary and its only value reach to the end of the record
        cursor.demand(key)
        size = cursor.varint()
        cursor.alive &= cursor.at + size == lengths[chosen]
    tagged = cursor.accept(_FIRST)
    tag_size = cursor.varint(tagged)
    cursor.at += np.where(tagged, np.minimum(tag_size, _HEAD), 0)
    kind = cursor.byte()
    cursor.alive &= (kind == _IMAGE) | (kind == _AUDIO)
    cursor.at += 1
    size = cursor.varint()
    cursor.alive &= cursor.at + size == lengths[chosen]
    result[chosen] = cursor.alive
    return result


class _Cursor:
    """A position in each of n heads, moved in step; `alive` is false for heads that are not as demanded."""

    def __init__(self, heads: npt.NDArray[np.uint8]) -> None:
        self._heads = heads
        self._rows = np.arange(heads.shape[0])
        self.at = np.zeros(heads.shape[0], dtype=np.int64)
        self.alive = np.ones(heads.shape[0], dtype=bool)

    def byte(self) -> npt.NDArray[np.uint8]:
        """(n,) the byte at each position; positions behind the head die."""
        inside = self.at < _HEAD
        self.alive &= inside
        return self._heads[self._rows, np.where(inside, self.at, 0)]

    def demand(self, key: int) -> None:
        """Steps over a byte that must be `key`."""
        self.alive &= self.byte() == key
        self.at += 1

    def accept(self, key: int) -> npt.NDArray[np.bool_]:
        """(n,) where the next byte is `key`; steps over it there."""
        found: npt.NDArray[np.bool_] = self.byte() == key
        self.at += found
        return found

    def skip_varint(self, where: npt.NDArray[np.bool_]) -> None:
        """Steps over a varint of up to ten bytes."""
        going = where.copy()
        for _ in range(10):
            going &= (self.byte() >= 0x80) & self.alive
            self.at += going
        self.at += where

    def varint(self, where: npt.NDArray[np.bool_] | None = None) -> Int64s:
        """(n,) the length at each position, stepped over; 0 where not asked for. Longer ones than 5 bytes die."""
        going = self.alive.copy() if where is None else where & self.alive
        value = np.zeros(self.at.size, dtype=np.int64)
        for index in range(_LONGEST_LENGTH):
            byte = self.byte().astype(np.int64)
            value += np.where(going, (byte & 0x7F) << (7 * index), 0)
            self.at += going
            going &= byte >= 0x80
        self.alive &= ~going
        return value
