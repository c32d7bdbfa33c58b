"""What the user found out stands in the report, and the causes left are weighed anew."""

from __future__ import annotations

from lossdoctor.knowledge.marks import Mark, Standing
from lossdoctor.report.blocks import CauseList, Checklist, Columns
from lossdoctor.report.sections.causes import causes
from lossdoctor.resources import resource
from lossdoctor.workspace.scan import scan


def test_ruled_out_and_confirmed_stand_in_the_checklist() -> None:
    (item,) = scan([resource("examples", "03-overfitting")]).runs
    first, second = (cause.id for cause in item.diagnosis.causes[:2])
    marks = {first: Mark(Standing.RULED_OUT, "more data: same"), second: Mark(Standing.CONFIRMED)}
    (columns,) = causes(item, marks)
    assert isinstance(columns, Columns)
    ranked = next(block for block in columns.left if isinstance(block, CauseList))
    checklist = next(block for block in columns.right if isinstance(block, Checklist))
    titles = {cause.id: cause.title for cause in item.diagnosis.causes}
    assert (checklist.items[0].about, checklist.items[0].found_out) == (titles[second], "confirmed")
    assert (checklist.items[-1].about, checklist.items[-1].found_out) == (titles[first], "ruled out: more data: same")
    assert checklist.items[0].ticked
    assert not checklist.items[1].ticked
    assert ranked.items[0].title == titles[second]


def test_without_marks_nothing_changes() -> None:
    (item,) = scan([resource("examples", "03-overfitting")]).runs
    assert causes(item) == causes(item, {})
