"""IM03: the run was resumed from an earlier checkpoint, and how the loss took it."""

from __future__ import annotations

import numpy as np

from lossdoctor.findings import Measurement, Message, Outcome, Point, Severity
from lossdoctor.rules.base import Rule
from lossdoctor.rules.view import RunView
from lossdoctor.runs import SeamKind
from lossdoctor.settings import Setting
from lossdoctor.signals.noise import noise_scale

# Points on each side of a seam whose medians are compared.
SIDE = 10


class Resumed(Rule):
    """Steps go back and training goes on from there.

    What it shows:
        At which step each session took over, how many steps were run twice, and whether the loss is where it was.
    Why it matters:
        A resume that restores everything leaves no trace in the loss. A jump says that something was not restored: the
        optimiser's state, the schedule, the data order. Everything here is judged on the branch that counts at the
        end.
    How it is decided:
        The steps of the loss go back to a step after the first one, other points follow, and they do not merely repeat
        the ones before. The medians of the loss over the points right before the checkpoint and right behind the resume
        are compared: a rise of `jump` times their noise and `share` of the level's own range is a jump. It informs when
        the loss continues, low severity when it jumps.
    Example that fires:
        Steps 0 to 600, then 500 to 1,200, with the loss at 0.41 before and 0.40 behind.
    Example that does not:
        Two event files whose steps follow each other.
    Easily confused with:
        step_reset (starts again at the first step), overlapping_writers (two processes at once).
    References:
        TensorBoard drops the overtaken points of a restarted run, which is done here as well.
    """

    code = "IM03"
    name = "resumed"
    title = "Resumed"
    summary = "The run was resumed from an earlier checkpoint."
    thresholds = (
        Setting(
            "resumed.jump", 5, 2, 100, "sigma", "Least rise over the noise of the compared medians.",
            "five sigma: seams are few, but log analysers see many runs",
        ),
        Setting(
            "resumed.share", 0.1, 0.01, 5, "%", "Least rise, as a share of the loss's range before.",
            "below a tenth of what had been learned the resume cost next to nothing",
        ),
    )  # fmt: skip

    def check(self, view: RunView) -> Outcome:
        """Found when a session takes over at an earlier step."""
        series = view.logged
        if series is None:
            return self.not_applicable("the run has no loss")
        seams = [seam for seam in view.seams if seam.kind is SeamKind.RESUME]
        measurements: tuple[Measurement, ...] = (Measurement("resumes", len(seams), "points"),)
        if not seams:
            return self.clear(measurements)
        jumps = [_jump(series.steps, series.values, seam.index) for seam in seams]
        worst = int(np.argmax([rise for rise, _ in jumps]))
        rise, sigmas = jumps[worst]
        measurements += (
            self.at_least("rise at the resume over noise", sigmas, "jump", "sigma"),
            self.at_least("rise at the resume, of the range before", rise, "share", "%"),
        )
        jumped = sigmas >= self.limit("jump") and rise >= self.limit("share")
        seam = seams[worst]
        message = Message.of(
            "The run was resumed at step {step:step} after it had reached step {before:step}"
            + (" ({count:step} resumes in all)" if len(seams) > 1 else "")
            + (
                "; {tag} then stands {rise:pct} of its range higher: something was not restored." if jumped
                else "; {tag} goes on where it was."
            ),
            step=seam.step, before=seam.before, count=len(seams), tag=series.tag, rise=rise,
        )  # fmt: skip
        evidence = tuple(Point(float(s.step), float(series.values[s.index]), "resumed", series.tag) for s in seams)
        severity = Severity.LOW if jumped else Severity.INFO
        return self.found(0.95, severity, message, evidence, measurements, (series.tag,))


def _jump(steps: np.ndarray, values: np.ndarray, index: int) -> tuple[float, float]:
    """Rise of the loss at a seam: as a share of the range before, and over the noise of the two medians."""
    earlier = (steps[:index] <= steps[index]) & np.isfinite(values[:index])
    before = values[:index][earlier]
    after = values[index:][np.isfinite(values[index:])]
    if before.size < 3 or after.size < 3:
        return 0.0, 0.0
    near, far = before[-SIDE:], after[:SIDE]
    # The first points behind a resume tell; a later recovery must not hide them.
    rise = float(np.median(far[:3]) - np.median(near))
    low, high = np.percentile(before, [5, 95])
    noise = max(noise_scale(before), 1e-12 * abs(float(np.median(near)))) / np.sqrt(3.0)
    return max(rise, 0.0) / max(float(high - low), 1e-300), max(rise, 0.0) / max(noise, 1e-300)
