"""Roles of the user's own: by regular expression and for single series; what finds nothing is told."""

from __future__ import annotations

import numpy as np
import pytest

from lossdoctor.importers.options import RoleRule, read_options
from lossdoctor.importers.role_choice import unmatched, with_role_rules, with_roles
from lossdoctor.importers.roles import assign_roles
from lossdoctor.runs import Role, Run, Series
from lossdoctor.settings.in_force import Overrides, load


def run_of(**points: int) -> Run:
    series = tuple(Series(tag, np.arange(n), np.linspace(2.0, 1.0, n)) for tag, n in points.items())
    return Run("r", "/r", "r", "csv", series, assign_roles(series))


def primaries(run: Run) -> dict[str, str]:
    return {str(item.role): item.tag for item in run.roles if item.primary}


def test_a_rule_makes_an_unknown_tag_the_loss() -> None:
    run = run_of(alpha=30, beta=30, val_loss=30)
    chosen = with_role_rules(run, (RoleRule(Role.TRAIN_LOSS, "^alpha$", "--train-loss"),))
    assert primaries(chosen)["train_loss"] == "alpha"
    assert primaries(chosen)["val_loss"] == "val_loss"
    assert next(item.reason for item in chosen.roles if item.tag == "alpha") == "chosen by you (--train-loss)"
    assert chosen.series is run.series


def test_the_chosen_one_replaces_the_primary_which_keeps_its_role() -> None:
    run = run_of(loss=30, other_loss=10)
    chosen = with_role_rules(run, (RoleRule(Role.TRAIN_LOSS, "other"),))
    assert primaries(chosen)["train_loss"] == "other_loss"
    old = next(item for item in chosen.roles if item.tag == "loss")
    assert (old.role, old.primary) == (Role.TRAIN_LOSS, False)
    assert old.reason.endswith("; you chose other_loss")


@pytest.mark.parametrize(
    ("pattern", "primary"),
    [("loss", "loss"), ("val", "val_loss"), ("acc", "val_acc"), ("^[ab]", "b")],
)
def test_of_several_the_whole_match_then_the_former_primary_then_the_longest(pattern: str, primary: str) -> None:
    run = run_of(a=10, b=30, loss=20, val_loss=10, val_acc=30, acc2=5)
    chosen = with_role_rules(run, (RoleRule(Role.VAL_LOSS, pattern),))
    assert primaries(chosen)["val_loss"] == primary
    assert len([item for item in chosen.roles if item.role is Role.VAL_LOSS and item.primary]) == 1


def test_a_primary_that_is_given_away_is_replaced_by_the_longest_of_its_role() -> None:
    run = run_of(val_acc=20, val_f1=30, val_precision=10)
    gone = primaries(run)["val_metric"]
    chosen = with_roles(run, {gone: (Role.OTHER, "chosen by you")})
    assert chosen.role_of(gone) is Role.OTHER
    assert primaries(chosen)["val_metric"] == max({"val_acc", "val_f1", "val_precision"} - {gone},
                                                  key=lambda tag: len(run.get(tag) or ()))  # fmt: skip


def test_a_series_belongs_to_the_first_rule_that_finds_it() -> None:
    run = run_of(x=20, y=20)
    rules = (RoleRule(Role.TRAIN_LOSS, "^x$"), RoleRule(Role.VAL_LOSS, "."))
    assert primaries(with_role_rules(run, rules)) == {"train_loss": "x", "val_loss": "y"}


def test_nothing_found_leaves_the_run_alone_and_is_told_once() -> None:
    run = run_of(loss=20, val_loss=20)
    rules = (RoleRule(Role.TRAIN_LOSS, "nope", "--train-loss"), RoleRule(Role.VAL_LOSS, "val"))
    assert with_role_rules(run, rules[:1]) is run
    assert with_roles(run, {"nope": (Role.VAL_LOSS, "x")}) is run
    [problem] = unmatched(rules, [run, run_of(loss=3)])
    assert problem.path == "--train-loss"
    assert "'nope'" in problem.message
    assert problem.hint == "There are: loss, val_loss."
    assert unmatched(rules, []) == []


def test_settings_become_rules_in_the_order_of_the_roles() -> None:
    said = Overrides({"roles.val_loss": ("v",), "roles.train_loss": ("t", "u")})
    rules = read_options(load([], said)).roles
    assert [(rule.role, rule.pattern, rule.origin) for rule in rules] == [
        (Role.TRAIN_LOSS, "t", "--train-loss"),
        (Role.TRAIN_LOSS, "u", "--train-loss"),
        (Role.VAL_LOSS, "v", "--val-loss"),
    ]
