"""Decodes the HistogramProto of TF1 and torch."""

from __future__ import annotations

import math
import struct

import numpy as np

from lossdoctor.importers.histograms import MAX_BUCKETS, Floats, Histogram
from lossdoctor.importers.protobuf import BYTES, FIXED64, Malformed, fields

_DOUBLE = struct.Struct("<d").unpack_from


def read_histogram(data: bytes, start: int, end: int) -> Histogram:
    """The HistogramProto in `data[start:end]`: right edges and counts; left edges are the right ones before.

    Raises:
        Malformed: the bytes are no HistogramProto, or edges and counts differ in number.
    """
    summary = [math.nan, math.nan, 0.0, 0.0, 0.0]
    edges: list[bytes] = []
    counts: list[bytes] = []
    for item, wire, a, b in fields(data, start, end):
        if wire == FIXED64 and 1 <= item <= 5:
            summary[item - 1] = _DOUBLE(data, a)[0]
        elif item in (6, 7) and wire in (BYTES, FIXED64):
            (edges if item == 6 else counts).append(data[a:b])
    right, held = _doubles(edges), _doubles(counts)
    if right.size != held.size:
        raise Malformed
    low, high, number, total, squares = summary
    left = np.concatenate([[low], right[:-1]]) if right.size else right
    # The outermost edges are +-1.8e308 or the next power of 1.1: no value lies beyond minimum and maximum.
    if low <= high:
        left, right = np.clip(left, low, high), np.clip(right, low, high)
    return Histogram(low, high, number, total, squares, left, right, held, True)


def _doubles(pieces: list[bytes]) -> Floats:
    raw = b"".join(pieces)
    if len(raw) % 8 or len(raw) > MAX_BUCKETS * 8:
        raise Malformed
    return np.frombuffer(raw, dtype="<f8").astype(np.float64)
