"""Turns the names of missing logs into sentences that say what to log and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lossdoctor.knowledge.catalogue import load_hints
from lossdoctor.knowledge.ranked import Move

# More than this is no longer a hint but a homework list.
MAX_HINTS = 3
_SETTING = "config."


def sentences(moves: Sequence[Move]) -> tuple[str, ...]:
    """One sentence with the shortest way to log it for each of the first `MAX_HINTS` moves."""
    return tuple(f"{move.text} {move.snippets[0][1]}" for move in moves[:MAX_HINTS])


def moves_of(missing: Mapping[str, tuple[float, float]]) -> tuple[Move, ...]:
    """What to log, the log that could move the cause most first; settings are taken together.

    Args:
        missing: hint ids ("grad_norm", "config.dropout") with the largest changes of the log-odds, up and down.
    """
    settings = sorted(name.removeprefix(_SETTING) for name in missing if name.startswith(_SETTING))
    stakes = {name: stake for name, stake in missing.items() if not name.startswith(_SETTING)}
    if settings:
        each = [missing[_SETTING + name] for name in settings]
        stakes["config"] = (sum(up for up, _ in each), sum(down for _, down in each))
    order = sorted(stakes, key=lambda name: (-max(stakes[name][0], -stakes[name][1]), name))
    return tuple(_move(name, stakes[name], settings) for name in order)


def _move(name: str, stake: tuple[float, float], settings: Sequence[str]) -> Move:
    hint = load_hints()[name]
    first = settings[0] if settings else ""
    snippets = tuple((item.framework, item.code.replace("{setting}", first)) for item in hint.snippets)
    return Move(name, hint.text.replace("{setting}", ", ".join(settings)), *stake, snippets)
