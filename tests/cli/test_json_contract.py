"""The JSON of `lossdoctor scan` on the bundled examples, field by field: scripts depend on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import NoneType
from typing import Any

import pytest

from lossdoctor import __version__

TOP = {"schema": int, "lossdoctor": str, "summary": dict, "rules": dict, "runs": list, "problems": list}
RULES = {"select": list, "ignore": list, "asked": list, "thresholds": dict, "changed": list}
SUMMARY = {
    "runs": int, "by_verdict": dict, "files": int, "bytes": int, "points": int, "problems": int, "seconds": float,
    "unread": int,
}  # fmt: skip
RUN = {
    "id": str, "path": str, "name": str, "format": str, "verdict": str, "confidence": float, "runner_up": (str, NoneType),
    "nan_step": (int, NoneType), "best_step": (int, NoneType), "onset_step": (int, NoneType), "roles": dict,
    "findings": list, "causes": list, "problems": list,
}  # fmt: skip
FINDING = {
    "code": str, "name": str, "severity": str, "confidence": float, "message": str, "evidence": list, "measurements": list,
}  # fmt: skip
NUMBER = (int, float, str)
MEASUREMENT = {
    "name": str, "value": NUMBER, "unit": str, "threshold": (*NUMBER, NoneType), "direction": str, "setting": str,
}  # fmt: skip
CAUSE = {"id": str, "score": float, "for": list, "against": list, "next": str}
ARGUMENT = {"text": str, "weight": NUMBER, "source": str}
PROBLEM = {"code": str, "level": str, "path": str, "place": str, "message": str, "hint": str}
EVIDENCE = {
    "span": {"start", "end"},
    "point": {"step", "value"},
    "level": {"value"},
    "line": {"start", "start_value", "end", "end_value"},
    "pair": {"step", "low", "high", "other_tag"},
}
VERDICTS = {
    "healthy", "underfitting", "overfitting", "divergence", "spike_recovered", "plateau", "oscillating", "too_short",
    "not_classifiable",
}  # fmt: skip
EXPECTED = {
    "01-healthy": "healthy",
    "02-underfitting": "underfitting",
    "03-overfitting": "overfitting",
    "04-spike-to-nan": "divergence",
    "05-plateau": "plateau",
    "06-spike-recovered": "spike_recovered",
}


def has_exactly(value: dict[str, Any], fields: dict[str, Any]) -> None:
    assert list(value) == list(fields)
    for name, kind in fields.items():
        assert isinstance(value[name], kind), f"{name} is {value[name]!r}"
        assert not isinstance(value[name], bool)


def refuse(constant: str) -> None:
    raise AssertionError(f"bare {constant} in the JSON")


@pytest.fixture
def data(lossdoctor: Callable[..., Any], examples: Path) -> dict[str, Any]:
    done = lossdoctor("scan", examples, "--format", "json", "--fail-on", "never")
    assert done.code == 0, done.err
    parsed: dict[str, Any] = json.loads(done.out, parse_constant=refuse)
    return parsed


def test_top_level_and_summary(data: dict[str, Any], examples: Path) -> None:
    has_exactly(data, TOP)
    has_exactly(data["summary"], SUMMARY)
    has_exactly(data["rules"], RULES)
    assert "loss_spike.noise" in data["rules"]["thresholds"]
    assert data["rules"]["changed"] == []
    assert data["schema"] == 1
    assert data["lossdoctor"] == __version__
    summary = data["summary"]
    assert summary["runs"] == len(data["runs"]) == 6
    assert set(summary["by_verdict"]) == VERDICTS
    assert sum(summary["by_verdict"].values()) == 6
    logs = [
        p for p in examples.rglob("*") if "tfevents" in p.name or p.name == "trainer_state.json" or p.suffix == ".csv"
    ]
    assert summary["files"] == len(logs)
    assert summary["bytes"] == sum(path.stat().st_size for path in logs)
    assert summary["points"] > 3000
    assert summary["problems"] == len(data["problems"]) + sum(len(run["problems"]) for run in data["runs"])


def test_every_run(data: dict[str, Any], examples: Path) -> None:
    assert [run["id"] for run in data["runs"]] == sorted(run["id"] for run in data["runs"])
    assert len({run["format"] for run in data["runs"]}) >= 3
    for run in data["runs"]:
        has_exactly(run, RUN)
        assert not run["id"].startswith("/")
        assert Path(run["path"]).is_absolute()
        assert Path(run["path"]).is_relative_to(examples)
        assert run["verdict"] in VERDICTS
        assert run["runner_up"] in {None, *VERDICTS} - {run["verdict"]}
        assert 0 <= run["confidence"] <= 1
        assert {"train_loss", "val_loss"} <= set(run["roles"])
        assert all(isinstance(tag, str) for tag in run["roles"].values())


def test_findings_with_their_evidence(data: dict[str, Any]) -> None:
    findings = [finding for run in data["runs"] for finding in run["findings"]]
    assert len(findings) >= 5
    for finding in findings:
        has_exactly(finding, FINDING)
        assert finding["severity"] in {"info", "low", "medium", "high"}
        assert 0 <= finding["confidence"] <= 1
        assert finding["message"]
        assert finding["evidence"]
        for evidence in finding["evidence"]:
            assert set(evidence) == {"shape", "label", "tag"} | EVIDENCE[evidence["shape"]]
        for measurement in finding["measurements"]:
            has_exactly(measurement, MEASUREMENT)
            assert measurement["direction"] in {">=", "<=", ""}
            assert (measurement["threshold"] is None) == (measurement["direction"] == "")


def test_causes_and_problems(data: dict[str, Any]) -> None:
    causes = [cause for run in data["runs"] for cause in run["causes"]]
    assert causes
    for cause in causes:
        has_exactly(cause, CAUSE)
        assert 0 <= cause["score"] <= 1
        assert cause["next"]
        for argument in [*cause["for"], *cause["against"]]:
            has_exactly(argument, ARGUMENT)
    for problem in [*data["problems"], *(p for run in data["runs"] for p in run["problems"])]:
        has_exactly(problem, PROBLEM)


def test_every_example_gets_the_verdict_it_was_made_for(data: dict[str, Any]) -> None:
    assert {run["id"].split("/")[0]: run["verdict"] for run in data["runs"]} == EXPECTED
    by_folder = {run["id"].split("/")[0]: run for run in data["runs"]}
    assert by_folder["01-healthy"]["findings"] == []
    assert by_folder["04-spike-to-nan"]["nan_step"] == 394
    assert by_folder["03-overfitting"]["best_step"] in (99, 100)  # Lightning counts steps from 0
