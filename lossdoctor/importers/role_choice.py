"""Puts the user's choice of roles in place of what the tags suggest, by regular expression or for single series."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from lossdoctor.importers.options import RoleRule
from lossdoctor.runs import Problem, ProblemLevel, Role, RoleAssignment, Run

CHOSEN = "chosen by you"
_MAX_TAGS = 8


def with_role_rules(run: Run, rules: Sequence[RoleRule]) -> Run:
    """The run with every rule applied that finds a tag in it; the same run when none does.

    A series that several rules find belongs to the first one. Of the series one rule finds, the primary is the one
    whose whole tag matches, else the one that had the role already, else the one with most points.
    """
    choices: dict[str, tuple[Role, str]] = {}
    for rule in rules:
        for tag in _found(run, rule):
            choices.setdefault(tag, (rule.role, f"{CHOSEN} ({rule.origin})" if rule.origin else CHOSEN))
    return with_roles(run, choices)


def with_roles(run: Run, choices: Mapping[str, tuple[Role, str]]) -> Run:
    """The run with roles chosen for single series; the first series chosen for a role is the primary one.

    Args:
        run: its other series keep their roles, but none stays primary beside a chosen one; where the primary series
            was given another role, the longest of its role takes its place.
        choices: role and reason by tag; tags the run does not have are passed over.
    """
    present = {series.tag for series in run.series}
    wanted = {tag: choice for tag, choice in choices.items() if tag in present}
    if not wanted:
        return run
    primaries: dict[Role, str] = {role: tag for tag, (role, _) in reversed(wanted.items()) if role is not Role.OTHER}
    roles = [_assigned(old, wanted, primaries) for old in run.roles]
    known = {old.tag for old in run.roles}
    roles += [
        RoleAssignment(role, tag, primaries.get(role) == tag, why)
        for tag, (role, why) in wanted.items()
        if tag not in known
    ]
    return replace(run, roles=tuple(_promoted(run, roles)))


def _assigned(
    old: RoleAssignment, wanted: Mapping[str, tuple[Role, str]], primaries: Mapping[Role, str]
) -> RoleAssignment:
    if old.tag in wanted:
        role, why = wanted[old.tag]
        return RoleAssignment(role, old.tag, primaries.get(role) == old.tag, why)
    if old.primary and old.role in primaries:
        return replace(old, primary=False, reason=f"{old.reason}; you chose {primaries[old.role]}")
    return old


def _promoted(run: Run, roles: list[RoleAssignment]) -> list[RoleAssignment]:
    """Roles in which every one that had a primary series has one again, as far as there are series for it."""
    lacking = {old.role for old in run.roles if old.primary} - {item.role for item in roles if item.primary}
    for role in lacking:
        members = [item for item in roles if item.role is role]
        if members:
            best = max(members, key=lambda item: _points(run, item.tag))
            roles[roles.index(best)] = replace(best, primary=True)
    return roles


def _found(run: Run, rule: RoleRule) -> list[str]:
    """The tags that a rule finds, the one for the primary series first."""
    pattern = re.compile(rule.pattern)
    had = {item.tag for item in run.roles if item.role is rule.role and item.primary}
    tags = [series.tag for series in run.series if pattern.search(series.tag)]
    return sorted(tags, key=lambda tag: (pattern.fullmatch(tag) is None, tag not in had, -_points(run, tag)))


def _points(run: Run, tag: str) -> int:
    series = run.get(tag)
    return 0 if series is None else len(series)


def unmatched(rules: Sequence[RoleRule], runs: Sequence[Run]) -> list[Problem]:
    """A problem for every rule that finds no series in any of the runs; none when there are no runs."""
    return unmatched_tags(rules, (series.tag for run in runs for series in run.series))


def unmatched_tags(rules: Sequence[RoleRule], found: Iterable[str]) -> list[Problem]:
    """The same, from the tags of all runs."""
    tags = dict.fromkeys(found)
    if not tags:
        return []
    return [_unmatched(rule, list(tags)) for rule in rules if not any(re.search(rule.pattern, tag) for tag in tags)]


def _unmatched(rule: RoleRule, tags: list[str]) -> Problem:
    listed = ", ".join(tags[:_MAX_TAGS]) + (f" and {len(tags) - _MAX_TAGS} more" if len(tags) > _MAX_TAGS else "")
    text = f"no series has a tag that {rule.pattern!r} finds, so the choice of {rule.role} changes nothing."
    return Problem("role_unmatched", ProblemLevel.WARNING, rule.origin or "roles", text, f"There are: {listed}.")
