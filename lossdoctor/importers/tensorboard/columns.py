"""Collects the points of many tags while a file is read, and gives them back tag by tag in file order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

MAX_TAGS = 50_000


@dataclass(frozen=True, slots=True)
class Column:
    """The points of one tag in file order: steps, values and wall times, each (n,)."""

    tag: str
    steps: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    walls: npt.NDArray[np.float64]


class Columns:
    """Points as they come, in pieces of any order; each knows the number of the record it stood in."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._pieces: list[tuple[npt.NDArray[np.int64], ...]] = []
        self._floats: list[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]] = []
        self._rows: list[tuple[int, int, int, float, float]] = []
        self.tags_dropped = 0

    def tag_id(self, tag: str) -> int:
        """The number of a tag, -1 once there are `MAX_TAGS`."""
        known = self._ids.get(tag)
        if known is not None:
            return known
        if len(self._ids) >= MAX_TAGS:
            self.tags_dropped += 1
            return -1
        return self._ids.setdefault(tag, len(self._ids))

    def add(self, tag: str, record: int, step: int, value: float, wall: float) -> None:
        """One point."""
        tag_id = self.tag_id(tag)
        if tag_id >= 0:
            self._rows.append((tag_id, record, step, value, wall))

    def add_many(
        self,
        tag_ids: npt.NDArray[np.int64],
        records: npt.NDArray[np.int64],
        steps: npt.NDArray[np.int64],
        values: npt.NDArray[np.float64],
        walls: npt.NDArray[np.float64],
    ) -> None:
        """Points as arrays of one length."""
        self._pieces.append((tag_ids, records, steps))
        self._floats.append((values, walls))

    def _flush(self) -> None:
        if not self._rows:
            return
        tags, records, steps, values, walls = zip(*self._rows, strict=True)
        self._rows = []
        self.add_many(
            np.array(tags, np.int64),
            np.array(records, np.int64),
            np.array(steps, np.int64),
            np.array(values, np.float64),
            np.array(walls, np.float64),
        )

    def finish(self) -> tuple[Column, ...]:
        """All points: tags in the order of their first record, points in file order."""
        self._flush()
        if not self._pieces:
            return ()
        tags, records, steps = (np.concatenate(parts) for parts in zip(*self._pieces, strict=True))
        values, walls = (np.concatenate(parts) for parts in zip(*self._floats, strict=True))
        keep = tags >= 0
        if not keep.all():
            tags, records, steps, values, walls = (a[keep] for a in (tags, records, steps, values, walls))
        order = np.lexsort((records, tags))  # stable: two values of one tag in one record keep their order
        tags, records, steps, values, walls = (a[order] for a in (tags, records, steps, values, walls))
        cuts = np.flatnonzero(np.diff(tags, prepend=-1))
        names = list(self._ids)
        ends = np.append(cuts[1:], tags.size)
        columns = [
            (int(records[a]), Column(names[int(tags[a])], steps[a:b], values[a:b], walls[a:b]))
            for a, b in zip(cuts.tolist(), ends.tolist(), strict=True)
        ]
        columns.sort(key=lambda item: item[0])
        return tuple(column for _, column in columns)
