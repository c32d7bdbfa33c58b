"""CRC32C as event files use it: masked, one at a time, and for many records of one length at once."""

from __future__ import annotations

from functools import lru_cache

import google_crc32c
import numpy as np
import numpy.typing as npt

_DELTA = 0xA282EAD8
_POLYNOMIAL = 0x82F63B78


def masked_crc(data: bytes | memoryview) -> int:
    """The CRC32C of `data`, masked the way TFRecord stores it (rotated and offset, so that CRCs of CRCs stay good)."""
    return mask(google_crc32c.value(bytes(data)))


def mask(crc: int) -> int:
    """A CRC32C in its stored form."""
    return (((crc >> 15) | (crc << 17)) + _DELTA) & 0xFFFFFFFF


def plain_crc(data: bytes) -> int:
    """The CRC32C of `data`."""
    return int(google_crc32c.value(data))


@lru_cache(maxsize=65536)
def length_crc(length: int) -> int:
    """The masked CRC of a record length as it stands in a header."""
    return masked_crc(length.to_bytes(8, "little"))


def mask_many(crcs: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """`mask` for an array."""
    rotated = (crcs >> np.uint32(15)) | (crcs << np.uint32(17))
    return rotated + np.uint32(_DELTA)


class _ByteTables:
    """Tables of what one byte adds to a CRC, by its distance to the end of the record; grown on demand.

    CRC is affine over GF(2): crc(a ^ b) = crc(a) ^ crc(b) ^ crc(0...0) for equal lengths. So the CRC of a record is
    that of the same record with some bytes zeroed, XOR one table entry for each of those bytes.
    """

    def __init__(self) -> None:
        table = np.arange(256, dtype=np.uint32)
        for _ in range(8):
            table = np.where(table & 1, (table >> 1) ^ np.uint32(_POLYNOMIAL), table >> 1).astype(np.uint32)
        self._step = table
        self._tables = [table]

    def at(self, distance: int) -> npt.NDArray[np.uint32]:
        """(256,) contribution of each value of a byte that is followed by `distance` bytes."""
        while len(self._tables) <= distance:
            last = self._tables[-1]
            self._tables.append((last >> np.uint32(8)) ^ self._step[last & np.uint32(0xFF)])
        return self._tables[distance]


BYTE_TABLES = _ByteTables()
