"""What a rule says about a run, as data: outcomes, findings, typed evidence, measurements, verdict names.

Everything is frozen, equal by content, pickles and goes to JSON and back; no colours, no pixels, no text layout. Rules
produce these values; the knowledge base, the diagnosis, the figures and the writers read them.
"""

from lossdoctor.findings.evidence import Evidence, Level, Line, Pair, Point, Span
from lossdoctor.findings.finding import Finding, Severity
from lossdoctor.findings.measurement import Direction, Measurement
from lossdoctor.findings.message import Message
from lossdoctor.findings.outcome import Outcome, Status
from lossdoctor.findings.verdict import Verdict

__all__ = [
    "Direction",
    "Evidence",
    "Finding",
    "Level",
    "Line",
    "Measurement",
    "Message",
    "Outcome",
    "Pair",
    "Point",
    "Severity",
    "Span",
    "Status",
    "Verdict",
]
