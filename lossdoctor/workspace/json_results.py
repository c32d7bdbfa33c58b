"""The JSON of a scan: a contract with scripts. Fields are only ever added; `schema` rises if one must change.

Numbers that JSON cannot hold are written as the strings "NaN", "Infinity" and "-Infinity" (Python's `float()` and
JavaScript's `Number()` read them back); `null` means that there is no such value, never "not a number".
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias, TypedDict

from lossdoctor import __version__
from lossdoctor.findings import Direction, Evidence, Finding, Level, Line, Measurement, Pair, Point, Span, Verdict
from lossdoctor.rules.choice import RuleChoice, all_limits
from lossdoctor.runs import Problem, Run
from lossdoctor.workspace.json_text import indented

if TYPE_CHECKING:
    from lossdoctor.diagnosis import Diagnosis
    from lossdoctor.knowledge.ranked import Argument, RankedCause
    from lossdoctor.workspace.results import DiagnosedRun, ScanResult

SCHEMA = 1

JsonNumber: TypeAlias = float | int | str
JsonEvidence: TypeAlias = dict[str, JsonNumber]


class JsonProblem(TypedDict):
    """One problem; `place` is empty when the whole file is meant."""

    code: str
    level: str
    path: str
    place: str
    message: str
    hint: str


class JsonMeasurement(TypedDict):
    """One number; `threshold` is null where it is compared with nothing."""

    name: str
    value: JsonNumber
    unit: str
    threshold: JsonNumber | None
    direction: str
    setting: str


class JsonFinding(TypedDict):
    """One finding; every evidence has a `shape`: span, point, level, line or pair."""

    code: str
    name: str
    severity: str
    confidence: float
    message: str
    evidence: list[JsonEvidence]
    measurements: list[JsonMeasurement]


class JsonArgument(TypedDict):
    """One argument for or against a cause; `weight` is a change of log-odds."""

    text: str
    weight: JsonNumber
    source: str


# "for" is a Python keyword, so this one is written in the functional form.
JsonCause = TypedDict(
    "JsonCause",
    {"id": str, "score": float, "for": list[JsonArgument], "against": list[JsonArgument], "next": str},
)


class JsonRun(TypedDict):
    """One run; steps count `Run.step_unit`s; `roles` names the tag that the run is judged by in each role."""

    id: str
    path: str
    name: str
    format: str
    verdict: str
    confidence: float
    runner_up: str | None
    nan_step: int | None
    best_step: int | None
    onset_step: int | None
    roles: dict[str, str]
    findings: list[JsonFinding]
    causes: list[JsonCause]
    problems: list[JsonProblem]


class JsonSummary(TypedDict):
    """Totals; `by_verdict` has every verdict, also those with 0 runs; `problems` counts those of runs as well.

    `unread` is the number of log files that were found but not read, because the scan was interrupted.
    """

    runs: int
    by_verdict: dict[str, int]
    files: int
    bytes: int
    points: int
    problems: int
    seconds: float
    unread: int


class JsonRules(TypedDict):
    """What was looked for: the user's selectors, the codes asked, and every threshold in force by key."""

    select: list[str]
    ignore: list[str]
    asked: list[str]
    thresholds: dict[str, JsonNumber]
    changed: list[str]


class JsonScan(TypedDict):
    """A whole scan; `problems` holds those that belong to no run, the others are with their run."""

    schema: int
    lossdoctor: str
    summary: JsonSummary
    rules: JsonRules
    runs: list[JsonRun]
    problems: list[JsonProblem]


def to_json(result: ScanResult) -> str:
    """The scan as JSON text: ASCII only, so that no name in it can act on a terminal; ends with a line break."""
    return indented(scan_to_dict(result)) + "\n"


def scan_to_dict(result: ScanResult) -> JsonScan:
    """The scan as plain values that `json` can write with `allow_nan=False`."""
    of_runs = {problem for item in result.runs for problem in item.run.problems}
    return {
        "schema": SCHEMA,
        "lossdoctor": __version__,
        "summary": _summary(result),
        "rules": _rules(result.rules),
        "runs": [run_to_dict(item) for item in result.runs],
        "problems": [problem_to_dict(problem) for problem in result.problems if problem not in of_runs],
    }


def _rules(choice: RuleChoice) -> JsonRules:
    from lossdoctor.rules.registry import RULES

    return {
        "select": list(choice.select),
        "ignore": list(choice.ignore),
        "asked": [rule.code for rule in RULES if choice.asks(rule)],
        "thresholds": {key: plain_number(value) for key, value in all_limits(RULES, choice).items()},
        "changed": [key for key, _ in choice.limits],
    }


def _summary(result: ScanResult) -> JsonSummary:
    verdicts = [item.diagnosis.verdict for item in result.runs]
    return {
        "runs": len(result.runs),
        "by_verdict": {str(verdict): verdicts.count(verdict) for verdict in Verdict},
        "files": result.files,
        "bytes": result.bytes,
        "points": result.points,
        "problems": len(result.problems),
        "seconds": round(result.seconds, 3),
        "unread": result.unread,
    }


def run_to_dict(item: DiagnosedRun) -> JsonRun:
    """One run as plain values."""
    run: Run = item.run
    diagnosis: Diagnosis = item.diagnosis
    return {
        "id": run.id,
        "path": run.path,
        "name": run.name,
        "format": run.format,
        "verdict": str(diagnosis.verdict),
        "confidence": _share(diagnosis.confidence),
        "runner_up": None if diagnosis.runner_up is None else str(diagnosis.runner_up),
        "nan_step": diagnosis.nan_step,
        "best_step": diagnosis.best_step,
        "onset_step": diagnosis.onset_step,
        "roles": {str(role.role): role.tag for role in run.roles if role.primary},
        "findings": [finding_to_dict(finding) for finding in diagnosis.findings],
        "causes": [_cause(cause) for cause in diagnosis.causes],
        "problems": [problem_to_dict(problem) for problem in run.problems],
    }


def finding_to_dict(finding: Finding) -> JsonFinding:
    """One finding as plain values."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": str(finding.severity),
        "confidence": _share(finding.confidence),
        "message": finding.message.render(),
        "evidence": [_evidence(evidence) for evidence in finding.evidence],
        "measurements": [_measurement(measurement) for measurement in finding.measurements],
    }


def _evidence(evidence: Evidence) -> JsonEvidence:
    match evidence:
        case Span(start, end, label, tag):
            body: JsonEvidence = {"shape": "span", "start": plain_number(start), "end": plain_number(end)}
        case Point(step, value, label, tag):
            body = {"shape": "point", "step": plain_number(step), "value": plain_number(value)}
        case Level(value, label, tag):
            body = {"shape": "level", "value": plain_number(value)}
        case Line(start, start_value, end, end_value, label, tag):
            body = {
                "shape": "line",
                "start": plain_number(start),
                "start_value": plain_number(start_value),
                "end": plain_number(end),
                "end_value": plain_number(end_value),
            }
        case Pair(step, low, high, label, tag, other_tag):
            body = {"shape": "pair", "step": plain_number(step), "low": plain_number(low), "high": plain_number(high)}
            body["other_tag"] = other_tag
    return body | {"label": label, "tag": tag}


def _measurement(measurement: Measurement) -> JsonMeasurement:
    compared = measurement.direction is not Direction.INFORMATION
    return {
        "name": measurement.name,
        "value": plain_number(measurement.value),
        "unit": measurement.unit,
        "threshold": plain_number(measurement.threshold) if compared else None,
        "direction": str(measurement.direction),
        "setting": measurement.setting,
    }


def _cause(cause: RankedCause) -> JsonCause:
    return {
        "id": cause.id,
        "score": _share(cause.score),
        "for": [_argument(argument) for argument in cause.arguments_for],
        "against": [_argument(argument) for argument in cause.arguments_against],
        "next": cause.experiment,
    }


def _argument(argument: Argument) -> JsonArgument:
    return {"text": argument.text, "weight": plain_number(argument.weight), "source": argument.source}


def problem_to_dict(problem: Problem) -> JsonProblem:
    """One problem as plain values."""
    return {
        "code": problem.code,
        "level": str(problem.level),
        "path": problem.path,
        "place": problem.place,
        "message": problem.message,
        "hint": problem.hint,
    }


def _share(value: float) -> float:
    """A confidence or score to four places: more digits would claim a precision that nothing here has."""
    return round(float(value), 4)


def plain_number(value: float) -> JsonNumber:
    """A number that JSON can hold; whole floats and NumPy scalars become plain Python numbers."""
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
