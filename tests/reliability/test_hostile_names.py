"""Names out of logs are data in every sink: they are shown literally and do nothing."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from lossdoctor.cli.main import run as command_line
from lossdoctor.knowledge.marks import Mark, Standing
from lossdoctor.runs import Role, Run, Series
from lossdoctor.workspace.checklists import ChecklistStore
from tests.helpers.hostile_names import EVIL, NAMES, commands, hostile_logs

Said = Callable[..., str]
# Markup that is not ours: the reports have anchors and links to them.
MARKUP = re.compile(r"(?<!\\)(<(?!a id=\"[a-z0-9-]+\">|/a>)[a-zA-Z!/]|\]\((?!#))")
HARM = re.compile("evil|bold|alert")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile_logs(tmp_path_factory.mktemp("hostile") / "logs")


@pytest.fixture
def said(hostile: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    """What a command writes to the terminal, errors included; it must have run to its end."""

    def call(*arguments: object) -> str:
        capsys.readouterr()
        code = command_line([str(argument) for argument in arguments])
        written = capsys.readouterr()
        assert code in (0, 1, 3), written.err
        assert "Traceback" not in written.err
        assert not list(commands(written.err))
        return written.out

    return call


class Page(HTMLParser):
    """The elements of a page, and everything that would be fetched or run."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.shown = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        target = values.get("src") or values.get("href") or ""
        if tag in ("script", "iframe", "object", "embed", "link", "base", "evil", "h1x") or EVIL in target:
            self.wrong.append(f"<{tag} {attrs}>")
        if any(name.startswith("on") for name in values) or target.startswith(("http://evil", "//", "javascript:")):
            self.wrong.append(f"<{tag} {attrs}>")

    def handle_data(self, data: str) -> None:
        self.shown += data


def cells(text: str) -> Iterator[str]:
    for row in csv.reader(io.StringIO(text, newline="")):
        yield from row


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


FORMATS = ("text", "json", "jsonl", "csv", "markdown", "html", "junit", "sarif", "github")


@pytest.fixture(scope="module")
def scanned(hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The output of a scan in every format."""
    out = tmp_path_factory.mktemp("out")
    for form in FORMATS:
        command_line(["scan", str(hostile), "--no-cache", "--format", form, "-o", str(out / form)])
    return {form: (out / form).read_text(encoding="utf-8") for form in FORMATS}


@pytest.mark.parametrize("form", FORMATS)
def test_no_output_moves_the_terminal(form: str, scanned: dict[str, str]) -> None:
    assert not list(commands(scanned[form]))
    assert "evil" in scanned[form]


def test_every_run_is_in_the_json(scanned: dict[str, str]) -> None:
    runs = json.loads(scanned["json"])["runs"]
    assert len(runs) >= len(NAMES) + 15
    assert all(run["verdict"] == "divergence" for run in runs)
    lines = [json.loads(line) for line in scanned["jsonl"].splitlines()]
    assert len([line for line in lines if "verdict" in line]) == len(runs)


def test_spreadsheets_see_no_formula(scanned: dict[str, str]) -> None:
    for cell in cells(scanned["csv"]):
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "|")) or is_number(cell), cell


def test_html_holds_no_element_of_a_name(scanned: dict[str, str]) -> None:
    page = Page(scanned["html"])
    assert page.wrong == []
    assert "<b>bold<u>" in page.shown


def test_markdown_holds_no_markup_of_a_name(scanned: dict[str, str]) -> None:
    text = scanned["markdown"]
    found = [text[match.start() - 30 : match.end() + 30] for match in MARKUP.finditer(text)]
    harm = [piece for piece in found if HARM.search(piece)]
    assert harm == [], harm[:3]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1  # no name opens a column of its own


def test_xml_is_well_formed_and_holds_no_element_of_a_name(scanned: dict[str, str]) -> None:
    root = ElementTree.fromstring(scanned["junit"])
    assert {element.tag for element in root.iter()} <= {"testsuites", "testsuite", "testcase", "failure", "skipped",
                                                        "error", "system-out", "properties", "property"}  # fmt: skip


def test_sarif_links_to_nothing_of_a_name(scanned: dict[str, str]) -> None:
    for result in json.loads(scanned["sarif"])["runs"][0]["results"]:
        for location in result["locations"]:
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            assert not uri.startswith(("http", "//", "javascript"))
            assert ".." not in uri.split("/")
        # A message in SARIF may hold [text](target) links.
        assert "](http" not in result["message"]["text"].replace("\\]", "").replace("\\[", "")


def test_each_github_line_is_one_command_of_ours(scanned: dict[str, str]) -> None:
    for line in scanned["github"].splitlines():
        assert line.startswith(("::error ", "::warning ", "::notice ")), line
        properties = line.split("::")[1]
        assert "\n" not in properties
        assert line.count("::set-output") == 0 or line.startswith(("::error ", "::warning ", "::notice "))


@pytest.mark.parametrize(
    "command",
    [["inspect"], ["inspect", "--format", "json"], ["inspect", "--records"], ["inspect", "--content", "hparams"],
     ["causes", "--top", "1"], ["causes", "--json"], ["compare"], ["compare", "--json"], ["plan"]],
    ids=" ".join,
)  # fmt: skip
def test_other_commands_show_names_literally(command: list[str], hostile: Path, said: Said) -> None:
    several = command[0] in ("causes", "compare")
    paths = [hostile / "w" / f"r{index}" for index in (1, 7, 9, 11, 12)] if several else [hostile]
    assert not list(commands(said(*command, *paths)))


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_converted_tables(ending: str, hostile: Path, said: Said, tmp_path: Path) -> None:
    target = tmp_path / f"all.{ending}"
    said("convert", hostile, "-o", target)
    text = target.read_text(encoding="utf-8")
    assert not list(commands(text))
    if ending == "csv":
        assert not [c for c in cells(text) if c.lstrip().startswith(("=", "+", "@", "|")) and not is_number(c)]
        assert not [c for c in cells(text) if c.lstrip().startswith("-") and not is_number(c)]


def test_a_report_in_html_holds_no_element_of_a_name(hostile: Path, said: Said, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    said("report", hostile, "-o", target, "--title", NAMES[1])
    text = target.read_text(encoding="utf-8")
    assert not list(commands(text))
    assert Page(text).wrong == []


def test_a_report_in_markdown_holds_no_markup_of_a_name(hostile: Path, said: Said, tmp_path: Path) -> None:
    said("report", hostile, "-o", tmp_path / "report.md", "--title", NAMES[1])
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert not list(commands(text))
    text = re.sub("(?m)^    .*$", "", text)  # code: nothing is markup in there
    found = [text[match.start() - 30 : match.end() + 30] for match in MARKUP.finditer(text)]
    harm = [piece for piece in found if HARM.search(piece)]
    assert harm == [], harm[:3]


def test_a_pdf_report_does_nothing(hostile: Path, said: Said, tmp_path: Path) -> None:
    from pypdf import PdfReader

    target = tmp_path / "report.pdf"
    said("report", hostile / "w", "-o", target, "--title", NAMES[1])
    data = target.read_bytes()
    for action in (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/URI", b"/SubmitForm", b"/OpenAction"):
        assert action not in data.replace(b"/URI (https://lossdoctor", b""), action
    text = "\n".join(page.extract_text() for page in PdfReader(target).pages[:4])
    assert "<b>bold</b>" in text
    assert not list(commands(text))


@pytest.mark.parametrize("kind", ["html", "md"])
def test_files_named_after_runs_stay_in_their_folder(kind: str, hostile: Path, said: Said, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    out.mkdir(parents=True)
    said("report", hostile / "w", "-o", out, "--split", kind)
    made = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(made) >= len(NAMES)
    assert {path.parent for path in made} == {out}
    for path in made:
        assert path.name.isprintable()
        assert len(path.name) < 120
        assert not path.name.startswith((".", "-"))


def _run(name: str, folder: Path) -> Run:
    return Run(name, str(folder / "r"), name, "csv", (Series(name, [0, 1], [1.0, 0.5]),))


def test_the_checklist_keeps_names_and_notes_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "marks.sqlite3"
    names = [name for name in NAMES if name.isprintable() or "\ud800" not in name]
    with ChecklistStore(path) as store:
        for name in names:
            assert store.set_mark(_run(name, tmp_path), "cause'; DROP TABLE marks; --", Mark(Standing.DONE, name)), name
            assert store.set_role(_run(name, tmp_path), name, Role.TRAIN_LOSS)
    with ChecklistStore(path) as store:
        assert store.notice == ""
        for name in names:
            (mark,) = store.marks(_run(name, tmp_path)).values()
            assert mark.note == name
            assert store.roles(_run(name, tmp_path)) == {name: Role.TRAIN_LOSS}


def test_a_name_that_utf8_cannot_hold_costs_its_own_mark_only(tmp_path: Path) -> None:
    with ChecklistStore(tmp_path / "marks.sqlite3") as store:
        broken, sound = _run("\ud800 half", tmp_path), _run("sound", tmp_path)
        assert store.set_mark(sound, "a", Mark(Standing.DONE))
        kept = store.set_mark(broken, "a", Mark(Standing.DONE, "\ud800"))
        assert kept or store.notice
        assert set(store.marks(sound)) == {"a"}
        assert set(store.marks(broken)) == ({"a"} if kept else set())


def test_exported_marks_come_back(hostile: Path, said: Said, tmp_path: Path) -> None:
    names = [name for name in NAMES if "\ud800" not in name]
    with ChecklistStore() as store:
        for name in names:
            store.set_mark(_run(name, tmp_path), "lr_too_high", Mark(Standing.DONE, name))
    said("checklist", "export", tmp_path / "marks.json")
    with ChecklistStore() as store:
        for name in names:
            store.set_mark(_run(name, tmp_path), "lr_too_high", Mark())
    said("checklist", "import", tmp_path / "marks.json")
    with ChecklistStore() as store:
        assert [store.marks(_run(name, tmp_path))["lr_too_high"].note for name in names] == names
