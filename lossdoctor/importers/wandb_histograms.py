"""Histograms in W&B history rows: `wandb.Histogram` and what `wandb.watch` logs of gradients and parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from lossdoctor.importers.histograms import MAX_BUCKETS, Floats, Histogram, table_histogram
from lossdoctor.importers.json_numbers import json_number

_TYPE, _VALUES, _BINS, _PACKED = "_type", "values", "bins", "packedBins"
_KIND = "histogram"


def row_histograms(row: Mapping[str, object]) -> Iterator[tuple[str, Histogram]]:
    """Every histogram of a history row with its key; what does not fit together is left out.

    Older SDKs write one JSON object a key, newer ones the object's parts under `key._type`, `key.values`, `key.bins`.
    """
    for key, value in row.items():
        if isinstance(value, dict) and value.get(_TYPE) == _KIND:
            found = _histogram(value)
        elif value == _KIND and key.endswith("." + _TYPE):
            key = key.removesuffix("." + _TYPE)
            found = _histogram(
                {part: row.get(f"{key}.{part}") for part in (_VALUES, _BINS, _PACKED)} | _packed(row, key)
            )
        else:
            continue
        if found is not None:
            yield key, found


def is_part(key: str, row: Mapping[str, object]) -> bool:
    """Whether a key of a row is a number inside a histogram, such as `gradients/fc1.packedBins.size`."""
    owner, mark, _ = key.partition(f".{_PACKED}.")
    return bool(mark) and row.get(f"{owner}.{_TYPE}") == _KIND


def _packed(row: Mapping[str, object], key: str) -> dict[str, object]:
    """`packedBins` taken apart like the rest."""
    parts = {name: row.get(f"{key}.{_PACKED}.{name}") for name in ("min", "size", "count")}
    return {_PACKED: parts} if all(part is not None for part in parts.values()) else {}


def _histogram(value: Mapping[str, object]) -> Histogram | None:
    counts = _numbers(value.get(_VALUES))
    edges = _edges(value)
    if counts is None or edges is None or edges.size != counts.size + 1 or not np.all(np.diff(edges) >= 0):
        return None
    return table_histogram(np.stack([edges[:-1], edges[1:], counts], axis=1))


def _edges(value: Mapping[str, object]) -> Floats | None:
    packed = value.get(_PACKED)
    if not isinstance(packed, dict):
        return _numbers(value.get(_BINS))
    low, size, count = (json_number(packed.get(name)) for name in ("min", "size", "count"))
    if low is None or size is None or count is None or not 0 < count <= MAX_BUCKETS:
        return None
    return np.asarray(low + size * np.arange(int(count) + 1), np.float64)


def _numbers(value: object) -> Floats | None:
    if not isinstance(value, list) or len(value) > MAX_BUCKETS:
        return None
    numbers = [json_number(item) for item in value]
    return None if any(number is None for number in numbers) else np.array(numbers, np.float64)
