"""What desktops and shells are told: complete, well formed, and true of the program."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from configparser import RawConfigParser
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from lossdoctor import __version__
from lossdoctor.cli.main import cli
from lossdoctor.gui.app import DESKTOP_FILE
from tests.packaging.documents import ROOT

# Scripts beside the package, not parts of it.
sys.path.insert(0, str(ROOT / "packaging"))
import desktop_files
import man_page

DATE = datetime(2026, 2, 3, tzinfo=UTC)
MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"
SAMPLES = ROOT / "tests" / "importers" / "samples"


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory, qapp: object) -> Path:
    folder = tmp_path_factory.mktemp("share")
    desktop_files.write_all(folder, DATE)
    return folder


def test_one_name_everywhere(share: Path) -> None:
    assert desktop_files.NAME == DESKTOP_FILE
    entry = RawConfigParser()
    entry.read(share / "applications" / f"{DESKTOP_FILE}.desktop")
    assert entry["Desktop Entry"]["icon"] == DESKTOP_FILE
    described = ET.parse(share / "metainfo" / f"{DESKTOP_FILE}.metainfo.xml").getroot()
    assert described.findtext("id") == DESKTOP_FILE
    assert described.findtext("launchable") == f"{DESKTOP_FILE}.desktop"
    release = described.find("releases/release")
    assert release is not None
    assert release.attrib == {"version": __version__, "date": "2026-02-03"}


def test_the_starter_opens_the_types_that_are_declared(share: Path) -> None:
    entry = RawConfigParser()
    entry.read(share / "applications" / f"{DESKTOP_FILE}.desktop")
    opened = set(entry["Desktop Entry"]["mimetype"].strip(";").split(";"))
    types = ET.parse(share / "mime" / "packages" / f"{DESKTOP_FILE}.xml").getroot()
    assert {item.attrib["type"] for item in types} == opened
    described = ET.parse(share / "metainfo" / f"{DESKTOP_FILE}.metainfo.xml").getroot()
    assert {item.text for item in described.findall("provides/mediatype")} == opened


@pytest.mark.parametrize(
    ("kind", "sample"),
    [("application/x-tensorboard-events", "tensorboard"), ("application/x-wandb-run", "wandb_binary")],
)
def test_the_patterns_fit_real_logs(kind: str, sample: str, share: Path) -> None:
    types = ET.parse(share / "mime" / "packages" / f"{DESKTOP_FILE}.xml").getroot()
    [declared] = [item for item in types if item.attrib["type"] == kind]
    patterns = [glob.attrib["pattern"] for glob in declared.iter(f"{MIME}glob")]
    logs = [path for path in (SAMPLES / sample).rglob("*") if any(path.match(pattern) for pattern in patterns)]
    assert logs
    for match in declared.iter(f"{MIME}match"):
        signature = match.attrib["value"].encode()
        assert all(path.read_bytes().startswith(signature) for path in logs)


def test_the_icon_is_drawn_in_every_size(share: Path) -> None:
    for size in desktop_files.ICON_SIZES:
        image = QImage(str(share / "icons" / "hicolor" / f"{size}x{size}" / "apps" / f"{DESKTOP_FILE}.png"))
        assert (image.width(), image.height()) == (size, size)
        # Blue in the lower right part of the plate, nothing in the corner outside it.
        assert image.pixelColor(size * 3 // 4, size // 2).blue() > 120
        assert image.pixelColor(0, 0).alpha() == 0
    assert (share / "icons" / "hicolor" / "scalable" / "apps" / f"{DESKTOP_FILE}.svg").exists()


def test_the_manual_has_every_command_and_option(share: Path) -> None:
    text = gzip.decompress((share / "man" / "man1" / "lossdoctor.1.gz").read_bytes()).decode()
    assert text == man_page.manual(DATE)
    plain = text.replace("\\-", "-")
    for name, command in cli.commands.items():
        assert (f".SS {name}\n" in plain) != command.hidden
        for parameter in command.params:
            hidden = getattr(parameter, "hidden", False)
            for option in (option for option in parameter.opts if option.startswith("--") and not hidden):
                assert option in plain, (name, option)


def test_the_manual_is_formatted_without_a_warning(tmp_path: Path) -> None:
    if shutil.which("groff") is None:
        pytest.skip("NOT TESTED: groff is not installed")
    page = tmp_path / "lossdoctor.1"
    page.write_text(man_page.manual(DATE), encoding="utf-8")
    command = ["groff", "-man", "-ww", "-z", "-Kutf8", str(page)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    # Words that cannot be broken at the end of a line, such as a long list of choices, are no mistake.
    said = [
        line for line in done.stderr.splitlines() if "can't break line" not in line and "cannot adjust line" not in line
    ]
    assert said == []


@pytest.mark.parametrize("shell", desktop_files.COMPLETIONS)
def test_the_completions_are_what_the_program_prints(shell: str, share: Path) -> None:
    text = (share / desktop_files.COMPLETIONS[shell]).read_text(encoding="utf-8")
    assert "_LOSSDOCTOR_COMPLETE" in text
    if shutil.which(shell) is None:
        pytest.skip(f"NOT TESTED: {shell} is not installed")
    subprocess.run([shell, "-n", str(share / desktop_files.COMPLETIONS[shell])], check=True)


@pytest.mark.parametrize(
    ("program", "arguments", "place"),
    [
        ("desktop-file-validate", [], f"applications/{DESKTOP_FILE}.desktop"),
        ("appstreamcli", ["validate", "--no-net"], f"metainfo/{DESKTOP_FILE}.metainfo.xml"),
    ],
)
def test_the_validators_have_nothing_to_say(program: str, arguments: list[str], place: str, share: Path) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"NOT TESTED: {program} is not installed")
    done = subprocess.run([program, *arguments, str(share / place)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "hint" not in done.stdout
