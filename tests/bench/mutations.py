"""Damage as it happens to files: cut off, bits flipped, pieces taken out or put in, pieces exchanged. Seeded."""

from __future__ import annotations

import random
from collections.abc import Callable

_TOKENS = (b"\x00" * 16, b"\x00" * 4096, b"nan", b"1e999", b"-", b",", b"\n", b'"', b"{", b"[", b"\xff" * 9, b"\r\n\r\n",
           b"9" * 400, b"<<: *a", b"\x80" * 12, b"\xff\xff\xff\xff\xff\xff\xff\x7f")  # fmt: skip


def truncated(data: bytes, rng: random.Random) -> bytes:
    """The beginning only."""
    return data[: rng.randrange(len(data))]


def flipped(data: bytes, rng: random.Random) -> bytes:
    """One to eight bits turned over."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def spliced(data: bytes, rng: random.Random) -> bytes:
    """A piece taken out, doubled, overwritten by zeros, or replaced by a foreign token."""
    start, end = _piece(data, rng)
    put = rng.choice((b"", data[start:end] * 2, bytes(end - start), rng.choice(_TOKENS), rng.randbytes(end - start)))
    return data[:start] + put + data[end:]


def swapped(data: bytes, rng: random.Random) -> bytes:
    """Two pieces exchanged."""
    a, b, c, d = sorted(rng.randrange(len(data) + 1) for _ in range(4))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


WAYS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "truncate": truncated,
    "flip": flipped,
    "splice": spliced,
    "swap": swapped,
}


def damaged(data: bytes, seed: str) -> tuple[str, bytes]:
    """The name of the damage and the bytes after it; the same seed gives the same damage.

    Args:
        data: at least one byte.
        seed: ends with a number that decides the kind in turn.
    """
    kind = tuple(WAYS)[int(seed.rsplit(":", 1)[-1]) % len(WAYS)]
    return kind, WAYS[kind](data, random.Random(seed))


def _piece(data: bytes, rng: random.Random) -> tuple[int, int]:
    start = rng.randrange(len(data))
    return start, min(len(data), start + rng.choice((1, 3, 17, 300, max(len(data) // 7, 1))))
