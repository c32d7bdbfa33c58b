"""Broken and hostile event files."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from tests.helpers import logs
from tests.reliability.hostile import LOSSES, MB, Hostile, flipped, put


def _events(*records: bytes) -> bytes:
    return logs.version() + b"".join(records)


def _event_case(
    name: str, data: bytes, codes: Sequence[str], place: str = "", points: int = 0, **limits: float
) -> Hostile:
    return Hostile(f"events: {name}", put("r/events.out.tfevents.1.h", data), codes, place, points, **limits)  # type: ignore[arg-type]


CURVE = logs.curve("loss", LOSSES)
HALF, REST = b"".join(CURVE[:30]), b"".join(CURVE[30:])
_BEFORE = len(logs.version()) + len(HALF)
_DEEP_GROUPS = b"\x0b" * 100_000 + b"\x0c" * 100_000
_NESTED = b"\x0a\x7f" * 60


def _wide_tensor(*shape: int) -> bytes:
    return logs.record(
        logs.event(7, [logs.tensor_value("wide", logs.tensor(1, logs.field(5, struct.pack("<f", 1.0)), shape))])
    )


def _odd(step: int = 1, wall: float = 1e9, value: float = 0.5, tag: str = "odd") -> bytes:
    return logs.record(logs.event(step, [logs.simple_value(tag, value)], wall))


EVENTS = (
    _event_case("no bytes", b"", ["empty"]),
    _event_case("a version record only", logs.version(), ["no_scalars", "empty"]),
    _event_case("text", b"step 1 loss 0.5\n" * 30, ["not_event_file"]),
    _event_case("zeros only", bytes(4096), ["not_event_file", "bad_record", "damaged"]),
    _event_case("cut in the last record", _events(HALF)[:-7], ["truncated"], "offset", 29),
    _event_case("a bit of a payload", flipped(_events(HALF, REST), _BEFORE + 20), ["bad_crc"], f"offset {_BEFORE}", 59),
    _event_case(
        "a bit of a length", flipped(_events(HALF, REST), _BEFORE), ["bad_record", "damaged"], f"offset {_BEFORE}", 59
    ),
    _event_case("4 KiB of zeros", _events(HALF, bytes(4096), REST), ["damaged"], f"offset {_BEFORE}", 60),
    _event_case(
        "a length of 2^40", _events(HALF, logs.header(1 << 40), REST), ["damaged", "truncated"], f"offset {_BEFORE}", 60
    ),
    _event_case(
        "a length of 2^63", _events(HALF, logs.header(1 << 63), REST), ["damaged", "truncated"], f"offset {_BEFORE}", 60
    ),
    _event_case(
        "a length of 2^64 - 1",
        _events(HALF, logs.header((1 << 64) - 1), REST),
        ["damaged", "truncated"],
        f"offset {_BEFORE}",
        60,
    ),
    _event_case(
        "a record that is no message",
        _events(HALF, logs.record(b"\xff" * 40), REST),
        ["bad_record", "damaged"],
        f"offset {_BEFORE}",
        60,
    ),
    _event_case(
        "groups 100 000 deep",
        _events(HALF, logs.record(logs.event(3, [logs.simple_value("g", 1.0)]) + _DEEP_GROUPS), REST),
        (),
        "",
        60,
    ),
    _event_case(
        "fields in fields", _events(HALF, logs.record(_NESTED * 50), REST), ["bad_record", "damaged"], "offset", 60
    ),
    _event_case("a tensor of 2^40 values", _events(HALF, _wide_tensor(1 << 20, 1 << 20), REST), (), "", 60),
    _event_case("a tensor of 2^63 by 2^63", _events(HALF, _wide_tensor(1 << 63, 1 << 63), REST), (), "", 60),
    _event_case("a tensor of -1 values", _events(HALF, _wide_tensor((1 << 64) - 1), REST), (), "", 60),
    _event_case(
        "a tag of 100 MB",
        _events(HALF, logs.record(logs.event(3, [logs.simple_value("t" * 100 * MB, 1.0)])), REST),
        ["bad_value", "large_record", "bad_record", "damaged"],
        "",
        60,
        memory=640 * MB,
    ),
    _event_case(
        "52 000 tags",
        _events(HALF, *(logs.scalar(0, 1.0, f"t{i}") for i in range(52_000)), REST),
        ["too_many_tags"],
        "",
        60,
        memory=256 * MB,
        seconds=90.0,
    ),
    _event_case(
        "NUL bytes and no UTF-8 in a tag",
        _events(
            HALF, logs.record(logs.event(3, [logs.field(1, b"a\x00\xff\xfe") + b"\x15" + struct.pack("<f", 1.0)])), REST
        ),
        (),
        "",
        61,
    ),
    _event_case("steps at the limits of int64", _events(HALF, _odd(2**63 - 1), _odd(-(2**63)), REST), (), "", 62),
    _event_case(
        "times before 1970, after 3000, none",
        _events(HALF, _odd(1, -4e9), _odd(2, 4e10), _odd(3, float("nan")), _odd(4, float("inf")), _odd(5, 1e308), REST),
        (),
        "",
        65,
    ),
    _event_case("nothing but NaN", _events(*logs.curve("loss", [float("nan")] * 50)), (), "", 50),
    _event_case("infinities", _events(*logs.curve("loss", [float("inf"), float("-inf")] * 25)), (), "", 50),
    _event_case("every step the same", _events(*(_odd(0) for _ in range(50))), (), "", 50),
    _event_case(
        "a scalar and a text under one tag",
        _events(
            HALF,
            logs.record(logs.event(3, [logs.tensor_value("loss", logs.tensor(7, logs.field(8, b"text")), "text")])),
            REST,
        ),
        (),
        "",
        60,
    ),
    _event_case(
        "a string tensor called a scalar",
        _events(
            HALF,
            logs.record(logs.event(3, [logs.tensor_value("note", logs.tensor(7, logs.field(8, b"text")), "scalars")])),
            REST,
        ),
        (),
        "",
        60,
    ),
)
