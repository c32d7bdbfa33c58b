"""Section: which run this is, its verdict and the figure that shows it."""

from __future__ import annotations

from lossdoctor import formatting
from lossdoctor.diagnosis.replay import Replay
from lossdoctor.figures.build import build_figure
from lossdoctor.report.blocks import Block, Fact, Figure, Heading, Paragraph, Tone, VerdictBanner
from lossdoctor.runs import Run
from lossdoctor.workspace.results import DiagnosedRun


def run_head(item: DiagnosedRun, past: Replay | None = None) -> tuple[Block, ...]:
    """Name and origin of the run, its verdict in one sentence, and the annotated figure.

    Args:
        item: the run.
        past: from when on its verdict was clear, where that was long before the end.
    """
    spec = build_figure(item.run, item.diagnosis)
    return (
        Heading(item.run.name, 1),
        Paragraph(_origin(item.run), Tone.MUTED),
        VerdictBanner(item.diagnosis.verdict, str(item.diagnosis.sentence), _facts(item, past)),
        Figure(spec, _alternative(item)),
    )


def _origin(run: Run) -> str:
    parts = [run.id] if run.id != run.name else []
    parts += [run.format, formatting.count(run.points, "point")]
    steps = [series.steps for series in run.series if len(series)]
    if steps:
        first, last = min(int(s.min()) for s in steps), max(int(s.max()) for s in steps)
        parts.append(f"{run.step_unit}s {formatting.step(first)} to {formatting.step(last)}")
    return "  ·  ".join(parts)


def _facts(item: DiagnosedRun, past: Replay | None) -> tuple[Fact, ...]:
    diagnosis, unit = item.diagnosis, item.run.step_unit
    facts = [Fact("Confidence", formatting.probability(diagnosis.confidence))]
    if diagnosis.runner_up is not None:
        facts.append(Fact("Runner-up", diagnosis.runner_up.label))
    for label, step in (
        ("Begins at", diagnosis.onset_step),
        ("Best at", diagnosis.best_step),
        ("NaN from", diagnosis.nan_step),
    ):
        if step is not None:
            facts.append(Fact(label, f"{unit} {formatting.step(step)}"))
    if past is not None and past.known_step is not None:
        said = f"{unit} {formatting.step(past.known_step)}, {formatting.percent(past.share)} into the run"
        facts.append(Fact("Clear from", said))
    return tuple(facts)


def _alternative(item: DiagnosedRun) -> str:
    tags = [series.tag for series in item.run.series][:8]
    return f"{item.diagnosis.verdict.label}: {item.diagnosis.sentence} Curves: {', '.join(tags)}."
