"""Ranks causes for one run: log-odds = prior of the symptom + weights of the evidence present; unknown evidence is 0."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from lossdoctor.findings import Finding, Message, Outcome, Severity, Verdict
from lossdoctor.knowledge.answer import Answer
from lossdoctor.knowledge.case import Case
from lossdoctor.knowledge.catalogue import Arguments, CauseEntry, EvidenceEntry, load_causes
from lossdoctor.knowledge.hints import moves_of, sentences
from lossdoctor.knowledge.neighbours import Sibling
from lossdoctor.knowledge.predicates import PREDICATES
from lossdoctor.knowledge.ranked import Argument, RankedCause
from lossdoctor.knowledge.vocabulary import FINDINGS_OF_VERDICT, VERDICTS_WITHOUT_CAUSES
from lossdoctor.runs import Run

MAX_CAUSES = 8
# Below this a cause is noise in a list that people read.
MIN_SCORE = 0.03
# Answers by predicate and arguments.
Asked: TypeAlias = dict[tuple[str, Arguments], Answer]
# A finding that did not decide the verdict may still have causes of its own; they come after the verdict's.
SIDE_FINDING = -1.0


@dataclass(frozen=True, slots=True)
class Interview:
    """The answers about one run that do not depend on other runs: what is kept of it until all are read.

    Attributes:
        own: the run, reduced to what a comparison needs.
        verdict: its verdict.
        outcomes: the rules' answers.
        asked: answers by predicate and arguments; empty for a verdict that needs no causes.
        step_unit: what the run's steps count, for the sentences.
    """

    own: Sibling
    verdict: Verdict
    outcomes: tuple[Outcome, ...]
    asked: Asked
    step_unit: str = "step"


def interview(run: Run, verdict: Verdict, outcomes: tuple[Outcome, ...]) -> Interview:
    """Asks everything about a run that `rank_interviewed` will need, comparisons with other runs apart."""
    asked: Asked = {}
    case = Case(run, verdict, outcomes)
    symptoms = _symptoms(verdict, case.findings)
    for cause in load_causes() if verdict not in VERDICTS_WITHOUT_CAUSES else ():
        if _best_prior(cause, symptoms) is not None:
            for entry in cause.evidence:
                if not PREDICATES[entry.predicate].compares:
                    _ask(entry, case, asked)
    return Interview(case.own, verdict, outcomes, asked, run.step_unit)


def rank_causes(
    run: Run, verdict: Verdict, outcomes: tuple[Outcome, ...], siblings: Sequence[Run | Sibling] = ()
) -> tuple[RankedCause, ...]:
    """Likely causes of what a run shows, most likely first.

    Args:
        run: the run.
        verdict: its verdict; healthy, too short and unclassifiable runs get no causes.
        outcomes: the rules' answers; may be empty, then the verdict alone sets the priors.
        siblings: the runs that stand beside it (`lossdoctor.workspace.siblings`), for comparison.

    Returns:
        As `rank_interviewed`.
    """
    return rank_interviewed(interview(run, verdict, outcomes), siblings)


def rank_interviewed(about: Interview, siblings: Sequence[Run | Sibling] = ()) -> tuple[RankedCause, ...]:
    """Likely causes of what a run shows, from its interview and the runs beside it.

    Returns:
        At most `MAX_CAUSES`, by falling score, then by id. Two calls with equal arguments give equal results.
    """
    if about.verdict in VERDICTS_WITHOUT_CAUSES:
        return ()
    own, verdict = about.own, about.verdict
    # The run's points may be gone by now; what was asked of them is in `asked`.
    case = Case(
        Run(own.id, "", own.name, "", (), step_unit=about.step_unit), verdict, about.outcomes, siblings, reduced=own
    )
    asked = dict(about.asked)
    symptoms = _symptoms(verdict, case.findings)
    scored = [
        (_score(prior, balance(cause, case, asked)), cause, prior)
        for cause in load_causes()
        if (prior := _best_prior(cause, symptoms)) is not None
    ]
    # Most causes are left out: sentences are written for those that stay.
    kept = sorted((item for item in scored if item[0] >= MIN_SCORE), key=lambda item: (-item[0], item[1].id))
    return tuple(judge(cause, prior, case, asked) for _, cause, prior in kept[:MAX_CAUSES])


def prior_of(cause: CauseEntry, verdict: Verdict, findings: Sequence[Finding]) -> float | None:
    """The prior log-odds of the best-matching symptom; None when the cause explains nothing that is there.

    Findings that make up the verdict come first: a run that ended in NaN is a `divergence` by its verdict, but what
    counts is how well a cause explains `non_finite`. The verdict's own name is the fallback.
    """
    return _best_prior(cause, _symptoms(verdict, findings))


@dataclass(frozen=True, slots=True)
class _Symptoms:
    """What a cause may explain of a run: the verdict, its findings (all, and those present), and the others that matter."""

    verdict: str
    own: frozenset[str]
    present: frozenset[str]
    side: frozenset[str]


def _symptoms(verdict: Verdict, findings: Sequence[Finding]) -> _Symptoms:
    own = FINDINGS_OF_VERDICT.get(verdict, frozenset())
    side = {f.name for f in findings if f.severity.rank >= Severity.MEDIUM.rank} - own - {verdict.value}
    return _Symptoms(verdict.value, own, own & {finding.name for finding in findings}, frozenset(side))


def _best_prior(cause: CauseEntry, symptoms: _Symptoms) -> float | None:
    priors = dict(cause.explains)
    candidates = [priors[name] for name in symptoms.present if name in priors]
    if not candidates and symptoms.verdict in priors:
        candidates = [priors[symptoms.verdict]]
    if not candidates and not symptoms.present:
        candidates = [priors[name] for name in symptoms.own if name in priors]
    candidates += [priors[name] + SIDE_FINDING for name in symptoms.side if name in priors]
    return max(candidates, default=None)


def judge(cause: CauseEntry, prior: float, case: Case, asked: Asked) -> RankedCause:
    """Weigh the evidence for one cause."""
    arguments, missing = weigh(cause, case, asked)
    score = _score(prior, sum(argument.weight for argument in arguments))
    names = dict(cause.explains)
    moves = moves_of(missing)
    return RankedCause(
        id=cause.id,
        title=cause.title,
        score=score,
        explanation=cause.explanation,
        arguments_for=tuple(sorted((a for a in arguments if a.weight > 0), key=lambda a: (-a.weight, a.text))),
        arguments_against=tuple(sorted((a for a in arguments if a.weight < 0), key=lambda a: (a.weight, a.text))),
        missing=sentences(moves),
        experiment=cause.experiments[0].text,
        fix=cause.fix,
        explains=tuple(sorted({finding.code for finding in case.findings if finding.name in names})),
        references=cause.references,
        prior=prior,
        prior_source=cause.prior_source,
        moves=moves,
    )


def _score(prior: float, weight: float) -> float:
    return 1.0 / (1.0 + math.exp(-(prior + weight)))


def balance(cause: CauseEntry, case: Case, asked: Asked) -> float:
    """The sum of the weights of the arguments that `weigh` returns, without writing them."""
    answers = ((entry, _ask(entry, case, asked).holds) for entry in cause.evidence)
    return sum(entry.weight if holds else entry.else_weight for entry, holds in answers if holds is not None)


def weigh(cause: CauseEntry, case: Case, asked: Asked) -> tuple[list[Argument], Mapping[str, tuple[float, float]]]:
    """The arguments present, and the missing logs with the most that each could add and take.

    Args:
        cause: the cause.
        case: the run.
        asked: answers given so far for this case; filled here, since many causes ask the same question.
    """
    arguments = []
    missing: dict[str, tuple[float, float]] = {}
    for entry in cause.evidence:
        answer = _ask(entry, case, asked)
        if answer.holds is None:
            if answer.missing:
                up, down = missing.get(answer.missing, (0.0, 0.0))
                best, worst = max(entry.weight, entry.else_weight, 0.0), min(entry.weight, entry.else_weight, 0.0)
                missing[answer.missing] = (up + best, down + worst)
            continue
        weight, template = (entry.weight, entry.text) if answer.holds else (entry.else_weight, entry.else_text)
        if weight:
            text = Message(template, answer.numbers).in_unit(case.run.step_unit).render()
            arguments.append(Argument(text, weight, entry.source, answer.run, entry.predicate))
    return arguments, missing


def _ask(entry: EvidenceEntry, case: Case, asked: Asked) -> Answer:
    question = (entry.predicate, entry.args)
    if question not in asked:
        # Overflow and 0/0 are ordinary here (losses of 1e300, constant series); predicates handle what comes out.
        with np.errstate(all="ignore"):
            asked[question] = PREDICATES[entry.predicate].function(case, **dict(entry.args))
    return asked[question]
