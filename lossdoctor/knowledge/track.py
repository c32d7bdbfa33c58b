"""Track: one series as predicates look at it: steps in order, raw values, the prepared curve, and levels in words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from lossdoctor.runs import Series
from lossdoctor.signals.curve import Curve, make_curve

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Track:
    """The points of a series that stand at the end of training, and the curve made of them.

    Not slotted: the curve is prepared when it is first asked for; of a learning rate it hardly ever is.

    Attributes:
        tag: the series' tag.
        steps: (n,) strictly increasing.
        values: (n,) as logged, NaN and infinities included.
        branch: the same points as a series; at least one value is finite.
    """

    tag: str
    steps: Array
    values: Array
    branch: Series

    @cached_property
    def curve(self) -> Curve:
        """Prepared from the finite points."""
        curve = make_curve(self.branch.steps, self.branch.values)
        assert curve is not None, "make_track lets no other series through"
        return curve

    @property
    def finite(self) -> tuple[Array, Array]:
        """(steps, values) of the finite points."""
        keep = np.isfinite(self.values)
        return self.steps[keep], self.values[keep]

    def level(self, first: float, last: float) -> float:
        """Median of the finite values in a share of the points, for example the last fifth: `level(0.8, 1)`."""
        return self.curve.median_between(first, last)

    @property
    def learned(self) -> float:
        """Drop from the first level to the best one as a share of the first level; 0 when there was none."""
        start = self.curve.start
        return self.curve.drop / abs(start) if start else 0.0

    @property
    def noise(self) -> float:
        """Point-to-point noise as a share of the whole drop; infinite when nothing was gained."""
        return self.curve.sigma / self.curve.drop if self.curve.drop > 0 else float("inf")


def make_track(series: Series | None) -> Track | None:
    """Prepare a series; None when there is none or none of its values is finite."""
    if series is None or len(series) == 0:
        return None
    branch = series.last_branch()
    if not branch.finite.any():
        return None
    return Track(series.tag, np.asarray(branch.steps, dtype=np.float64), np.asarray(branch.values), branch)


def at_steps(track: Track, steps: Array) -> Array:
    """The track's trend at other steps, interpolated; its end values outside its range."""
    return np.asarray(np.interp(steps, track.curve.steps, track.curve.trend))
