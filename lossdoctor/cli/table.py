"""A scan as a table for people: coloured and wrapped on a terminal, one unbroken line a run everywhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lossdoctor import formatting, safe_text
from lossdoctor.cli.badges import COLOURS, badge
from lossdoctor.findings import Verdict

if TYPE_CHECKING:
    from rich.console import Console

    from lossdoctor.workspace.results import DiagnosedRun, ScanResult

HEADERS = ("verdict", "run", "sure", "last", "best", "what is seen")
_RUN_WIDTH = 36


@dataclass(frozen=True, slots=True)
class Row:
    """One run, its cells as text that is safe on a terminal."""

    verdict: Verdict
    run: str
    confidence: str
    last_step: str
    best_step: str
    sentence: str

    def cells(self) -> tuple[str, ...]:
        """In the order of `HEADERS`."""
        return badge(self.verdict), self.run, self.confidence, self.last_step, self.best_step, self.sentence


def rows(result: ScanResult) -> list[Row]:
    """The runs, those with the most severe findings first, then the surest, then by id."""
    from lossdoctor.workspace.gate import by_urgency

    return [_row(item) for item in by_urgency(result)]


def _row(item: DiagnosedRun) -> Row:
    run, diagnosis = item.run, item.diagnosis
    last = item.facts.last_step
    return Row(
        verdict=diagnosis.verdict,
        run=safe_text.terminal(run.id),
        confidence=_confidence(diagnosis.confidence),
        last_step="–" if last is None else formatting.step(last),
        best_step="–" if diagnosis.best_step is None else formatting.step(diagnosis.best_step),
        sentence=safe_text.terminal(diagnosis.sentence.render()),
    )


def _confidence(value: float) -> str:
    """A whole percentage; never 100 %, which nobody who reads curves would claim."""
    return "> 99 %" if value >= 0.995 else formatting.percent(round(value, 2))


def summary(result: ScanResult) -> str:
    """One line: how much was read and how many runs got which verdict."""
    verdicts = [item.diagnosis.verdict for item in result.runs]
    counts = ", ".join(f"{verdicts.count(v)} {v.label.lower().replace(',', '')}" for v in Verdict if v in verdicts)
    read = (
        f"{formatting.count(len(result.runs), 'run')} in {formatting.count(result.files, 'file')}, "
        f"{formatting.size(result.bytes)}, {formatting.count(result.points, 'point')}, {result.seconds:.1f} s"
    )
    unread = f"; {formatting.count(result.unread, 'file')} not read" if result.unread else ""
    return f"{read}: {counts}{unread}" if counts else read + unread


def plain_table(result: ScanResult) -> str:
    """Aligned columns without colour, elision or wrapping, so that `grep` and `sort` see whole lines."""
    table = [HEADERS, *(row.cells() for row in rows(result))] if result.runs else []
    widths = [max(len(cells[i]) for cells in table) for i in range(len(HEADERS))] if table else []
    lines = ["  ".join(_align(cells, widths)).rstrip() for cells in table]
    return "\n".join([*lines, *([""] if lines else []), summary(result)]) + "\n"


def _align(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    numeric = {2, 3, 4}
    return [
        cell.rjust(width) if i in numeric else cell.ljust(width)
        for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]


def print_table(result: ScanResult, console: Console | None = None) -> None:
    """The table on a console, else on stdout; rich honours NO_COLOR, FORCE_COLOR and the terminal's width."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = console or Console(highlight=False, markup=False, emoji=False)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for header, justify in zip(HEADERS, ("left", "left", "right", "right", "right", "left"), strict=True):
        table.add_column(header, justify=justify, no_wrap=header != HEADERS[-1])  # type: ignore[arg-type]
    # The other columns take about 51; ids give way to the sentence, in the middle, where they differ least.
    id_width = max(12, min(_RUN_WIDTH, (console.width - 51) * 2 // 5))
    for row in rows(result):
        verdict, run, *numbers, sentence = row.cells()
        cells = [Text(verdict, style=COLOURS[row.verdict]), Text(safe_text.elide_middle(run, id_width))]
        table.add_row(*cells, *map(Text, numbers), Text(sentence))
    if result.runs:
        console.print(table)
    console.print(Text(summary(result), style="dim"))
