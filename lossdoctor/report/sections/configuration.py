"""Section: what the curves say in numbers, beside the configuration the run was started with."""

from __future__ import annotations

import re

from lossdoctor import formatting
from lossdoctor.report.blocks import Block, Column, Columns, Fact, Heading, InlineFacts, Table
from lossdoctor.report.sections.numbers import numbers_of
from lossdoctor.runs import ConfigValue, Run, standard_config
from lossdoctor.workspace.results import DiagnosedRun

_MOST = 24
_COLUMNS = (
    Column("Series", 3.2),
    Column("First", 1.2, numeric=True),
    Column("Best", 1.2, numeric=True),
    Column("at", 1.0, numeric=True),
    Column("Last", 1.2, numeric=True),
)


def configuration(item: DiagnosedRun) -> tuple[Block, ...]:
    """The series' numbers and the run's settings, side by side where there are both; nothing without either."""
    rows = tuple((n.tag, n.first, n.best, n.best_step, n.last) for n in numbers_of(item.run))
    numbers: tuple[Block, ...] = (Heading("Numbers"), Table(_COLUMNS, rows)) if rows else ()
    settings = _settings(item.run)
    if numbers and settings:
        return (Columns(numbers, settings, share=0.56),)
    return numbers or settings


def _settings(run: Run) -> tuple[Block, ...]:
    if not run.config:
        return ()
    # What a diagnosis asks about comes first: a trainer's dump may hold two hundred settings of its logger.
    known = [key for _, key in standard_config(run.config).keys]
    ordered = [*known, *(key for key in run.config if key not in set(known))]
    facts = tuple(Fact(key, shown_value(run.config[key])) for key in ordered if key in run.config)
    return Heading("Configuration"), InlineFacts(facts[:_MOST], max(0, len(facts) - _MOST))


def shown_value(value: ConfigValue) -> str:
    """A setting as a person would write it: no 0.00030000000000000003, no thousands in powers of ten."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # 1e-5, not 1.00e-5: a setting was typed in, not measured.
        return re.sub(r"\.?0+e", "e", formatting.number(value, digits=4))
    return formatting.step(value) if isinstance(value, int) and abs(value) >= 10_000 else str(value)
