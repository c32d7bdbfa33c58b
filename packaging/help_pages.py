"""The pages of help that the program knows better: each finding, each cause, and the generated parts of other pages.

`generate.py` writes them and, with `--check`, says which are out of date.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import architecture
import finding_pictures
import licences

from lossdoctor import formatting
from lossdoctor.cli import prose
from lossdoctor.importers.registry import IMPORTERS
from lossdoctor.knowledge.catalogue import CauseEntry, EvidenceEntry, load_causes, load_verdicts
from lossdoctor.knowledge.problems import load_problems
from lossdoctor.rules.base import Rule
from lossdoctor.rules.registry import RULES
from lossdoctor.settings.option import Option
from lossdoctor.settings.options import OPTIONS

HELP = Path(__file__).resolve().parent.parent / "resources" / "help"
_FRAMEWORKS = {"pytorch": "PyTorch", "lightning": "Lightning", "keras": "Keras", "hf": "Hugging Face Trainer"}
_NOTE = "<!-- Written by packaging/generate.py: change the {0}, not this file. -->"


def pages() -> dict[Path, str]:
    """The text of every generated page and picture, by its place."""
    written = {HELP / f"{name}/index.md": make() for name, make in
               (("findings", _findings), ("causes", _causes), ("formats", _formats))}  # fmt: skip
    written[HELP / "problems.md"] = _problems()
    written[HELP / "images" / "architecture.svg"] = architecture.picture()
    for rule in RULES:
        written[HELP / "findings" / f"{rule.code}.md"] = _finding(rule)
        written[HELP / "findings" / f"{rule.code}.svg"] = finding_pictures.picture(rule)
    for cause in load_causes():
        written[HELP / "causes" / f"{cause.id}.md"] = _cause(cause)
    return written


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _join(*parts: str) -> str:
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


# --- findings ---


def _findings() -> str:
    rows = [(f"[{rule.code}]({rule.code}.md)", rule.title, rule.summary) for rule in RULES]
    return _join(
        "# Findings", _NOTE.format("rules"), "Each page has a picture, the definition with its thresholds, and the causes.",
        _table(("Code", "Name", "What is seen"), rows),
    )  # fmt: skip


def _finding(rule: Rule) -> str:
    name, _, outcome = finding_pictures.example(rule)
    said = outcome.findings[0].message.render()
    doc = inspect.getdoc(type(rule)) or ""
    sections = (f"## {title}\n\n{_plain(body)}" for title, body in prose.docstring_sections(doc))
    verdict = f" It speaks for the verdict [{rule.verdict}](../verdicts.md)." if rule.verdict else ""
    return _join(
        f"# {rule.title} ({rule.code})",
        _NOTE.format(f"docstring of lossdoctor/rules/{rule.name}.py"),
        f"`{rule.name}`: {rule.summary}{verdict}",
        f"![{rule.title}: {name}]({rule.code}.svg)",
        f"An example, {name}; it is told like this: *{_plain(said)}*",
        *sections,
        _thresholds(rule),
        _causes_of(rule),
        "[All findings](index.md)",
    )


def _plain(text: str) -> str:
    """Text of a docstring in which a star, an angle or a bracket stays what it is."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(part if part.startswith("`") else re.sub(r"([*_<>\[\]~])", r"\\\1", part) for part in parts)


def _thresholds(rule: Rule) -> str:
    if not rule.thresholds:
        return ""
    rows = []
    for setting in rule.thresholds:
        limits = f"{_limit(setting.low, setting.unit)} to {_limit(setting.high, setting.unit)}"
        option = setting.key.partition(".")[2]
        rows.append(
            (f"`{option}`", _limit(setting.default, setting.unit), limits, _plain(setting.help), _plain(setting.source))
        )
    how = f"Changed in the [settings](../configuration.md) under `[rules.{rule.code}]`; percentages as shares (0.05)."
    return "## Thresholds\n\n" + _table(("Name", "Default", "Range", "What it is", "Source"), rows) + f"\n\n{how}"


def _limit(value: float, unit: str) -> str:
    return formatting.percent(value) if unit == "%" else f"{formatting.number(value)} {unit}".rstrip()


def _causes_of(rule: Rule) -> str:
    names = (rule.name, rule.code)
    found = [(prior, cause) for cause in load_causes() for name, prior in cause.explains if name in names]
    items = [f"- [{c.title}](../causes/{c.id}.md)" for _, c in sorted(found, key=lambda item: (-item[0], item[1].id))]
    return "\n".join(["## Likely causes, the most likely beforehand first", "", *items]) if items else ""


# --- causes ---


def _causes() -> str:
    rows = [(f"[{c.title}]({c.id}.md)", _sentence(c.explanation), str(c.experiments[0].cost)) for c in load_causes()]
    return _join(
        "# Causes", _NOTE.format("files in resources/knowledge"),
        "What can be behind a finding. Each page says how to settle the question, what to do, and how its rank is reckoned.",
        _table(("Cause", "What it is", "Cheapest test"), rows),
    )  # fmt: skip


def _sentence(text: str) -> str:
    return re.split(r"(?<=[.])\s", " ".join(text.split()))[0]


def _cause(cause: CauseEntry) -> str:
    tests = [f"{number}. ({test.cost}) {_plain(test.text)}" for number, test in enumerate(cause.experiments, 1)]
    code = [f"{_FRAMEWORKS[item.framework]}:\n\n```python\n{item.code.rstrip()}\n```" for item in cause.snippets]
    source = "" if cause.article is None else f"Point {cause.article} of the article behind [the method](../method.md)."
    return _join(
        f"# {cause.title}",
        _NOTE.format("entry in resources/knowledge"),
        _plain(cause.explanation),
        "## How to settle it, cheapest first\n\n" + "\n".join(tests),
        f"## What to do about it\n\n{_plain(cause.fix)}",
        "## In code\n\n" + "\n\n".join(code) if code else "",
        f"## What it explains\n\n{_explains(cause)}\n\nWhere these numbers come from: {_plain(cause.prior_source)}.",
        _evidence(cause),
        "## References\n\n" + "\n".join(f"- {_plain(item)}" for item in cause.references),
        source,
        "[All causes](index.md)",
    )


def _explains(cause: CauseEntry) -> str:
    by_name = {name: rule for rule in RULES for name in (rule.name, rule.code)}
    rows = []
    for name, prior in cause.explains:
        rule = by_name.get(name)
        shown = f"[{rule.title}](../findings/{rule.code}.md)" if rule else f"the verdict [{name}](../verdicts.md)"
        rows.append((shown, f"{prior:+.1f}"))
    return _table(("Finding", "Log-odds beforehand"), rows)


def _evidence(cause: CauseEntry) -> str:
    if not cause.evidence:
        return ""
    rows = [(_question(e), f"{e.weight:+.1f}", f"{e.else_weight:+.1f}" if e.else_weight else "", _plain(e.source))
            for e in cause.evidence]  # fmt: skip
    head = ("Asked of the run", "If so", "If not", "Source")
    return "## What speaks for and against it (change of the log-odds)\n\n" + _table(head, rows)


def _question(entry: EvidenceEntry) -> str:
    values = (value if isinstance(value, str) else f"{key} {_value(value)}" for key, value in entry.args)
    asked = ", ".join(map(str, values))
    return _plain(entry.predicate.replace("_", " ") + (f" ({asked})" if asked else ""))


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else f"{value:g}"


# --- formats: only their list; the pages are written by hand ---


def _formats() -> str:
    rows = [(f"[{item.title}]({item.name}.md)", ", ".join(f"`{name}`" for name in item.patterns)) for item in IMPORTERS]
    return _join(
        "# Log formats", _NOTE.format("importers"),
        "Files are recognised by their content; the names are what is usual. Each page says what is read, and the traps.",
        _table(("Format", "Usual names"), rows),
    )  # fmt: skip


# --- parts of pages written by hand ---


def _problems() -> str:
    entries = (
        f"## `{entry.code}`\n\n{entry.meaning} {entry.done}\n\n*What you can do:* {entry.remedy}"
        for entry in load_problems().values()
    )
    return _join(
        "# Problems of the input", _NOTE.format("texts of resources/knowledge/problems.toml"),
        "What could not be read, or must be read with care, is listed in the problems pane, below a scan and in reports."
        " Each problem has a code, which `lossdoctor explain CODE` and the JSON output name too.",
        *entries,
    )  # fmt: skip


def verdicts() -> str:
    """Every verdict: what it means, what to do first, which findings speak for it."""
    parts = []
    for verdict, entry in load_verdicts().items():
        rules = [
            f"[{rule.code} {rule.title.lower()}](findings/{rule.code}.md)" for rule in RULES if rule.verdict == verdict
        ]
        lines = [f"### {entry.title}", "", f"`{verdict}`: {_plain(entry.meaning)} First: {_plain(entry.first)}"]
        parts.append("\n".join([*lines, *(["", f"Rests on {', '.join(rules)}."] if rules else [])]))
    return "\n\n".join(parts)


def options() -> str:
    """Every option that is no threshold."""
    rows = [(f"`{item.key}`", _kind(item), _default(item), item.help, f"`{item.flag}`" if item.flag else "")
            for item in OPTIONS]  # fmt: skip
    return _table(("Key", "Value", "Default", "What it does", "Flag"), rows)


def _kind(item: Option) -> str:
    return ", ".join(f"`{word}`" for word in item.choices) if item.choices else str(item.kind)


def _default(item: Option) -> str:
    if isinstance(item.default, tuple):
        return ", ".join(item.default) or "empty"
    return str(item.default).lower() if isinstance(item.default, bool) else str(item.default) or "empty"


def thresholds() -> str:
    """Every threshold of every rule."""
    rows = []
    for rule in RULES:
        for setting in rule.thresholds:
            key = f"`rules.{rule.code}.{setting.key.partition('.')[2]}`"
            limits = f"{setting.low:g} to {setting.high:g}"
            rows.append((key, f"{setting.default:g}", limits, f"[{setting.help}](findings/{rule.code}.md)"))
    return _table(("Key", "Default", "Range", "What it is"), rows)


def commands() -> str:
    """Every command of the terminal in one line."""
    from lossdoctor.cli.main import cli

    rows = [(f"`lossdoctor {name}`", str(command.short_help or command.get_short_help_str(200)))
            for name, command in sorted(cli.commands.items()) if not command.hidden]  # fmt: skip
    return _table(("Command", "What it does"), rows)


def shortcuts() -> str:
    """Every action of the window's menus with its keys."""
    from lossdoctor.gui.actions import ACTIONS, MENUS

    rows = []
    for menu in MENUS:
        for spec in (spec for spec in ACTIONS if spec.menu == menu):
            keys = ", ".join(f"`{key}`" for key in spec.shortcuts)
            rows.append((menu.replace("&", ""), spec.plain_text, keys, spec.help))
    return _table(("Menu", "Action", "Keys", "What it does"), rows)


PARTS: dict[str, Callable[[], str]] = {
    "verdicts": verdicts, "options": options, "thresholds": thresholds, "commands": commands, "shortcuts": shortcuts,
    "licences": licences.table,
}  # fmt: skip


def hand_written() -> Iterator[Path]:
    """The pages written by hand that have generated parts."""
    for page in sorted(HELP.glob("*.md")):
        if "<!-- generated: " in page.read_text(encoding="utf-8"):
            yield page
