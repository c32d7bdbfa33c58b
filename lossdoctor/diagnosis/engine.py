"""diagnose: asks every rule, keeps what failed and what did not apply, and draws one Diagnosis from it.

In two steps, because comparing needs every run of a folder and their points do not all fit in memory: `examine` looks at
one run alone, `conclude` ranks the causes once the runs beside it are known. `diagnose` does both.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from lossdoctor.diagnosis.diagnosis import Diagnosis
from lossdoctor.diagnosis.examination import Examination
from lossdoctor.diagnosis.explained import set_aside
from lossdoctor.diagnosis.sentence import verdict_sentence
from lossdoctor.diagnosis.verdict import Weighed, weigh
from lossdoctor.findings import Finding, Outcome, Point, Span, Status, Verdict
from lossdoctor.knowledge.causes import Interview, interview, rank_interviewed
from lossdoctor.knowledge.neighbours import Sibling, as_sibling
from lossdoctor.rules.base import Rule
from lossdoctor.rules.choice import EVERY_RULE, RuleChoice
from lossdoctor.rules.registry import RULES
from lossdoctor.rules.view import RunView
from lossdoctor.runs import Run


def diagnose(
    run: Run,
    siblings: Sequence[Run | Sibling] = (),
    rules: Sequence[Rule] = RULES,
    choice: RuleChoice = EVERY_RULE,
) -> Diagnosis:
    """Everything lossdoctor says about one run.

    Args:
        run: the run as imported; any content is accepted, an empty run included.
        siblings: other runs of the same folder, for comparison of their settings; the run itself may be among them.
        rules: the rules there are.
        choice: which of them are asked, and with which thresholds. One that is not asked is not applicable, and says
            so; the verdict rests on the others.

    Returns:
        The diagnosis. A rule that raises becomes a failed outcome; the others go on.
    """
    return conclude(examine(run, rules, choice), siblings)


def examine(run: Run, rules: Sequence[Rule] = RULES, choice: RuleChoice = EVERY_RULE) -> Examination:
    """Everything that can be said about one run without the runs beside it; small, whatever the run's size."""
    # Overflow and 0/0 are ordinary here (losses of 1e38, constant series); their results are handled as values.
    with np.errstate(all="ignore"):
        return _examine(run, rules, choice)


def conclude(examined: Examination, siblings: Sequence[Run | Sibling] = ()) -> Diagnosis:
    """The diagnosis, with the causes as they rank beside the other runs of the folder.

    Args:
        examined: what `examine` found.
        siblings: runs to compare with, whole or reduced; the run itself, known by its id, may be among them.
    """
    if examined.interview is None:
        return examined.alone
    try:
        causes = rank_interviewed(examined.interview, siblings)
    except Exception:  # noqa: BLE001  # our own defect must not cost the user the verdict
        return replace(examined.alone, outcomes=(*examined.alone.outcomes, _failed_causes()))
    return replace(examined.alone, causes=causes)


def _examine(run: Run, rules: Sequence[Rule], choice: RuleChoice) -> Examination:
    view = RunView(run)
    limits = dict(choice.limits)
    asked = tuple(_in_unit(_ask(rule, view, choice.reason_against(rule), limits), run.step_unit) for rule in rules)
    weighed = weigh(asked)
    outcomes = set_aside(asked)
    about, trouble = _interview(run, weighed.verdict, outcomes)
    alone = Diagnosis(
        verdict=weighed.verdict,
        confidence=weighed.confidence,
        runner_up=weighed.runner_up,
        sentence=verdict_sentence(view, weighed, outcomes).in_unit(run.step_unit),
        nan_step=_nan_step(outcomes),
        best_step=_best_step(view),
        onset_step=_onset_step(weighed, outcomes),
        outcomes=outcomes + trouble,
        decided_by=weighed.decided_by,
        thresholds=choice.limits,
    )
    return Examination(alone, about.own if about is not None else as_sibling(run), about)


def _ask(rule: Rule, view: RunView, reason_against: str, limits: Mapping[str, float]) -> Outcome:
    if reason_against:
        return rule.not_applicable(reason_against)
    try:
        return rule.with_limits(limits).check(view)
    except Exception:  # noqa: BLE001  # our own defect must not cost the user the other rules' answers
        return Outcome(rule.code, rule.name, Status.FAILED, reason=traceback.format_exc(limit=-4))


def _in_unit(outcome: Outcome, unit: str) -> Outcome:
    """Its sentences in what the run counts: rules speak of steps, which in many logs are epochs."""
    if unit == "step" or not outcome.findings:
        return outcome
    findings = tuple(replace(finding, message=finding.message.in_unit(unit)) for finding in outcome.findings)
    return replace(outcome, findings=findings)


def _interview(
    run: Run, verdict: Verdict, outcomes: tuple[Outcome, ...]
) -> tuple[Interview | None, tuple[Outcome, ...]]:
    """What the causes need to know of the run, and a failed outcome when asking for it broke."""
    try:
        return interview(run, verdict, outcomes), ()
    except Exception:  # noqa: BLE001  # our own defect must not cost the user the verdict
        return None, (_failed_causes(),)


def _failed_causes() -> Outcome:
    return Outcome("causes", "causes", Status.FAILED, reason=traceback.format_exc(limit=-4))


def _nan_step(outcomes: Sequence[Outcome]) -> int | None:
    for outcome in outcomes:
        if outcome.name == "non_finite" and outcome.findings:
            return int(next(e.step for e in outcome.findings[0].evidence if isinstance(e, Point)))
    return None


def _best_step(view: RunView) -> int | None:
    """Step of the lowest finite value of the validation loss, else of the training loss (smoothed: one lucky batch)."""
    if view.val is not None and view.val.finite.any():
        values = np.where(view.val.finite, view.val.values, np.inf)
        return int(view.val.steps[int(np.argmin(values))])
    curve = view.train_curve
    return None if curve is None else round(curve.best_step)


def _onset_step(weighed: Weighed, outcomes: Sequence[Outcome]) -> int | None:
    """Where the verdict's symptom begins: the first evidence of the finding that decided it."""
    if weighed.verdict in (Verdict.HEALTHY, Verdict.NOT_CLASSIFIABLE, Verdict.TOO_SHORT):
        return None
    finding = next((f for o in outcomes if o.name == weighed.decided_by for f in o.findings), None)
    return None if finding is None else _first_step(finding)


def _first_step(finding: Finding) -> int | None:
    if finding.name == "overfitting":
        onset = dict(finding.message.parameters).get("onset")
        return None if onset is None else int(float(onset))
    if finding.name == "loss_spike":
        steps = [e.step for e in finding.evidence if isinstance(e, Point)]
    else:
        steps = [e.start for e in finding.evidence if isinstance(e, Span)]
        steps += [e.step for e in finding.evidence if isinstance(e, Point) and finding.name == "non_finite"]
    return int(min(steps)) if steps else None


__all__ = ["conclude", "diagnose", "examine"]
