"""Decodes what the hparams plugin and text summaries say about the configuration of a run."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping

from lossdoctor.importers.config_files import flatten
from lossdoctor.importers.protobuf import BYTES, FIXED64, VARINT, Malformed, fields, varint
from lossdoctor.runs import ConfigValue

_DOUBLE = struct.Struct("<d").unpack_from
# Text summaries that hold a configuration as JSON: the HF Trainer writes `args` and `model_config`.
_CONFIG_TEXTS = {"args": "", "args/text_summary": "", "config": "", "hparams": "", "hyperparameters": "",
                 "training_args": "", "model_config": "model.", "model_config/text_summary": "model."}  # fmt: skip


def hparams_config(payloads: Iterable[bytes]) -> dict[str, ConfigValue]:
    """Names and values out of HParamsPluginData messages; what cannot be decoded is left out."""
    config: dict[str, ConfigValue] = {}
    for payload in payloads:
        try:
            for number, wire, a, b in fields(payload, 0, len(payload)):
                if number == 3 and wire == BYTES:  # session_start_info
                    config.update(_session(payload, a, b))
        except Malformed:
            continue
    return config


def _session(data: bytes, start: int, end: int) -> dict[str, ConfigValue]:
    found: dict[str, ConfigValue] = {}
    for number, wire, a, b in fields(data, start, end):
        if number != 1 or wire != BYTES:  # map<string, google.protobuf.Value> hparams
            continue
        key, value = "", None
        for inner, inner_wire, c, d in fields(data, a, b):
            if inner == 1 and inner_wire == BYTES:
                key = data[c:d].decode("utf-8", "replace")
            elif inner == 2 and inner_wire == BYTES:
                value = _value(data, c, d)
        if key:
            found[key] = value
    return found


def _value(data: bytes, start: int, end: int) -> ConfigValue:
    for number, wire, a, b in fields(data, start, end):
        if number == 2 and wire == FIXED64:
            value = float(_DOUBLE(data, a)[0])
            # The message knows only doubles: 32.0 was an int in the trainer, and prints like one.
            return int(value) if value.is_integer() and abs(value) < 2**53 else value
        if number == 3 and wire == BYTES:
            return data[a:b].decode("utf-8", "replace")
        if number == 4 and wire == VARINT:
            return bool(varint(data, a, b)[0])
    return None


def text_config(texts: Mapping[str, str]) -> dict[str, ConfigValue]:
    """The configuration that text summaries hold as JSON; anything else is left alone."""
    config: dict[str, ConfigValue] = {}
    for tag, prefix in _CONFIG_TEXTS.items():
        text = texts.get(tag, "").strip()
        if not text.startswith("{"):
            continue
        try:
            parsed = json.loads(text)
        except (ValueError, RecursionError):
            continue
        config.update({prefix + key: value for key, value in flatten(parsed).items()})
    return config
