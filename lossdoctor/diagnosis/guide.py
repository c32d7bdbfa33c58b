"""The guided path for a run that does not learn: the general order of work, with what this run's log says at each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lossdoctor.diagnosis.diagnosis import Diagnosis
from lossdoctor.findings import Outcome, Status
from lossdoctor.knowledge.catalogue import GeneralStep, load_order
from lossdoctor.knowledge.marks import OPEN, Mark, Standing, reconsider
from lossdoctor.knowledge.ranked import RankedCause
from lossdoctor.rules.registry import rule

# Answers are kept among the marks of the run's checklist, where no cause has such an id.
_PREFIX = "guide:"
_MOST_ARGUMENTS = 3


class Answer(StrEnum):
    """What the user found out at one step."""

    OPEN = "open"
    FINE = "fine"
    WRONG = "wrong"


_STANDING = {Answer.OPEN: Standing.OPEN, Answer.FINE: Standing.RULED_OUT, Answer.WRONG: Standing.CONFIRMED}
_ANSWER = {standing: answer for answer, standing in _STANDING.items()}


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One step of the path, for one run.

    Attributes:
        number: from 1.
        step: what to do and why.
        answer: what the user found out.
        said: what the log says: findings first, then what speaks for the step's causes; may be empty.
        unseen: titles of what was looked for and is not there.
        unknown: what the log cannot tell, each with the reason.
        causes: the step's causes among those of this run, the likeliest first.
    """

    number: int
    step: GeneralStep
    answer: Answer
    said: tuple[str, ...]
    unseen: tuple[str, ...]
    unknown: tuple[str, ...]
    causes: tuple[RankedCause, ...]


def guide(diagnosis: Diagnosis, marks: Mapping[str, Mark]) -> tuple[GuideStep, ...]:
    """Every step in order.

    Args:
        diagnosis: that of the run.
        marks: those of the run's checklist, answers included.
    """
    causes = reconsider(diagnosis.causes, marks)
    outcomes = {outcome.code: outcome for outcome in diagnosis.outcomes}
    steps = []
    for number, step in enumerate(load_order(), 1):
        own = tuple(cause for cause in causes if cause.id in step.causes)
        looked = [outcomes[code] for code in step.look if code in outcomes]
        said = (*_first(diagnosis, number), *_found(looked), *_arguments(own))
        steps.append(GuideStep(
            number, step, _answer(marks, step), tuple(dict.fromkeys(said)),
            tuple(_title(outcome) for outcome in looked if outcome.status is Status.CLEAR),
            tuple(f"{_title(o)}: {_line(o.reason)}" for o in looked if o.status is Status.NOT_APPLICABLE), own,
        ))  # fmt: skip
    return tuple(steps)


def next_step(steps: Sequence[GuideStep]) -> GuideStep | None:
    """The first step without an answer; None when all have one."""
    return next((step for step in steps if step.answer is Answer.OPEN), None)


def mark_of(step: GeneralStep, answer: Answer, marks: Mapping[str, Mark]) -> tuple[str, Mark]:
    """Under which id an answer is kept, and the mark to keep; a note that is there stays."""
    item = _PREFIX + step.id
    return item, Mark(_STANDING[answer], marks.get(item, OPEN).note)


def _answer(marks: Mapping[str, Mark], step: GeneralStep) -> Answer:
    return _ANSWER.get(marks.get(_PREFIX + step.id, OPEN).status, Answer.OPEN)


def _first(diagnosis: Diagnosis, number: int) -> list[str]:
    return [f"{diagnosis.verdict.label}: {diagnosis.sentence}"] if number == 1 else []


def _found(outcomes: Sequence[Outcome]) -> list[str]:
    return [f"{finding.title}: {finding.message}" for outcome in outcomes for finding in outcome.findings]


def _arguments(causes: Sequence[RankedCause]) -> list[str]:
    """The strongest signs for and against the step's causes."""
    signs = [(arg.weight, cause.title, arg.text) for cause in causes
             for arg in (*cause.arguments_for[:1], *cause.arguments_against[:1])]  # fmt: skip
    signs.sort(key=lambda sign: -abs(sign[0]))
    return [
        f"{text} (speaks {'for' if weight > 0 else 'against'} “{title}”)"
        for weight, title, text in signs[:_MOST_ARGUMENTS]
    ]


def _title(outcome: Outcome) -> str:
    asked = rule(outcome.code)
    return asked.title if asked is not None else outcome.name


def _line(reason: str) -> str:
    return reason.strip().splitlines()[0] if reason.strip() else "not known"
