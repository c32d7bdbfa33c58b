"""The table of everything the user can do; menus, toolbar, shortcut sheet and tests read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WindowState:
    """What decides whether an action is possible; a pure value so that the conditions can be tested alone."""

    has_paths: bool = False
    has_runs: bool = False
    has_run: bool = False
    has_findings: bool = False
    is_scanning: bool = False
    is_exporting: bool = False
    can_undo: bool = False
    can_redo: bool = False


def always(_state: WindowState) -> bool:
    """Possible at any time."""
    return True


def with_run(state: WindowState) -> bool:
    """Needs a run in view."""
    return state.has_run


def with_findings(state: WindowState) -> bool:
    """Needs a run in view that has findings."""
    return state.has_run and state.has_findings


def with_runs(state: WindowState) -> bool:
    """Needs any run."""
    return state.has_runs


def while_scanning(state: WindowState) -> bool:
    """Needs a scan under way."""
    return state.is_scanning


def with_paths(state: WindowState) -> bool:
    """Needs something open."""
    return state.has_paths


def can_undo(state: WindowState) -> bool:
    """Needs a change that can be taken back."""
    return state.can_undo


def can_redo(state: WindowState) -> bool:
    """Needs a change that was taken back."""
    return state.can_redo


def can_export(state: WindowState) -> bool:
    """Needs runs, and no export under way."""
    return state.has_runs and not state.is_exporting


def can_export_selected(state: WindowState) -> bool:
    """Needs a run in view, and no export under way."""
    return state.has_run and not state.is_exporting


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action.

    Attributes:
        id: unique, dotted, stable ("file.open_folder").
        text: as in the menu, with a mnemonic; an ellipsis when a dialog follows.
        menu: title of the menu it lives in.
        handler: name of the method of `Commands` that does it.
        shortcuts: key sequences in portable text, unique over the table.
        icon: name in resources/icons, or empty.
        enabled_when: whether it is possible in a state.
        checkable: whether it is switched on and off; the handler then gets the new state.
        group: within one group exactly one is on.
        toolbar: short text when it is also in the toolbar.
        separated: whether a line is drawn above it.
        help: one sentence for tooltips and the status bar.
    """

    id: str
    text: str
    menu: str
    handler: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    enabled_when: Callable[[WindowState], bool] = always
    checkable: bool = False
    group: str = ""
    toolbar: str = ""
    separated: bool = False
    help: str = ""

    @property
    def plain_text(self) -> str:
        """The text without mnemonic and ellipsis."""
        return self.text.replace("&", "").removesuffix("…")


MENUS = ("&File", "&Edit", "&View", "&Findings", "&Help")
FILE, EDIT, VIEW, FINDINGS, HELP = MENUS

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("file.open_folder", "Open &folder…", FILE, "open_folder", ("Ctrl+Shift+O",), "folder-open",
               toolbar="Open folder", help="Scan a folder of training logs."),
    ActionSpec("file.open_file", "&Open file…", FILE, "open_file", ("Ctrl+O",), "file",
               help="Read one log file."),
    ActionSpec("file.examples", "Open the bundled &examples", FILE, "open_examples", (), "examples",
               help="Six small real runs, one for each common fate."),
    ActionSpec("file.reload", "&Reload", FILE, "reload", ("F5", "Ctrl+R"), "reload", with_paths, toolbar="Reload",
               separated=True, help="Read the open logs again."),
    ActionSpec("file.follow", "Follow r&unning trainings", FILE, "follow", ("Ctrl+T",), "", with_paths, checkable=True,
               help="Read on while the logs are written; verdicts and curves follow."),
    ActionSpec("file.cancel", "S&top scanning", FILE, "cancel_scan", ("Ctrl+.",), "", while_scanning,
               help="Stop reading; the runs found so far stay."),
    ActionSpec("file.export_all", "Export &PDF report…", FILE, "export_all", ("Ctrl+P",), "report", can_export,
               toolbar="Export report", separated=True, help="Write a PDF report on all runs."),
    ActionSpec("file.export_selected", "Export PDF report of the &selected runs…", FILE, "export_selected",
               ("Ctrl+Shift+P",), "", can_export_selected, help="Write a PDF report on the runs marked in the list."),
    ActionSpec("file.export_plot", "Export p&lot…", FILE, "export_plot", ("Ctrl+Shift+E",), "", with_run,
               help="Write the plot as SVG, PDF or PNG, or its points as CSV."),
    ActionSpec("file.quit", "&Quit", FILE, "quit", ("Ctrl+Q",), "", separated=True, help="Close the window."),
    ActionSpec("edit.undo", "&Undo", EDIT, "undo", ("Ctrl+Z",), "", can_undo,
               help="Take back the last tick or the last run ignored."),
    ActionSpec("edit.redo", "R&edo", EDIT, "redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "", can_redo,
               help="Do again what was taken back."),
    ActionSpec("edit.copy_path", "&Copy run path", EDIT, "copy_run_path", ("Ctrl+Shift+C",), "copy", with_run,
               separated=True, help="Put the path of the run in view on the clipboard."),
    ActionSpec("edit.reveal", "Show in file &manager", EDIT, "reveal_run", ("Ctrl+Shift+F",), "folder-open", with_run,
               help="Open the folder of the run in view."),
    ActionSpec("edit.read_again", "Read t&his run again", EDIT, "read_again", ("Shift+F5",), "reload", with_run,
               help="Read the log of the run in view again; the other runs stay as they are."),
    ActionSpec("edit.pin", "Pin as base&line", EDIT, "toggle_baseline", ("b",), "pin", with_run, separated=True,
               help="Draw this run beside every other, or stop doing so."),
    ActionSpec("edit.ignore", "&Ignore run", EDIT, "ignore_runs", ("Del",), "", with_run,
               help="Leave the marked runs out of the list, or take them back; the logs stay untouched."),
    ActionSpec("edit.show_ignored", "Show i&gnored runs", EDIT, "show_ignored", (), "", with_runs, checkable=True,
               help="List the ignored runs too."),
    ActionSpec("edit.mark_all", "Mar&k all runs", EDIT, "mark_all", ("Ctrl+A",), "", with_runs,
               help="Mark every run of the list; marked runs are drawn together."),
    ActionSpec("edit.copy_plot", "Copy plo&t", EDIT, "copy_plot", ("Ctrl+Alt+C",), "", with_run,
               help="Put a picture of the plot on the clipboard."),
    ActionSpec("edit.copy_problems", "Copy &problems", EDIT, "copy_problems", (), "", with_paths,
               help="Put all problems of the input on the clipboard."),
    ActionSpec("edit.roles", "&Roles of the series…", EDIT, "show_roles", ("Ctrl+L",), "", with_run,
               separated=True, help="Show what each series of the run in view is taken for, and correct it."),
    ActionSpec("edit.note", "Add a &note…", EDIT, "add_note", ("Ctrl+M",), "", with_run,
               help="Write a note at the step last pointed at; a click on a note offers to remove it."),
    ActionSpec("edit.span_note", "Add a note o&ver the part in view…", EDIT, "add_span_note", ("Ctrl+Shift+N",), "", with_run,
               help="Write a note about the steps in view; Shift and a drag on the plot do so for any span."),
    ActionSpec("edit.columns", "M&ap columns…", EDIT, "map_columns", ("Ctrl+Shift+L",), "", with_paths,
               help="Say what the columns of a table are that lossdoctor cannot know."),
    ActionSpec("edit.filter", "&Filter runs", EDIT, "focus_filter", ("Ctrl+F", "/"), "search", with_runs,
               separated=True, help="Show only the runs that contain some words."),
    ActionSpec("view.reset_zoom", "&Reset zoom", VIEW, "reset_zoom", ("Ctrl+0", "0"), "reset-zoom", with_run,
               help="Show the whole run."),
    ActionSpec("view.back", "Zoom &back", VIEW, "view_back", ("Alt+Left",), "back", with_run,
               help="Go back to the part of the plot looked at before."),
    ActionSpec("view.forward", "Zoom &forward", VIEW, "view_forward", ("Alt+Right",), "forward", with_run,
               help="Go forward again."),
    ActionSpec("view.rectangle", "Zoom by recta&ngle", VIEW, "zoom_by_rectangle", ("z",), "", with_run, checkable=True,
               help="Drag a rectangle to zoom to it, instead of panning."),
    ActionSpec("view.outliers", "Ignore &outliers", VIEW, "ignore_outliers", ("o",), "", with_run, checkable=True,
               help="Keep single extreme values from flattening the curves."),
    ActionSpec("view.log_y", "&Logarithmic loss axis", VIEW, "set_log_y", ("y",), "log-y", with_run, checkable=True,
               help="Switch the loss axis between linear and logarithmic."),
    ActionSpec("view.symlog_y", "Symmetric lo&garithmic loss axis", VIEW, "set_symlog_y", ("Shift+Y",), "", with_run,
               checkable=True, help="Logarithmic on both sides of zero: for losses that are negative or reach 0."),
    ActionSpec("view.median", "Median of t&he marked runs", VIEW, "draw_median", ("Shift+M",), "", with_runs,
               checkable=True, help="Draw the median of the marked runs, of each group where the list is grouped."),
    ActionSpec("view.marks", "Mar&ks on the plot…", VIEW, "choose_marks", ("m",), "", with_run,
               help="Show or hide the marks of findings by their family, and your notes."),
    ActionSpec("view.series", "Add or hide a s&eries…", VIEW, "choose_series", ("a",), "axes", with_run,
               help="Draw any other series of the log below the usual panels."),
    ActionSpec("view.compare", "Co&mpare runs…", VIEW, "compare_runs", ("c",), "compare", with_run,
               help="Put the marked runs side by side: results, settings that differ, curves with a common beginning."),
    ActionSpec("view.layers", "La&yers (histograms)…", VIEW, "show_layers", ("h",), "layers", with_run,
               help="Show the histograms of the run in view layer by layer: values over the run, sizes by depth."),
    ActionSpec("view.problems", "&Problems", VIEW, "show_problems", ("Ctrl+Shift+M",), "problems", with_paths,
               checkable=True, separated=True, help="Show what was wrong with the input."),
    ActionSpec("view.next_pane", "Next p&ane", VIEW, "next_pane", ("F6",), "",
               help="Move the keyboard to the next pane."),
    ActionSpec("view.theme_system", "Theme: like the &system", VIEW, "theme_system", (), "", checkable=True,
               group="theme", separated=True, help="Light or dark as the desktop is."),
    ActionSpec("view.theme_light", "Theme: l&ight", VIEW, "theme_light", (), "", checkable=True, group="theme",
               help="Always light."),
    ActionSpec("view.theme_dark", "Theme: &dark", VIEW, "theme_dark", (), "", checkable=True, group="theme",
               help="Always dark."),
    ActionSpec("findings.next", "&Next finding", FINDINGS, "next_finding", ("n",), "next", with_findings,
               help="Go to the next finding of the run."),
    ActionSpec("findings.previous", "&Previous finding", FINDINGS, "previous_finding", ("p",), "previous",
               with_findings, help="Go to the previous finding of the run."),
    ActionSpec("findings.next_run", "Next &run", FINDINGS, "next_run", ("Ctrl+Down",), "", with_runs,
               separated=True, help="Go to the next run of the list."),
    ActionSpec("findings.previous_run", "Pre&vious run", FINDINGS, "previous_run", ("Ctrl+Up",), "", with_runs,
               help="Go to the previous run of the list."),
    ActionSpec("help.contents", "&Help", HELP, "show_help", ("F1",), "info",
               help="Open the page about what you are looking at."),
    ActionSpec("help.guide", "My &loss does not converge…", HELP, "show_guide", (), "",
               help="Go through the checklist step by step, beside what the run in view says."),
    ActionSpec("help.tour", "&Tour of the window", HELP, "show_tour", (), "",
               help="Point at each part of the window and say what it is for."),
    ActionSpec("help.shortcuts", "&Keyboard shortcuts", HELP, "show_shortcuts", ("?",), "keyboard", separated=True,
               help="List every shortcut."),
    ActionSpec("help.palette", "&Commands and runs…", HELP, "show_palette", ("Ctrl+K",), "search",
               help="Find any command or run by typing a few letters."),
    ActionSpec("help.about", "&About lossdoctor", HELP, "show_about", (), "", separated=True,
               help="Version and licences."),
)  # fmt: skip


def action(id: str) -> ActionSpec:
    """The action with this id.

    Raises:
        KeyError: there is none.
    """
    for spec in ACTIONS:
        if spec.id == id:
            return spec
    raise KeyError(id)
