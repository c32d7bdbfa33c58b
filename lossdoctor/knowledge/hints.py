"""Turns the names of missing logs into sentences that say what to log and how."""

from __future__ import annotations

from collections.abc import Mapping

from lossdoctor.knowledge.catalogue import load_hints

# More than this is no longer a hint but a homework list.
MAX_HINTS = 3
_SETTING = "config."


def sentences(missing: Mapping[str, float]) -> tuple[str, ...]:
    """One sentence for each missing log, those that could change most first, settings together in one.

    Args:
        missing: hint ids ("grad_norm", "config.dropout") with the weight at stake.
    """
    settings = [name.removeprefix(_SETTING) for name in missing if name.startswith(_SETTING)]
    stakes = {name: stake for name, stake in missing.items() if not name.startswith(_SETTING)}
    if settings:
        stakes["config"] = max(missing[_SETTING + name] for name in settings)
    order = sorted(stakes, key=lambda name: (-stakes[name], name))[:MAX_HINTS]
    hints = load_hints()
    return tuple(_sentence(hints[name].text, hints[name].snippets[0].code, settings) for name in order)


def _sentence(text: str, code: str, settings: list[str]) -> str:
    names = ", ".join(sorted(settings))
    first = sorted(settings)[0] if settings else ""
    return f"{text.replace('{setting}', names)} {code.replace('{setting}', first)}"
