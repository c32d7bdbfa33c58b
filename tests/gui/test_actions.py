from __future__ import annotations

import re
from collections import Counter
from itertools import product

import pytest
from PySide6.QtGui import QKeySequence

from lossdoctor.gui.actions import ACTIONS, MENUS, ActionSpec, WindowState, action
from lossdoctor.gui.commands import Commands
from lossdoctor.gui.compare_commands import CompareCommands
from lossdoctor.gui.help_commands import HelpCommands
from lossdoctor.gui.layer_commands import LayerCommands
from lossdoctor.gui.live import Live
from lossdoctor.gui.note_commands import NoteCommands
from lossdoctor.gui.plot_commands import PlotCommands
from lossdoctor.gui.run_commands import RunCommands
from lossdoctor.resources import resource


def test_ids_are_unique() -> None:
    assert not [name for name, n in Counter(spec.id for spec in ACTIONS).items() if n > 1]


def test_shortcuts_are_unique_and_understood() -> None:
    keys = [QKeySequence(text) for spec in ACTIONS for text in spec.shortcuts]
    assert all(not key.isEmpty() for key in keys)
    assert not [name for name, n in Counter(key.toString() for key in keys).items() if n > 1]


def test_mnemonics_are_unique_within_a_menu() -> None:
    for menu in MENUS:
        letters = [m.group(1).lower() for s in ACTIONS if s.menu == menu and (m := re.search("&(.)", s.text))]
        assert len(letters) == len(set(letters)), menu


@pytest.mark.parametrize("spec", ACTIONS, ids=lambda spec: spec.id)
def test_every_action_has_handler_menu_icon_and_help(spec: ActionSpec) -> None:
    assert any(
        callable(getattr(home, spec.handler, None))
        for home in (
            Commands,
            RunCommands,
            PlotCommands,
            HelpCommands,
            LayerCommands,
            CompareCommands,
            NoteCommands,
            Live,
        )
    )
    assert spec.menu in MENUS
    assert spec.help.endswith(".")
    if spec.icon:
        assert resource("icons", f"{spec.icon}.svg").is_file()


def test_conditions() -> None:
    nothing, scanning = WindowState(), WindowState(has_paths=True, is_scanning=True)
    full = WindowState(has_paths=True, has_runs=True, has_run=True, has_findings=True)
    assert not action("file.export_all").enabled_when(nothing)
    assert action("file.export_all").enabled_when(full)
    assert not action("file.export_all").enabled_when(WindowState(has_runs=True, is_exporting=True))
    assert action("file.cancel").enabled_when(scanning)
    assert not action("file.cancel").enabled_when(full)
    assert not action("findings.next").enabled_when(WindowState(has_run=True))
    assert action("findings.next").enabled_when(full)
    with pytest.raises(KeyError):
        action("no.such")


def test_opening_is_always_possible() -> None:
    for values in product((False, True), repeat=6):
        state = WindowState(*values)
        assert action("file.open_folder").enabled_when(state)
        assert action("help.shortcuts").enabled_when(state)
