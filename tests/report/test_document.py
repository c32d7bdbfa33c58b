"""What a report says, whatever it is written as: the doubts, the experiments, the pairs, the settings, the thresholds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from lossdoctor.diagnosis.replay import could_have_stopped
from lossdoctor.errors import InputError
from lossdoctor.findings import Verdict
from lossdoctor.report.blocks import (
    Block,
    Bullets,
    Code,
    Columns,
    Heading,
    InlineFacts,
    KeyFacts,
    Link,
    Page,
    Sparkline,
    Table,
    Title,
)  # fmt: skip
from lossdoctor.report.document import build_report
from lossdoctor.report.options import LOGO_BYTES, ReportOptions, read_logo
from lossdoctor.report.sections.comparison import pairs_to_compare
from lossdoctor.report.sections.configuration import shown_value
from lossdoctor.report.sections.numbers import best_point, numbers_of
from lossdoctor.report.sections.sparklines import sparkline
from lossdoctor.rules.choice import RuleChoice
from lossdoctor.runs import ConfigValue, Role, Run, Series
from lossdoctor.workspace.contrasts import contrasts_of_all
from lossdoctor.workspace.results import DiagnosedRun, ScanResult

from . import reports, samples

_T = TypeVar("_T")


def every_block(blocks: Iterable[Block]) -> list[Block]:
    found: list[Block] = []
    for block in blocks:
        found.append(block)
        if isinstance(block, Page):
            found += every_block(block.make())
        elif isinstance(block, Columns):
            found += every_block((*block.left, *block.right))
    return found


def blocks_of(result: ScanResult, options: ReportOptions | None = None) -> list[Block]:
    return every_block(build_report(result, options or reports.options()).blocks)


def of_kind(kind: type[_T], blocks: Iterable[object]) -> list[_T]:
    return [block for block in blocks if isinstance(block, kind)]


def after(heading: str, blocks: list[Block]) -> Block:
    """The block that follows a heading."""
    index = next(i for i, block in enumerate(blocks) if isinstance(block, Heading) and block.text.startswith(heading))
    return blocks[index + 1]


def with_verdict(name: str, verdict: Verdict, confidence: float) -> DiagnosedRun:
    diagnosis = dataclasses.replace(samples.diagnosis(verdict, findings=[]), confidence=confidence)
    return DiagnosedRun(samples.run(name), diagnosis)


def test_the_first_page_says_what_was_read_and_when() -> None:
    blocks = blocks_of(reports.ordinary(3), reports.options(title="My sweep"))
    title = of_kind(Title, blocks)[0]
    assert title.text == "My sweep"
    assert title.subtitle.startswith("1 March 2026, 12:00 UTC")
    facts = {fact.label: fact.value for fact in of_kind(KeyFacts, blocks)[0].rows}
    assert facts["Folder"] == "/logs"
    assert facts["Runs"] == "3"


def test_what_to_trust_less_is_counted_and_named() -> None:
    result = samples.scanned(
        with_verdict("short", Verdict.TOO_SHORT, 0.9),
        with_verdict("vague", Verdict.PLATEAU, 0.41),
        with_verdict("sure", Verdict.PLATEAU, 0.95),
        DiagnosedRun(samples.make_run("blind", {("loss", Role.TRAIN_LOSS): (np.arange(9), np.ones(9))}),
                     samples.diagnosis(Verdict.PLATEAU, findings=[])),
    )  # fmt: skip
    doubts = after("Trust this less", blocks_of(result))
    assert isinstance(doubts, Bullets)
    assert doubts.items == (
        "1 run too short, or without a loss that could be judged: short.",
        "1 run with a verdict that is less than 70 % sure: vague.",
        "1 run without a validation loss, where overfitting cannot be seen: blind.",
    )


def test_nothing_to_doubt_is_not_a_section() -> None:
    headings = [heading.text for heading in of_kind(Heading, blocks_of(reports.ordinary(2)))]
    assert "Trust this less" not in headings


def test_the_experiment_that_settles_most_comes_first() -> None:
    entries = samples.causes(3)
    often, rarely = dataclasses.replace(entries[1], score=0.5), dataclasses.replace(entries[2], score=0.6)
    given = [(often,), (often,), (often, rarely)]
    items = [DiagnosedRun(samples.run(f"r{i}"), samples.diagnosis(ranked=ranked)) for i, ranked in enumerate(given)]
    blocks = blocks_of(samples.scanned(*items))
    table = next(t for t in of_kind(Table, blocks) if t.columns[1].title == "Experiment")
    assert [(row[1], row[4]) for row in table.rows] == [(often.experiment, "3"), (rarely.experiment, "1")]
    assert table.rows[1][5] == Link("r2", "run-3")


def test_pairs_differ_in_few_settings_and_in_verdict() -> None:
    result = reports.siblings()
    pairs = pairs_to_compare(result, contrasts_of_all(result.runs))
    assert [(pair.first.run.name, pair.second.run.name, len(pair.contrast.changes)) for pair in pairs] == [
        ("best", "lr", 1),
        ("best", "both", 2),
    ]
    table = after("What differs", blocks_of(result))
    assert isinstance(table, Table)
    assert table.rows == (("lr", "0.001", "0.1"),)


def test_a_run_page_names_the_siblings_that_did_better() -> None:
    bullets = after("Beside its siblings", blocks_of(reports.siblings()))
    assert isinstance(bullets, Bullets)
    assert "lr" in bullets.items[0]
    assert "best: healthy" in bullets.items[0]


def test_runs_without_settings_are_not_compared() -> None:
    result = reports.ordinary(4)
    assert pairs_to_compare(result, contrasts_of_all(result.runs)) == ()


def test_known_settings_come_first_and_the_rest_is_counted() -> None:
    config: dict[str, ConfigValue] = {f"logger.option{i}": i for i in range(40)} | {"lr": 3e-4}
    run = dataclasses.replace(samples.run("a"), config=config)
    facts = of_kind(InlineFacts, blocks_of(samples.scanned(DiagnosedRun(run, samples.diagnosis()))))[0]
    assert (facts.items[0].label, facts.items[0].value) == ("lr", "0.0003")
    assert len(facts.items) + facts.omitted == 41


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "yes"),
        (None, "none"),
        (0.1 + 0.2, "0.3"),
        (1e-5, "1e-5"),
        (2.5e-8, "2.5e-8"),
        (1e10, "1e10"),
        (100_000, "100\N{NARROW NO-BREAK SPACE}000"),
        ("adam", "adam"),
    ],
)
def test_settings_read_as_a_person_writes_them(value: ConfigValue, shown: str) -> None:
    assert shown_value(value) == shown


def test_best_is_lowest_for_losses_and_highest_for_metrics() -> None:
    series = Series("x", np.arange(5), np.array([3.0, 1.0, np.nan, 1.0, 9.0]))
    assert best_point(series, Role.VAL_LOSS) == (1, 1.0)
    assert best_point(series, Role.VAL_METRIC) == (4, 9.0)
    assert best_point(series, Role.LEARNING_RATE) is None
    assert best_point(Series("x", np.arange(2), np.full(2, np.nan)), Role.VAL_LOSS) is None


def test_a_last_nan_is_told() -> None:
    run = samples.make_run("a", {("loss", Role.TRAIN_LOSS): (np.arange(3), np.array([2.0, 1.0, np.nan]))})
    [numbers] = numbers_of(run)
    assert (numbers.first, numbers.best, numbers.best_step, numbers.last) == ("2", "1", "1", "NaN")


def test_a_sparkline_stays_in_its_cell_and_breaks_at_nan() -> None:
    values = np.concatenate([np.geomspace(5, 0.1, 400), np.full(50, np.nan), np.full(50, 1e9)])
    run: Run = samples.make_run("a", {("loss", Role.TRAIN_LOSS): (np.arange(500), values)})
    drawn = sparkline(run).line
    assert len(drawn) < 400
    assert all(0 <= x <= 1 and (np.isnan(y) or 0 <= y <= 1) for x, y in drawn)
    assert any(np.isnan(y) for _, y in drawn)
    assert sparkline(samples.make_run("b", {})) == Sparkline(())


def test_the_appendix_shows_the_thresholds_in_force() -> None:
    choice = RuleChoice(ignore=("ST03",), limits=(("overfitting.noise", 7.0),))
    result = dataclasses.replace(reports.ordinary(2), rules=choice)
    blocks = blocks_of(result, reports.options(command="lossdoctor report logs"))
    tables = [table for table in of_kind(Table, blocks) if table.columns[0].title == "Threshold"]
    changed = [row for table in tables for row in table.rows if "Set by you" in str(row[2])]
    assert [row[:2] for row in changed] == [("noise", "7 sigma")]
    assert str(changed[0][2]).endswith("Set by you; 3 sigma otherwise.")
    text = " ".join(getattr(block, "text", "") for block in blocks)
    assert "Not asked: ignored by your settings." in text
    assert of_kind(Code, blocks)[0].text == "lossdoctor report logs"


def test_whole_names_stand_in_the_appendix() -> None:
    names = after("Whole names", blocks_of(reports.hostile()))
    assert isinstance(names, Bullets)
    assert reports.HOSTILE_NAMES[1] in names.items


def test_a_logo_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    for name, content in (
        ("text.png", b"hello"),
        ("cut.png", b"\x89PNG\r\n\x1a\n123"),
        ("big.png", b"x" * (LOGO_BYTES + 1)),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError):
            read_logo(tmp_path / name)
    with pytest.raises(InputError):
        read_logo(tmp_path / "missing.png")


def test_the_head_says_from_when_on_the_verdict_was_clear() -> None:
    from lossdoctor.report.blocks import VerdictBanner
    from lossdoctor.report.sections.run_head import run_head
    from lossdoctor.resources import resource
    from lossdoctor.workspace.scan import scan

    def labels(example: str) -> list[str]:
        (item,) = scan([resource("examples", example)]).runs
        return [
            fact.label
            for block in run_head(item, could_have_stopped(item.run, item.diagnosis.verdict))
            if isinstance(block, VerdictBanner)
            for fact in block.facts
        ]

    assert "Clear from" in labels("03-overfitting")
    assert "Clear from" not in labels("01-healthy")
