"""The PDF as a reader's program sees it: pages, outline, links, fonts, text and where every piece of it stands."""

from __future__ import annotations

import dataclasses
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfReader
from pypdf.generic import Destination

from lossdoctor.errors import OutputError
from lossdoctor.knowledge.marks import Mark, Standing
from lossdoctor.progress import Cancelled
from lossdoctor.report.document import build_report
from lossdoctor.report.furniture import SIDE
from lossdoctor.report.options import Paper, ReportOptions, Section
from lossdoctor.report.pdf import render_pdf, write_pdf
from lossdoctor.resources import resource
from lossdoctor.runs import Role
from lossdoctor.workspace.results import ScanResult

from . import reports, samples
from .boxes import overlapping, text_boxes

EVERY_RESULT: tuple[Callable[[], ScanResult], ...] = (
    reports.ordinary, reports.hostile, reports.odd, reports.crowded, reports.siblings,
)  # fmt: skip


def rendered(result: ScanResult, options: ReportOptions | None = None) -> PdfReader:
    file = io.BytesIO()
    render_pdf(build_report(result, options or reports.options()), file)
    return PdfReader(file)


def whole_text(reader: PdfReader) -> str:
    text = "\n".join(page.extract_text() for page in reader.pages)
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("paper", list(Paper))
@pytest.mark.parametrize("make", EVERY_RESULT, ids=lambda make: make.__name__)
def test_no_text_stands_over_another_or_off_the_page(make: Callable[[], ScanResult], paper: Paper) -> None:
    reader = rendered(make(), reports.options(paper=paper))
    for number, page in enumerate(reader.pages, 1):
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(paper.points, abs=0.01)
        boxes = text_boxes(page)
        assert boxes, f"page {number} is empty"
        outside = [b for b in boxes if b.x0 < SIDE - 1 or b.x1 > paper.points[0] - SIDE + 1]
        outside += [b for b in boxes if b.y0 < 20 or b.y1 > paper.points[1] - 40]
        assert not outside, f"page {number}"
        assert not overlapping(boxes), f"page {number}"


def test_the_overlap_check_sees_overlaps() -> None:
    boxes = text_boxes(rendered(reports.ordinary(1)).pages[0])
    assert overlapping([*boxes, boxes[3]])


@pytest.mark.parametrize("make", EVERY_RESULT, ids=lambda make: make.__name__)
def test_every_font_is_embedded(make: Callable[[], ScanResult]) -> None:
    for page in rendered(make()).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            descriptor = font.get_object().get("/FontDescriptor")
            assert descriptor is not None, font.get_object()["/BaseFont"]
            assert "/FontFile2" in descriptor.get_object()


@pytest.mark.parametrize("make", EVERY_RESULT, ids=lambda make: make.__name__)
def test_every_link_leads_to_a_place_in_the_document(make: Callable[[], ScanResult]) -> None:
    reader = rendered(make())
    pages = {page.indirect_reference for page in reader.pages}
    links = [a.get_object()["/Dest"] for page in reader.pages for a in page.get("/Annots", ())]
    assert all(link[0] in pages for link in links)
    assert len(links) >= (3 if len(make().runs) > 1 else 0)


def test_the_outline_names_parts_and_runs() -> None:
    reader = rendered(reports.siblings())
    top = [entry for entry in reader.outline if isinstance(entry, Destination)]
    assert [entry.title for entry in top] == ["Overview", "All runs", "Runs", "Comparisons", "Appendix"]
    runs, pairs = [entry for entry in reader.outline if isinstance(entry, list)][:2]
    assert [entry.title for entry in runs] == ["sweep/best", "sweep/lr", "sweep/both", "sweep/seed"]
    assert [entry.title for entry in pairs] == ["sweep/best and sweep/lr", "sweep/best and sweep/both"]


def test_the_summary_tells_the_page_of_each_run() -> None:
    reader = rendered(reports.ordinary(4))
    [entries] = [entry for entry in reader.outline if isinstance(entry, list)][:1]
    numbers = {entry.title: (reader.get_destination_page_number(entry) or 0) + 1 for entry in entries}  # type: ignore[union-attr]
    assert len(numbers) == 4
    listed = {}
    for name in (box for box in text_boxes(reader.pages[0]) if box.text in numbers and box.x0 < 150):
        row = [box for box in text_boxes(reader.pages[0]) if abs(box.y0 - name.y0) < 4]
        listed[name.text] = int(max(row, key=lambda box: box.x0).text)
    assert listed == numbers
    assert f"Page {len(reader.pages)} of {len(reader.pages)}" in reader.pages[-1].extract_text()


def test_text_can_be_found() -> None:
    text = whole_text(rendered(reports.ordinary(2)))
    for wanted in (
        "Overfitting",
        "Likely causes",
        "Checklist",
        "Experiment number 3",
        "best validation",
        "GN01",
        "93 %",
    ):
        assert wanted in text


def test_names_are_shown_literally() -> None:
    text = whole_text(rendered(reports.hostile()))
    for wanted in ("<b>bold</b> & <script>", "中文 日本語 한국어", "Ελληνικά Жук", "\\u202eabc", "\\x1b[31mred"):
        assert wanted in text


def test_what_does_not_fit_is_said_to_be_missing() -> None:
    text = whole_text(rendered(reports.crowded()))
    assert "more problem" in text
    assert "more finding" in text


def test_the_rules_are_told_whole() -> None:
    text = whole_text(rendered(reports.ordinary(2)))
    assert "only the share of the gain is used" in text.replace("\n", " ")
    assert "\N{HORIZONTAL ELLIPSIS}" not in text[text.index("How each rule decides") :]


def test_ticks_are_drawn() -> None:
    result = reports.ordinary(1)
    item = result.runs[0].diagnosis.causes[0].id
    plain = rendered(result)
    ticked = rendered(result, reports.options(marks={result.runs[0].run.id: {item: Mark(Standing.DONE)}}))
    contents = [b"".join(page.get_contents().get_data() for page in r.pages) for r in (plain, ticked)]  # type: ignore[union-attr]
    assert len(contents[1]) > len(contents[0])


def test_metadata() -> None:
    reader = rendered(reports.ordinary(), reports.options(title="Sweep of <March>"))
    assert reader.metadata is not None
    assert reader.metadata.title == "Sweep of <March>"
    assert reader.metadata.author is not None
    assert reader.metadata.author.startswith("lossdoctor")
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"  # type: ignore[index]


def test_equal_input_gives_equal_bytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    contents = []
    for name in ("a", "b"):
        write_pdf(build_report(reports.hostile()), tmp_path / f"{name}.pdf")
        contents.append((tmp_path / f"{name}.pdf").read_bytes())
    assert contents[0] == contents[1]
    assert "14 November 2023" in PdfReader(tmp_path / "a.pdf").pages[0].extract_text()


@pytest.mark.parametrize("epoch", ["yesterday", "1" * 40])
def test_an_epoch_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch, epoch: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(OutputError, match="SOURCE_DATE_EPOCH"):
        build_report(reports.ordinary())


def test_endless_texts_take_no_page_of_their_own() -> None:
    result = dataclasses.replace(reports.ordinary(2), roots=tuple("/deep" * 800 + str(i) for i in range(50)))
    reader = rendered(result, reports.options(title="T" * 5000, command="lossdoctor report " + "runs/x " * 5000))
    for page in reader.pages:
        boxes = text_boxes(page)
        assert not overlapping(boxes)
        assert all(box.y0 > 20 for box in boxes)
    assert "and 44 others" in whole_text(reader).replace("\n", " ")


def test_sections_are_left_out() -> None:
    text = whole_text(rendered(reports.siblings(), reports.options(sections=frozenset({Section.SUMMARY}))))
    assert "sweep/lr" in text
    assert "Appendix" not in text
    assert "What was read" not in text


def test_only_the_runs_pages() -> None:
    reader = rendered(reports.ordinary(2), reports.options(sections=frozenset({Section.RUNS})))
    assert "run0" in reader.pages[0].extract_text()


@pytest.mark.parametrize("section", list(Section))
def test_each_section_alone_and_none_of_them_fails_without_runs(section: Section) -> None:
    rendered(reports.siblings(), reports.options(sections=frozenset({section}), logo=logo()))
    assert len(rendered(samples.scanned(), reports.options(sections=frozenset({section}))).pages) >= 1


def logo() -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (600, 90), "teal").save(file, "PNG")
    return file.getvalue()


def test_a_million_points_stay_a_small_page() -> None:
    steps = np.arange(1_000_000)
    noise = np.random.default_rng(1).normal(size=steps.size)
    run = samples.make_run("long", {("loss", Role.TRAIN_LOSS): (steps, 1 + np.exp(-steps / 2e5) + 0.1 * noise)})
    file = io.BytesIO()
    render_pdf(build_report(samples.scanned(reports.judged(run)), reports.options()), file)
    assert file.tell() < 150_000


def test_a_cancelled_report_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "out.pdf"
    target.write_text("old")
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        write_pdf(build_report(reports.ordinary()), target, cancel=lambda: next(asked, True))
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.pdf"]


def test_progress_reaches_its_total() -> None:
    told: list[tuple[int, int]] = []
    file = io.BytesIO()
    render_pdf(build_report(reports.ordinary(4)), file, lambda done, total, _what: told.append((done, total)))
    assert all(0 <= done <= total for done, total in told)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] >= told[-1][1] - 1


def report_command(target: Path) -> list[str]:
    return [sys.executable, "-m", "lossdoctor", "report", str(resource("examples")), "-o", str(target)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="file size limits are a POSIX matter")
@pytest.mark.parametrize("ending", ["pdf", "html", "md"])
def test_a_full_disk_is_said_and_the_old_report_stays(tmp_path: Path, ending: str) -> None:
    import resource as limits
    import signal

    def small_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limits.setrlimit(limits.RLIMIT_FSIZE, (20_000, 20_000))

    target = tmp_path / f"out.{ending}"
    target.write_text("old")
    done = subprocess.run(report_command(target), capture_output=True, text=True, preexec_fn=small_disk, check=False)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == [target.name]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that not even root can write to")
def test_a_folder_that_cannot_be_written_is_said() -> None:
    done = subprocess.run(report_command(Path("/proc/out.pdf")), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
