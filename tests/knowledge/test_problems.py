"""Every problem that the source can report is explained, and nothing is explained that no source reports."""

from __future__ import annotations

import pytest

from lossdoctor.cli.main import run
from lossdoctor.errors import KnowledgeError
from lossdoctor.knowledge.problems import build_problems, load_problems
from tests.helpers.problem_codes import codes_in_source

# Made by an expression that the search of the source cannot see.
_COMPUTED = {"text_table"}


def test_every_code_of_the_source_is_explained_and_no_other() -> None:
    found = codes_in_source()
    assert len(found) > 60
    explained = set(load_problems())
    assert {code: path for code, path in found.items() if code not in explained} == {}
    assert explained - set(found) == _COMPUTED


def test_explain_tells_what_was_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "steps-go-back"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    entry = load_problems()["steps_go_back"]
    assert all(text in said for text in (entry.meaning, entry.done, entry.remedy))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "holds no"),
        ({"problem": {"a": {"meaning": "X."}}}, "problem a must have"),
        ({"problem": {"a": {"meaning": "X.", "done": "Y.", "remedy": "no full stop"}}}, "remedy of problem a"),
    ],
)
def test_a_damaged_file_is_named(data: dict[str, object], said: str) -> None:
    with pytest.raises(KnowledgeError, match=said):
        build_problems(data, "problems.toml")
