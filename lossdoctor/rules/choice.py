"""RuleChoice: which rules are asked and with which thresholds, as the user settled it; like a linter's select and ignore.

A selector is a code ("ST03"), the beginning of codes ("ST") or a rule's name ("loss_spike"). Where a rule is both
selected and ignored the more exact selector wins, and of equally exact ones the ignoring one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lossdoctor.errors import UsageError
from lossdoctor.rules.base import Rule

# More than any beginning of a code has letters.
_EXACT = 99


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """What is looked for. Hashable; compares by content.

    Attributes:
        select: selectors of the rules to ask; empty for all.
        ignore: selectors of the rules not to ask.
        limits: thresholds that differ from the rules' defaults: (key, value), sorted by key.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    limits: tuple[tuple[str, float], ...] = ()

    def reason_against(self, rule: Rule) -> str:
        """Why a rule is not asked, "" when it is."""
        if not (self.select or self.ignore):
            return ""
        wanted, unwanted = _strength(rule, self.select), _strength(rule, self.ignore)
        if unwanted and unwanted >= wanted:
            return "ignored by your settings"
        return "not selected by your settings" if self.select and not wanted else ""

    def asks(self, rule: Rule) -> bool:
        """Whether a rule is asked."""
        return not self.reason_against(rule)


EVERY_RULE = RuleChoice()


def _strength(rule: Rule, selectors: Iterable[str]) -> int:
    """How exactly the best of these selectors names a rule; 0 when none does."""
    return max((_match(rule, selector) for selector in selectors), default=0)


def _match(rule: Rule, selector: str) -> int:
    wanted = selector.strip().lower().replace("-", "_")
    if wanted in (rule.name, rule.code.lower()):
        return _EXACT
    return len(wanted) if wanted and rule.code.lower().startswith(wanted) else 0


def check_selectors(selectors: Iterable[str], rules: Sequence[Rule], where: str) -> None:
    """Refuses selectors that name no rule.

    Args:
        selectors: codes, beginnings of codes, names.
        rules: the rules there are.
        where: names the place in the message: "--select", "lossdoctor.toml, line 3, ignore".

    Raises:
        UsageError: one of them names none; the hint says which names come near.
    """
    for selector in selectors:
        if not any(_match(rule, selector) for rule in rules):
            raise UsageError(f"{where}: no rule is called {selector!r}.", near_names(selector, rules))


def near_names(word: str, rules: Sequence[Rule]) -> str:
    """A hint with the codes and names that look like a word."""
    names = [name for rule in rules for name in (rule.code.lower(), rule.name)]
    near = difflib.get_close_matches(word.strip().lower().replace("-", "_"), names, n=2)
    shown = [name.upper() if any(name == rule.code.lower() for rule in rules) else name for name in near]
    return f"Did you mean {' or '.join(shown)}?" if shown else "`lossdoctor rules` lists codes and names."


def all_limits(rules: Sequence[Rule], choice: RuleChoice) -> Mapping[str, float]:
    """Every threshold in force, by key, in the order of the rules."""
    changed = dict(choice.limits)
    return {s.key: changed.get(s.key, s.default) for rule in rules for s in rule.thresholds}
