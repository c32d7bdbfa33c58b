"""Turns parsed TOML into catalogue values and refuses what a ranking could not explain: each refusal names its place."""

from __future__ import annotations

import inspect
import string
from collections.abc import Iterable, Mapping
from typing import Any

from lossdoctor.errors import KnowledgeError
from lossdoctor.findings import Verdict
from lossdoctor.findings.message import Parameter
from lossdoctor.knowledge.catalogue import (
    FRAMEWORKS,
    CauseEntry,
    Cost,
    EvidenceEntry,
    Experiment,
    GeneralStep,
    Hint,
    Snippet,
    VerdictEntry,
)
from lossdoctor.knowledge.predicates import PREDICATES
from lossdoctor.knowledge.vocabulary import FINDINGS, VERDICTS, WITHOUT_CAUSE
from lossdoctor.runs import STANDARD_NAMES

_CAUSE_KEYS = frozenset(
    {
        "id", "title", "explanation", "explains", "prior_source", "evidence", "experiment", "fix", "snippets",
        "references", "article",
    }
)  # fmt: skip
_EVIDENCE_KEYS = frozenset({"predicate", "args", "weight", "text", "source", "else_weight", "else_text"})
# Beyond this a single piece of evidence would decide alone: 1 : 50.
_MAX_WEIGHT = 4.0
_MAX_PRIOR = 6.0
# What an argument of this name may hold, whichever predicate takes it.
_VOCABULARIES: Mapping[str, tuple[str, ...]] = {
    "setting": STANDARD_NAMES,
    "finding": FINDINGS,
    "verdict": VERDICTS,
    "side": ("above", "below"),
    "series": ("train", "val"),
}


class _Place:
    """Where we are, for the message: "data.toml, cause lr_too_high"."""

    def __init__(self, file: str, entry: str) -> None:
        self.file = file
        self.entry = entry

    def refuse(self, reason: str) -> KnowledgeError:
        return KnowledgeError(f"{self.file}, {self.entry}: {reason}.")

    def text(self, table: Mapping[str, Any], key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(f"{key} is missing")
        # Long texts are wrapped in the file; the wrapping is not part of them.
        return " ".join(value.split())

    def number(self, table: Mapping[str, Any], key: str, limit: float) -> float:
        value = table.get(key)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= limit:
            raise self.refuse(f"{key} is no number within ±{limit:g}: {value!r}")
        return float(value)

    def only(self, table: Mapping[str, Any], allowed: Iterable[str]) -> None:
        unknown = sorted(set(table) - set(allowed))
        if unknown:
            raise self.refuse(f"unknown key {unknown[0]}")


def build_cause(entry: Mapping[str, Any], file: str, index: int) -> CauseEntry:
    """One cause from its TOML table.

    Raises:
        KnowledgeError: unknown or missing keys, names, predicates, arguments, or text places.
    """
    place = _Place(file, f"cause number {index}")
    slug = place.text(entry, "id")
    if not slug.replace("_", "").isalnum() or slug != slug.lower():
        raise place.refuse(f"id {slug!r} is no slug of lower-case letters, digits and _")
    place = _Place(file, f"cause {slug}")
    place.only(entry, _CAUSE_KEYS)
    article = entry.get("article")
    if article is not None and article not in range(1, 11):
        raise place.refuse(f"article point {article!r} is not 1 to 10")
    return CauseEntry(
        id=slug,
        title=place.text(entry, "title"),
        explanation=place.text(entry, "explanation"),
        explains=_explains(entry.get("explains"), place),
        prior_source=place.text(entry, "prior_source"),
        evidence=tuple(_evidence(item, place) for item in entry.get("evidence", [])),
        experiments=_experiments(entry.get("experiment", []), place),
        fix=place.text(entry, "fix"),
        snippets=_snippets(entry.get("snippets", {}), place),
        references=_references(entry.get("references"), place),
        article=article,
    )


def _explains(table: Any, place: _Place) -> tuple[tuple[str, float], ...]:
    if not isinstance(table, dict) or not table:
        raise place.refuse("explains is missing: name the findings or verdicts it would explain")
    for name in table:
        if name not in FINDINGS and name not in VERDICTS:
            raise place.refuse(f"explains an unknown finding or verdict {name!r}")
    return tuple((name, place.number(table, name, _MAX_PRIOR)) for name in table)


def _evidence(item: Mapping[str, Any], place: _Place) -> EvidenceEntry:
    name = place.text(item, "predicate")
    predicate = PREDICATES.get(name)
    if predicate is None:
        raise place.refuse(f"unknown predicate {name!r}")
    here = _Place(place.file, f"{place.entry}, evidence {name}")
    here.only(item, _EVIDENCE_KEYS)
    args = dict(item.get("args", {}))
    try:
        inspect.signature(predicate.function).bind(None, **args)
    except TypeError as error:
        raise here.refuse(f"wrong arguments: {error}") from error
    for key, value in args.items():
        if key in _VOCABULARIES and value not in _VOCABULARIES[key]:
            raise here.refuse(f"{key} = {value!r} is unknown")
    weight = here.number(item, "weight", _MAX_WEIGHT)
    otherwise = here.number(item, "else_weight", _MAX_WEIGHT) if "else_weight" in item else 0.0
    if weight == 0 and otherwise == 0:
        raise here.refuse("a weight of 0 changes nothing")
    return EvidenceEntry(
        predicate=name,
        args=tuple((key, _argument(args[key], here)) for key in sorted(args)),
        weight=weight,
        text=_template(item, "text", predicate.numbers, here) if weight else "",
        source=here.text(item, "source"),
        else_weight=otherwise,
        else_text=_template(item, "else_text", predicate.numbers, here) if otherwise else "",
    )


def _argument(value: Any, place: _Place) -> Parameter | tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if isinstance(value, (str, int, float)):
        return value
    raise place.refuse(f"an argument is a text, a number or a list of texts, not {value!r}")


def _template(item: Mapping[str, Any], key: str, numbers: tuple[str, ...], place: _Place) -> str:
    template = place.text(item, key)
    for _, field, spec, _ in string.Formatter().parse(template):
        if field is None:
            continue
        if field not in numbers:
            raise place.refuse(f"{key} asks for {{{field}}}, which the predicate does not give")
        if spec not in ("", "num", "step", "pct"):
            raise place.refuse(f"{key}: unknown number format {spec!r}")
    return template


def _experiments(items: Any, place: _Place) -> tuple[Experiment, ...]:
    if not items:
        raise place.refuse("has no settling experiment")
    experiments = []
    for item in items:
        cost = item.get("cost")
        if cost not in list(Cost):
            raise place.refuse(f"experiment cost {cost!r} is none of {', '.join(Cost)}")
        experiments.append(Experiment(place.text(item, "text"), Cost(cost)))
    if [e.cost.rank for e in experiments] != sorted(e.cost.rank for e in experiments):
        raise place.refuse("experiments are not ordered from cheap to dear")
    return tuple(experiments)


def _snippets(table: Any, place: _Place) -> tuple[Snippet, ...]:
    for framework in table:
        if framework not in FRAMEWORKS:
            raise place.refuse(f"snippet for an unknown framework {framework!r}")
    return tuple(Snippet(framework, table[framework].strip("\n")) for framework in FRAMEWORKS if framework in table)


def _references(items: Any, place: _Place) -> tuple[str, ...]:
    if not isinstance(items, list) or not items or not all(isinstance(item, str) and item.strip() for item in items):
        raise place.refuse("has no source in references")
    return tuple(items)


def check_together(causes: list[CauseEntry], files: list[str]) -> None:
    """What holds for all causes together: ids are unique, every cause has code for every framework, every finding a cause.

    Raises:
        KnowledgeError: naming the second of two equal ids, the missing code, or the finding without any cause.
    """
    seen: dict[str, str] = {}
    for cause, file in zip(causes, files, strict=True):
        if cause.id in seen:
            raise KnowledgeError(f"{file}, cause {cause.id}: the id is already used in {seen[cause.id]}.")
        seen[cause.id] = file
    for cause, file in zip(causes, files, strict=True):
        lacking = [name for name in FRAMEWORKS if name not in {snippet.framework for snippet in cause.snippets}]
        if lacking:
            raise KnowledgeError(f"{file}, cause {cause.id}: has no snippet for {', '.join(lacking)}.")
    explained = {name for cause in causes for name, _ in cause.explains}
    for finding in FINDINGS:
        if finding not in explained and finding not in WITHOUT_CAUSE:
            raise KnowledgeError(f"{', '.join(dict.fromkeys(files))}: no cause explains the finding {finding}.")


def build_verdicts(data: Mapping[str, Any], file: str) -> Mapping[Verdict, VerdictEntry]:
    """The verdict texts; every verdict must have one, and nothing else may be there."""
    tables = data.get("verdict", {})
    _Place(file, "verdicts").only(tables, VERDICTS)
    entries = {}
    for verdict in Verdict:
        place = _Place(file, f"verdict {verdict}")
        table = tables.get(verdict.value)
        if table is None:
            raise place.refuse("has no entry")
        entries[verdict] = VerdictEntry(
            verdict, place.text(table, "title"), place.text(table, "meaning"), place.text(table, "first")
        )
    return entries


def build_hints(data: Mapping[str, Any], file: str) -> Mapping[str, Hint]:
    """The logging hints by id."""
    hints: dict[str, Hint] = {}
    for index, item in enumerate(data.get("hint", []), start=1):
        place = _Place(file, f"hint number {index}")
        name = place.text(item, "id")
        if name in hints:
            raise place.refuse(f"the id {name} is already used")
        hints[name] = Hint(name, place.text(item, "text"), _snippets(item.get("snippets", {}), place))
    return hints


def build_order(data: Mapping[str, Any], file: str, causes: frozenset[str]) -> tuple[GeneralStep, ...]:
    """The general order of work; it may name only causes that exist."""
    steps = []
    for index, item in enumerate(data.get("step", []), start=1):
        place = _Place(file, f"step number {index}")
        unknown = sorted(set(item.get("causes", [])) - causes)
        if unknown:
            raise place.refuse(f"names an unknown cause {unknown[0]!r}")
        if item.get("cost") not in list(Cost):
            raise place.refuse(f"cost {item.get('cost')!r} is none of {', '.join(Cost)}")
        steps.append(
            GeneralStep(
                place.text(item, "id"),
                place.text(item, "title"),
                place.text(item, "why"),
                Cost(item["cost"]),
                tuple(item.get("causes", [])),
                place.text(item, "question"),
                place.text(item, "fine"),
                place.text(item, "wrong"),
                place.text(item, "then"),
                tuple(item.get("look", [])),
            )
        )
    if len({step.id for step in steps}) != len(steps):
        raise _Place(file, "steps").refuse("two steps have the same id")
    return tuple(steps)
