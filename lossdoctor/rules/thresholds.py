"""From settings to a RuleChoice: checks selectors and thresholds against the rules there are."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from lossdoctor.errors import UsageError
from lossdoctor.rules.base import Rule
from lossdoctor.rules.choice import RuleChoice, check_selectors, near_names
from lossdoctor.rules.registry import RULES, rule
from lossdoctor.settings import Setting
from lossdoctor.settings.files import Entry
from lossdoctor.settings.in_force import LAYERS, InForce
from lossdoctor.settings.option import number_trouble


def rule_choice(settings: InForce, rules: Sequence[Rule] = RULES) -> RuleChoice:
    """Which rules are asked and with which thresholds.

    Raises:
        UsageError: a selector or threshold names no rule, or a value lies outside the range that the rule declares;
            the message names file and line.
    """
    for key in ("select", "ignore"):
        entry = settings.entries[key]
        check_selectors(
            settings.names(key), rules, f"{entry.origin}, {key}" if entry.origin.line else str(entry.origin)
        )
    limits = {key: value for key, value, _ in thresholds(settings)}
    changed = {s.key: limits[s.key] for r in rules for s in r.thresholds if limits.get(s.key, s.default) != s.default}
    return RuleChoice(settings.names("select"), settings.names("ignore"), tuple(sorted(changed.items())))


def thresholds(settings: InForce) -> list[tuple[str, float, Entry]]:
    """The thresholds that files set, as (key of the rule's setting, value, entry), the weaker file first.

    Raises:
        UsageError: as in `rule_choice`.
    """
    entries = sorted(settings.below("rules").items(), key=lambda item: LAYERS.index(item[1].origin.layer))
    return [(*_threshold(name, entry), entry) for name, entry in entries]


def _threshold(name: str, entry: Entry) -> tuple[str, float]:
    asked, _, wanted = name.partition(".")
    found = rule(asked)
    if found is None:
        raise UsageError(f"{entry.origin}: no rule is called {asked!r}.", near_names(asked, RULES))
    setting = _setting(found, wanted.replace("-", "_"), entry)
    if (trouble := number_trouble(entry.value, setting.low, setting.high)) is not None:
        raise UsageError(f"{entry.origin}: rules.{name} {trouble}", setting.help)
    return setting.key, float(entry.value)  # type: ignore[arg-type]  # number_trouble saw to that


def _setting(found: Rule, wanted: str, entry: Entry) -> Setting:
    short = {setting.key.partition(".")[2]: setting for setting in found.thresholds}
    if wanted in short:
        return short[wanted]
    near = difflib.get_close_matches(wanted, short, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"It has {', '.join(short)}." if short else "It has none."
    raise UsageError(f"{entry.origin}: {found.code} {found.name} has no threshold called {wanted!r}.", hint)
