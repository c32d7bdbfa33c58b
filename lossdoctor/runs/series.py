"""Series: the points of one tag, exactly as logged and in file order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lossdoctor.runs.band import Band

Steps: TypeAlias = npt.NDArray[np.int64]
Values: TypeAlias = npt.NDArray[np.float64]


_NO_TIME = np.array([np.nan])


def _frozen(array: npt.ArrayLike, dtype: type[np.generic]) -> npt.NDArray[np.generic]:
    view = np.asarray(array, dtype=dtype).view()
    view.flags.writeable = False
    return view


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The points of one tag in file order; nothing is sorted, dropped or interpolated.

    Attributes:
        tag: the name in the log.
        steps: (n,) int64, the logged x. May repeat or go back where a run was resumed or restarted.
        values: (n,) float64. NaN and infinities are kept: they are what we diagnose.
        wall_times: (n,) float64 seconds since 1970; NaN where the log has none.
        source: the file (or the first of several) the points came from, as text.
        band: the range each point stands for, where the log was thinned out and says so; None otherwise.

    Raises:
        ValueError: the arrays differ in length or are not one-dimensional.
    """

    tag: str
    steps: Steps
    values: Values
    wall_times: Values
    source: str = ""
    band: Band | None = None

    def __init__(
        self,
        tag: str,
        steps: npt.ArrayLike,
        values: npt.ArrayLike,
        wall_times: npt.ArrayLike | None = None,
        source: str = "",
        band: Band | None = None,
    ) -> None:
        values = _frozen(values, np.float64)
        # Logs without times are many and long: one NaN stands for all of theirs.
        if wall_times is None:
            wall_times = np.ndarray(values.shape, np.float64, _NO_TIME, strides=(0,) * values.ndim)
        object.__setattr__(self, "tag", tag)
        object.__setattr__(self, "steps", _frozen(steps, np.int64))
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "wall_times", _frozen(wall_times, np.float64))
        object.__setattr__(self, "source", source)
        object.__setattr__(self, "band", band)
        if self.values.ndim != 1 or not self.steps.shape == self.values.shape == self.wall_times.shape:
            raise ValueError(
                f"series {tag!r}: {self.steps.shape} steps, {self.values.shape} values, {self.wall_times.shape} times"
            )
        if band is not None and len(band) != self.values.size:
            raise ValueError(f"series {tag!r}: {self.values.size} values, a band of {len(band)}")

    def __len__(self) -> int:
        return int(self.values.size)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Series):
            return NotImplemented
        return (
            self.tag == other.tag
            and np.array_equal(self.steps, other.steps)
            and np.array_equal(self.values, other.values, equal_nan=True)
            and np.array_equal(self.wall_times, other.wall_times, equal_nan=True)
            and self.band == other.band
        )

    __hash__ = None  # type: ignore[assignment]  # equal by content, too long to hash

    def __reduce__(self) -> tuple[type[Series], tuple[object, ...]]:
        # Unpickling through the constructor keeps the arrays read-only; results cross process borders.
        return Series, (
            self.tag,
            np.asarray(self.steps),
            np.asarray(self.values),
            np.asarray(self.wall_times),
            self.source,
            self.band,
        )

    def __repr__(self) -> str:
        span = f"{self.steps[0]}..{self.steps[-1]}" if len(self) else "empty"
        return f"Series({self.tag!r}, {len(self)} points, steps {span})"

    @property
    def finite(self) -> npt.NDArray[np.bool_]:
        """(n,) true where the value is neither NaN nor infinite."""
        return np.isfinite(self.values)

    def at(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> Series:
        """Some of the points with all that belongs to them, given as a mask or as indices."""
        band = None if self.band is None else self.band.at(rows)
        return Series(self.tag, self.steps[rows], self.values[rows], self.wall_times[rows], self.source, band)

    def restarts(self) -> npt.NDArray[np.int64]:
        """Indices i with steps[i] < steps[i-1]: a resume, a restart or a second writer."""
        return np.flatnonzero(np.diff(self.steps) < 0) + 1

    def last_branch(self) -> Series:
        """The points that stand at the end of training, steps strictly increasing.

        Where a run went back to an earlier checkpoint, the overtaken points of the abandoned branch are left out
        (TensorBoard's rule for restarts); of points that repeat a step the last one written stays. The full series is
        untouched, so the abandoned branch can still be drawn.
        """
        if len(self) < 2 or bool(np.all(self.steps[1:] > self.steps[:-1])):
            return self
        # A point survives when every later point has a larger step: compare with the running minimum from the right.
        later_minimum = np.minimum.accumulate(self.steps[::-1])[::-1]
        keep = np.ones(len(self), dtype=bool)
        keep[:-1] = self.steps[:-1] < later_minimum[1:]
        return self.at(keep)
