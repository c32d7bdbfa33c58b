"""Section: two runs of one folder side by side: what differs between them and what came of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lossdoctor import formatting
from lossdoctor.figures import FigureSpec, Panel, Polyline
from lossdoctor.figures.ranges import choose_axis
from lossdoctor.findings import Verdict
from lossdoctor.report.blocks import Badge, Block, Cell, Column, Figure, Heading, Paragraph, Table, Tone
from lossdoctor.report.sections.configuration import shown_value
from lossdoctor.report.sections.numbers import best_point, numbers_of
from lossdoctor.report.sections.summary import best_loss
from lossdoctor.runs import Role, Run
from lossdoctor.workspace.results import DiagnosedRun, ScanResult
from lossdoctor.workspace.siblings import sibling_groups

# A folder of 60 runs has 1 770 pairs; the ones with fewest differences and most different outcomes are worth a page.
MOST_PAIRS = 8
_MOST_OF_A_FOLDER = 2
# With more differences than this no one can say which of them made the outcome.
_MOST_DIFFERENCES = 4
# Settings that differ between any two runs without making them different experiments.
_IDLE = ("seed", "name", "dir", "path", "time", "date", "host", "id", "version", "output", "project", "entity", "group")
_MOST_PANELS = 3
_PANELS = (
    ("Validation loss", Role.VAL_LOSS),
    ("Training loss", Role.TRAIN_LOSS),
    ("Validation metric", Role.VAL_METRIC),
    ("Learning rate", Role.LEARNING_RATE),
)


@dataclass(frozen=True, slots=True)
class RunPair:
    """Two runs to compare: `first` is the better one. `differences`: the settings in which they differ."""

    first: DiagnosedRun
    second: DiagnosedRun
    differences: tuple[str, ...]

    @property
    def title(self) -> str:
        """For the outline."""
        return f"{self.first.run.id} and {self.second.run.id}"


def pairs_to_compare(result: ScanResult) -> tuple[RunPair, ...]:
    """The pairs worth a page each: the best run of every folder beside those that differ from it in few settings.

    Fewest differences first, then pairs whose verdicts differ. Runs without recorded settings are not compared: nobody
    could say what made the difference.
    """
    items = {item.run.id: item for item in result.runs}
    groups = {tuple(run.id for run in group) for group in sibling_groups([i.run for i in result.runs]).values()}
    found = [pair for group in sorted(groups) for pair in _of_folder([items[id_] for id_ in group])]
    return tuple(sorted(found, key=_interest)[:MOST_PAIRS])


def comparison(pair: RunPair) -> tuple[Block, ...]:
    """The page of one pair: what differs, both curves in one figure, and the numbers of both."""
    a, b = pair.first.run, pair.second.run
    spec = _figure(a, b)
    figure = (Figure(spec, f"The curves of {a.id} and {b.id} over each other."),) if spec.panels else ()
    return (
        Heading(f"{a.name} and {b.name}", 1),
        Paragraph(f"{a.id}  ·  {b.id}", Tone.MUTED),
        Paragraph(_sentence(pair)),
        Heading("What differs"),
        _differences(pair),
        Heading("Curves"),
        *figure,
        Heading("Outcome"),
        _outcome(pair),
        Heading("Numbers"),
        _numbers(pair),
    )


def _of_folder(items: Sequence[DiagnosedRun]) -> list[RunPair]:
    able = [item for item in items if item.run.config and math.isfinite(_level(item))]
    if len(able) < 2:
        return []
    best = min(able, key=lambda item: (item.diagnosis.verdict is not Verdict.HEALTHY, _level(item), item.run.id))
    pairs = [RunPair(best, other, differing(best.run, other.run)) for other in able if other is not best]
    kept = [pair for pair in pairs if 1 <= len(pair.differences) <= _MOST_DIFFERENCES]
    return sorted(kept, key=_interest)[:_MOST_OF_A_FOLDER]


def _interest(pair: RunPair) -> tuple[int, bool, float, str]:
    same = pair.first.diagnosis.verdict is pair.second.diagnosis.verdict
    return len(pair.differences), same, -pair.second.diagnosis.confidence, pair.title


def differing(a: Run, b: Run) -> tuple[str, ...]:
    """The settings in which two runs differ, apart from names, places and seeds; one that only one has counts."""
    return tuple(
        key for key in sorted({*a.config, *b.config}) if a.config.get(key) != b.config.get(key) and not _is_idle(key)
    )


def _is_idle(key: str) -> bool:
    words = key.lower().replace("-", "_").replace("/", "_").replace(".", "_").split("_")
    return any(word in _IDLE for word in words)


def _level(item: DiagnosedRun) -> float:
    """Lowest validation loss, else training loss; infinite without one."""
    for role in (Role.VAL_LOSS, Role.TRAIN_LOSS):
        series = item.run.primary(role)
        found = None if series is None else best_point(series, role)
        if found is not None:
            return found[1]
    return math.inf


def _sentence(pair: RunPair) -> str:
    first, second = pair.first, pair.second
    a, b = (item.diagnosis.verdict.label.lower() for item in (first, second))
    settings = formatting.count(len(pair.differences), "setting")
    if a == b:
        return f"The two differ in {settings}; both are judged {a}."
    return f"The two differ in {settings}; {first.run.name} is judged {a}, {second.run.name} {b}."


def _head(pair: RunPair, label: str, more: float = 2.0) -> tuple[Column, ...]:
    return Column(label, 2.0), Column(pair.first.run.name, more), Column(pair.second.run.name, more)


def _differences(pair: RunPair) -> Table:
    a, b = pair.first.run.config, pair.second.run.config
    rows = tuple(
        (key, *(shown_value(c[key]) if key in c else "not recorded" for c in (a, b))) for key in pair.differences
    )
    return Table(_head(pair, "Setting"), rows)


def _outcome(pair: RunPair) -> Table:
    both = (pair.first, pair.second)
    rows: tuple[tuple[Cell, ...], ...] = (
        ("Verdict", *(Badge(item.diagnosis.verdict) for item in both)),
        ("Confidence", *(formatting.probability(item.diagnosis.confidence) for item in both)),
        ("Best loss", *(best_loss(item.run) for item in both)),
        ("Checkpoint to keep", *(_step(item.diagnosis.best_step, item.run.step_unit) for item in both)),
        ("First NaN or infinity", *(_step(item.diagnosis.nan_step, item.run.step_unit) for item in both)),
    )
    return Table(_head(pair, ""), rows)


def _step(step: int | None, unit: str) -> str:
    return "–" if step is None else f"{unit} {formatting.step(step)}"


def _numbers(pair: RunPair) -> Table:
    columns = (
        Column("Series", 2.4),
        Column("Run", 2.4),
        *(Column(name, 1.0, numeric=True) for name in ("First", "Best", "at", "Last")),
    )
    rows = [
        (numbers.tag, item.run.name, numbers.first, numbers.best, numbers.best_step, numbers.last)
        for item in (pair.first, pair.second)
        for numbers in numbers_of(item.run, drivers=False)
    ]
    return Table(columns, tuple(sorted(rows, key=lambda row: str(row[0]))))


def _figure(a: Run, b: Run) -> FigureSpec:
    panels = tuple(_panels(a, b))
    steps = [line.series.steps for panel in panels for line in panel.lines]
    x_range = (float(min(s.min() for s in steps)), float(max(s.max() for s in steps))) if steps else None
    return FigureSpec(f"{a.name} and {b.name}", a.step_unit, panels, x_range)


def _panels(a: Run, b: Run) -> Iterator[Panel]:
    """At most three, so that the page has room for the numbers."""
    shown = [(title, lines) for title, role in _PANELS if len(lines := tuple(_lines(role, (a, b)))) == 2]
    for title, lines in shown[:_MOST_PANELS]:
        axis = choose_axis([line.series.values for line in lines])
        yield Panel(title, lines, (), axis.log_y, axis.y_range)


def _lines(role: Role, runs: Iterable[Run]) -> Iterator[Polyline]:
    for run in runs:
        series = run.primary(role)
        if series is not None and len(series):
            # No role: both lines show the same quantity and must be told apart by run, not by what they measure.
            yield Polyline(series, Role.OTHER, run.name)
