"""The protobuf messages of a .wandb file that matter here: history rows, configuration, the run's name.

Field numbers from wandb_internal.proto (wandb 0.31): Record.num 1, .history 2, .config 5, .run 17; HistoryRecord.item 1,
.step 2; item key 1, nested_key 2, typed values 4 to 8, value_json 16; RunRecord.config 4, .display_name 8;
ConfigRecord.update 1.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from lossdoctor.importers.json_numbers import json_value
from lossdoctor.importers.protobuf import BYTES, FIXED64, VARINT, Malformed, fields, varint

_NUMBER, _HISTORY, _CONFIG, _RUN = 1, 2, 5, 17


@dataclass(slots=True)
class WandbRun:
    """What the records of a file tell.

    Attributes:
        rows: history rows: (step or None, {key: value}); values are JSON values.
        config: configuration, later records overwriting earlier ones.
        name: display name; empty when the file names none.
        malformed: number of records whose protobuf could not be read.
        last: number of the last record; wandb counts them from 1, files made by hand may not.
        misplaced: records whose number does not follow: the file is put together from pieces.
        missing: numbers left out between two records.
    """

    rows: list[tuple[int | None, dict[str, object]]] = field(default_factory=list)
    config: dict[str, object] = field(default_factory=dict)
    name: str = ""
    malformed: int = 0
    last: int = 0
    misplaced: int = 0
    missing: int = 0

    def counted(self, number: int) -> None:
        """Takes a record's own number into account."""
        if number <= self.last:
            self.misplaced += 1
        elif self.last:
            self.missing += number - self.last - 1
        self.last = number


def read_run(payloads: list[bytes], run: WandbRun | None = None) -> WandbRun:
    """The run that a file's records describe, `run` with them added; records of other kinds are passed over unread."""
    run = WandbRun() if run is None else run
    for payload in payloads:
        try:
            for number, wire, start, end in fields(payload, 0, len(payload)):
                if number == _NUMBER and wire == VARINT:
                    run.counted(varint(payload, start, end)[0])
                if wire != BYTES:
                    continue
                if number == _HISTORY:
                    run.rows.append(_history(payload, start, end))
                elif number == _CONFIG:
                    run.config.update(_updates(payload, start, end))
                elif number == _RUN:
                    _run_record(payload, start, end, run)
        except Malformed:
            run.malformed += 1
    return run


def _history(data: bytes, start: int, end: int) -> tuple[int | None, dict[str, object]]:
    step: int | None = None
    row: dict[str, object] = {}
    for number, wire, a, b in fields(data, start, end):
        if wire != BYTES:
            continue
        if number == 1:
            key, value = _item(data, a, b)
            row[key] = value
        elif number == 2:
            step = next((varint(data, c, d)[0] for n, w, c, d in fields(data, a, b) if n == 1 and w == VARINT), 0)
    return step, row


def _item(data: bytes, start: int, end: int) -> tuple[str, object]:
    """Key and value of a history or config item; nested keys are joined with a dot."""
    keys: list[str] = []
    value: object = None
    for number, wire, a, b in fields(data, start, end):
        if number in (1, 2) and wire == BYTES:
            keys.append(data[a:b].decode("utf-8", "replace"))
        elif number in (8, 16) and wire == BYTES:
            value = _json(data[a:b])
        elif number == 4 and wire == VARINT:
            value = bool(varint(data, a, b)[0])
        elif number == 5 and wire == VARINT:
            raw = varint(data, a, b)[0]
            value = (raw >> 1) ^ -(raw & 1)
        elif number == 6 and wire == FIXED64:
            value = struct.unpack_from("<d", data, a)[0]
        elif number == 7 and wire == BYTES:
            value = data[a:b].decode("utf-8", "replace")
    return ".".join(keys), value


def _json(data: bytes) -> object:
    try:
        value: object = json_value(data)
    except (ValueError, RecursionError):
        return None
    return value


def _updates(data: bytes, start: int, end: int) -> dict[str, object]:
    return dict(_item(data, a, b) for n, w, a, b in fields(data, start, end) if n == 1 and w == BYTES)


def _run_record(data: bytes, start: int, end: int, run: WandbRun) -> None:
    for number, wire, a, b in fields(data, start, end):
        if wire == BYTES and number == 4:
            run.config.update(_updates(data, a, b))
        elif wire == BYTES and number == 8:
            run.name = data[a:b].decode("utf-8", "replace")
