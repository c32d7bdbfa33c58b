"""What event files hold besides curves: texts, hyper-parameters and tensors, read by tbparse when somebody asks.

Diagnosis needs none of it (hparams apart, which the importer decodes itself), so no scan pays for it.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lossdoctor.errors import InputError

# tbparse holds a file whole, several times over.
MAX_BYTES = 512 << 20
_LONGEST = 100_000  # characters of one value


class ContentKind(StrEnum):
    """What can be asked for; the values are tbparse's event types."""

    TEXT = "text"
    HPARAMS = "hparams"
    TENSORS = "tensors"


@dataclass(frozen=True, slots=True)
class Entry:
    """One value: its tag, its step (None for hyper-parameters) and itself as text; a tensor as shape and numbers."""

    tag: str
    step: int | None
    value: str


def read_content(paths: Sequence[str], kind: ContentKind) -> tuple[Entry, ...]:
    """Everything of one kind in some event files, in the order in which tbparse gives it.

    Raises:
        InputError: a file is too large for tbparse, or it cannot read it.
    """
    from tbparse import SummaryReader

    found: list[Entry] = []
    for path in paths:
        if os.path.getsize(path) > MAX_BYTES:
            raise InputError(f"{path} is larger than {MAX_BYTES >> 20} MB.", "Ask for its curves instead.")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about pandas, not about the file
                table = getattr(SummaryReader(path, event_types={str(kind)}), str(kind))
        except Exception as error:  # whatever a damaged file makes another library raise
            hint = "lossdoctor's own reader gets further: leave --content away."
            raise InputError(f"{path} cannot be read by tbparse ({type(error).__name__}).", hint) from error
        for row in table.to_dict("records"):
            step = row.get("step")
            found.append(Entry(str(row["tag"]), None if step is None else int(step), _text(row["value"])))
    return tuple(found)


def _text(value: object) -> str:
    import numpy as np

    if isinstance(value, np.ndarray) and value.ndim:
        numbers = np.array2string(value, threshold=20, precision=6)
        return f"{value.dtype} {list(value.shape)}: {numbers}"
    return str(value)[:_LONGEST]
