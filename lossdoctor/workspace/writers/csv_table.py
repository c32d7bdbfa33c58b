"""CSV: one run a row, for a spreadsheet; no cell begins a formula there."""

from __future__ import annotations

import csv
import io

from lossdoctor.safe_text import csv_cell
from lossdoctor.workspace.gate import Gate, worst
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

COLUMNS = (
    "run", "verdict", "confidence", "runner_up", "severity", "codes", "last_step", "best_step", "nan_step", "onset_step",
    "points", "problems", "format", "path", "sentence",
)  # fmt: skip


def to_csv(result: ScanResult, gate: Gate) -> str:
    """The runs by id under a header; what a run does not have is an empty cell."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(item) for item in result.runs)
    return target.getvalue()


def _row(item: DiagnosedRun) -> list[object]:
    run, diagnosis, severity = item.run, item.diagnosis, worst(item)
    cells: list[object] = [
        run.id, diagnosis.verdict, round(float(diagnosis.confidence), 4), diagnosis.runner_up or "", severity or "",
        " ".join(dict.fromkeys(finding.code for finding in diagnosis.findings)),
        item.facts.last_step, diagnosis.best_step, diagnosis.nan_step, diagnosis.onset_step,
        item.facts.points, len(run.problems), run.format, run.path, diagnosis.sentence.render(),
    ]  # fmt: skip
    return [csv_cell(str(cell)) if isinstance(cell, str) else cell for cell in cells]
