"""A broken input: how it is made, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

LOSSES = [2.0 / (1 + step) for step in range(60)]
MB = 1 << 20
DEFAULT_MEMORY = 128 * MB
CSV = b"step,loss\n" + b"".join(b"%d,%r\n" % (step, value) for step, value in enumerate(LOSSES))


@dataclass(frozen=True)
class Hostile:
    """One broken input.

    Attributes:
        name: what is wrong with it.
        write: puts it into a folder.
        codes: codes of problems, at least one of which must be told; empty where nothing is lost.
        place: what the place of one of these problems must contain.
        points: how many points must be read all the same, at least.
        memory: bytes that reading may take.
        seconds: how long it may take.
    """

    name: str
    write: Callable[[Path], object]
    codes: Sequence[str] = ()
    place: str = ""
    points: int = 0
    memory: int = DEFAULT_MEMORY
    seconds: float = 60.0


def put(name: str, data: bytes) -> Callable[[Path], object]:
    def write(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    return write


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]
