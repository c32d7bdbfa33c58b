"""`lossdoctor guide`: the path through the checklist for a loss that does not converge, beside what the run's log says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lossdoctor.cli.exit_codes import ExitCode
from lossdoctor.cli.overrides import config_option, reading_options, rule_options

if TYPE_CHECKING:
    from lossdoctor.diagnosis.guide import Answer, GuideStep
    from lossdoctor.knowledge.marks import Mark
    from lossdoctor.workspace.checklists import ChecklistStore
    from lossdoctor.workspace.results import DiagnosedRun

_PATH = click.Path(path_type=Path, readable=False)


@click.command(short_help="Go through the checklist for a loss that does not converge, step by step.")
@click.argument("path", type=_PATH, metavar="RUN")
@click.option("--answer", "answers", multiple=True, metavar="STEP=ANSWER",
              help="Note an answer: fine, wrong or open; STEP is a number or a name. May be repeated.")  # fmt: skip
@click.option("--ask", is_flag=True, help="Ask each open question and keep the answers.")
@rule_options
@reading_options
@config_option
@click.pass_context
def guide(context: click.Context, /, path: Path, answers: tuple[str, ...], ask: bool, **_: object) -> int:
    """Go through the checklist for a loss that does not converge: nine steps, cheap before dear.

    Each says what RUN's log has to tell about it, what to find out, and what follows. The answers are kept with the run's
    checklist, which the window shows too. Of several runs below RUN the most urgent is taken.
    """
    from lossdoctor.cli.console import print_problems
    from lossdoctor.cli.scanned import checklist_marks, scanned

    given = dict(_parsed(answer) for answer in answers)
    result = scanned(context, (path,))
    print_problems(result.problems)
    if not result.runs:
        click.echo("No run was found there.", err=True)
        return ExitCode.UNREADABLE
    item = result.runs[0]
    marks = checklist_marks([item]).get(item.run.id, {})
    if given or ask:
        from lossdoctor.workspace.checklists import ChecklistStore

        with ChecklistStore() as store:
            for step_id, answer in given.items():
                _keep(store, item, step_id, answer)
            if ask:
                _ask(store, item)
            marks = store.marks(item.run)
    if not ask:
        click.echo(_text(item, marks, len(result.runs)))
    return ExitCode.CLEAN


def _parsed(text: str) -> tuple[str, Answer]:
    """(step's id, answer) of `2=fine` or `small_sample=fine`.

    Raises:
        UsageError: there is no such step or answer.
    """
    from lossdoctor.diagnosis.guide import Answer
    from lossdoctor.errors import UsageError
    from lossdoctor.knowledge.catalogue import load_order

    named, _, answer = text.partition("=")
    order = load_order()
    steps = {**{str(number): step.id for number, step in enumerate(order, 1)}, **{step.id: step.id for step in order}}
    step = steps.get(named.strip().replace("-", "_"))
    if step is None:
        raise UsageError(f"There is no step {named!r}.", f"The steps are 1 to {len(order)}, or {', '.join(steps)}.")
    if answer.strip() not in set(Answer):
        raise UsageError(f"{answer!r} is no answer.", f"Say {named}=fine, {named}=wrong or {named}=open.")
    return step, Answer(answer.strip())


def _keep(store: ChecklistStore, item: DiagnosedRun, step_id: str, answer: Answer) -> None:
    from lossdoctor.diagnosis.guide import mark_of
    from lossdoctor.errors import OutputError
    from lossdoctor.knowledge.catalogue import load_order

    step = next(step for step in load_order() if step.id == step_id)
    if not store.set_mark(item.run, *mark_of(step, answer, store.marks(item.run))):
        raise OutputError(store.notice, "Nothing was kept.")


def _ask(store: ChecklistStore, item: DiagnosedRun) -> None:
    """Asks one question after the other until all are answered or the user has had enough."""
    from lossdoctor.diagnosis.guide import Answer, guide

    skipped: set[str] = set()
    click.echo(_head(item))
    while True:
        steps = guide(item.diagnosis, store.marks(item.run))
        step = next((s for s in steps if s.answer is Answer.OPEN and s.step.id not in skipped), None)
        if step is None:
            click.echo("\nThat is the end of the path.")
            return
        click.echo(_step(step))
        kept = {"f": Answer.FINE, "w": Answer.WRONG}
        question = f"\n   [f] {step.step.fine}   [w] {step.step.wrong}   [s]kip   [q]uit"
        said = click.prompt(question, type=click.Choice(["f", "w", "s", "q"]), show_choices=False, prompt_suffix=": ")
        if said == "q":
            return
        if said == "s":
            skipped.add(step.step.id)
            continue
        _keep(store, item, step.step.id, kept[said])
        if said == "w":
            click.echo(_paragraph(f"Then: {step.step.then}"))


def _text(item: DiagnosedRun, marks: Mapping[str, Mark], runs: int) -> str:
    from lossdoctor.diagnosis.guide import guide, next_step

    steps = guide(item.diagnosis, marks)
    ahead = next_step(steps)
    parts = [_head(item, runs), *map(_step, steps)]
    if ahead is None:
        parts.append("\nEvery step has an answer.")
    else:
        parts.append(f"\nNext: step {ahead.number}. Note its answer by --answer {ahead.number}=fine or "
                     f"{ahead.number}=wrong, or let --ask lead you.")  # fmt: skip
    return "\n".join(parts)


def _head(item: DiagnosedRun, runs: int = 1) -> str:
    from lossdoctor import safe_text
    from lossdoctor.cli.badges import badge

    more = f" (the most urgent of {runs} runs)" if runs > 1 else ""
    return f"{safe_text.terminal(item.run.id)}: {badge(item.diagnosis.verdict)}{more}"


def _step(step: GuideStep) -> str:
    from lossdoctor.diagnosis.guide import Answer

    words = {Answer.OPEN: "", Answer.FINE: f"  ✓ {step.step.fine}", Answer.WRONG: f"  ✗ {step.step.wrong}"}
    parts = [f"\n{step.number}. {step.step.title} ({step.step.cost}){words[step.answer]}", _paragraph(step.step.why)]
    if step.answer is Answer.FINE:
        return parts[0]
    parts += _list("What the log says", step.said)
    parts += _list("Looked for and not there", [", ".join(step.unseen)] if step.unseen else [])
    parts += _list("What the log cannot tell", step.unknown)
    parts += _list("Causes that belong here", _shares(step))
    parts.append(_paragraph(f"Find out: {step.step.question}"))
    if step.answer is Answer.WRONG:
        parts.append(_paragraph(f"Then: {step.step.then}"))
    return "\n".join(parts)


def _shares(step: GuideStep) -> list[str]:
    from lossdoctor import formatting

    shown = [f"{cause.title} ({cause.id}) {formatting.percent(round(cause.score, 2))}" for cause in step.causes]
    return ["; ".join(shown)] if shown else []


def _paragraph(text: str) -> str:
    from lossdoctor import safe_text
    from lossdoctor.cli import prose

    return prose.paragraph(safe_text.plain(text, safe_text.MAX_PROSE), "   ")


def _list(title: str, items: Sequence[str]) -> list[str]:
    from lossdoctor import safe_text
    from lossdoctor.cli import prose

    shown = (safe_text.plain(item, safe_text.MAX_PROSE) for item in items)
    return [prose.bullets(f"   {title}", shown)[1:].replace("\n", "\n   ")] if items else []
