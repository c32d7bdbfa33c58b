"""Builds the FigureSpec of one run: losses first, then metrics, learning rate and gradient norm, with the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lossdoctor.diagnosis import Diagnosis
from lossdoctor.figures.ranges import OUTSIDE, choose_axis
from lossdoctor.figures.spec import FigureSpec, Mark, Panel, Polyline
from lossdoctor.figures.x_axis import counters_of
from lossdoctor.findings import Evidence, Level, Line, Pair, Point, Span
from lossdoctor.runs import Role, Run, Series

_LOSSES = (Role.TRAIN_LOSS, Role.VAL_LOSS, Role.TEST_LOSS)
_METRICS = (Role.TRAIN_METRIC, Role.VAL_METRIC, Role.TEST_METRIC)
_ERRORS = (Role.TRAIN_ERROR, Role.VAL_ERROR)
# Panels below the losses, in order: title and the roles they show.
_LOWER = (
    ("Metric", _METRICS),
    ("Error", _ERRORS),
    ("Learning rate", (Role.LEARNING_RATE,)),
    ("Gradient norm", (Role.GRAD_NORM,)),
)
_SPLIT_NAMES = {
    Role.TRAIN_LOSS: "training", Role.TRAIN_METRIC: "training", Role.TRAIN_ERROR: "training",
    Role.VAL_LOSS: "validation", Role.VAL_METRIC: "validation", Role.VAL_ERROR: "validation",
    Role.TEST_LOSS: "test", Role.TEST_METRIC: "test",
}  # fmt: skip
# Without losses the figure shows what there is; more lines than this in a panel cannot be told apart.
_MOST_LINES = 6
_MOST_PANELS = 3
# A cosine schedule passes through all decades in its last steps, and people read it on a linear axis.
_LR_SHARE = 0.1


def build_figure(run: Run, diagnosis: Diagnosis) -> FigureSpec:
    """The figure of one run with the evidence of every finding on the panel that holds its series.

    Evidence without a tag, or with the tag of a series that is not drawn, goes to the first panel; values of a series
    that is not drawn mean nothing there, so such evidence keeps only its steps.

    Args:
        run: any run; series without a finite point are drawn as marks at the edge.
        diagnosis: that of the run.

    Returns:
        At least one panel unless the run has no series at all.
    """
    groups = list(_groups(run))
    marks = [
        Mark(finding.code, finding.severity, evidence)
        for finding in diagnosis.findings
        for evidence in finding.evidence
    ]
    homes = [_home(mark.evidence, groups) for mark in marks]
    panels = []
    for index, (title, lines) in enumerate(groups):
        tags = {line.series.tag for line in lines}
        own = [m if h else _steps_only(m, tags) for m, (i, h) in zip(marks, homes, strict=True) if i == index]
        panels.append(_panel(title, lines, tuple(mark for mark in own if mark is not None)))
    return FigureSpec(run.name, run.step_unit, tuple(panels), _x_range(panels), counters_of(run))


def _groups(run: Run) -> Iterable[tuple[str, tuple[Polyline, ...]]]:
    losses = _primaries(run, _LOSSES)
    upper = [("Loss", losses)] if losses else list(_without_losses(run))
    yield from upper
    for title, roles in _LOWER:
        lines = _primaries(run, roles)
        if lines and not any(lines == other for _, other in upper):
            yield _named(title, lines), lines


def _primaries(run: Run, roles: Sequence[Role]) -> tuple[Polyline, ...]:
    found = ((role, run.primary(role)) for role in roles)
    return tuple(Polyline(s, role, _label(s, role)) for role, s in found if s is not None and len(s))


def _without_losses(run: Run) -> Iterable[tuple[str, tuple[Polyline, ...]]]:
    for title, role in (("Adversarial losses", Role.ADVERSARIAL_LOSS), ("Reward", Role.REWARD)):
        lines = _lines(run.in_role(role), role)
        if lines:
            yield title, lines
            return
    if any(_primaries(run, roles) for _, roles in _LOWER):
        return
    for series in [s for s in run.series if len(s)][:_MOST_PANELS]:
        yield series.tag, _lines([series], run.role_of(series.tag))


def _lines(series: Sequence[Series], role: Role) -> tuple[Polyline, ...]:
    return tuple(Polyline(s, role, s.tag) for s in series if len(s))[:_MOST_LINES]


def _label(series: Series, role: Role) -> str:
    split = _SPLIT_NAMES.get(role)
    return f"{split} · {series.tag}" if split else series.tag


def _named(title: str, lines: Sequence[Polyline]) -> str:
    if title == "Metric" and all("acc" in line.series.tag.lower() for line in lines):
        return "Accuracy"
    return title


def _home(evidence: Evidence, groups: Sequence[tuple[str, tuple[Polyline, ...]]]) -> tuple[int, bool]:
    """Index of the panel for this evidence, and whether its values mean something there."""
    if evidence.tag:
        for index, (_, lines) in enumerate(groups):
            if any(line.series.tag == evidence.tag for line in lines):
                return index, True
    return 0, not evidence.tag


def _steps_only(mark: Mark, drawn: set[str]) -> Mark | None:
    """The mark of a series that this panel does not draw, reduced to its steps; None when it has none."""
    match mark.evidence:
        case Pair(other_tag=other) if other in drawn:
            return mark
        case Level():
            return None
        case Point(step=step, label=label, tag=tag) | Pair(step=step, label=label, tag=tag):
            return Mark(mark.code, mark.severity, Span(step, step, label, tag))
        case Line(start=start, end=end, label=label, tag=tag):
            return Mark(mark.code, mark.severity, Span(start, end, label, tag))
    return mark


def _panel(title: str, lines: tuple[Polyline, ...], marks: tuple[Mark, ...]) -> Panel:
    story = [line.role is Role.VAL_LOSS for line in lines]
    share = _LR_SHARE if lines[0].role is Role.LEARNING_RATE else OUTSIDE
    axis = choose_axis([line.series.values for line in lines], story, _anchors(marks), share)
    return Panel(title, lines, marks, axis.log_y, axis.y_range)


def _anchors(marks: Iterable[Mark]) -> list[float]:
    values: list[float] = []
    for mark in marks:
        match mark.evidence:
            case Point(value=value) | Level(value=value):
                values.append(value)
            case Line(start_value=first, end_value=last):
                values += [first, last]
            case Pair(low=low, high=high):
                values += [low, high]
    return values


def _x_range(panels: Iterable[Panel]) -> tuple[float, float] | None:
    steps = [line.series.steps for panel in panels for line in panel.lines if len(line.series)]
    if not steps:
        return None
    return float(min(s.min() for s in steps)), float(max(s.max() for s in steps))
