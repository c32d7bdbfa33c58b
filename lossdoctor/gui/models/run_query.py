"""RunQuery: what the filter line asks of a run: words, comparisons such as `best<0.5` or `lr>=1e-3`, or one pattern."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from lossdoctor.findings import Verdict
from lossdoctor.gui.models.run_columns import Column, RunRow

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le, ">=": operator.ge, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "=": operator.eq,
}  # fmt: skip
_CONDITION = re.compile(r"([^<>=!\s]+)(<=|>=|!=|<|>|=)([^<>=!\s]+)")
# Names of the columns in a comparison; every other name is a configuration key.
_FIELDS = {
    "confidence": Column.CONFIDENCE, "best": Column.BEST_LOSS, "loss": Column.BEST_LOSS, "last": Column.LAST_LOSS,
    "steps": Column.STEPS, "seconds": Column.DURATION,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison.

    Attributes:
        name: a column's word or a configuration key, folded; of a dotted key the last part is enough.
        sign: one of < <= > >= = !=.
        wanted: the text on the right; compared as a number where both sides are numbers.
    """

    name: str
    sign: str
    wanted: str

    def holds(self, row: RunRow) -> bool:
        """Whether the run meets it; a run without such a value meets only `!=`."""
        found = self._found(row)
        if found is None:
            return self.sign == "!="
        number, wanted = _number(found), _number(self.wanted)
        if number is not None and wanted is not None:
            return not math.isnan(number) and _COMPARISONS[self.sign](number, wanted)
        same = str(found).casefold() == self.wanted
        return same if self.sign == "=" else not same if self.sign == "!=" else False

    def _found(self, row: RunRow) -> object:
        if self.name in _FIELDS:
            return row.value(_FIELDS[self.name])
        for key, value in row.item.run.config.items():
            folded = key.casefold()
            if folded == self.name or folded.rpartition(".")[2] == self.name:
                return value
        return None


def _number(value: object) -> float | None:
    text = str(value).removesuffix("%")
    try:
        number = float(text)
    except ValueError:
        return None
    return number / 100 if text != str(value) else number


@dataclass(frozen=True, slots=True)
class RunQuery:
    """What a run must be like to be shown; everything has to hold.

    Attributes:
        words: folded texts that occur in name, path, format or verdict.
        conditions: the comparisons.
        pattern: a regular expression that is found in name or path; None for none.
        verdicts: one of these; empty for any.
    """

    words: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    pattern: re.Pattern[str] | None = None
    verdicts: frozenset[Verdict] = frozenset()

    @classmethod
    def parse(cls, text: str, *, regex: bool = False, verdicts: frozenset[Verdict] = frozenset()) -> Self:
        """Reads the filter line.

        Raises:
            ValueError: `regex` and the text is no regular expression; the message says where it goes wrong.
        """
        if regex:
            try:
                pattern = re.compile(text, re.IGNORECASE) if text else None
            except re.error as error:
                place = f" at character {error.pos + 1}" if error.pos is not None else ""
                raise ValueError(f"Not a regular expression: {error.msg}{place}.") from error
            return cls(pattern=pattern, verdicts=verdicts)
        parts = text.casefold().split()
        found = [(part, _CONDITION.fullmatch(part)) for part in parts]
        return cls(
            words=tuple(part for part, match in found if match is None),
            conditions=tuple(Condition(*match.groups()) for _, match in found if match is not None),
            verdicts=verdicts,
        )

    def passes(self, row: RunRow) -> bool:
        """Whether a run is shown."""
        run = row.item.run
        return (
            (not self.verdicts or row.item.diagnosis.verdict in self.verdicts)
            and all(word in row.searched for word in self.words)
            and (self.pattern is None or bool(self.pattern.search(run.id) or self.pattern.search(run.name)))
            and all(condition.holds(row) for condition in self.conditions)
        )
