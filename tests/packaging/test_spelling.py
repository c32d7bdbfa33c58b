"""The documents are spelled right: every word is in the dictionary or in words.txt, which holds names and terms."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.packaging.documents import documents, name_of, prose

WORDS = Path(__file__).parent / "words.txt"
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")


@cache
def unknown(word: str) -> bool:
    """Whether neither dictionary nor list know a word, with or without a genitive."""
    return word not in _own() and word not in _dictionary()


@cache
def _own() -> frozenset[str]:
    return frozenset(WORDS.read_text().split())


@cache
def _dictionary():  # type: ignore[no-untyped-def]
    from spellchecker import SpellChecker

    return SpellChecker(language="en")


def misspelled(text: str) -> set[str]:
    folded = {found.lower() for found in _WORD.findall(text)}
    return {word for word in folded if unknown(word) and unknown(word.removesuffix("'s"))}


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_every_word_is_known(document: Path) -> None:
    assert misspelled(prose(document)) == set()


def test_a_slip_is_seen() -> None:
    assert misspelled("The vallidation loss recieves nothing, and the optimiser's gradients vanish.") == {
        "vallidation", "recieves",
    }  # fmt: skip


def test_the_list_is_in_order() -> None:
    words = WORDS.read_text().split()
    assert words == sorted(set(words))
