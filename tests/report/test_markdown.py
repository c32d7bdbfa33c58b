"""The Markdown as GitHub reads it: tables with equal rows, boxes, links with targets, and names that mark up nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from lossdoctor.knowledge.marks import Mark, Standing
from lossdoctor.report.document import build_report
from lossdoctor.report.markdown import markdown_pieces
from lossdoctor.workspace.results import ScanResult

from . import reports
from .test_pdf import EVERY_RESULT


def markdown(result: ScanResult, **options: object) -> str:
    return "".join(markdown_pieces(build_report(result, reports.options(**options))))


@pytest.mark.parametrize("make", EVERY_RESULT, ids=lambda make: make.__name__)
def test_every_row_of_a_table_has_its_columns(make: Callable[[], ScanResult]) -> None:
    columns = None
    for line in markdown(make()).splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else None
        assert columns is None or cells is None or cells == columns, line
        columns = cells


@pytest.mark.parametrize("make", EVERY_RESULT, ids=lambda make: make.__name__)
def test_links_have_targets(make: Callable[[], ScanResult]) -> None:
    text = markdown(make())
    assert set(re.findall(r"\]\(#([\w-]+)\)", text)) <= set(re.findall(r'<a id="([\w-]+)">', text))


def test_names_mark_up_nothing() -> None:
    text = markdown(reports.hostile())
    assert not re.search(r"(?<!\\)<(?!a id=|/a>)", re.sub("`[^`\n]*`", "", text.replace("\\`", "")))
    assert r"\<script\>" in text
    assert r"a\|b \`c\` \*d\* \[e\]\(f\)" in text


def test_boxes_are_ticked() -> None:
    result = reports.ordinary(1)
    item = result.runs[0].diagnosis.causes[0].id
    text = markdown(result, marks={result.runs[0].run.id: {item: Mark(Standing.DONE)}})
    assert text.count("- [x] ") == 1
    assert text.count("- [ ] ") == 5


def test_what_was_found_out_is_told_and_weighed() -> None:
    result = reports.ordinary(1)
    first, second = (cause.id for cause in result.runs[0].diagnosis.causes[:2])
    found = {first: Mark(Standing.RULED_OUT, "no <b>effect</b>"), second: Mark(Standing.CONFIRMED)}
    text = markdown(result, marks={result.runs[0].run.id: found})
    assert r"found out: **ruled out: no \<b\>effect\</b\>**" in text
    assert "found out: **confirmed**" in text
    causes = text[text.index("### Likely causes") : text.index("### Checklist")]
    assert causes.index("Cause number 1") < causes.index("Cause number 2") < causes.index("Cause number 0")


def test_a_run_reads_from_verdict_to_checklist() -> None:
    text = markdown(reports.ordinary(1))
    order = [
        "## run0",
        "**Overfitting**",
        "### Findings",
        "### Numbers",
        "### Likely causes",
        "### Checklist",
        "## Appendix",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
