"""Names that sections share."""

from __future__ import annotations


def anchor(number: int) -> str:
    """The anchor of the page of the `number`-th run; counted, because ids may hold anything and be alike when cut."""
    return f"run-{number}"
