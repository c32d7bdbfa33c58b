"""The knowledge files as frozen values: causes, evidence, experiments, verdict texts, logging hints, general steps."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from lossdoctor.errors import KnowledgeError
from lossdoctor.findings import Verdict
from lossdoctor.findings.message import Parameter
from lossdoctor.resources import resource

CAUSE_FILES = ("data.toml", "optimiser.toml", "network.toml", "logging.toml")
VERDICT_FILE = "verdicts.toml"
HINT_FILE = "hints.toml"
ORDER_FILE = "order.toml"
FRAMEWORKS = ("pytorch", "lightning", "keras", "hf")


# Keyword arguments of a predicate as (name, value) pairs, sorted by name.
Arguments: TypeAlias = tuple[tuple[str, Parameter | tuple[str, ...]], ...]


class Cost(StrEnum):
    """What an experiment costs the user."""

    MINUTES = "minutes"
    SHORT_RUN = "short run"
    FULL_RUN = "full run"

    @property
    def rank(self) -> int:
        """0 for the cheapest."""
        return list(Cost).index(self)


@dataclass(frozen=True, slots=True)
class Experiment:
    """A test whose result settles the question.

    Attributes:
        text: what to do and which result means what.
        cost: what it costs.
    """

    text: str
    cost: Cost


@dataclass(frozen=True, slots=True)
class EvidenceEntry:
    """One piece of evidence a cause asks for.

    Attributes:
        predicate: name in `lossdoctor.knowledge.predicates.PREDICATES`.
        args: keyword arguments for it.
        weight: change of the log-odds when the predicate holds; negative speaks against the cause.
        text: sentence template for that case.
        source: where the weight comes from.
        else_weight: change when the predicate is known not to hold; 0 when that says nothing.
        else_text: sentence template for that case.
    """

    predicate: str
    args: Arguments
    weight: float
    text: str
    source: str
    else_weight: float = 0.0
    else_text: str = ""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A few lines of code for one framework (`pytorch`, `lightning`, `keras`, `hf`)."""

    framework: str
    code: str


@dataclass(frozen=True, slots=True)
class CauseEntry:
    """One cause as the knowledge files describe it.

    Attributes:
        id: slug.
        title: short name for people.
        explanation: two to four plain sentences.
        explains: (finding or verdict name, prior log-odds) pairs.
        prior_source: where the priors come from.
        evidence: what would speak for or against it.
        experiments: settling experiments, cheapest first; at least one.
        fix: what to do once it is confirmed.
        snippets: code for the fix or the experiment.
        references: sources, one line each; at least one.
        article: number of the point in the article this program grew from; None for later additions.
    """

    id: str
    title: str
    explanation: str
    explains: tuple[tuple[str, float], ...]
    prior_source: str
    evidence: tuple[EvidenceEntry, ...]
    experiments: tuple[Experiment, ...]
    fix: str
    snippets: tuple[Snippet, ...]
    references: tuple[str, ...]
    article: int | None = None


@dataclass(frozen=True, slots=True)
class VerdictEntry:
    """What a verdict means.

    Attributes:
        verdict: which.
        title: for people.
        meaning: one sentence.
        first: what to do first.
    """

    verdict: Verdict
    title: str
    meaning: str
    first: str


@dataclass(frozen=True, slots=True)
class Hint:
    """What to log so that a predicate can be decided.

    Attributes:
        id: named by predicates as `missing`.
        text: one sentence; `{setting}` stands for the name of a setting.
        snippets: how, one line a framework.
    """

    id: str
    text: str
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True, slots=True)
class GeneralStep:
    """One step of the general order of work.

    Attributes:
        id: slug.
        title: what to do, imperative.
        why: one or two sentences.
        cost: what it costs.
        causes: ids of the causes it can settle.
        question: what to find out, to be answered in one of two ways.
        fine: the answer after which to go on.
        wrong: the answer that points to this step's causes.
        then: what to do after the second answer.
        look: codes of the rules whose answers belong to this step.
    """

    id: str
    title: str
    why: str
    cost: Cost
    causes: tuple[str, ...]
    question: str
    fine: str
    wrong: str
    then: str
    look: tuple[str, ...]


@cache
def load_causes() -> tuple[CauseEntry, ...]:
    """Every cause of the bundled files, in file order, validated.

    Raises:
        KnowledgeError: a file breaks a rule; the message names file and entry.
    """
    return read_causes(tuple(resource("knowledge", name) for name in CAUSE_FILES))


@cache
def causes_by_id() -> Mapping[str, CauseEntry]:
    """The bundled causes by id."""
    return {cause.id: cause for cause in load_causes()}


@cache
def load_verdicts() -> Mapping[Verdict, VerdictEntry]:
    """The text of every verdict."""
    from lossdoctor.knowledge.validation import build_verdicts

    path = resource("knowledge", VERDICT_FILE)
    return build_verdicts(read_toml(path), path.name)


@cache
def load_hints() -> Mapping[str, Hint]:
    """Every logging hint by id."""
    from lossdoctor.knowledge.validation import build_hints

    path = resource("knowledge", HINT_FILE)
    return build_hints(read_toml(path), path.name)


@cache
def load_order() -> tuple[GeneralStep, ...]:
    """The general order of work, for any run that does not learn."""
    from lossdoctor.knowledge.validation import build_order

    path = resource("knowledge", ORDER_FILE)
    return build_order(read_toml(path), path.name, frozenset(causes_by_id()))


def read_causes(paths: tuple[Path, ...]) -> tuple[CauseEntry, ...]:
    """Causes of some files, validated entry by entry and as a whole.

    Raises:
        KnowledgeError: a file is no TOML or breaks a rule; the message names file and entry.
    """
    # Imported here: validation needs the predicates, which only loading needs, and builds the classes above.
    from lossdoctor.knowledge.validation import build_cause, check_together

    causes: list[CauseEntry] = []
    places: list[str] = []
    for path in paths:
        data = read_toml(path)
        entries = data.get("cause", [])
        if not isinstance(entries, list) or not entries:
            raise KnowledgeError(f"{path.name}: holds no [[cause]] entry.")
        for index, entry in enumerate(entries, start=1):
            causes.append(build_cause(entry, path.name, index))
            places.append(path.name)
    check_together(causes, places)
    return tuple(causes)


def read_toml(path: Path) -> dict[str, Any]:
    """One knowledge file.

    Raises:
        KnowledgeError: it cannot be read or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError(f"{path.name}: {error}.") from error
