"""The validator refuses every kind of broken entry and names file and entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from lossdoctor.errors import KnowledgeError
from lossdoctor.findings import Verdict
from lossdoctor.knowledge.catalogue import CauseEntry, read_causes, read_toml
from lossdoctor.knowledge.validation import build_hints, build_order, build_verdicts
from lossdoctor.knowledge.vocabulary import FINDINGS, WITHOUT_CAUSE

EXPLAINS = "\n" + "".join(f"{name} = -1.0\n" for name in FINDINGS if name not in WITHOUT_CAUSE)
GOOD = f"""
[[cause]]
id = "a_cause"
title = "A cause"
explanation = "It is so. Therefore it happens."
prior_source = "estimate"
fix = "Mend it."
references = ["A book"]
[cause.explains]{EXPLAINS}
[[cause.evidence]]
predicate = "config_above"
args = {{ setting = "dropout", limit = 0.4 }}
weight = 1.0
text = "dropout is {{value:num}}"
source = "a paper"
[[cause.experiment]]
text = "Try it."
cost = "minutes"
[cause.snippets]
pytorch = "p()"
lightning = "l()"
keras = "k()"
hf = "h()"
"""

# what is replaced, by what, what the message must say
BROKEN = {
    "unknown finding": ("plateau = -1.0", "plateaux = -1.0", "unknown finding or verdict 'plateaux'"),
    "no explains": (f"[cause.explains]{EXPLAINS}", "", "explains is missing"),
    "prior no number": ("plateau = -1.0", 'plateau = "high"', "plateau is no number"),
    "prior absurd": ("plateau = -1.0", "plateau = 60.0", "plateau is no number within ±6"),
    "unknown predicate": ('"config_above"', '"config_over"', "unknown predicate 'config_over'"),
    "missing argument": ('setting = "dropout", ', "", "wrong arguments"),
    "surplus argument": ("limit = 0.4", "limit = 0.4, mood = 1", "wrong arguments"),
    "unknown setting": ('setting = "dropout"', 'setting = "drop"', "setting = 'drop' is unknown"),
    "odd argument": ("limit = 0.4", "limit = [1, 2]", "an argument is"),
    "unknown place in text": ("{value:num}", "{amount:num}", "{amount}, which the predicate does not give"),
    "unknown number format": ("{value:num}", "{value:.3f}", "unknown number format '.3f'"),
    "weight zero": ("weight = 1.0", "weight = 0.0", "a weight of 0"),
    "weight absurd": ("weight = 1.0", "weight = 40.0", "weight is no number within ±4"),
    "no evidence source": ('source = "a paper"', "", "source is missing"),
    "no text": ('text = "dropout is {value:num}"', "", "text is missing"),
    "else without text": ("weight = 1.0", "weight = 1.0\nelse_weight = -1.0", "else_text is missing"),
    "no experiment": ('[[cause.experiment]]\ntext = "Try it."\ncost = "minutes"', "", "no settling experiment"),
    "unknown cost": ('cost = "minutes"', 'cost = "a week"', "experiment cost 'a week'"),
    "no references": ('references = ["A book"]', "", "no source in references"),
    "empty references": ('references = ["A book"]', "references = []", "no source in references"),
    "no prior source": ('prior_source = "estimate"', "", "prior_source is missing"),
    "no fix": ('fix = "Mend it."', 'fix = " "', "fix is missing"),
    "unknown key": ('fix = "Mend it."', 'fix = "Mend it."\nmood = "bad"', "unknown key mood"),
    "unknown evidence key": ("weight = 1.0", 'weight = 1.0\nmood = "bad"', "unknown key mood"),
    "bad id": ('id = "a_cause"', 'id = "A cause"', "is no slug"),
    "bad article point": ('fix = "Mend it."', 'fix = "Mend it."\narticle = 11', "article point 11"),
    "unknown framework": (
        'pytorch = "p()"',
        'jax = "j()"',
        "unknown framework 'jax'",
    ),
    "framework without snippet": ('keras = "k()"\n', "", "has no snippet for keras"),
    "finding without cause": ("periodic_loss = -1.0\n", "", "no cause explains the finding periodic_loss"),
}


def read(tmp_path: Path, text: str) -> tuple[CauseEntry, ...]:
    path = tmp_path / "causes.toml"
    path.write_text(text, encoding="utf-8")
    return read_causes((path,))


def test_the_good_file_is_read(tmp_path: Path) -> None:
    (cause,) = read(tmp_path, GOOD)
    assert cause.id == "a_cause"
    assert dict(cause.explains)["plateau"] == -1.0
    assert cause.evidence[0].args == (("limit", 0.4), ("setting", "dropout"))


@pytest.mark.parametrize(("old", "new", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_files_are_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(KnowledgeError) as caught:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert message in str(caught.value)
    assert "causes.toml" in str(caught.value)


def test_duplicate_ids_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"causes.toml, cause a_cause: the id is already used in causes.toml"):
        read(tmp_path, GOOD + GOOD)


def test_experiments_from_dear_to_cheap_are_refused(tmp_path: Path) -> None:
    dear = '[[cause.experiment]]\ntext = "All of it."\ncost = "full run"\n[[cause.experiment]]'
    with pytest.raises(KnowledgeError, match="not ordered"):
        read(tmp_path, GOOD.replace("[[cause.experiment]]", dear, 1))


def test_no_toml_an_empty_file_and_no_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"causes.toml"):
        read(tmp_path, "[[cause")
    with pytest.raises(KnowledgeError, match=r"no \[\[cause\]\] entry"):
        read(tmp_path, "x = 1")
    with pytest.raises(KnowledgeError, match=r"absent.toml"):
        read_toml(tmp_path / "absent.toml")


def test_verdicts_must_be_complete_and_known() -> None:
    good = {v.value: {"title": "t", "meaning": "m", "first": "f"} for v in Verdict}
    assert set(build_verdicts({"verdict": good}, "v.toml")) == set(Verdict)
    with pytest.raises(KnowledgeError, match=r"v.toml, verdict healthy: has no entry"):
        build_verdicts({"verdict": {k: v for k, v in good.items() if k != "healthy"}}, "v.toml")
    with pytest.raises(KnowledgeError, match="unknown key fine"):
        build_verdicts({"verdict": {**good, "fine": {}}}, "v.toml")


def test_hints_must_have_unique_ids() -> None:
    hint = {"id": "lr", "text": "Log it:", "snippets": {"pytorch": "x"}}
    assert set(build_hints({"hint": [hint]}, "h.toml")) == {"lr"}
    with pytest.raises(KnowledgeError, match="already used"):
        build_hints({"hint": [hint, hint]}, "h.toml")


def test_order_may_name_known_causes_only() -> None:
    texts = dict.fromkeys(("title", "why", "question", "fine", "wrong", "then"), "So.")
    step = {"id": "look", "cost": "minutes", "causes": ["a"], **texts}
    assert build_order({"step": [step]}, "o.toml", frozenset({"a"}))[0].causes == ("a",)
    with pytest.raises(KnowledgeError, match="unknown cause 'a'"):
        build_order({"step": [step]}, "o.toml", frozenset())
    with pytest.raises(KnowledgeError, match="same id"):
        build_order({"step": [step, step]}, "o.toml", frozenset({"a"}))
    with pytest.raises(KnowledgeError, match="cost"):
        build_order({"step": [{**step, "cost": "cheap"}]}, "o.toml", frozenset({"a"}))
    with pytest.raises(KnowledgeError, match="question is missing"):
        build_order({"step": [{**step, "question": ""}]}, "o.toml", frozenset({"a"}))
