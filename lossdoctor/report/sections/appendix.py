"""Section: how to read the report and to make it again: rules, thresholds, glossary, whole names, the command."""

from __future__ import annotations

import inspect
import platform
from collections.abc import Iterator
from datetime import datetime

import lossdoctor
from lossdoctor import formatting, safe_text
from lossdoctor.knowledge.catalogue import load_verdicts
from lossdoctor.report.blocks import Block, Bullets, Code, Column, Fact, Heading, KeyFacts, Paragraph, Table, Tone
from lossdoctor.report.options import ReportOptions
from lossdoctor.report.sections.overview import read_facts, when
from lossdoctor.rules.base import Rule
from lossdoctor.rules.choice import RuleChoice
from lossdoctor.rules.registry import RULES
from lossdoctor.settings import Setting
from lossdoctor.workspace.results import ScanResult

_DECIDED = "How it is decided:"
# Names longer than this do not fit in the tables above.
_LONG_NAME = 44
_MOST_NAMES = 200
# A shell may have put five thousand paths into it.
_MOST_COMMAND = 1500
_THRESHOLDS = (
    Column("Threshold", 2.6),
    Column("In force", 1.0, numeric=True),
    Column("What it means", 5.0, wraps=True),
)
_GLOSSARY = (
    Fact("Run", "One training from its first to its last logged point; it may have been restarted."),
    Fact("Series", "The points of one quantity that the trainer logged: steps and values."),
    Fact("Step", "What the horizontal axis counts: optimiser steps, iterations or epochs, as the log has them."),
    Fact("Verdict", "The one word for a run, weighed from all rules."),
    Fact("Confidence", "Of the verdicts given with 80 %, about 80 in 100 are right."),
    Fact("Finding", "A symptom that a rule saw, with its place on the curve and the numbers that decided."),
    Fact("Severity", "How much a finding matters if it is true; how sure it is, is said apart."),
    Fact("Cause", "A possible reason for findings; its probability weighs what the run shows for and against it."),
    Fact("Noise, sigma", "The scatter of neighbouring points about the smoothed curve; 3 sigma is rarely chance."),
    Fact("Best checkpoint", "The step with the lowest smoothed validation loss; without one, training loss."),
)


def appendix(result: ScanResult, options: ReportOptions, created: datetime) -> tuple[Block, ...]:
    """Everything a sceptical reader may ask for."""
    return (
        Heading("Appendix", 1, anchor="appendix"),
        *_origin(result, options, created),
        *_long_names(result),
        Heading("The verdicts", anchor="verdicts"),
        KeyFacts(tuple(Fact(verdict.label, entry.meaning) for verdict, entry in load_verdicts().items())),
        Heading("Glossary", anchor="glossary"),
        KeyFacts(_GLOSSARY),
        *_rules(result),
    )


def _rules(result: ScanResult) -> Iterator[Block]:
    """All rules; of a report on one run only those that saw something in it, or it would be mostly appendix."""
    found = {finding.code for item in result.runs for finding in item.diagnosis.findings}
    shown = [rule for rule in RULES if len(result.runs) != 1 or rule.code in found]
    if not shown:
        return
    yield Heading(
        "How each rule decides" if len(shown) == len(RULES) else "How the findings were decided", anchor="rules"
    )
    yield Paragraph(
        "Every rule looks at every run and gives a probability; the numbers below are the thresholds that were in "
        "force. `lossdoctor explain CODE` has the whole story of each, with examples and sources.",
        Tone.MUTED,
    )
    for rule in shown:
        yield from _rule(rule, result.rules)


def _origin(result: ScanResult, options: ReportOptions, created: datetime) -> Iterator[Block]:
    python = f"Python {platform.python_version()}, {platform.system()}"
    yield Heading("Where this comes from", anchor="origin")
    made = (Fact("Made", when(created)), Fact("With", f"lossdoctor {lossdoctor.__version__}, {python}"))
    yield KeyFacts((*made, *read_facts(result)))
    if options.command:
        yield Paragraph("The same report again, as long as the logs have not changed:")
        yield Code(safe_text.elide_middle(options.command, _MOST_COMMAND))


def _long_names(result: ScanResult) -> Iterator[Block]:
    names = tuple(item.run.id for item in result.runs if len(item.run.id) > _LONG_NAME)
    if names:
        yield Heading("Whole names of runs that are cut above", anchor="names")
        yield Bullets(names[:_MOST_NAMES], max(0, len(names) - _MOST_NAMES), noun="name")


def _rule(rule: Rule, choice: RuleChoice) -> Iterator[Block]:
    yield Heading(f"{rule.code}  {rule.title}", 3, anchor=f"rule-{rule.code}")
    yield Paragraph(rule.summary)
    if reason := choice.reason_against(rule):
        yield Paragraph(f"Not asked: {reason}.")
        return
    if decided := _decided(rule):
        yield Paragraph(decided)
    if rule.thresholds:
        chosen = rule.with_limits(dict(choice.limits))
        yield Table(_THRESHOLDS, tuple(_threshold(chosen, setting) for setting in rule.thresholds))


def _threshold(rule: Rule, setting: Setting) -> tuple[str, str, str]:
    """A threshold with its value in force; one that the user changed says what it is otherwise."""
    option = setting.key.partition(".")[2]
    value = rule.limit(option)
    changed = f" Set by you; {_limit(setting.default, setting.unit)} otherwise." if value != setting.default else ""
    return option, _limit(value, setting.unit), setting.help + changed


def _decided(rule: Rule) -> str:
    """The section of that name out of the rule's documentation, without code marks."""
    lines = (inspect.getdoc(type(rule)) or "").splitlines()
    if _DECIDED not in lines:
        return ""
    body = lines[lines.index(_DECIDED) + 1 :]
    kept = []
    for line in body:
        if not line.startswith(" "):
            break
        kept.append(line.strip())
    return " ".join(kept).replace("`", "")


def _limit(value: float, unit: str) -> str:
    return formatting.percent(value) if unit == "%" else f"{formatting.number(value)} {unit}".rstrip()
