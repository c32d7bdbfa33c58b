"""Workflow commands of GitHub Actions: each finding and each unreadable file becomes an annotation."""

from __future__ import annotations

from lossdoctor.findings import Severity
from lossdoctor.runs import Problem, ProblemLevel
from lossdoctor.safe_text import plain
from lossdoctor.workspace.gate import Gate, findings
from lossdoctor.workspace.results import ScanResult
from lossdoctor.workspace.writers.paths import relative

_LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "notice", Severity.INFO: "notice"}
_PROBLEMS = {ProblemLevel.ERROR: "error", ProblemLevel.WARNING: "warning"}
_MAX_TEXT = 2000


def to_github(result: ScanResult, gate: Gate) -> str:
    """One line an annotation; findings of the baseline are left out, and so are notes about the input."""
    lines = [
        _command(_LEVELS[finding.severity], item.run.path, f"{finding.code} {item.run.id}", finding.message.render())
        for item, finding in findings(result)
        if not gate.is_known(item, finding)
    ]
    lines += [_of_problem(problem) for problem in result.problems if problem.level in _PROBLEMS]
    return "".join(line + "\n" for line in lines)


def _of_problem(problem: Problem) -> str:
    text = f"{problem.place + ': ' if problem.place else ''}{problem.message} {problem.hint}".strip()
    return _command(_PROBLEMS[problem.level], problem.path, problem.code, text)


def _command(level: str, path: str, title: str, text: str) -> str:
    return f"::{level} file={_property(relative(path))},title={_property(title)}::{_data(plain(text, _MAX_TEXT))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(plain(text)).replace(":", "%3A").replace(",", "%2C")
