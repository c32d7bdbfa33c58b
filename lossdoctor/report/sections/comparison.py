"""Section: two runs of one folder side by side: what differs between them and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from lossdoctor import formatting
from lossdoctor.figures import FigureSpec, Panel, Polyline
from lossdoctor.figures.ranges import choose_axis
from lossdoctor.report.blocks import Badge, Block, Bullets, Cell, Column, Figure, Heading, Paragraph, Table, Tone
from lossdoctor.report.sections.configuration import shown_value
from lossdoctor.report.sections.numbers import numbers_of
from lossdoctor.report.sections.summary import best_loss
from lossdoctor.runs import ConfigValue, Role, Run
from lossdoctor.workspace.contrasts import Contrast
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

# A folder of 60 runs has 1 770 pairs; the ones with fewest differences are worth a page.
MOST_PAIRS = 8
_MOST_OF_A_RUN = 2
_MOST_OF_A_FOLDER = 2
_MOST_PANELS = 3
_PANELS = (
    ("Validation loss", Role.VAL_LOSS),
    ("Training loss", Role.TRAIN_LOSS),
    ("Validation metric", Role.VAL_METRIC),
    ("Learning rate", Role.LEARNING_RATE),
)


@dataclass(frozen=True, slots=True)
class RunPair:
    """Two runs to compare.

    Attributes:
        first: the better one.
        second: the other one.
        contrast: what differs between them, as seen from the second.
    """

    first: DiagnosedRun
    second: DiagnosedRun
    contrast: Contrast

    @property
    def title(self) -> str:
        """For the outline."""
        return f"{self.first.run.id} and {self.second.run.id}"


def pairs_to_compare(result: ScanResult, contrasts: Mapping[str, Sequence[Contrast]]) -> tuple[RunPair, ...]:
    """The pairs worth a page each, fewest differences first; of one folder and of one better run at most two each.

    Args:
        result: the scan.
        contrasts: those of its runs, by run id (`lossdoctor.workspace.contrasts.contrasts_of_all`).
    """
    items = {item.run.id: item for item in result.runs}
    found = sorted((c for each in contrasts.values() for c in each), key=lambda c: (len(c.changes), c.other, c.run))
    pairs: list[RunPair] = []
    shown: Counter[str] = Counter()
    for contrast in found:
        folder = f"{PurePosixPath(contrast.other).parent}/"
        free = shown[contrast.other] < _MOST_OF_A_RUN and shown[folder] < _MOST_OF_A_FOLDER
        if free and not shown[contrast.run]:
            shown.update((contrast.other, contrast.run, folder))
            pairs.append(RunPair(items[contrast.other], items[contrast.run], contrast))
    return tuple(pairs[:MOST_PAIRS])


def beside_siblings(contrasts: Sequence[Contrast]) -> tuple[Block, ...]:
    """On a run's own page: which runs of its folder did better with few other settings."""
    if not contrasts:
        return ()
    return Heading("Beside its siblings"), Bullets(tuple(contrast.sentence for contrast in contrasts), noun="sibling")


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


def _sentence(pair: RunPair) -> str:
    a, b = (item.diagnosis.verdict.label.lower() for item in (pair.first, pair.second))
    settings = formatting.count(len(pair.contrast.changes), "setting")
    return f"The two differ in {settings}; {pair.first.run.name} is judged {a}, {pair.second.run.name} {b}."


def _head(pair: RunPair, label: str, more: float = 2.0) -> tuple[Column, ...]:
    return Column(label, 2.0), Column(pair.first.run.name, more), Column(pair.second.run.name, more)


def _differences(pair: RunPair) -> Table:
    rows = tuple((name, *(_setting(v) for v in (theirs, mine))) for name, mine, theirs in pair.contrast.changes)
    return Table(_head(pair, "Setting"), rows)


def _setting(value: ConfigValue) -> str:
    return "not recorded" if value is None else shown_value(value)


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
