"""Section: what the user noted on the curves of a run."""

from __future__ import annotations

from collections.abc import Sequence

from lossdoctor import formatting
from lossdoctor.report.blocks import Block, Bullets, Heading
from lossdoctor.workspace.run_marks import Note

_MOST = 12


def notes(given: Sequence[Note], step_unit: str) -> tuple[Block, ...]:
    """The notes by step, each with its place; nothing when there are none."""
    if not given:
        return ()
    shown = tuple(_sentence(note, step_unit) for note in given[:_MOST])
    return Heading("Notes"), Bullets(shown, max(0, len(given) - _MOST), noun="note")


def _sentence(note: Note, unit: str) -> str:
    first, last = formatting.step(round(note.first)), formatting.step(round(note.last))
    where = f"{unit} {first}" if first == last else f"{unit}s {first} to {last}"
    return f"{note.tag}, {where}: {note.text}" if note.tag else f"{where}: {note.text}"
