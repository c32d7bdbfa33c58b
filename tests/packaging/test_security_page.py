"""The help's promises of security name tests that are there."""

from __future__ import annotations

import re

from lossdoctor.resources import resource
from tests.conftest import ROOT

PAGE = resource("help", "security.md").read_text(encoding="utf-8")
PROMISES = [line for line in PAGE.splitlines() if line.startswith("| **")]


def test_every_promise_names_tests_that_exist() -> None:
    assert len(PROMISES) >= 10
    for promise in PROMISES:
        named = re.findall(r"`(tests/[\w/]+\.py)`", promise)
        assert named or "The same files" in promise, promise
        for path in named:
            assert (ROOT / path).is_file(), path
