"""FigureSpec: x-linked panels with lines and marks, in data coordinates; styles are named by meaning, not by colour."""

from __future__ import annotations

from dataclasses import dataclass

from lossdoctor.figures.x_axis import RunCounter, XAxis
from lossdoctor.findings import Evidence, Severity
from lossdoctor.runs import Role, Series


@dataclass(frozen=True, slots=True)
class Polyline:
    """One series as a line. The points are the series' own, undecimated; each drawer decimates to its resolution.

    Attributes:
        series: the data; NaN and infinities in it are drawn as marks at the panel's edge where they happen.
        role: decides colour and dash in the theme (`series.train`, `series.validation`, ...).
        label: legend text, plain (not escaped).
        slot: place in the colour cycle where the colour tells runs apart; None where the role decides the colour.
    """

    series: Series
    role: Role
    label: str
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """One piece of evidence on a panel.

    Attributes:
        code: the finding it belongs to; selecting either selects the other.
        severity: decides colour and shape in the theme.
        evidence: where; one of the five shapes.
    """

    code: str
    severity: Severity
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot of the stack.

    Attributes:
        title: "Loss", "Learning rate", ...
        lines: what is drawn.
        marks: the evidence on this panel.
        log_y: true when a logarithmic y axis shows the data better (finite values positive, beyond 2 decades).
        y_range: robust (low, high) so that one outlier does not flatten the curve; what lies outside is clipped.
        symlog: where a symmetric logarithmic y axis turns linear; 0.0 for another axis.
    """

    title: str
    lines: tuple[Polyline, ...]
    marks: tuple[Mark, ...] = ()
    log_y: bool = False
    y_range: tuple[float, float] | None = None
    symlog: float = 0.0


@dataclass(frozen=True, slots=True)
class FigureSpec:
    """The whole figure of one run.

    Attributes:
        title: the run's name, plain.
        x_label: "step", "epoch", ...
        panels: from top to bottom; the losses come first.
        x_range: (first, last) step over all lines; None when there is nothing to draw.
        axis: what the x of lines and marks counts; other than steps in `axis.scale` parts of a unit.
        counters: what else the runs count besides steps, for an axis over epochs or tokens.
    """

    title: str
    x_label: str
    panels: tuple[Panel, ...]
    x_range: tuple[float, float] | None = None
    counters: tuple[RunCounter, ...] = ()
    axis: XAxis = XAxis.STEP
