"""The `lossdoctor` command: puts the commands together and turns every error into one clear line and an exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from lossdoctor import __version__, safe_text
from lossdoctor.cli.cache import cache
from lossdoctor.cli.causes import causes
from lossdoctor.cli.checklist import checklist
from lossdoctor.cli.compare import compare
from lossdoctor.cli.completion import completion
from lossdoctor.cli.config import config
from lossdoctor.cli.convert import convert
from lossdoctor.cli.demo import demo
from lossdoctor.cli.doctor import doctor
from lossdoctor.cli.exit_codes import ExitCode
from lossdoctor.cli.explain import explain
from lossdoctor.cli.formats import formats
from lossdoctor.cli.group import DEFAULT_COMMAND, OpenByDefault
from lossdoctor.cli.guide import guide
from lossdoctor.cli.help_page import help_page
from lossdoctor.cli.inspect import inspect
from lossdoctor.cli.open_window import open_window
from lossdoctor.cli.plan import plan
from lossdoctor.cli.report import report
from lossdoctor.cli.rules import rules
from lossdoctor.cli.scan import scan
from lossdoctor.cli.watch import watch
from lossdoctor.errors import LossdoctorError


@click.group(
    cls=OpenByDefault,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit status: 0 clean, 1 findings, 2 wrong usage, 3 some input unreadable, 130 interrupted.",
)
@click.version_option(__version__, message="lossdoctor %(version)s")
def cli() -> None:
    """Read training logs, say what is wrong with each run and why, and show it on the curve.

    `lossdoctor PATH` opens the window on a folder or a log file; `lossdoctor` alone opens it empty.
    """


_COMMANDS = (
    open_window, demo, scan, causes, guide, explain, compare, plan, report, rules, formats, checklist, config, cache, inspect,
    convert, watch, completion, doctor, help_page,
)  # fmt: skip
for _command in _COMMANDS:
    cli.add_command(_command)


def main(args: Sequence[str] | None = None) -> None:
    """Entry point of `lossdoctor` and of `python -m lossdoctor`; does not return."""
    sys.exit(run(sys.argv[1:] if args is None else args))


def main_gui() -> None:
    """Entry point of `lossdoctor-gui`: every argument is a path."""
    sys.exit(run([DEFAULT_COMMAND, *sys.argv[1:]]))


def run(args: Sequence[str]) -> int:
    """Runs one command line and returns its exit status; errors go to stderr as one line each."""
    _write_any_character()
    _log_if_asked()
    try:
        # The report's appendix names the command that makes it again.
        invocation = {"lossdoctor.args": list(args)}
        return int(
            cli.main(args=list(args), prog_name="lossdoctor", standalone_mode=False, obj=invocation) or ExitCode.CLEAN
        )
    except click.exceptions.Abort:
        return _interrupted()
    except KeyboardInterrupt:
        return _interrupted()
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except LossdoctorError as error:
        _say(error.message, error.hint)
        return error.exit_code
    except SystemExit:
        # Outside standalone mode click exits by itself only for shell completion and when a pipe was closed; for the
        # latter it says 1, which here means "findings".
        if "_LOSSDOCTOR_COMPLETE" in os.environ:
            raise
        return _reader_has_left()
    except Exception as error:  # noqa: BLE001  # the outermost frame: a defect is named as ours, not dumped on the user
        return _defect(error)


def _say(message: str, hint: str = "") -> None:
    line = f"{message} {hint}".strip()
    click.echo(f"lossdoctor: {safe_text.plain(line, 2000)}", err=True)


def _interrupted() -> int:
    _say("interrupted.")
    return ExitCode.INTERRUPTED


def _reader_has_left() -> int:
    # `lossdoctor scan . | head`: Python would complain again when it flushes stdout at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.CLEAN


def _defect(error: Exception) -> int:
    if os.environ.get("LOSSDOCTOR_DEBUG"):
        raise error
    hint = "This is a defect of lossdoctor; LOSSDOCTOR_DEBUG=1 shows where. Please report it."
    _say(f"{type(error).__name__}: {error}.", hint)
    return ExitCode.DEFECT


def _write_any_character() -> None:
    """In a terminal that knows only ASCII a run name with an umlaut must not end the program."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _log_if_asked() -> None:
    if os.environ.get("LOSSDOCTOR_DEBUG"):
        import logging

        logging.basicConfig(level=logging.DEBUG, format="%(name)s: %(message)s")
