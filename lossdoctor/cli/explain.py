"""`lossdoctor explain`: the whole story of a symptom, a cause, a verdict or a problem of the input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lossdoctor.findings import Verdict
    from lossdoctor.knowledge.catalogue import CauseEntry, EvidenceEntry
    from lossdoctor.knowledge.problems import ProblemEntry
    from lossdoctor.rules.base import Rule

_FRAMEWORKS = {"pytorch": "PyTorch", "lightning": "Lightning", "keras": "Keras", "hf": "Hugging Face Trainer"}


@click.command(short_help="Explain a symptom's code, a cause, a verdict or a problem.")
@click.argument("topic", metavar="CODE|CAUSE|VERDICT|PROBLEM")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(topic: str, as_json: bool) -> None:
    """Explain a symptom (GN01 or overfitting), a cause (lr_too_high), a verdict (plateau) or a problem (steps_go_back).

    Where a symptom and a verdict share a name, both are explained.
    """
    text = explanation(topic)
    if as_json:
        from lossdoctor.knowledge.catalogue import causes_by_id
        from lossdoctor.workspace.json_causes import explanation_json

        text = explanation_json(topic, text, causes_by_id().get(_name(topic)))
    click.echo(text)


def explanation(topic: str) -> str:
    """Everything that is known under a name.

    Raises:
        UsageError: nothing is; the hint names what comes near.
    """
    from lossdoctor.findings import Verdict
    from lossdoctor.knowledge.catalogue import causes_by_id
    from lossdoctor.knowledge.problems import load_problems
    from lossdoctor.rules.registry import rule

    wanted = _name(topic)
    parts = []
    if wanted in set(Verdict):
        parts.append(_verdict(Verdict(wanted)))
    if (found := rule(wanted)) is not None:
        parts.append(_rule(found))
    if wanted in causes_by_id():
        parts.append(_cause(causes_by_id()[wanted]))
    if wanted in load_problems():
        parts.append(_problem(load_problems()[wanted]))
    if not parts:
        raise _unknown(topic, wanted)
    return "\n\n".join(parts)


def _name(topic: str) -> str:
    return topic.strip().lower().replace("-", "_").replace(" ", "_")


def _verdict(verdict: Verdict) -> str:
    from lossdoctor.cli import prose
    from lossdoctor.cli.badges import badge
    from lossdoctor.knowledge.catalogue import load_verdicts
    from lossdoctor.rules.registry import RULES

    entry = load_verdicts()[verdict]
    symptoms = [f"{rule.code} {rule.name}: {rule.summary}" for rule in RULES if rule.verdict == verdict]
    parts = [
        f"{badge(verdict)} (verdict)",
        prose.section("What it means", [entry.meaning]),
        prose.section("What to do first", [entry.first]),
        prose.bullets("Symptoms that speak for it", symptoms),
        prose.bullets("Likely causes", _causes_of(str(verdict))),
    ]
    return "\n".join(part for part in parts if part)


def _rule(rule: Rule) -> str:
    import inspect

    from lossdoctor.cli import prose

    doc = inspect.getdoc(type(rule)) or ""
    limits = [
        f"{setting.key} = {_limit(setting.default, setting.unit)}: {setting.help} Source: {setting.source}."
        for setting in rule.thresholds
    ]
    parts = [
        f"{rule.code} {rule.name} (symptom)",
        prose.paragraph(rule.summary),
        *(prose.section(title, [body]) for title, body in prose.docstring_sections(doc)),
        prose.bullets("Thresholds", limits),
        prose.bullets("Likely causes", _causes_of(rule.name, rule.code)),
    ]
    return "\n".join(part for part in parts if part)


def _cause(cause: CauseEntry) -> str:
    from lossdoctor.cli import prose

    parts = [
        f"{cause.id}: {cause.title} (cause)",
        prose.section("What it is", [cause.explanation]),
        prose.bullets("How to settle it, cheapest first", (f"({e.cost}) {e.text}" for e in cause.experiments)),
        prose.section("What to do about it", [cause.fix]),
        prose.bullets("Explains", (f"{name} ({prior:+.1f} beforehand)" for name, prior in cause.explains)),
        prose.section("Where that comes from", [cause.prior_source]),
        prose.bullets("What speaks for and against it (change of the log-odds)", map(_evidence, cause.evidence)),
        *(prose.code(f"In code: {_FRAMEWORKS[snippet.framework]}", snippet.code) for snippet in cause.snippets),
        prose.bullets("References", cause.references),
    ]
    return "\n".join(part for part in parts if part)


def _problem(entry: ProblemEntry) -> str:
    from lossdoctor.cli import prose

    parts = [
        f"{entry.code} (problem of the input)",
        prose.section("What it means", [entry.meaning]),
        prose.section("What lossdoctor did", [entry.done]),
        prose.section("What you can do", [entry.remedy]),
    ]
    return "\n".join(parts)


def _evidence(entry: EvidenceEntry) -> str:
    """One piece of evidence: the question by its name, what each answer is worth, and the source of that."""
    asked = ", ".join(str(value) if isinstance(value, str) else f"{key} {_plain(value)}" for key, value in entry.args)
    name = entry.predicate.replace("_", " ") + (f" ({asked})" if asked else "")
    otherwise = f", otherwise {entry.else_weight:+.1f}" if entry.else_weight else ""
    return f"{entry.weight:+.1f}{otherwise}: {name} [{entry.source}]"


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else f"{value:g}"


def _causes_of(*names: str) -> list[str]:
    """Causes that explain a symptom or verdict, the most likely beforehand first."""
    from lossdoctor.knowledge.catalogue import load_causes

    found = [(prior, cause) for cause in load_causes() for name, prior in cause.explains if name in names]
    return [f"{cause.id}: {cause.title}" for _, cause in sorted(found, key=lambda item: (-item[0], item[1].id))]


def _limit(value: float, unit: str) -> str:
    from lossdoctor import formatting

    return formatting.percent(value) if unit == "%" else f"{formatting.number(value)} {unit}".rstrip()


def _unknown(topic: str, wanted: str) -> Exception:
    import difflib

    from lossdoctor.errors import UsageError
    from lossdoctor.findings import Verdict
    from lossdoctor.knowledge.catalogue import causes_by_id
    from lossdoctor.knowledge.problems import load_problems
    from lossdoctor.rules.registry import RULES

    symptoms = {name for r in RULES for name in (r.name, r.code.lower())}
    names = sorted({*map(str, Verdict), *symptoms, *causes_by_id(), *load_problems()})
    near = difflib.get_close_matches(wanted, names, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "`lossdoctor rules` lists the symptoms."
    return UsageError(f"Nothing is called {topic!r}.", hint)
