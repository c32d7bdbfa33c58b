"""Answer: what a predicate says about a run: it holds, it does not, or it cannot be decided from these logs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lossdoctor.findings.message import Parameter


@dataclass(frozen=True, slots=True)
class Answer:
    """One predicate's answer.

    Attributes:
        holds: None when it cannot be decided, or when the question makes no sense for this run.
        numbers: (name, value) pairs for the sentence that quotes it; filled whenever `holds` is not None.
        missing: id of the logging hint that would let it be decided ("grad_norm", "config.dropout"); empty when the
            answer is known or no log would change it.
        run: id of the other run that the answer rests on; empty when it rests on none.
    """

    holds: bool | None
    numbers: tuple[tuple[str, Parameter], ...] = ()
    missing: str = ""
    run: str = ""

    @classmethod
    def of(cls, holds: bool, **numbers: Parameter) -> Answer:
        """A decided answer with the numbers that decided it."""
        return cls(bool(holds), tuple(sorted(numbers.items())))

    @classmethod
    def unknown(cls, missing: str = "") -> Answer:
        """Undecidable; `missing` names the log that would decide."""
        return cls(None, (), missing)

    def beside(self, run: str) -> Answer:
        """This answer, resting on another run."""
        return replace(self, run=run)
