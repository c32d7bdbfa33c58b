"""Writes small log files for tests: event files record by record, tables, trainer states."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import google_crc32c


def masked(data: bytes) -> int:
    crc = google_crc32c.value(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def field(number: int, payload: bytes) -> bytes:
    """A length-delimited protobuf field."""
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def header(length: int) -> bytes:
    """A record header with a matching CRC, whatever the length."""
    packed = struct.pack("<Q", length)
    return packed + struct.pack("<I", masked(packed))


def record(payload: bytes) -> bytes:
    return header(len(payload)) + payload + struct.pack("<I", masked(payload))


def simple_value(tag: str, value: float) -> bytes:
    """One Summary.Value of the TF1 kind."""
    return field(1, tag.encode()) + b"\x15" + struct.pack("<f", value)


def metadata(plugin: str, content: bytes = b"") -> bytes:
    inner = field(1, plugin.encode()) + (field(2, content) if content else b"")
    return field(9, field(1, inner))


def tensor(dtype: int, body: bytes, shape: Sequence[int] = ()) -> bytes:
    dims = b"".join(field(2, b"\x08" + varint(size)) for size in shape)
    return b"\x08" + varint(dtype) + field(2, dims) + body


def tensor_value(tag: str, tensor_bytes: bytes, plugin: str = "") -> bytes:
    """One Summary.Value of the TF2 kind."""
    return field(1, tag.encode()) + (metadata(plugin) if plugin else b"") + field(8, tensor_bytes)


def event(step: int, values: Iterable[bytes] = (), wall: float = 1e9, extra: bytes = b"") -> bytes:
    """One Event message."""
    body = b"".join(field(1, value) for value in values)
    out = b"\x09" + struct.pack("<d", wall) + (b"\x10" + varint(step) if step else b"")
    return out + (field(5, body) if body else b"") + extra


def version() -> bytes:
    return record(b"\x09" + struct.pack("<d", 1e9) + field(3, b"brain.Event:2"))


def scalar(step: int, value: float, tag: str = "loss", wall: float = 0.0) -> bytes:
    """The record of one TF1 scalar."""
    return record(event(step, [simple_value(tag, value)], wall or 1e9 + step))


def hparams_event(values: Mapping[str, float | str | bool]) -> bytes:
    """The record in which torch's add_hparams keeps its values."""
    entries = b""
    for key, value in values.items():
        if isinstance(value, bool):
            encoded = b"\x20" + varint(int(value))
        elif isinstance(value, str):
            encoded = field(3, value.encode())
        else:
            encoded = b"\x11" + struct.pack("<d", value)
        entries += field(1, field(1, key.encode()) + field(2, encoded))
    content = field(3, entries)
    value_bytes = field(1, b"_hparams_/session_start_info") + metadata("hparams", content)
    return record(event(0, [value_bytes]))


def event_file(folder: Path, records: Iterable[bytes], name: str = "events.out.tfevents.1700000000.host.1.0") -> Path:
    """An event file with a version record and these records."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(version() + b"".join(records))
    return path


def curve(tag: str, values: Sequence[float], first_step: int = 0, wall: float = 1e9) -> list[bytes]:
    """Records of one TF1 series."""
    return [scalar(first_step + i, value, tag, wall + i) for i, value in enumerate(values)]


def trainer_state(path: Path, rows: Sequence[Mapping[str, Any]], **top: Any) -> Path:
    """A trainer_state.json with these log rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {"epoch": 1.0, "global_step": max((row.get("step", 0) for row in rows), default=0), **top}
    path.write_text(json.dumps({**dict(sorted(state.items())), "log_history": list(rows)}, indent=2))
    return path
