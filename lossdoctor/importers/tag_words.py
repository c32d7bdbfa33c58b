"""Splits a tag into words: "Train/BoxLoss_epoch" -> train, box, loss, epoch."""

from __future__ import annotations

import re
from functools import lru_cache

from lossdoctor.importers.role_words import GLUED_ENDS, GLUED_STARTS, VOCABULARY

_SEPARATORS = re.compile(r"[^0-9A-Za-z]+")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_MAX_TAG = 500


@lru_cache(maxsize=20_000)
def words(tag: str) -> tuple[str, ...]:
    """The lower-case words of a tag, in order. A known word is never split: mAP, top1 and L2 stay whole."""
    found: list[str] = []
    for chunk in _SEPARATORS.split(tag[:_MAX_TAG]):
        if chunk:
            found += _chunk_words(chunk)
    return tuple(found)


def _chunk_words(chunk: str) -> list[str]:
    if chunk.lower() in VOCABULARY:
        return [chunk.lower()]
    result: list[str] = []
    for part in _CAMEL.findall(chunk):
        word = part.lower()
        result += [word] if word in VOCABULARY else _unglued(word)
    return result


def _unglued(word: str) -> list[str]:
    """A word that other words are stuck together in: "valloss" -> val, loss; "lossless" stays what it is."""
    for end in GLUED_ENDS:
        if word.endswith(end) and len(word) > len(end):
            return [word[: -len(end)], end]
    for start in GLUED_STARTS:
        if word.startswith(start) and word[len(start) :] in VOCABULARY:
            return [start, word[len(start) :]]
    return [word]
