"""Every value a diagnosis can hold becomes valid JSON."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from lossdoctor.diagnosis import Diagnosis
from lossdoctor.findings import (
    Direction,
    Finding,
    Level,
    Line,
    Measurement,
    Message,
    Outcome,
    Pair,
    Point,
    Severity,
    Span,
    Status,
    Verdict,
)
from lossdoctor.findings.evidence import EVIDENCE_SHAPES, Evidence
from lossdoctor.knowledge.ranked import Argument, RankedCause
from lossdoctor.runs import Problem, ProblemLevel, Role, RoleAssignment, Run, Series
from lossdoctor.workspace.json_results import scan_to_dict, to_json
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

NAN, INF = math.nan, math.inf
EVIDENCE: tuple[Evidence, ...] = (
    Span(1, INF, "from here", "loss"),
    Point(np.float64(3), NAN, "NaN here", "loss"),
    Level(0.25, "chance"),
    Line(0, 1.0, 10, -INF, "fit", "loss"),
    Pair(5, 0.1, 0.2, "gap", "loss", "val_loss"),
)


def strict(text: str) -> dict[str, Any]:
    """Parses JSON and refuses what only Python would accept."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"bare {constant} in the JSON")

    parsed: dict[str, Any] = json.loads(text, parse_constant=refuse)
    return parsed


def one_run(name: str = "r", problems: tuple[Problem, ...] = ()) -> DiagnosedRun:
    series = (Series("loss", [0, 1, 2], [1.0, NAN, INF]), Series("val_loss", [0], [1.0]))
    roles = (
        RoleAssignment(Role.TRAIN_LOSS, "loss", True, ""),
        RoleAssignment(Role.VAL_LOSS, "val_loss", True, ""),
        RoleAssignment(Role.TRAIN_LOSS, "aux", False, ""),
    )
    run = Run(name, f"/x/{name}", name, "csv", series, roles, problems=problems)
    measurements = (
        Measurement("rise", NAN, "%", 0.05, Direction.AT_LEAST, "overfitting.rise"),
        Measurement("level", -INF),
    )
    message = Message.of("{tag} is {value:num}", tag="loss", value=NAN)
    finding = Finding("ST01", "non_finite", Severity.HIGH, 0.98765432, message, EVIDENCE, measurements, ("loss",))
    outcome = Outcome("ST01", "non_finite", Status.FOUND, (finding,), measurements)
    cause = RankedCause(
        "lr", "LR", 1 / 3, "", (Argument("high", INF, "s"),), (Argument("low", -0.5),), (), "halve it", "", ()
    )
    diagnosis = Diagnosis(Verdict.DIVERGENCE, 0.9, Verdict.PLATEAU, Message("x"), 1, 0, 1, (outcome,), (cause,))
    return DiagnosedRun(run, diagnosis)


def result(*runs: DiagnosedRun, problems: tuple[Problem, ...] = ()) -> ScanResult:
    return ScanResult(("/x",), runs, problems, 2, 1000, 0.12345)


def test_the_example_covers_every_evidence_shape() -> None:
    assert {type(evidence) for evidence in EVIDENCE} == set(EVIDENCE_SHAPES)


def test_no_number_appears_bare() -> None:
    [run] = strict(to_json(result(one_run())))["runs"]
    [finding] = run["findings"]
    assert finding["evidence"] == [
        {"shape": "span", "start": 1, "end": "Infinity", "label": "from here", "tag": "loss"},
        {"shape": "point", "step": 3, "value": "NaN", "label": "NaN here", "tag": "loss"},
        {"shape": "level", "value": 0.25, "label": "chance", "tag": ""},
        {
            "shape": "line",
            "start": 0,
            "start_value": 1,
            "end": 10,
            "end_value": "-Infinity",
            "label": "fit",
            "tag": "loss",
        },
        {"shape": "pair", "step": 5, "low": 0.1, "high": 0.2, "label": "gap", "tag": "loss", "other_tag": "val_loss"},
    ]
    assert finding["measurements"] == [
        {
            "name": "rise",
            "value": "NaN",
            "unit": "%",
            "threshold": 0.05,
            "direction": ">=",
            "setting": "overfitting.rise",
        },
        {"name": "level", "value": "-Infinity", "unit": "", "threshold": None, "direction": "", "setting": ""},
    ]
    assert float(finding["measurements"][1]["value"]) == -INF


def test_a_run_and_its_cause() -> None:
    [run] = strict(to_json(result(one_run())))["runs"]
    assert run["roles"] == {"train_loss": "loss", "val_loss": "val_loss"}
    assert (run["verdict"], run["runner_up"], run["confidence"]) == ("divergence", "plateau", 0.9)
    assert (run["nan_step"], run["best_step"], run["onset_step"]) == (1, 0, 1)
    assert run["causes"] == [
        {
            "id": "lr",
            "score": 0.3333,
            "for": [{"text": "high", "weight": "Infinity", "source": "s"}],
            "against": [{"text": "low", "weight": -0.5, "source": ""}],
            "next": "halve it",
        }
    ]


def test_summary_counts_every_verdict() -> None:
    summary = scan_to_dict(result(one_run("a"), one_run("b")))["summary"]
    assert summary["by_verdict"] == {str(v): 2 if v is Verdict.DIVERGENCE else 0 for v in Verdict}
    assert (summary["runs"], summary["files"], summary["bytes"], summary["points"]) == (2, 2, 1000, 8)
    assert summary["seconds"] == 0.123


def test_a_problem_stands_with_its_run_or_at_the_top_never_twice() -> None:
    own = Problem("odd", ProblemLevel.WARNING, "/x/r", "is odd.", "Look.", "line 3")
    other = Problem("no_logs", ProblemLevel.ERROR, "/y", "is empty.")
    data = strict(to_json(result(one_run(problems=(own,)), problems=(own, other))))
    expected = {
        "code": "odd",
        "level": "warning",
        "path": "/x/r",
        "place": "line 3",
        "message": "is odd.",
        "hint": "Look.",
    }
    assert data["runs"][0]["problems"] == [expected]
    assert [problem["code"] for problem in data["problems"]] == ["no_logs"]
    assert data["summary"]["problems"] == 2


@pytest.mark.parametrize("name", ["\x1b[31mred", "‮evil", "\udcff", "a\nb", "ü"])
def test_no_name_can_act_on_a_terminal_and_every_name_comes_back(name: str) -> None:
    text = to_json(result(one_run(name)))
    assert text.isascii()
    assert all(char.isprintable() or char == "\n" for char in text)
    assert strict(text)["runs"][0]["name"] == name
