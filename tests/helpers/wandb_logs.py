"""Writes small .wandb files the way W&B's SDK does: protobuf records in a LevelDB log."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.helpers.logs import field, varint

BLOCK = 32 * 1024
HEADER = b":W&B\xe1\xbe\x00"


def item(key: str, value: object, *, nested: bool = True) -> bytes:
    """A history or config item: nested_key (new SDKs) or key (old ones), and value_json."""
    return field(2 if nested else 1, key.encode()) + field(16, json.dumps(value).encode())


def history(row: Mapping[str, object], *, step: int | None = None, nested: bool = True) -> bytes:
    """A record with one history row."""
    body = b"".join(field(1, item(key, value, nested=nested)) for key, value in row.items())
    if step is not None:
        body += field(2, bytes([8]) + varint(step))
    return field(2, body)


def run_record(name: str, config: Mapping[str, object]) -> bytes:
    """The record that opens a run: display name and configuration."""
    updates = b"".join(field(1, item(key, value, nested=False)) for key, value in config.items())
    return field(17, field(4, updates) + field(8, name.encode()))


def framed(records: Iterable[bytes]) -> bytes:
    """Records cut into chunks over 32 KiB blocks, header in front."""
    out = bytearray(HEADER)
    for record in records:
        rest, first = record, True
        while True:
            room = BLOCK - len(out) % BLOCK
            if room < 7:
                out += bytes(room)
                room = BLOCK
            piece, rest = rest[: room - 7], rest[room - 7 :]
            kind = (1 if first else 4) if not rest else (2 if first else 3)
            crc = zlib.crc32(bytes([kind]) + piece)
            out += crc.to_bytes(4, "little") + len(piece).to_bytes(2, "little") + bytes([kind]) + piece
            first = False
            if not rest:
                break
    return bytes(out)


def wandb_file(path: Path, records: Iterable[bytes]) -> Path:
    """Writes a file; returns its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(framed(records))
    return path
