"""The views of the window that are photographed: how to get there in a window on the examples, and what to save."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QApplication, QWidget

from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.gui.desk import Desk
from lossdoctor.gui.dialogs.roles import RolesDialog
from lossdoctor.gui.dialogs.shortcuts import ShortcutSheet
from lossdoctor.runs import Problem, ProblemLevel
from lossdoctor.synth import CurveSpec, HistogramSpec, make_run
from lossdoctor.workspace.results import DiagnosedRun

WAIT = 20.0


@dataclass(frozen=True)
class Screen:
    """One view: its name, and a function that leads there and returns what to save."""

    name: str
    go: Callable[[Desk, QApplication], QWidget]


def spin(app: QApplication, seconds: float) -> None:
    """Lets the window work for a while."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        app.processEvents()
        time.sleep(0.01)


def ready(desk: Desk, app: QApplication) -> None:
    """Waits until nothing is read and drawn any more."""
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        spin(app, 0.2)
        if not desk.session.is_scanning and not any(desk.jobs.is_busy(channel) for channel in ("figure", "hindsight")):
            break
    spin(app, 0.3)


def choose(desk: Desk, app: QApplication, run: str) -> None:
    """Looks at the run whose id begins so."""
    wanted = [item for item in desk.runs_model.all_runs() if item.run.id.startswith(run)]
    if not wanted:
        raise SystemExit(f"There is no run {run}.")
    desk.window.runs.choose(wanted[0].run.id)
    ready(desk, app)


def _with_examples(desk: Desk, app: QApplication, run: str) -> None:
    if not desk.runs_model.total:
        desk.commands.open_examples()
        ready(desk, app)
    choose(desk, app, run)


def _run(name: str) -> Callable[[Desk, QApplication], QWidget]:
    def go(desk: Desk, app: QApplication) -> QWidget:
        _with_examples(desk, app, name)
        return desk.window

    return go


def _empty(desk: Desk, app: QApplication) -> QWidget:
    spin(app, 0.3)
    return desk.window


def _details(desk: Desk, app: QApplication) -> QWidget:
    """The chosen finding with its measurements, a cause folded out."""
    _with_examples(desk, app, "02-underfitting")
    desk.commands.next_finding()
    from lossdoctor.gui.views.section import Disclosure

    for toggle in desk.window.diagnosis.finding_cards[0].findChildren(Disclosure):
        toggle.setChecked(True)
    desk.window.diagnosis.cause_cards[0].unfold(True)
    ready(desk, app)
    return desk.window


def _compared(desk: Desk, app: QApplication) -> QWidget:
    """Three runs drawn together."""
    _with_examples(desk, app, "01-healthy")
    table = desk.window.runs.table
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for row in range(table.model().rowCount()):
        if row >= table.model().rowCount() - 3:
            table.selectionModel().select(table.model().index(row, 0), flags)
    ready(desk, app)
    return desk.window


def _side_by_side(desk: Desk, app: QApplication) -> QWidget:
    _compared(desk, app)
    desk.compare_commands.compare_runs()
    spin(app, 1.0)
    assert desk.compare_commands.view is not None
    return desk.compare_commands.view


def _layers(desk: Desk, app: QApplication) -> QWidget:
    """The layers of a made-up network whose gradients vanish; no bundled example has histograms."""
    fall = CurveSpec(n=60, start=1.0, end=0.3, noise=0.02)
    specs = [
        HistogramSpec(f"blocks.{i}.mlp", "gradient", replace(fall, scale=0.1 * 3.0 ** (i - 12))) for i in range(12)
    ]
    run = make_run({"train": CurveSpec(n=400, start=2.3, end=2.2)}, histograms=specs, name="twelve-layers")
    desk.window.show_bench(True)
    desk.runs_model.add([DiagnosedRun(run, diagnose(run))])
    desk.selection.set_run(desk.runs_model.all_runs()[0])
    desk.layer_commands.show_layers()
    spin(app, 1.0)
    view = desk.layer_commands.view
    assert view is not None
    view.choose(7)
    spin(app, 0.5)
    return view


def _problems(desk: Desk, app: QApplication) -> QWidget:
    _with_examples(desk, app, "05-plateau")
    told = (
        Problem("cut", ProblemLevel.WARNING, "/runs/a/events.out.tfevents.1", "ends in the middle of a record.",
                "It may still be written; reload later.", "byte 40960"),
        Problem("not_a_log", ProblemLevel.INFO, "/runs/a/notes.csv", "is a table without a step and a loss.",
                "Map its columns if it is a log."),
        Problem("unreadable", ProblemLevel.ERROR, "/runs/b/metrics.csv", "cannot be read: permission denied.",
                "Ask its owner for the right to read it."),
    )  # fmt: skip
    desk.problems_model.set_problems(told)
    desk.window.actions_by_id["view.problems"].setChecked(True)
    ready(desk, app)
    return desk.window


def _dialog(open_it: Callable[[Desk], object], kind: type[QWidget]) -> Callable[[Desk, QApplication], QWidget]:
    def go(desk: Desk, app: QApplication) -> QWidget:
        _with_examples(desk, app, "03-overfitting")
        open_it(desk)
        spin(app, 0.5)
        return desk.window.findChildren(kind)[-1]

    return go


def _help(page: str) -> Callable[[Desk, QApplication], QWidget]:
    def go(desk: Desk, app: QApplication) -> QWidget:
        _with_examples(desk, app, "03-overfitting")
        desk.help_commands.show_page(page)
        spin(app, 0.5)
        assert desk.help_commands.help is not None
        return desk.help_commands.help

    return go


def _guide(desk: Desk, app: QApplication) -> QWidget:
    _with_examples(desk, app, "02-underfitting")
    desk.help_commands.show_guide()
    assert desk.help_commands.guide is not None
    desk.help_commands.guide.list.setCurrentRow(5)
    spin(app, 0.5)
    return desk.help_commands.guide


def _tour(desk: Desk, app: QApplication) -> QWidget:
    _with_examples(desk, app, "03-overfitting")
    desk.help_commands.show_tour()
    assert desk.help_commands.tour is not None
    desk.help_commands.tour.go(2)
    spin(app, 0.3)
    return desk.window


def screens() -> Iterator[Screen]:
    """Every view, in the order in which one window can go through them."""
    yield Screen("empty", _empty)
    for name in (
        "01-healthy",
        "02-underfitting",
        "03-overfitting",
        "04-spike-to-nan",
        "05-plateau",
        "06-spike-recovered",
    ):
        yield Screen(name, _run(name))
    yield Screen("details", _details)
    yield Screen("compared", _compared)
    yield Screen("side-by-side", _side_by_side)
    yield Screen("layers", _layers)
    yield Screen("problems", _problems)
    yield Screen("roles", _dialog(lambda desk: desk.commands.show_roles(), RolesDialog))
    yield Screen("shortcuts", _dialog(lambda desk: desk.commands.show_shortcuts(), ShortcutSheet))
    yield Screen("help", _help("findings/GN01.md"))
    yield Screen("help-method", _help("method.md"))
    yield Screen("guide", _guide)
    yield Screen("tour", _tour)


def save(widget: QWidget, target: Path) -> None:
    """What the widget looks like, without transparency and packed as small as PNG can."""
    from PySide6.QtGui import QImage

    widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888).save(str(target), quality=0)
