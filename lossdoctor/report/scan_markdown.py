"""A scan as Markdown: a table of the runs and, below it, what was found in each; for pull requests and wikis."""

from __future__ import annotations

from lossdoctor import formatting
from lossdoctor.runs import ProblemLevel
from lossdoctor.safe_text import markdown
from lossdoctor.workspace.gate import Gate, by_urgency
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

_MAX_PROBLEMS = 50


def to_markdown(result: ScanResult, gate: Gate) -> str:
    """The runs, the most severe first; every name out of a log is escaped."""
    runs = by_urgency(result)
    lines = [
        "# lossdoctor",
        "",
        f"{formatting.count(len(runs), 'run')} in {formatting.count(result.files, 'file')}.",
        "",
    ]
    if runs:
        lines += ["| Verdict | Run | Sure | Last step | Best step | What is seen |", "|---|---|--:|--:|--:|---|"]
        lines += [_row(item) for item in runs]
    for item in runs:
        lines += _section(item, gate)
    lines += _problems(result)
    return "\n".join(lines).rstrip() + "\n"


def _row(item: DiagnosedRun) -> str:
    diagnosis = item.diagnosis
    cells = (
        diagnosis.verdict.label,
        markdown(item.run.id),
        formatting.probability(diagnosis.confidence),
        _step(item.facts.last_step),
        _step(diagnosis.best_step),
        markdown(diagnosis.sentence.render()),
    )
    return f"| {' | '.join(cells)} |"


def _section(item: DiagnosedRun, gate: Gate) -> list[str]:
    if not item.diagnosis.findings:
        return []
    lines = ["", f"## {markdown(item.run.id)}", ""]
    for finding in item.diagnosis.findings:
        known = " Known from the baseline." if gate.is_known(item, finding) else ""
        text = markdown(finding.message.render())
        lines.append(
            f"- **{finding.code}** ({finding.severity}, {formatting.probability(finding.confidence)}): {text}{known}"
        )
    causes = item.diagnosis.causes[:3]
    if causes:
        lines += ["", "Likely causes:", ""]
        lines += [
            f"{number}. {markdown(cause.title)} ({formatting.probability(cause.score)}). {markdown(cause.experiment)}"
            for number, cause in enumerate(causes, 1)
        ]
    return lines


def _problems(result: ScanResult) -> list[str]:
    told = [problem for problem in result.problems if problem.level is not ProblemLevel.INFO]
    if not told:
        return []
    lines = ["", "## Input that could not be read whole", ""]
    lines += [f"- {markdown(problem.sentence())}" for problem in told[:_MAX_PROBLEMS]]
    return lines + ([f"- and {len(told) - _MAX_PROBLEMS} more"] if len(told) > _MAX_PROBLEMS else [])


def _step(value: int | None) -> str:
    return "–" if value is None else formatting.step(value)
