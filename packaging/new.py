"""Begins a new rule, cause, importer or section of the report: `python packaging/new.py KIND NAME [options]`.

Makes the files and adds the lines that CONTRIBUTING.md describes, with TODO where only you know what belongs there. Until
those are filled in, the tests of the new thing fail; everything else goes on working.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "packaging" / "templates"
FAMILIES = ("CV", "GN", "ST", "LR", "GR", "HG", "TP", "IM")
# Where a cause of this file is usually looked at; --step says otherwise.
STEP_OF_FILE = {
    "data": "data", "network": "gradient_check", "optimiser": "highest_stable_rate", "logging": "look_at_curves",
}  # fmt: skip
Edit = Callable[[str], str]


class CannotBeginError(Exception):
    """What was asked for does not fit the tree; nothing was written."""


class Change:
    """What will be written: all of it is worked out before the first file is touched."""

    def __init__(self, name: str) -> None:
        self.words = {
            "name": name,
            "Class": name.title().replace("_", ""),
            "Title": name.replace("_", " ").capitalize(),
        }
        self.files: dict[Path, str] = {}

    def add(self, place: str, template: str) -> None:
        """A new file from a template."""
        if (ROOT / place).exists():
            raise CannotBeginError(f"{place} is there already")
        self.files[ROOT / place] = self.text(template)

    def edit(self, place: str, change: Edit) -> None:
        """An old file, changed."""
        path = ROOT / place
        self.files[path] = change(self.files.get(path) or path.read_text(encoding="utf-8"))

    def text(self, template: str, **others: str) -> str:
        """A template, filled in."""
        return Template(read(TEMPLATES / template)).substitute(self.words | others)

    def write(self) -> None:
        """Writes everything and says what."""
        for path, text in self.files.items():
            old = path.exists()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"{'changed' if old else 'written'}  {path.relative_to(ROOT)}")


# --- edits ---


def with_import(line: str) -> Edit:
    """An import in its place by name among those of the same package."""
    package = line.split(" import ")[0].rpartition(".")[0] + "."

    def change(text: str) -> str:
        lines = text.splitlines(keepends=True)
        places = [at for at, old in enumerate(lines) if old.startswith(package)]
        after = [at for at in places if lines[at] < line]
        at = after[-1] + 1 if after else places[0]
        return "".join([*lines[:at], line + "\n", *lines[at:]])

    return change


def before(mark: str, opening: str, added: str) -> Edit:
    """Text before the first `mark` that follows `opening`."""

    def change(text: str) -> str:
        at = text.find(mark, text.index(opening))
        return text[:at] + added + text[at:]

    return change


def into_step(step: str, key: str, word: str) -> Edit:
    """A word at the end of a list of one step of the method."""

    def change(text: str) -> str:
        found = re.search(
            rf'^id = "{re.escape(step)}"$(?:(?!^id = ).)*?^{key} = \[[^\]]*', text, re.MULTILINE | re.DOTALL
        )
        if found is None:
            steps = ", ".join(re.findall(r'^id = "(\w+)"$', text, re.MULTILINE))
            raise CannotBeginError(f"no step is called {step!r}; there are {steps}")
        comma = "" if text[found.end() - 1] == "[" else ", "
        return f'{text[: found.end()]}{comma}"{word}"{text[found.end() :]}'

    return change


def at_end(added: str) -> Edit:
    """Text at the end."""
    return lambda text: text.rstrip("\n") + "\n" + added


# --- what can be begun ---


def rule(options: argparse.Namespace) -> tuple[Change, list[str]]:
    """A rule with the next free code of its family, its cases, and its place in the registry, the names and the method."""
    change = Change(options.name)
    code = options.code or next_code(options.family)
    change.words["code"] = code
    change.add(f"lossdoctor/rules/{options.name}.py", "rule.py.txt")
    change.add(f"tests/rules/cases/{code}.toml", "cases.toml.txt")
    name, kind = options.name, change.words["Class"]
    change.edit("lossdoctor/rules/registry.py", with_import(f"from lossdoctor.rules.{name} import {kind}"))
    change.edit("lossdoctor/rules/registry.py", before(")\n", "RULES: tuple", f"    {kind}(),\n"))
    change.edit("lossdoctor/knowledge/vocabulary.py", before(")\n", "BESIDE_VERDICTS: ", f'    "{name}",\n'))
    change.edit("resources/knowledge/order.toml", into_step(options.step or "look_at_curves", "look", code))
    explain(change, name, options)
    return change, [
        "the cases first, then the rule, until `python -m pytest tests/rules` passes",
        f"why {options.cause} explains it, and how likely that is beforehand",
        "`python packaging/generate.py`, which writes its page of help",
    ]


def explain(change: Change, finding: str, options: argparse.Namespace) -> None:
    """Names a finding in a cause, which is begun when there is none of that name: without one nothing would load."""
    path = file_of(options.cause)
    if path is None:
        add_cause(change, options.cause, finding, options)
        return
    place = str(path.relative_to(ROOT))
    opening = f'id = "{options.cause}"\n'
    change.edit(place, lambda text: before("[[", opening, f"{finding} = -1.0  # TODO\n")(text))


def cause(options: argparse.Namespace) -> tuple[Change, list[str]]:
    """A cause at the end of one file of the knowledge, and in the method."""
    change = Change(options.name)
    known = file_of(options.name)
    if known is not None:
        raise CannotBeginError(f"{options.name} is there already, in {known.name}")
    add_cause(change, options.name, options.explains, options)
    return change, [
        "the entry, then evidence for and against it (lossdoctor/knowledge/predicates has the questions that can be asked)",
        "`python packaging/generate.py`, then `python -m pytest tests/knowledge`",
        "`python -m tests.bench.causes` before and after",
    ]


def file_of(cause: str) -> Path | None:
    """The file of the knowledge that holds a cause; None when there is no such cause."""
    files = sorted((ROOT / "resources" / "knowledge").glob("*.toml"))
    return next((path for path in files if f'[[cause]]\nid = "{cause}"\n' in read(path)), None)


def add_cause(change: Change, name: str, finding: str, options: argparse.Namespace) -> None:
    """The entry, its step of the method, and its place in the list that a test holds."""
    text = change.text("cause.toml.txt", name=name, Title=title(name), explains=finding)
    change.edit(f"resources/knowledge/{options.file}.toml", at_end(text))
    change.edit("resources/knowledge/order.toml", into_step(options.step or STEP_OF_FILE[options.file], "causes", name))
    change.edit("tests/knowledge/test_catalogue.py", before("]  # fmt: skip", "PARTS = [", f'    "{name}",\n'))


def importer(options: argparse.Namespace) -> tuple[Change, list[str]]:
    """An importer, its sample, its page of help, and its place in the registry."""
    change, name = Change(options.name), options.name
    change.add(f"lossdoctor/importers/{name}.py", "importer.py.txt")
    change.add(f"tests/importers/samples/{name}/train.log", "sample.log.txt")
    change.add(f"resources/help/formats/{name}.md", "format.md.txt")
    kind = f"{change.words['Class']}Importer"
    change.edit("lossdoctor/importers/registry.py", with_import(f"from lossdoctor.importers.{name} import {kind}"))
    # Before the formats that also match by their general shape.
    change.edit(
        "lossdoctor/importers/registry.py", before("    CsvImporter(),", "IMPORTERS: tuple", f"    {kind}(),\n")
    )
    return change, [
        "a small sample that may be given away, then the importer and its page of help",
        "`python -m tests.importers.test_samples` writes what was read beside the sample: look at it",
        "`python packaging/generate.py`, then `python -m pytest tests/importers`",
    ]


def section(options: argparse.Namespace) -> tuple[Change, list[str]]:
    """A section of the report below the head of each run, and its test."""
    change, name = Change(options.name), options.name
    change.add(f"lossdoctor/report/sections/{name}.py", "section.py.txt")
    change.add(f"tests/report/test_{name}.py", "test_section.py.txt")
    place = "lossdoctor/report/document.py"
    change.edit(place, with_import(f"from lossdoctor.report.sections.{name} import {name}"))
    head = re.search(r"^( *)\*run_head\(item[^\n]*\),\n", read(ROOT / place), re.MULTILINE)
    if head is None:
        raise CannotBeginError(f"{place} has no line *run_head(item ...")
    change.edit(place, lambda text: text.replace(head[0], f"{head[0]}{head[1]}*{name}(item),\n"))
    return change, [
        "the section and its test, until `python -m pytest tests/report` passes",
        "`lossdoctor report resources/examples/03-overfitting -o page.pdf`, and look at it",
    ]


def read(path: Path) -> str:
    """The text of a file."""
    return path.read_text(encoding="utf-8")


def title(name: str) -> str:
    """A name as a heading."""
    return name.replace("_", " ").capitalize()


def next_code(family: str, folder: Path = ROOT / "lossdoctor" / "rules") -> str:
    """The first free code after the last of a family."""
    used = [
        int(found[1]) for path in folder.glob("*.py") for found in re.finditer(rf'code = "{family}(\d\d)"', read(path))
    ]
    return f"{family}{max(used, default=0) + 1:02d}"


KINDS: dict[str, Callable[[argparse.Namespace], tuple[Change, list[str]]]] = {
    "rule": rule, "cause": cause, "importer": importer, "section": section,
}  # fmt: skip


def parsed(args: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="packaging/new.py", description=__doc__.splitlines()[0] if __doc__ else "")
    parts = parser.add_subparsers(dest="kind", required=True)
    for kind, begin in KINDS.items():
        part = parts.add_parser(kind, help=begin.__doc__)
        part.add_argument("name", type=slug, help="lower case, words joined by _")
        if kind == "rule":
            part.add_argument(
                "--family", choices=FAMILIES, default="CV", help="the first letters of its code (default CV)"
            )
            part.add_argument("--code", help="a code instead of the next free one")
            part.add_argument("--cause", required=True, type=slug, help="what explains it: a known cause or a new one")
        if kind == "cause":
            part.add_argument("--explains", required=True, type=slug, help="the finding it explains")
        if kind in ("rule", "cause"):
            part.add_argument(
                "--file",
                choices=STEP_OF_FILE,
                default="optimiser",
                help="where in resources/knowledge a new cause goes",
            )
            part.add_argument("--step", help="the step of the method at which it is looked at")
    return parser.parse_args(args)


def slug(text: str) -> str:
    """The text, when it can be a module's name."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not lower case with words joined by _")
    return text


def blanks(texts: Iterable[str]) -> int:
    """How many places are left to fill in."""
    return sum(text.count("TODO") for text in texts)


def main(args: Sequence[str]) -> int:
    """Begins one thing; 0 when it was written, 1 when nothing was."""
    options = parsed(args)
    try:
        change, todo = KINDS[options.kind](options)
    except CannotBeginError as error:
        print(f"new.py: {error}", file=sys.stderr)
        return 1
    change.write()
    print(f"\n{blanks(change.files.values())} places say TODO. Next:")
    for number, what in enumerate(todo, 1):
        print(f"  {number}. {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
