"""Causes, comparisons and plans as JSON: for scripts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from lossdoctor.knowledge.catalogue import CauseEntry
from lossdoctor.knowledge.checklist import ChecklistItem, build_checklist
from lossdoctor.knowledge.marks import Mark
from lossdoctor.knowledge.ranked import Argument, Move, RankedCause
from lossdoctor.runs.run import ConfigValue
from lossdoctor.workspace.comparison import Comparison
from lossdoctor.workspace.contrasts import Contrast
from lossdoctor.workspace.json_results import plain_number
from lossdoctor.workspace.plan import Planned
from lossdoctor.workspace.results import DiagnosedRun

SCHEMA = 1


def causes_json(
    runs: Sequence[DiagnosedRun],
    contrasts: Mapping[str, Sequence[Contrast]],
    marks: Mapping[str, Mapping[str, Mark]],
) -> str:
    """The ranked causes of some runs, in the order of the checklist."""
    return _text({"runs": [_run(item, contrasts.get(item.run.id, ()), marks.get(item.run.id, {})) for item in runs]})


def explanation_json(topic: str, text: str, cause: CauseEntry | None) -> str:
    """What is known under a name: the text, and for a cause everything the knowledge files say."""
    return _text({"topic": topic, "text": text, "cause": None if cause is None else _entry(cause)})


def _entry(cause: CauseEntry) -> dict[str, Any]:
    evidence = [
        {
            "predicate": entry.predicate,
            "arguments": {key: list(value) if isinstance(value, tuple) else value for key, value in entry.args},
            "weight": entry.weight,
            "otherwise": entry.else_weight,
            "source": entry.source,
        }
        for entry in cause.evidence
    ]
    return {
        "id": cause.id,
        "title": cause.title,
        "article": cause.article,
        "explanation": cause.explanation,
        "explains": dict(cause.explains),
        "prior_source": cause.prior_source,
        "evidence": evidence,
        "experiments": [{"text": item.text, "cost": str(item.cost)} for item in cause.experiments],
        "fix": cause.fix,
        "snippets": {snippet.framework: snippet.code for snippet in cause.snippets},
        "references": list(cause.references),
    }


def comparison_json(comparison: Comparison) -> str:
    """Some runs side by side."""
    runs = [
        {
            "id": column.run,
            "verdict": str(column.verdict),
            "confidence": plain_number(column.confidence),
            "settings": {name: _value(value) for name, value in column.settings},
            "metrics": {name: _value(value) for name, value in column.metrics},
        }
        for column in comparison.columns
    ]
    return _text({"differences": list(comparison.differing), "runs": runs})


def plan_json(planned: Sequence[Planned]) -> str:
    """The experiments of a plan, the most useful first."""
    experiments = [
        {
            "cause": entry.item.id,
            "title": entry.item.title,
            "experiment": entry.item.experiment,
            "cost": str(entry.item.cost),
            "value": round(entry.value, 4),
            "runs": [{"id": run.run.id, "score": round(score, 4)} for score, run in entry.runs],
        }
        for entry in planned
    ]
    return _text({"experiments": experiments})


def _run(item: DiagnosedRun, contrasts: Sequence[Contrast], marks: Mapping[str, Mark]) -> dict[str, Any]:
    ranked = {cause.id: cause for cause in item.diagnosis.causes}
    return {
        "id": item.run.id,
        "verdict": str(item.diagnosis.verdict),
        "contrasts": [_contrast(contrast) for contrast in contrasts],
        "causes": [_cause(entry, ranked[entry.id]) for entry in build_checklist(item.diagnosis.causes, marks)],
    }


def _cause(item: ChecklistItem, cause: RankedCause) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title,
        "score": round(item.score, 4),
        "status": str(item.mark.status),
        "note": item.mark.note,
        "prior": {"log_odds": cause.prior, "source": cause.prior_source},
        "for": [_argument(argument) for argument in cause.arguments_for],
        "against": [_argument(argument) for argument in cause.arguments_against],
        "log_to_decide": [_move(move) for move in cause.moves],
        "experiments": [
            {"text": item.experiment, "cost": str(item.cost)},
            *({"text": further.text, "cost": str(further.cost)} for further in item.further),
        ],
        "fix": item.fix,
        "snippets": {snippet.framework: snippet.code for snippet in item.snippets},
        "explains": list(cause.explains),
        "references": list(cause.references),
    }


def _argument(argument: Argument) -> dict[str, Any]:
    return {
        "text": argument.text,
        "weight": argument.weight,
        "source": argument.source,
        "sign": argument.sign,
        "run": argument.run or None,
    }


def _move(move: Move) -> dict[str, Any]:
    return {"log": move.log, "text": move.text, "up": move.up, "down": move.down, "snippets": dict(move.snippets)}


def _contrast(contrast: Contrast) -> dict[str, Any]:
    return {
        "other": contrast.other,
        "other_verdict": str(contrast.other_verdict),
        "changes": {name: [_value(mine), _value(theirs)] for name, mine, theirs in contrast.changes},
        "end": _value(contrast.end),
        "other_end": _value(contrast.other_end),
        "sentence": contrast.sentence,
    }


def _value(value: ConfigValue) -> ConfigValue:
    """A setting or level; NaN and infinities as `plain_number` writes them."""
    return plain_number(value) if isinstance(value, float) else value


def _text(document: dict[str, Any]) -> str:
    return json.dumps({"schema": SCHEMA, **document}, indent=2, ensure_ascii=True, allow_nan=False)
