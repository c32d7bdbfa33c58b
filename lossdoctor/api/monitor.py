"""Monitor: the live rules inside a training loop. It never raises into the training, and takes little of its time."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from lossdoctor import safe_text
from lossdoctor.api.diagnosed import Diagnosed
from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.findings import Severity
from lossdoctor.importers.roles import assign_roles
from lossdoctor.runs import ConfigValue, Run, Series
from lossdoctor.workspace.live_judge import LiveJudge, News
from lossdoctor.workspace.results import DiagnosedRun

# Judging takes some hundredths of a second; with so long a rest between two judgements that is below one per cent.
REST_SECONDS = 5.0


def print_news(news: News) -> None:
    """Says a finding on stderr."""
    at = "" if news.step is None else f" at step {news.step}"
    text = f"{news.run.name}{at}: {news.finding.code} {news.finding.message.render()}"
    print(f"lossdoctor: {news.finding.severity}: {safe_text.plain(text, 2000)}", file=sys.stderr)


class Monitor:
    """Collects what a training logs and tells each finding once it is clear.

        monitor = lossdoctor.Monitor(config={"lr": 1e-3}, stop_on="high")
        for step in range(steps):
            monitor.log(step, {"train/loss": loss, "val/loss": val_loss})
            if monitor.should_stop:
                break

    Whatever goes wrong in here is said once on stderr and ends the watching, never the training.

    Attributes:
        should_stop: a finding at least as severe as `stop_on` was told.
        told: every finding so far, in order.

    Args:
        name: what the run is called in messages.
        config: hyper-parameters, for the causes.
        on_finding: called with each finding; by default it is printed on stderr.
        stop_on: severity ("low", "medium", "high") from which `should_stop` becomes true; None for never.
        rest: least seconds between two judgements.
    """

    def __init__(
        self,
        name: str = "this run",
        *,
        config: Mapping[str, ConfigValue] | None = None,
        on_finding: Callable[[News], object] = print_news,
        stop_on: str | None = None,
        rest: float = REST_SECONDS,
    ) -> None:
        self.should_stop = False
        self.told: list[News] = []
        self._name, self._config = name, dict(config or {})
        self._on_finding, self._rest = on_finding, rest
        self._stop_on = None if stop_on is None else Severity(stop_on)
        self._judge = LiveJudge()
        self._points: dict[str, tuple[list[int], list[float], list[float]]] = {}
        self._judged_at = -math.inf
        self._broken = False

    def log(self, step: int, values: Mapping[str, Any]) -> None:
        """Takes the values of one step by tag ("train/loss", "val_loss", "lr", ...); what is no number is passed over."""
        if self._broken:
            return
        try:
            odd = self._take(int(step), values)
            now = time.monotonic()
            # The first value that is not finite is news at once; else there is time.
            if odd or now - self._judged_at >= self._rest:
                self._judged_at = now
                self._tell()
        except Exception as error:  # noqa: BLE001  # the training matters more than whatever this is
            self._broken = True
            text = f"{type(error).__name__}: {safe_text.plain(error, 200)}"
            print(f"lossdoctor: stopped watching this training ({text}).", file=sys.stderr)

    def run(self) -> Run:
        """The run as far as it was logged."""
        series = tuple(Series(tag, *lists) for tag, lists in self._points.items())
        return Run(self._name, "", self._name, "monitor", series, assign_roles(series), self._config)

    def diagnose(self) -> Diagnosed:
        """What is wrong with the run as far as it was logged."""
        run = self.run()
        return Diagnosed(DiagnosedRun(run, diagnose(run)))

    def _take(self, step: int, values: Mapping[str, Any]) -> bool:
        """Adds the values; True when one is not finite that follows a finite one."""
        odd = False
        for tag, value in values.items():
            number = _number(value)
            if number is None:
                continue
            steps, numbers, times = self._points.setdefault(str(tag), ([], [], []))
            odd |= not math.isfinite(number) and (not numbers or math.isfinite(numbers[-1]))
            steps.append(step)
            numbers.append(number)
            times.append(time.time())
        return odd

    def _tell(self) -> None:
        for news in self._judge.news(self.run()):
            self.told.append(news)
            if self._stop_on is not None and news.finding.severity.rank >= self._stop_on.rank:
                self.should_stop = True
            self._on_finding(news)


def _number(value: Any) -> float | None:
    """A number, or what says it is one (0-d arrays and tensors); None for anything else."""
    if isinstance(value, bool | str | bytes) or value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        return None
