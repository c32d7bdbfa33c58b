"""Every rule against its case file: fires, near misses, not applicable, noisy variants; and the documentation's shape."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.findings import Outcome, Status
from lossdoctor.findings.evidence import EVIDENCE_SHAPES
from lossdoctor.rules.base import Rule
from lossdoctor.rules.registry import RULES, rule
from lossdoctor.rules.view import RunView
from lossdoctor.synth import run_of_recipe

CASES = Path(__file__).parent / "cases"
SECTIONS = (
    "What it shows", "Why it matters", "How it is decided", "Example that fires", "Example that does not",
    "Easily confused with", "References",
)  # fmt: skip


def _load() -> list[tuple[str, dict[str, Any]]]:
    cases = []
    for path in sorted(CASES.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            cases.append((path.stem, case))
    return cases


@pytest.mark.parametrize(("code", "case"), [pytest.param(c, k, id=f"{c}-{k['name']}") for c, k in _load()])
def test_case(code: str, case: dict[str, Any]) -> None:
    asked = rule(code)
    assert asked is not None
    seeds = range(5) if case["kind"] == "noisy" else range(1)
    for seed in seeds:
        run = run_of_recipe(case, seed)
        outcome = asked.check(RunView(run))
        if "verdict" in case:
            assert diagnose(run).verdict == case["verdict"]
        assert outcome.status == case["expect"], (seed, outcome)
        if "severity" in case:
            assert outcome.findings[0].severity == case["severity"]
        if "says" in case:
            said = outcome.findings[0].message.render() if outcome.findings else outcome.reason
            assert case["says"] in said
        _check_outcome(asked, outcome)


def _check_outcome(asked: Rule, outcome: Outcome) -> None:
    assert 0.0 <= outcome.probability <= 1.0
    assert bool(outcome.findings) == (outcome.status is Status.FOUND)
    assert outcome.reason or outcome.status is not Status.NOT_APPLICABLE
    for finding in outcome.findings:
        assert finding.code == asked.code
        assert finding.name == asked.name
        text = finding.message.render()
        assert text[0].isupper() or "/" in text.split()[0] or text.split()[0].islower()
        assert "{" not in text
        assert all(isinstance(e, EVIDENCE_SHAPES) for e in finding.evidence)


@pytest.mark.parametrize("asked", RULES, ids=lambda r: r.code)
def test_every_rule_has_its_cases(asked: Rule) -> None:
    kinds = {case["kind"] for code, case in _load() if code == asked.code}
    wanted = {"fires", "near_miss", "noisy"} | ({"not_applicable"} if asked.code != "IM01" else set())
    assert wanted <= kinds, f"{asked.code} lacks {wanted - kinds}"


@pytest.mark.parametrize("asked", RULES, ids=lambda r: r.code)
def test_documentation_has_the_fixed_sections_in_order(asked: Rule) -> None:
    text = type(asked).__doc__ or ""
    places = [text.find(section + ":") for section in SECTIONS]
    assert all(place > 0 for place in places), dict(zip(SECTIONS, places, strict=True))
    assert places == sorted(places)
    # Every threshold is named in "How it is decided", so the text cannot promise what the code does not do.
    decided = text[places[2] : places[3]]
    for setting in asked.thresholds:
        option = setting.key.split(".")[1]
        assert f"`{option}`" in decided or f"`{option}` times" in decided, f"{setting.key} is not explained"


def test_codes_and_names_are_unique_and_well_formed() -> None:
    codes = [r.code for r in RULES]
    names = [r.name for r in RULES]
    assert len(set(codes)) == len(codes)
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"(IM|CV|GN|ST|LR|GR|TP|HG)\d\d", code) for code in codes)
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)
    for r in RULES:
        assert all(setting.key.startswith(r.name + ".") for setting in r.thresholds)


def test_a_rule_is_found_by_code_and_by_name() -> None:
    assert rule("gn01") is rule("overfitting") is rule("OverFitting")
    assert rule("XX99") is None
