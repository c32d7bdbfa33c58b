"""The conformance bench tells equal, explained and unexplained differences apart; the public corpus has none of the last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench.conformance import compare, listed, main

LOSS = {"n": 3, "first": 0.0, "last": 2.0, "nan": 1, "inf": 0}
TABLE = "epoch,loss\n0,1.5\n1,nan\n2,0.5\n"


def written(root: Path, files: dict[str, str], facts: list[dict[str, Any]]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "facts.jsonl").write_text("".join(json.dumps(fact) + "\n" for fact in facts))
    return root


def test_equal_explained_and_unexplained(tmp_path: Path) -> None:
    fact = {"path": "a/log.csv", "format": "keras_csv", "x_column": "epoch", "tags": {"loss": LOSS}}
    root = written(tmp_path, {"a/log.csv": TABLE, "a/note.txt": "hello\n"}, [fact])
    assert compare(root, fact).kind == "equal"
    explained = {**fact, "tags": {"loss": LOSS, "epoch": {**LOSS, "nan": 0}}}
    assert dict(compare(root, explained).reasons) == {"axis": 1}
    for key, value in (("n", 4), ("first", 1.0), ("last", 3.0), ("nan", 0), ("inf", 1)):
        assert compare(root, {**fact, "tags": {"loss": {**LOSS, key: value}}}).kind == "unexplained"
    assert compare(root, {**fact, "tags": {"loss": LOSS, "accuracy": LOSS}}).kind == "unexplained"
    assert compare(root, {**fact, "tags": {}}).kind == "unexplained"
    assert compare(root, {**fact, "truncated": "payload"}).kind == "unexplained"


def test_a_format_without_an_importer_is_unread_and_a_silent_file_is_not_fine(tmp_path: Path) -> None:
    fact = {"path": "m/loss", "format": "unknown", "tags": {"loss": LOSS}}
    root = written(tmp_path, {"m/loss": "nothing known\n", "m/x.csv": TABLE}, [fact])
    assert compare(root, fact).kind == "unread"
    assert compare(root, {"path": "m/x.csv", "format": "config", "head": TABLE}).kind == "unexplained"


def test_every_file_is_listed_and_the_exit_code_says_whether_all_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fact: dict[str, Any] = {"path": "a/log.csv", "format": "keras_csv", "tags": {"loss": LOSS}}
    root = written(tmp_path, {"a/log.csv": TABLE, "b/note.txt": "hello\n"}, [fact])
    assert [item["path"] for item in listed(root)] == ["a/log.csv", "b/note.txt"]
    assert main([str(root)]) == 0
    assert "all 2 files" in capsys.readouterr().out
    fact["tags"]["loss"] = {**LOSS, "n": 7}
    written(root, {}, [fact])
    assert main([str(root)]) == 1
    assert "a/log.csv: loss: {'n': 7" in capsys.readouterr().out


@pytest.mark.corpus
def test_the_public_logs_hold_nothing_unexplained(corpus: Path) -> None:
    root = corpus / "real"
    kinds = {verdict.kind for fact in listed(root) if (verdict := compare(root, fact))}
    assert "unexplained" not in kinds
    assert "traceback" not in kinds
    assert "unread" not in kinds
