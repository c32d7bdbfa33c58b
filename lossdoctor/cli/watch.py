"""`lossdoctor watch`: follow running trainings and say what goes wrong while it does."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lossdoctor.cli.exit_codes import ExitCode
from lossdoctor.cli.overrides import config_option, reading_options, rule_options, settings_for
from lossdoctor.cli.scan_options import file_options, where_of
from lossdoctor.errors import UsageError

if TYPE_CHECKING:
    from lossdoctor.workspace.live_judge import News

_SEVERITIES = ("info", "low", "medium", "high")
_HOOK_SECONDS = 10.0


@click.command(short_help="Follow running trainings and print findings as they become clear.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False), metavar="PATH...")
@click.option(
    "--interval", type=click.FloatRange(min=0.05), default=2.0, show_default=True, help="Seconds between looks."
)
@click.option(
    "--fail-on",
    type=click.Choice([*_SEVERITIES, "never"]),
    default="never",
    show_default=True,
    help="Stop and exit with 1 at the first finding that is at least this severe.",
)
@click.option(
    "--exec", "hook", metavar="CMD", help="Run CMD for every finding; LOSSDOCTOR_RUN, _CODE and others say which."
)
@click.option(
    "--idle-exit", type=click.FloatRange(min=0), metavar="SECONDS", help="Stop when nothing was written for so long."
)
@click.option("--format", "output_format", type=click.Choice(["text", "jsonl"]), default="text", show_default=True)
@rule_options
@reading_options
@file_options
@config_option
@click.pass_context
def watch(context: click.Context, /, paths: tuple[Path, ...], **flags: Any) -> int:
    """Follow the logs below PATH... and print each finding once it is clear. Ends with Ctrl-C.

    PATH need not exist yet. CMD runs without a shell and gets what was found in environment variables: LOSSDOCTOR_RUN,
    LOSSDOCTOR_PATH, LOSSDOCTOR_CODE, LOSSDOCTOR_NAME, LOSSDOCTOR_SEVERITY, LOSSDOCTOR_STEP and LOSSDOCTOR_MESSAGE. Exit
    status: 0 nothing written for --idle-exit, 1 a finding at or above --fail-on, 130 interrupted.
    """
    from lossdoctor.importers.options import read_options
    from lossdoctor.rules.thresholds import rule_choice
    from lossdoctor.workspace.watching import Watcher

    command = _command(flags["hook"])
    settings = settings_for(context, paths)
    watcher = Watcher(paths, read_options(settings), rule_choice(settings), where_of(flags))
    hooks: list[subprocess.Popen[bytes]] = []
    points, written = -1, time.monotonic()
    try:
        while True:
            for news in watcher.poll():
                click.echo(_line(news, flags["output_format"]))
                sys.stdout.flush()
                if command:
                    hooks.append(_started(command, news))
                if _fails(news, flags["fail_on"]):
                    return ExitCode.FINDINGS
            if watcher.points != points:
                points, written = watcher.points, time.monotonic()
            if flags["idle_exit"] is not None and time.monotonic() - written >= flags["idle_exit"]:
                return ExitCode.CLEAN
            time.sleep(flags["interval"])
    finally:
        _wait_for(hooks)


def _line(news: News, output_format: str) -> str:
    from lossdoctor import formatting, safe_text

    if output_format == "jsonl":
        from lossdoctor.workspace.json_results import finding_to_dict

        return json.dumps(
            {"run": news.run.id, "path": news.run.path, "step": news.step, **finding_to_dict(news.finding)}
        )
    at = "" if news.step is None else f" at step {formatting.step(news.step)}"
    text = f"{news.run.id}{at}: {news.finding.code} {news.finding.message.render()}"
    return f"{time.strftime('%H:%M:%S')}  {news.finding.severity.upper():<6}  {safe_text.plain(text, 2000)}"


def _fails(news: News, fail_on: str) -> bool:
    return fail_on != "never" and news.finding.severity.rank >= _SEVERITIES.index(fail_on)


def _command(text: str | None) -> list[str]:
    try:
        return shlex.split(text or "")
    except ValueError as error:
        raise UsageError(f"--exec: {text!r} is no command ({error}).", "Check its quotes.") from error


def _started(command: Sequence[str], news: News) -> subprocess.Popen[bytes]:
    """Starts the hook; names out of a log reach it as environment variables only, never as part of a command line."""
    said = {
        "RUN": news.run.id,
        "PATH": news.run.path,
        "CODE": news.finding.code,
        "NAME": news.finding.name,
        "SEVERITY": str(news.finding.severity),
        "STEP": "" if news.step is None else str(news.step),
        "MESSAGE": news.finding.message.render(),
    }
    environment = os.environ | {f"LOSSDOCTOR_{key}": value.replace("\0", "") for key, value in said.items()}
    try:
        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise UsageError(
            f"--exec: {command[0]} cannot be run: {error.strerror or error}.", "Check its name."
        ) from error


def _wait_for(hooks: Sequence[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + _HOOK_SECONDS
    for hook in hooks:
        with suppress(subprocess.TimeoutExpired):
            hook.wait(max(0.0, until - time.monotonic()))
