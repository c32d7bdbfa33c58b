"""JUnit XML: every run is a test case, which fails with its findings; every unreadable file is a case in error."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence

from lossdoctor.findings import Finding
from lossdoctor.runs import Problem, ProblemLevel
from lossdoctor.safe_text import plain
from lossdoctor.workspace.gate import Gate
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

SUITE = "lossdoctor"
_MAX_TEXT = 4000


def to_junit(result: ScanResult, gate: Gate) -> str:
    """One suite. A case fails by the findings the gate does not let pass; the others are in its output."""
    errors = [problem for problem in result.problems if problem.level is ProblemLevel.ERROR]
    failed = {item.run.id for item, _ in gate.failures(result)}
    counts = {
        "name": SUITE,
        "tests": str(len(result.runs) + len(errors)),
        "failures": str(len(failed)),
        "errors": str(len(errors)),
        "time": f"{result.seconds:.3f}",
    }
    root = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(root, "testsuite", {**counts, "skipped": "0"})
    for item in result.runs:
        _run(suite, item, gate)
    for problem in errors:
        _problem(suite, problem)
    ElementTree.indent(root)
    text: str = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _run(suite: ElementTree.Element, item: DiagnosedRun, gate: Gate) -> None:
    case = _case(suite, item.run.id, item.run.format)
    found = item.diagnosis.findings
    failing = [finding for finding in found if gate.fails(item, finding)]
    if failing:
        attributes = {"message": _text(item.diagnosis.sentence.render()), "type": failing[0].code}
        ElementTree.SubElement(case, "failure", attributes).text = _listed(failing)
    if rest := [finding for finding in found if finding not in failing]:
        ElementTree.SubElement(case, "system-out").text = _listed(rest)


def _problem(suite: ElementTree.Element, problem: Problem) -> None:
    case = _case(suite, problem.path, "input")
    attributes = {"message": _text(problem.message), "type": _text(problem.code)}
    ElementTree.SubElement(case, "error", attributes).text = _text(problem.sentence())


def _case(suite: ElementTree.Element, name: str, kind: str) -> ElementTree.Element:
    attributes = {"name": _text(name), "classname": _text(f"{SUITE}.{kind}"), "time": "0"}
    return ElementTree.SubElement(suite, "testcase", attributes)


def _listed(findings: Sequence[Finding]) -> str:
    return "\n".join(_text(f"{f.code} {f.name} ({f.severity}): {f.message.render()}") for f in findings)


def _text(text: str) -> str:
    """Text without the characters that XML cannot hold at all, escaped or not."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in plain(text, _MAX_TEXT))
