"""Every format says the same about a scan, is well-formed, and lets no name out of a log do anything."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from lossdoctor.cli.output import WRITERS, rendered
from lossdoctor.findings import Severity
from lossdoctor.rules.registry import RULES
from lossdoctor.runs import Problem, ProblemLevel
from lossdoctor.settings.options import option
from lossdoctor.workspace.gate import Gate, findings
from lossdoctor.workspace.results import ScanResult
from lossdoctor.workspace.scan import scan
from tests.workspace.test_json_results import one_run, result, strict

HOSTILE = "=cmd|'/c calc'!A1,\"<script>alert(1)</script>|`x`\n::error::\x1b[2J\x00]]>&amp;%0A\u202e\ud800"
PROBLEM = Problem("bad", ProblemLevel.ERROR, f"/x/{HOSTILE}", "is bad.", "Look: at, it.", place="line 3")
EVERYTHING = Gate(Severity.INFO)


@cache
def scan_of(folder: Path) -> ScanResult:
    return scan([folder])


@pytest.fixture
def scanned(examples: Path) -> ScanResult:
    return scan_of(examples)


@pytest.fixture
def hostile() -> ScanResult:
    return result(one_run(HOSTILE), problems=(PROBLEM,))


def test_every_format_of_the_settings_has_a_writer() -> None:
    assert set(option("scan.format").choices) == {"text", *WRITERS}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_names_every_finding_and_survives_every_name(
    name: str, scanned: ScanResult, hostile: ScanResult
) -> None:
    text = rendered(scanned, name, EVERYTHING)
    assert text.endswith("\n")
    for item, finding in findings(scanned):
        assert finding.code in text
        assert item.run.name in text.replace("\\", "")  # Markdown escapes underscores
    for odd in (rendered(hostile, name, EVERYTHING), rendered(result(), name, EVERYTHING)):
        assert "\x1b" not in odd
        assert "\x00" not in odd
        odd.encode("utf-8")


def test_json_lines_hold_what_the_json_holds(scanned: ScanResult, hostile: ScanResult) -> None:
    for about in (scanned, hostile):
        rows = [json.loads(line) for line in rendered(about, "jsonl", EVERYTHING).splitlines()]
        whole = strict(rendered(about, "json", EVERYTHING))
        kinds = [row.pop("kind") for row in rows]
        assert [row for row, kind in zip(rows, kinds, strict=True) if kind == "run"] == whole["runs"]
        assert [row for row, kind in zip(rows, kinds, strict=True) if kind == "problem"] == whole["problems"]
        assert kinds[-1] == "summary"
        assert rows[-1]["runs"] == len(whole["runs"])


def test_csv_has_a_row_a_run_and_no_formula(scanned: ScanResult, hostile: ScanResult) -> None:
    rows = list(csv.DictReader(io.StringIO(rendered(scanned, "csv", EVERYTHING))))
    assert [row["run"] for row in rows] == [item.run.id for item in scanned.runs]
    for row, item in zip(rows, scanned.runs, strict=True):
        assert row["verdict"] == item.diagnosis.verdict
        assert row["best_step"] == str(item.diagnosis.best_step)
        assert int(row["points"]) == item.run.points
    [odd] = csv.DictReader(io.StringIO(rendered(hostile, "csv", EVERYTHING)))
    assert odd["run"].startswith("'=cmd")
    assert odd["nan_step"] == "1"
    assert not any(re.match(r"\s*[=+\-@]", cell) for cell in odd.values())


def test_markdown_is_escaped(scanned: ScanResult, hostile: ScanResult) -> None:
    text = rendered(hostile, "markdown", EVERYTHING)
    rows = [line for line in text.splitlines() if line.startswith("| Divergence")]
    assert len(rows) == 1
    assert len(re.findall(r"(?<!\\)\|", rows[0])) == 7  # six cells, so no pipe of the name begins another
    assert not re.search(r"(?<!\\)<", text)
    assert not re.search(r"(?<!\\)`", text)
    known = Gate(Severity.INFO, frozenset((item.run.id, f.code) for item, f in findings(scanned)))
    assert "Known from the baseline" in rendered(scanned, "markdown", known)
    assert "Known from the baseline" not in rendered(scanned, "markdown", EVERYTHING)


class Tags(HTMLParser):
    """Collects tags, checks that they close in order."""

    VOID = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        assert not any(name.startswith("on") or name in {"src", "href"} for name, _ in attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_well_formed_and_loads_nothing(scanned: ScanResult, hostile: ScanResult) -> None:
    for about in (scanned, hostile, result()):
        page = rendered(about, "html", EVERYTHING)
        tags = Tags()
        tags.feed(page)
        tags.close()
        assert tags.open == []
        assert "script" not in tags.seen
        assert not re.search(r"https?://|@import|url\(", page)
        assert tags.seen.count("tr") == (len(about.runs) + 1 if about.runs else 0)
    assert "<script>alert(1)</script>" in tags.text or "<script>" not in page


def test_junit_counts_agree_with_its_cases(scanned: ScanResult, hostile: ScanResult) -> None:
    for about, gate in ((scanned, Gate()), (scanned, EVERYTHING), (scanned, Gate(None)), (hostile, Gate())):
        root = ElementTree.fromstring(rendered(about, "junit", gate))
        check_junit(root)
        cases = root.findall("testsuite/testcase")
        errors = [p for p in about.problems if p.level is ProblemLevel.ERROR]
        assert len(cases) == len(about.runs) + len(errors)
        failed = {item.run.id for item, _ in gate.failures(about)}
        assert len(root.findall(".//failure")) == len(failed)
        assert len(root.findall(".//error")) == len(errors)


def check_junit(root: ElementTree.Element) -> None:
    """What the schema of Jenkins' xUnit plugin (junit-10.xsd) and of GitLab ask of elements, attributes and order."""
    assert root.tag == "testsuites"
    assert set(root.attrib) <= {"name", "time", "tests", "failures", "disabled", "errors"}
    for suite in root:
        assert suite.tag == "testsuite"
        assert {"name", "tests"} <= set(suite.attrib) <= {"name", "tests", "failures", "errors", "time", "skipped"}
        for key in ("tests", "failures", "errors", "skipped"):
            assert suite.attrib[key].isdecimal()
        assert int(suite.attrib["tests"]) == len(suite)
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert int(suite.attrib["errors"]) == len(suite.findall("testcase/error"))
        for case in suite:
            assert case.tag == "testcase"
            assert set(case.attrib) == {"name", "classname", "time"}
            kinds = [child.tag for child in case]
            assert kinds in ([], ["failure"], ["error"], ["system-out"], ["failure", "system-out"])
            for child in case:
                assert set(child.attrib) == (set() if child.tag == "system-out" else {"message", "type"})
                assert len(child) == 0


def test_sarif_has_the_shape_of_its_schema(scanned: ScanResult, hostile: ScanResult) -> None:
    for about in (scanned, hostile, result()):
        log = strict(rendered(about, "sarif", EVERYTHING))
        check_sarif(log)
        [run] = log["runs"]
        expected = [(finding.code, item.run.id) for item, finding in findings(about)]
        names = [(r["ruleId"], r["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]) for r in run["results"]]
        if about is scanned:
            assert names == expected
        assert len(names) == len(expected)
        assert run["invocations"][0]["executionSuccessful"] is (about is not hostile)
    known = Gate(Severity.INFO, frozenset((item.run.id, f.code) for item, f in findings(scanned)))
    states = [r["baselineState"] for r in json.loads(rendered(scanned, "sarif", known))["runs"][0]["results"]]
    assert set(states) == {"unchanged"}


def only(value: dict[str, Any], required: set[str], allowed: set[str]) -> None:
    assert required <= set(value) <= required | allowed, value


def check_sarif(log: dict[str, Any]) -> None:
    """The parts of sarif-schema-2.1.0.json that we write: required properties, no others, types, enumerations."""
    only(log, {"version", "runs", "$schema"}, set())
    assert log["version"] == "2.1.0"
    for run in log["runs"]:
        only(run, {"tool"}, {"results", "invocations", "columnKind"})
        assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
        driver = run["tool"]["driver"]
        only(driver, {"name"}, {"version", "rules"})
        ids = [rule["id"] for rule in driver["rules"]]
        assert ids == [rule.code for rule in RULES]
        assert len(set(ids)) == len(ids)
        for rule in driver["rules"]:
            only(rule, {"id"}, {"name", "shortDescription"})
            only(rule["shortDescription"], {"text"}, set())
        for invocation in run["invocations"]:
            only(invocation, {"executionSuccessful"}, {"toolExecutionNotifications"})
            for note in invocation["toolExecutionNotifications"]:
                only(note, {"message"}, {"descriptor", "level", "locations"})
                assert note["level"] in {"none", "note", "warning", "error"}
                check_locations(note["locations"])
        for found in run["results"]:
            allowed = {"ruleId", "ruleIndex", "level", "locations", "partialFingerprints", "rank", "baselineState"}
            only(found, {"message"}, allowed)
            assert found["message"]["text"]
            assert found["level"] in {"none", "note", "warning", "error"}
            assert found["baselineState"] in {"new", "unchanged", "updated", "absent"}
            assert 0 <= found["rank"] <= 100
            if "ruleIndex" in found:
                assert ids[found["ruleIndex"]] == found["ruleId"]
            assert all(isinstance(value, str) for value in found["partialFingerprints"].values())
            check_locations(found["locations"])


def check_locations(locations: list[dict[str, Any]]) -> None:
    for location in locations:
        only(location, {"physicalLocation"}, {"logicalLocations"})
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert uri.isascii()
        assert not re.search(r"[\s<>\"{}|\\^`]", uri)  # not allowed in a URI reference (RFC 3986)
        assert urlsplit(uri).scheme in {"", "file"}
        for logical in location.get("logicalLocations", []):
            only(logical, {"name", "fullyQualifiedName"}, set())


def test_github_annotations_are_one_line_each(scanned: ScanResult, hostile: ScanResult) -> None:
    lines = rendered(scanned, "github", EVERYTHING).splitlines()
    assert len(lines) == len(list(findings(scanned))) + len(
        [p for p in scanned.problems if p.level is not ProblemLevel.INFO]
    )
    odd = rendered(hostile, "github", EVERYTHING).splitlines()
    assert len(odd) == 2
    for line in lines + odd:
        match = re.fullmatch(r"::(error|warning|notice) file=([^:,]+),title=([^:,]+)::(.+)", line)
        assert match, line
        assert not re.search(r"%(?!25|0A|0D|3A|2C)", line)
    known = Gate(Severity.INFO, frozenset((item.run.id, f.code) for item, f in findings(scanned)))
    assert "title=ST01" not in rendered(scanned, "github", known)


def test_paths_below_the_current_folder_are_relative(
    examples: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def uris(folder: Path) -> set[str]:
        monkeypatch.chdir(folder)
        [run] = json.loads(rendered(scan([examples]), "sarif", EVERYTHING))["runs"]
        return {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]}

    assert all(not uri.startswith(("/", "file:")) for uri in uris(examples))
    assert all(Path(unquote(urlsplit(uri).path)).exists() for uri in uris(tmp_path))
    assert all(uri.startswith("file:///") for uri in uris(tmp_path))
