"""Reads one Event record exactly: wall time, step, scalar values of TF1 and TF2 style, hparams, session marks.

Images, audio and graphs are stepped over without looking inside.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from lossdoctor.importers.histograms import MAX_BUCKETS, Floats, Histogram
from lossdoctor.importers.protobuf import BYTES, FIXED32, FIXED64, VARINT, Malformed, fields, signed, varint
from lossdoctor.importers.tensorboard.histograms import read_histogram

MAX_TAG_BYTES = 4096
MAX_TEXT_BYTES = 1 << 20
_LEFT_OUT = "; such points are left out"

_DOUBLE = struct.Struct("<d").unpack_from
_FLOAT = struct.Struct("<f").unpack_from
# TensorFlow's DataType numbers -> how one element lies in tensor_content.
_CONTENT = {1: "<f4", 2: "<f8", 3: "<i4", 4: "<u1", 5: "<i2", 6: "<i1", 9: "<i8", 10: "<u1", 14: "<bf16",
            17: "<u2", 19: "<f2", 22: "<u4", 23: "<u8"}  # fmt: skip
_STRING = 7
_STRUCTS = {"<f4": "<f", "<f8": "<d", "<i4": "<i", "<u1": "<B", "<i2": "<h", "<i1": "<b", "<i8": "<q", "<u2": "<H",
            "<f2": "<e", "<u4": "<I", "<u8": "<Q"}  # fmt: skip
# Typed value lists of TensorProto: field number -> wire type of one element.
_LISTS = {5: FIXED32, 6: FIXED64, 7: VARINT, 10: VARINT, 11: VARINT, 13: VARINT, 16: VARINT, 17: VARINT}


class Scalar(NamedTuple):
    """One scalar of an event: its tag, its value, and where the bytes of both lie (for `batch`).

    `kind` is the numpy type of the value's bytes, or "" when they are no fixed-width number.
    """

    tag: str
    value: float
    start: int
    kind: str
    tag_start: int
    tag_end: int


@dataclass(slots=True)
class Event:
    """What one record holds. `wall_at` and `step_at` are byte positions, -1 where the field is absent."""

    wall_time: float = 0.0
    step: int = 0
    scalars: list[Scalar] = field(default_factory=list)
    wall_at: int = -1
    step_at: int = -1
    step_end: int = -1
    version: str = ""
    session_start: bool = False
    hparams: list[bytes] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)  # (tag, what is wrong with its value)
    histograms: list[tuple[str, Histogram]] = field(default_factory=list)
    tables: list[tuple[str, str, Floats]] = field(default_factory=list)  # (tag, plugin, (k, 3) rows)
    plain: bool = True  # nothing repeated, nothing but scalars: records of the same shape may be read in bulk


def read_event(data: bytes, start: int, end: int) -> Event:
    """The event in `data[start:end]`.

    Raises:
        Malformed: the bytes are no Event.
    """
    event = Event()
    for number, wire, a, b in fields(data, start, end):
        if number == 1 and wire == FIXED64:
            event.plain &= event.wall_at < 0
            event.wall_at = a
            event.wall_time = _DOUBLE(data, a)[0]
        elif number == 2 and wire == VARINT:
            event.plain &= event.step_at < 0
            event.step_at, event.step_end = a, b
            event.step = signed(varint(data, a, b)[0])
        elif number == 5 and wire == BYTES:
            for inner, inner_wire, c, d in fields(data, a, b):
                if inner == 1 and inner_wire == BYTES:
                    _read_value(data, c, d, event)
        elif number == 7 and wire == BYTES:
            event.plain = False
            event.session_start |= any(
                n == 1 and w == VARINT and varint(data, c, d)[0] == 1 for n, w, c, d in fields(data, a, b)
            )
        elif number == 3 and wire == BYTES:
            event.plain = False
            event.version = data[a : min(b, a + 64)].decode("utf-8", "replace")
        elif wire == BYTES:
            event.plain = False
    return event


def _read_value(data: bytes, start: int, end: int, event: Event) -> None:
    tag_at = tag_end = simple = -1
    tensor = metadata = histogram = (-1, -1)
    other = False
    for number, wire, a, b in fields(data, start, end):
        if number == 1 and wire == BYTES:
            event.plain &= tag_at < 0
            tag_at, tag_end = a, b
        elif number == 2 and wire == FIXED32:
            event.plain &= simple < 0
            simple, tensor, other = a, (-1, -1), False
        elif number == 8 and wire == BYTES:
            simple, tensor, other = -1, (a, b), False
        elif number == 9 and wire == BYTES:
            metadata = (a, b)
        elif number in (4, 5, 6) and wire == BYTES:  # image, histogram, audio: the payload stays untouched here
            simple, tensor, other = -1, (-1, -1), True
            histogram = (a, b) if number == 5 else (-1, -1)
    tag = data[tag_at : min(tag_end, tag_at + MAX_TAG_BYTES)].decode("utf-8", "replace") if tag_at >= 0 else ""
    if tag_end - tag_at > MAX_TAG_BYTES:
        event.plain = False
        event.notes.append(
            (tag, f"has a name of {tag_end - tag_at:,} bytes, of which the first {MAX_TAG_BYTES:,} are used")
        )
    if simple >= 0:
        event.scalars.append(Scalar(tag, _FLOAT(data, simple)[0], simple, "<f4", tag_at, tag_end))
        return
    plugin, content = _plugin(data, *metadata) if metadata[0] >= 0 else ("", b"")
    if plugin == "hparams":
        event.plain = False
        event.hparams.append(content)
    elif tensor[0] >= 0:
        _read_tensor(data, *tensor, tag, (tag_at, tag_end), plugin, event)
    else:
        event.plain &= not other and tag_at < 0
        if other and histogram[0] >= 0:
            _read_histogram(data, *histogram, tag, event)


def _read_histogram(data: bytes, start: int, end: int, tag: str, event: Event) -> None:
    try:
        event.histograms.append((tag, read_histogram(data, start, end)))
    except Malformed:
        event.notes.append((tag, "declares a histogram whose buckets do not fit together" + _LEFT_OUT))


def _plugin(data: bytes, start: int, end: int) -> tuple[str, bytes]:
    name, content = "", b""
    for number, wire, a, b in fields(data, start, end):
        if number == 1 and wire == BYTES:
            for inner, inner_wire, c, d in fields(data, a, b):
                if inner == 1 and inner_wire == BYTES:
                    name = data[c : min(d, c + 64)].decode("utf-8", "replace")
                elif inner == 2 and inner_wire == BYTES and d - c <= MAX_TEXT_BYTES:
                    content = data[c:d]
    return name, content


def _read_tensor(
    data: bytes, start: int, end: int, tag: str, tag_at: tuple[int, int], plugin: str, event: Event
) -> None:
    dtype = 0
    shape: list[int] = []
    content = values = (-1, -1)
    value_wire = strings = -1
    for number, wire, a, b in fields(data, start, end):
        if number == 1 and wire == VARINT:
            dtype = varint(data, a, b)[0]
        elif number == 2 and wire == BYTES:
            shape = _shape(data, a, b)
        elif number == 4 and wire == BYTES:
            content = (a, b)
        elif number == 8 and wire == BYTES:
            strings = a if strings < 0 else strings
            if a == strings and b - a <= MAX_TEXT_BYTES and dtype == _STRING:
                event.texts.append((tag, data[a:b].decode("utf-8", "replace")))
        elif number in _LISTS and wire in (BYTES, _LISTS[number]):
            if values[0] >= 0:  # a list written element by element: more than one value
                values = (values[0], b)
                value_wire = -2
            else:
                values = (a, b)
                value_wire = _LISTS[number]
    if dtype == _STRING:
        event.plain = False
        if plugin == "scalars":
            event.notes.append((tag, "holds text where a number belongs" + _LEFT_OUT))
        return
    elements = 1
    for size in shape:
        elements *= size
    if elements != 1:
        event.plain = False
        if plugin == "scalars":
            event.notes.append((tag, f"declares {elements} values for one point{_LEFT_OUT}"))
        elif (table := _table(data, dtype, shape, content, values, value_wire)) is not None:
            event.tables.append((tag, plugin, table))
        return
    scalar = _element(data, dtype, content, values, value_wire)
    if scalar is None:
        event.plain = False
        event.notes.append((tag, "declares a value whose bytes are missing" + _LEFT_OUT))
        return
    value, at, kind = scalar
    event.plain &= bool(kind)
    event.scalars.append(Scalar(tag, value, at, kind, *tag_at))


def _table(
    data: bytes, dtype: int, shape: list[int], content: tuple[int, int], values: tuple[int, int], value_wire: int
) -> Floats | None:
    """The tensor as (k, 3) rows, which is how TF2 writes a histogram; None for every other tensor."""
    if len(shape) != 2 or shape[1] != 3 or not 0 <= shape[0] <= MAX_BUCKETS or dtype not in (1, 2):
        return None
    packed = FIXED32 if dtype == 1 else FIXED64
    start, end = content if content[1] > content[0] else values if value_wire == packed else (0, 0)
    kind = np.dtype("<f4" if dtype == 1 else "<f8")
    if end - start != shape[0] * 3 * kind.itemsize:
        return None
    return np.frombuffer(data, kind, shape[0] * 3, start).astype(np.float64).reshape(-1, 3)


def _shape(data: bytes, start: int, end: int) -> list[int]:
    sizes = []
    for number, wire, a, b in fields(data, start, end):
        if number == 2 and wire == BYTES:
            size = 0
            for inner, inner_wire, c, d in fields(data, a, b):
                if inner == 1 and inner_wire == VARINT:
                    size = signed(varint(data, c, d)[0])
            sizes.append(size)
            if len(sizes) > 64:
                raise Malformed
    return sizes


def _element(
    data: bytes, dtype: int, content: tuple[int, int], values: tuple[int, int], value_wire: int
) -> tuple[float, int, str] | None:
    """The only element of a tensor: (value, position, numpy type or "" when it has no fixed width)."""
    kind = _CONTENT.get(dtype)
    if kind is None:
        return None
    start, end = content
    if start >= 0 and end > start:
        return _from_content(data, start, end, kind)
    start, end = values
    if start < 0 or start == end or value_wire == -2:
        return None
    if value_wire == FIXED32 and end - start == 4 and dtype == 1:
        return _FLOAT(data, start)[0], start, "<f4"
    if value_wire == FIXED64 and end - start == 8 and dtype == 2:
        return _DOUBLE(data, start)[0], start, "<f8"
    if value_wire != VARINT:
        return None
    raw, behind = varint(data, start, end)
    if behind != end:
        return None
    if dtype in (19, 14):  # half and bfloat16 come as their 16 bits
        bits = (raw & 0xFFFF).to_bytes(2, "little")
        return (struct.unpack("<e", bits)[0] if dtype == 19 else _FLOAT(b"\0\0" + bits)[0]), -1, ""
    return float(raw if dtype in (22, 23) else signed(raw)), -1, ""


def _from_content(data: bytes, start: int, end: int, kind: str) -> tuple[float, int, str] | None:
    if kind == "<bf16":
        return (_FLOAT(b"\0\0" + data[start:end])[0], -1, "") if end - start == 2 else None
    packed = _STRUCTS[kind]
    if struct.calcsize(packed) != end - start:
        return None
    return float(struct.unpack_from(packed, data, start)[0]), start, kind
