"""Band: the range around each point of a series, where a log was thinned out and says what it left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """The smallest and largest value that one point of a series stands for. Immutable; pickles; equal by content.

    W&B's page writes them beside each value of a chart that was sampled down, and beside the mean of grouped runs.

    Attributes:
        lower: (n,) float64, NaN where the log names no range.
        upper: (n,) float64, NaN where the log names no range.

    Raises:
        ValueError: the arrays differ in length or are not one-dimensional.
    """

    lower: npt.NDArray[np.float64]
    upper: npt.NDArray[np.float64]

    def __init__(self, lower: npt.ArrayLike, upper: npt.ArrayLike) -> None:
        for name, values in (("lower", lower), ("upper", upper)):
            view = np.asarray(values, dtype=np.float64).view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)
        if self.lower.ndim != 1 or self.lower.shape != self.upper.shape:
            raise ValueError(f"band: {self.lower.shape} lower and {self.upper.shape} upper values")

    def __len__(self) -> int:
        return int(self.lower.size)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Band):
            return NotImplemented
        return np.array_equal(self.lower, other.lower, equal_nan=True) and np.array_equal(
            self.upper, other.upper, equal_nan=True
        )

    __hash__ = None  # type: ignore[assignment]  # equal by content, too long to hash

    def __reduce__(self) -> tuple[type[Band], tuple[object, ...]]:
        # Unpickling through the constructor keeps the arrays read-only.
        return Band, (np.asarray(self.lower), np.asarray(self.upper))

    def at(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> Band:
        """The band of some of the points, given as a mask or as indices."""
        return Band(self.lower[rows], self.upper[rows])
