"""`rules`, `formats` and `explain` know everything the registries know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lossdoctor.findings import Verdict
from lossdoctor.importers.base import Importer
from lossdoctor.importers.help_pages import format_page
from lossdoctor.importers.registry import IMPORTERS
from lossdoctor.knowledge.catalogue import CauseEntry, load_causes, load_verdicts
from lossdoctor.rules.base import Rule
from lossdoctor.rules.registry import RULES

Cli = Callable[..., Any]


def flat(text: str) -> str:
    return " ".join(text.split())


def test_rules_lists_every_rule_on_a_line(lossdoctor: Cli) -> None:
    lines = lossdoctor("rules").out.splitlines()
    assert [line.split()[:2] for line in lines] == [[rule.code, rule.name] for rule in RULES]


def test_formats_lists_every_importer(lossdoctor: Cli) -> None:
    out = lossdoctor("formats").out
    for importer in IMPORTERS:
        assert f"{importer.name}: {importer.title}" in out
        assert flat(importer.help) in flat(out)


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.name)
def test_every_format_has_its_page(lossdoctor: Cli, importer: Importer) -> None:
    done = lossdoctor("formats", importer.name.replace("_", "-"))
    assert done.code == 0
    assert done.out.startswith(f"{importer.name}: {importer.title} (")
    for heading, bullets in format_page(importer.name).sections:
        assert f"\n{heading}\n" in done.out
        assert all(flat(bullet) in flat(done.out) for bullet in bullets)


@pytest.mark.parametrize(
    ("name", "said"),
    [("keras", "csv"), ("mmcv", "json_lines"), ("tensorbord", "tensorboard"), ("xyz", "Known formats"), ("", "Known")],
)
def test_a_format_that_does_not_exist_names_those_that_come_near(lossdoctor: Cli, name: str, said: str) -> None:
    done = lossdoctor("formats", name)
    assert done.code != 0
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_is_explained_by_code_and_by_name(lossdoctor: Cli, rule: Rule) -> None:
    by_code, by_name = lossdoctor("explain", rule.code), lossdoctor("explain", rule.name)
    assert by_code.code == by_name.code == 0
    assert by_code.out in by_name.out  # a verdict of the same name comes first
    for title in ("What it shows", "Why it matters", "How it is decided", "Easily confused with", "References"):
        assert f"\n{title}\n" in by_code.out
    for setting in rule.thresholds:
        assert setting.key in by_code.out


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_explained(lossdoctor: Cli, verdict: Verdict) -> None:
    done = lossdoctor("explain", verdict.replace("_", "-"))
    assert done.code == 0
    entry = load_verdicts()[verdict]
    assert flat(entry.meaning) in flat(done.out)
    assert flat(entry.first) in flat(done.out)


@pytest.mark.parametrize("cause", load_causes(), ids=lambda cause: cause.id)
def test_every_cause_is_explained(lossdoctor: Cli, cause: CauseEntry) -> None:
    done = lossdoctor("explain", cause.id.upper())
    assert done.code == 0
    assert flat(cause.fix) in flat(done.out)
    assert all(flat(experiment.text) in flat(done.out) for experiment in cause.experiments)


def test_an_unknown_topic_gets_suggestions(lossdoctor: Cli) -> None:
    done = lossdoctor("explain", "overfiting")
    assert (done.code, done.out) == (2, "")
    assert done.err == "lossdoctor: Nothing is called 'overfiting'. Did you mean overfitting or underfitting?\n"
