"""Examination: what is known of a run before the runs beside it are; small, pickles, and is all that a scan keeps."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lossdoctor.diagnosis.diagnosis import Diagnosis
from lossdoctor.knowledge.causes import Interview
from lossdoctor.knowledge.neighbours import Sibling


@dataclass(frozen=True, slots=True)
class Examination:
    """One run, examined alone.

    Attributes:
        alone: the diagnosis without causes.
        own: the run as the runs beside it see it.
        interview: the answers from which the causes are ranked; None when asking for them broke.
    """

    alone: Diagnosis
    own: Sibling
    interview: Interview | None

    def renamed(self, run_id: str) -> Examination:
        """The same under the id that the run has in the scan."""
        if self.own.id == run_id:
            return self
        own = replace(self.own, id=run_id)
        about = None if self.interview is None else replace(self.interview, own=own)
        return Examination(self.alone, own, about)
