"""SARIF and JUnit as their schemas want them.

The schemas here are our own transcripts of the parts that we write: of SARIF 2.1.0 (OASIS, errata 01) as a JSON schema, of
junit-10.xsd (Jenkins' xUnit plugin) as elements with their attributes. What we do not write is forbidden in them. With
LOSSDOCTOR_SARIF_SCHEMA=FILE the whole official schema is asked as well.
"""

from __future__ import annotations

import json
import os
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lossdoctor.cli.output import rendered
from lossdoctor.findings import Severity
from lossdoctor.runs import Problem, ProblemLevel
from lossdoctor.workspace.gate import Gate
from lossdoctor.workspace.results import ScanResult
from tests.workspace.test_json_results import one_run, result
from tests.workspace.test_writers import EVERYTHING, HOSTILE, PROBLEM, scan_of

jsonschema: Any = pytest.importorskip("jsonschema")


def an_object(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


def list_of(items: dict[str, Any], *, unique: bool = False) -> dict[str, Any]:
    return {"type": "array", "items": items, "uniqueItems": unique}


TEXT = {"type": "string", "minLength": 1}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
MESSAGE = an_object(("text",), text=TEXT)
LOCATION = an_object(
    physicalLocation=an_object(artifactLocation=an_object(uri={"type": "string", "format": "uri-reference"})),
    logicalLocations=list_of(an_object(name=TEXT, fullyQualifiedName=TEXT), unique=True),
)
RULE = an_object(("id",), id=TEXT, name=TEXT, shortDescription=MESSAGE)
NOTIFICATION = an_object(
    ("message",), message=MESSAGE, level=LEVEL, descriptor=an_object(id=TEXT), locations=list_of(LOCATION, unique=True)
)
RESULT = an_object(
    ("message",),
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": -1},
    level=LEVEL,
    message=MESSAGE,
    locations=list_of(LOCATION),
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
    rank={"type": "number", "minimum": -1, "maximum": 100},
    baselineState={"enum": ["new", "unchanged", "updated", "absent"]},
)
RUN = an_object(
    ("tool",),
    tool=an_object(("driver",), driver=an_object(("name",), name=TEXT, version=TEXT, rules=list_of(RULE, unique=True))),
    invocations=list_of(
        an_object(
            ("executionSuccessful",),
            executionSuccessful={"type": "boolean"},
            toolExecutionNotifications=list_of(NOTIFICATION),
        )
    ),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results=list_of(RESULT),
)
SARIF = an_object(
    ("version", "runs"),
    **{"$schema": {"type": "string", "format": "uri"}, "version": {"enum": ["2.1.0"]}, "runs": list_of(RUN)},
)
TIME = r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?"
ANY, COUNT = r"(?s).*", r"[0-9]+"
# Element: its required attributes, its other ones (each with what it may hold), and the elements in it.
JUNIT: dict[str, tuple[dict[str, str], dict[str, str], set[str]]] = {
    "testsuites": ({}, {"name": ANY, "time": TIME, "tests": COUNT, "failures": COUNT, "errors": COUNT}, {"testsuite"}),
    "testsuite": (
        {"name": ANY, "tests": COUNT, "failures": COUNT, "errors": COUNT},
        {"time": TIME, "skipped": COUNT},
        {"testcase"},
    ),
    "testcase": ({"name": ANY}, {"time": ANY, "classname": ANY}, {"failure", "error", "system-out"}),
    "failure": ({}, {"type": ANY, "message": ANY}, set()),
    "error": ({}, {"type": ANY, "message": ANY}, set()),
    "system-out": ({}, {}, set()),
}


def junit_faults(element: ElementTree.Element) -> Iterator[str]:
    """What the schema has against an element and all in it."""
    required, others, inside = JUNIT[element.tag]
    yield from (f"{element.tag} without {name}" for name in required if name not in element.attrib)
    for name, value in element.attrib.items():
        pattern = (required | others).get(name)
        if pattern is None or not re.fullmatch(pattern, value):
            yield f"{element.tag} with {name}={value!r}"
    if inside and (element.text or "").strip():
        yield f"{element.tag} with text"
    for child in element:
        if child.tag not in inside:
            yield f"{child.tag} in {element.tag}"
        else:
            yield from junit_faults(child)


def sarif_faults(log: Any, schema: Any = SARIF) -> list[str]:
    checker = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(log)]


@pytest.fixture
def scans(examples: Path) -> list[tuple[ScanResult, Gate]]:
    """Ordinary, hostile and empty scans, through gates that let pass all, something and nothing."""
    hostile = result(one_run(HOSTILE), problems=(PROBLEM, Problem("n", ProblemLevel.INFO, "s3://b/ä b", "is.", "Do.")))
    return [
        (about, gate)
        for about in (scan_of(examples), hostile, result())
        for gate in (Gate(), EVERYTHING, Gate(None), Gate(Severity.HIGH))
    ]


def test_sarif_fits_its_schema(scans: list[tuple[ScanResult, Gate]]) -> None:
    official = os.environ.get("LOSSDOCTOR_SARIF_SCHEMA")
    for about, gate in scans:
        log = json.loads(rendered(about, "sarif", gate))
        assert sarif_faults(log) == []
        if official:
            assert sarif_faults(log, json.loads(Path(official).read_text(encoding="utf-8"))) == []


def test_junit_fits_its_schema(scans: list[tuple[ScanResult, Gate]]) -> None:
    for about, gate in scans:
        root = ElementTree.fromstring(rendered(about, "junit", gate))
        assert root.tag == "testsuites"
        assert list(junit_faults(root)) == []


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda log: log.pop("version"), "'version' is a required property"),
        (lambda log: log["runs"][0]["tool"]["driver"].pop("name"), "'name' is a required property"),
        (lambda log: log["runs"][0]["results"][0].update(level="fatal"), "'fatal' is not one of"),
        (lambda log: log["runs"][0]["results"][0].update(rank=101), "101 is greater than"),
        (lambda log: log["runs"][0]["results"][0].update(rule="x"), "'rule' was unexpected"),
    ],
)
def test_the_sarif_schema_finds_faults(examples: Path, spoil: Any, fault: str) -> None:
    log = json.loads(rendered(scan_of(examples), "sarif", EVERYTHING))
    spoil(log)
    [found] = sarif_faults(log)
    assert fault in found


@pytest.mark.parametrize(
    "spoiled",
    [
        "<testsuites><testcase name='a'/></testsuites>",
        "<testsuites time='1 s'/>",
        "<testsuites disabled='0'/>",
        "<testsuites><testsuite name='a' tests='1' failures='0'/></testsuites>",
        "<testsuites><testsuite name='a' tests='1' failures='0' errors='0'>text</testsuite></testsuites>",
    ],
)
def test_the_junit_schema_finds_faults(spoiled: str) -> None:
    assert len(list(junit_faults(ElementTree.fromstring(spoiled)))) == 1
