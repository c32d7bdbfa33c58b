"""The HTML as a parser and a browser see it: one file, nothing loaded, nothing run, every name literal, every link good."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from lossdoctor.knowledge.marks import Mark, Standing
from lossdoctor.report.document import build_report
from lossdoctor.report.html import html_pieces, write_html
from lossdoctor.report.options import ReportOptions
from lossdoctor.workspace.results import ScanResult

from . import reports
from .test_pdf import EVERY_RESULT, logo

_VOID = {"meta", "input", "br", "img", "rect", "path", "polygon", "polyline"}
_ALLOWED = {
    *_VOID, "html", "head", "title", "style", "body", "section", "a", "h1", "h2", "h3", "h4", "p", "div", "dl", "dt", "dd",
    "span", "i", "b", "code", "table", "thead", "tbody", "tr", "th", "td", "svg", "g", "text", "figure", "ul", "li", "pre",
    "footer",
}  # fmt: skip


class Page(HTMLParser):
    """Collects tags, ids, links and text, and insists that what is opened is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        values = dict(attrs)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if tag == "a":
            self.links.append(str(values["href"]))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def html(result: ScanResult, options: ReportOptions | None = None) -> str:
    return "".join(html_pieces(build_report(result, options or reports.options())))


def parsed(result: ScanResult) -> Page:
    page = Page()
    page.feed(html(result))
    page.close()
    assert not page.open
    return page


@pytest.mark.parametrize("make", EVERY_RESULT, ids=lambda make: make.__name__)
def test_it_is_one_file_that_loads_and_runs_nothing(make: Callable[[], ScanResult]) -> None:
    page = parsed(make())
    assert page.tags <= {tag.lower() for tag in _ALLOWED}
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "src"]
    assert all(link.startswith("#") for link in page.links)


@pytest.mark.parametrize("make", EVERY_RESULT, ids=lambda make: make.__name__)
def test_every_link_has_its_target_once(make: Callable[[], ScanResult]) -> None:
    page = parsed(make())
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links} <= set(page.ids)


def test_names_are_shown_literally() -> None:
    text = parsed(reports.hostile()).text
    for wanted in ("<b>bold</b> & <script>alert", "中文 日本語 한국어", "\\u202eabc", "\\x1b[31mred", "😀🎉"):
        assert wanted in text
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text


def test_both_themes_colour_the_figures() -> None:
    text = html(reports.ordinary(1))
    light, dark = text.rsplit("<style>", 1)[1].split("@media(prefers-color-scheme:dark)")
    assert "stroke:#0072b2" in light
    assert "stroke:#56b4e9" in dark
    assert light.count("{") == dark.count("{") - 1
    assert "<polyline" in text
    assert 'aria-label="Overfitting' in text


def test_ticks_and_logo() -> None:
    result = reports.ordinary(2)
    item = result.runs[0].diagnosis.causes[0].id
    text = html(result, reports.options(marks={result.runs[0].run.id: {item: Mark(Standing.DONE)}}, logo=logo()))
    assert text.count(" checked>") == 1
    assert 'src="data:image/png;base64,' in text


def test_equal_input_gives_equal_bytes() -> None:
    assert html(reports.hostile()) == html(reports.hostile())


def test_a_browser_shows_it(tmp_path: Path) -> None:
    """Chromium reads the file without a complaint and draws something in it: the page is neither empty nor broken."""
    browser = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    if browser is None:
        pytest.skip("NOT TESTED: HTML in a browser. Neither chromium nor google-chrome is installed.")
    target, picture = tmp_path / "report.html", tmp_path / "page.png"
    write_html(build_report(reports.hostile(), reports.options()), target)
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--enable-logging=stderr",
    ]
    shot = [browser, *flags, f"--screenshot={picture}", "--window-size=1000,2400", target.as_uri()]
    done = subprocess.run(shot, capture_output=True, text=True, timeout=120, check=False)
    assert "CONSOLE" not in done.stderr, done.stderr[-2000:]
    from PIL import Image

    with Image.open(picture) as image:
        colours = image.convert("RGB").getcolors(1_000_000)
    assert colours is not None
    assert len(colours) > 200
    dom = subprocess.run(
        [browser, *flags, "--dump-dom", target.as_uri()], capture_output=True, text=True, timeout=120, check=False
    )
    assert dom.stdout.count("<section") == 2 + len(reports.hostile().runs)
    assert "<script" not in dom.stdout
