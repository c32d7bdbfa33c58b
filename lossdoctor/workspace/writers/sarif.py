"""SARIF 2.1.0 (OASIS): findings as results and unreadable input as notifications, for code scanning and editors."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from lossdoctor import __version__
from lossdoctor.findings import Finding, Severity
from lossdoctor.rules.registry import RULES
from lossdoctor.runs import Problem, ProblemLevel
from lossdoctor.safe_text import plain
from lossdoctor.workspace.gate import Gate, findings
from lossdoctor.workspace.results import DiagnosedRun, ScanResult
from lossdoctor.workspace.writers.paths import uri

SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note", Severity.INFO: "note"}
_NOTICES = {ProblemLevel.ERROR: "error", ProblemLevel.WARNING: "warning", ProblemLevel.INFO: "note"}
_MAX_TEXT = 4000


def to_sarif(result: ScanResult, gate: Gate) -> str:
    """The log of one run of the tool; a finding of the baseline is `unchanged`, any other `new`."""
    complete = not result.unread and all(problem.level is not ProblemLevel.ERROR for problem in result.problems)
    run = {
        "tool": {"driver": {"name": "lossdoctor", "version": __version__, "rules": _rules()}},
        "invocations": [
            {
                "executionSuccessful": complete,
                "toolExecutionNotifications": [_notification(problem) for problem in result.problems],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(item, finding, gate) for item, finding in findings(result)],
    }
    log = {"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, allow_nan=False, ensure_ascii=True) + "\n"


def _rules() -> list[dict[str, Any]]:
    return [{"id": rule.code, "name": rule.name, "shortDescription": {"text": rule.summary}} for rule in RULES]


def _result(item: DiagnosedRun, finding: Finding, gate: Gate) -> dict[str, Any]:
    codes = [rule.code for rule in RULES]
    same = hashlib.sha256(f"{item.run.id}\n{finding.code}".encode("utf-8", "backslashreplace")).hexdigest()
    made = {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{_text(item.run.id)}: {_text(finding.message.render())}"},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": uri(item.run.path)}},
                "logicalLocations": [{"name": _text(item.run.name), "fullyQualifiedName": _text(item.run.id)}],
            }
        ],
        "partialFingerprints": {"runAndCode/v1": same},
        "rank": round(100 * float(finding.confidence), 1),
        "baselineState": "unchanged" if gate.is_known(item, finding) else "new",
    }
    return made | ({"ruleIndex": codes.index(finding.code)} if finding.code in codes else {})


def _notification(problem: Problem) -> dict[str, Any]:
    return {
        "descriptor": {"id": problem.code},
        "level": _NOTICES[problem.level],
        "message": {"text": _text(problem.sentence())},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(problem.path)}}}],
    }


def _text(text: str) -> str:
    return plain(text, _MAX_TEXT)
