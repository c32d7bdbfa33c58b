"""The two small protocols through which long work reports and is stopped."""

from __future__ import annotations

from typing import Protocol


class Cancelled(Exception):  # noqa: N818  # not an error: the user asked for it
    """The user stopped the work; nothing is shown."""


class Progress(Protocol):
    """Receives how far the work is."""

    def __call__(self, done: int, total: int, what: str) -> None:
        """`done` of `total` units (0 when unknown); `what` names the item in hand."""


class Cancel(Protocol):
    """Asked between units of work whether to go on."""

    def __call__(self) -> bool:
        """True when the work is to stop; the worker then raises `Cancelled`."""


def silent(done: int, total: int, what: str) -> None:
    """A Progress that shows nothing."""


def never() -> bool:
    """A Cancel that never stops."""
    return False
