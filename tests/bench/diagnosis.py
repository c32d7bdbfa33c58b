"""How often the verdict is right: `python -m tests.bench.diagnosis ../shared/corpus/faultlab`.

Scores every run of a folder with a truth.jsonl (a JSON object a line: id, symptom, accept, ambiguous, nan_step, ...) in
every format it was logged in, or the labelled public runs of a folder with a labels.csv, or a histories file (JSON lines with
train_loss, val_loss, overfit). Prints strict and lenient accuracy, macro-F1, the confusion matrix, precision and recall a
class, NaN-step exactness, onset error, calibration error and the mistakes.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lossdoctor.diagnosis import Diagnosis
from lossdoctor.diagnosis.engine import diagnose
from lossdoctor.importers import find_sources, read_source
from lossdoctor.runs import Role, RoleAssignment, Run, Series
from tests.bench.mistakes_page import write_page
from tests.bench.readme import write_section


@dataclass(frozen=True)
class Scored:
    """One run beside its truth."""

    run: Run
    diagnosis: Diagnosis
    truth: str
    accept: frozenset[str]
    ambiguous: bool
    nan_step: float | None = None
    onset: float | None = None
    said: str = ""

    @property
    def verdict(self) -> str:
        """The verdict given; `said` where the truth knows fewer words than the verdicts."""
        return self.said or str(self.diagnosis.verdict)

    @property
    def strict(self) -> bool:
        """Exactly the truth."""
        return self.verdict == self.truth

    @property
    def lenient(self) -> bool:
        """Something a careful person could say."""
        return self.verdict in self.accept


@dataclass(frozen=True)
class Headline:
    """The figures of one set of runs."""

    what: str
    figures: dict[str, float]
    scored: tuple[Scored, ...] = ()


def read_runs(root: Path) -> list[Run]:
    """Every run below a folder."""
    return [run for source in find_sources(root).sources for run in read_source(source).runs]


def score_faultlab(root: Path) -> list[Scored]:
    """Runs of a faultlab folder, all formats; a run's truth is found by the truth id in its path."""
    truths = [json.loads(line) for line in (root / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    by_id = {t["id"]: t for t in truths}
    runs = read_runs(root)
    scored, seen = [], set()
    siblings: dict[str, list[Run]] = {}
    for run in runs:
        siblings.setdefault(run.id.rsplit("/", 1)[0], []).append(run)
    for run in runs:
        tokens = [t for t in re.split(r"[/_.]", run.id) if t in by_id]
        if not tokens:
            continue
        truth = by_id[tokens[0]]
        if run.format == "tensorboard":
            seen.add(truth["id"])
            if run.id != truth["run_dir"]:
                print(f"id {run.id} is not the run directory {truth['run_dir']}")
        diagnosis = diagnose(run, siblings[run.id.rsplit("/", 1)[0]])
        accept = frozenset(truth["accept"])
        nan_step = None if truth["nan_step"] is None else _own_step(run, truth["x_axis"], truth["nan_step"])
        scored.append(
            Scored(run, diagnosis, truth["symptom"], accept, truth["ambiguous"], nan_step, truth["overfit_onset"])
        )
    missing = sorted(set(by_id) - seen)
    print(f"{len(by_id)} run directories in truth.jsonl, {len(seen)} found, missing: {missing or 'none'}")
    return scored


def _own_step(run: Run, axis: str, place: float) -> float:
    """The truth's place on the axis that a run was logged with.

    CSV loggers count from 0, the truth counts from 1. Lightning logs every run by its global step: an epoch of the truth is
    there the step of the first logged loss of that epoch.
    """
    if run.format != "csv":
        return place
    epochs, loss = run.get("epoch"), run.primary(Role.TRAIN_LOSS)
    if axis == "epoch" and run.step_unit == "step" and epochs is not None and loss is not None:
        inside = epochs.steps[epochs.values >= place - 1]
        return float(loss.steps[loss.steps >= inside.min()].min())
    return place - 1


def score_labelled(root: Path) -> list[Scored]:
    """Public runs with labels.csv; the run is looked up by its path, and by its name where a file holds several."""
    runs = read_runs(root)
    scored, missing = [], []
    with (root / "labels.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            run = _match(runs, row)
            if run is None:
                missing.append(f"{row['format']}: {row['run']}")
                continue
            accept = frozenset(row["accepted"].split("|"))
            scored.append(Scored(run, diagnose(run), row["label"], accept, row["solid"] != "yes"))
    print(f"{len(scored)} labelled runs found, {len(missing)} not (formats of later versions, mostly):")
    print("  " + ", ".join(f"{name} {count}" for name, count in Counter(m.split(":")[0] for m in missing).items()))
    return scored


def _match(runs: Sequence[Run], row: dict[str, str]) -> Run | None:
    wanted, name = row["path"].rstrip("/"), row["run"]
    exact = [r for r in runs if r.id in (name, wanted) or r.path.endswith("/" + wanted)]
    if len(exact) != 1:
        inside = [r for r in runs if wanted.startswith(r.id + "/") or f"/{r.id}/" in f"/{wanted}/"]
        named = [r for r in [*exact, *inside] if name.endswith(r.name)]
        exact = named or inside or exact
    return max(exact, key=lambda r: len(r.id), default=None)


def score_histories(path: Path) -> list[Scored]:
    """Train/validation histories with a yes or no for overfitting."""
    scored = []
    for line in path.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        series = tuple(Series(tag, np.arange(len(item[tag])), item[tag]) for tag in ("train_loss", "val_loss"))
        roles = tuple(RoleAssignment(Role(tag), tag, True, "given") for tag in ("train_loss", "val_loss"))
        run = Run(item["id"], "", item["id"], "history", series, roles, {}, "epoch")
        diagnosis = diagnose(run)
        truth = "overfitting" if item["overfit"] else "other"
        said = "overfitting" if str(diagnosis.verdict) == "overfitting" else "other"
        scored.append(Scored(run, diagnosis, truth, frozenset({truth}), False, said=said))
    return scored


def f1_scores(scored: Sequence[Scored], least: int = 3) -> dict[str, float]:
    """F1 by class over classes with at least `least` runs."""
    scores = {}
    for label, count in Counter(s.truth for s in scored).items():
        if count >= least:
            hit = sum(s.truth == label == s.verdict for s in scored)
            called = sum(s.verdict == label for s in scored)
            scores[label] = 2 * hit / (count + called) if count + called else 0.0
    return scores


def calibration_error(scored: Sequence[Scored], bins: int = 5) -> float:
    """Expected calibration error: mean |share right - mean confidence| over equally filled bins."""
    order = sorted(scored, key=lambda s: s.diagnosis.confidence)
    parts = [part for part in np.array_split(np.arange(len(order)), bins) if part.size]
    error = 0.0
    for part in parts:
        members = [order[i] for i in part]
        right = np.mean([s.lenient for s in members])
        error += len(members) / len(order) * abs(right - np.mean([s.diagnosis.confidence for s in members]))
    return float(error)


def report(title: str, scored: Sequence[Scored], mistakes: bool = True) -> dict[str, float]:
    """Print everything about one set of runs; returns the headline figures."""
    clear = [s for s in scored if not s.ambiguous]
    f1 = f1_scores(clear)
    figures = {
        "runs": len(scored),
        "strict": float(np.mean([s.strict for s in scored])),
        "lenient": float(np.mean([s.lenient for s in scored])),
        "strict_unambiguous": float(np.mean([s.strict for s in clear])) if clear else float("nan"),
        "lenient_unambiguous": float(np.mean([s.lenient for s in clear])) if clear else float("nan"),
        "macro_f1": float(np.mean(list(f1.values()))) if f1 else float("nan"),
        "calibration_error": calibration_error(scored),
    }
    healthy = [s for s in clear if s.truth == "healthy"]
    alarms = [s for s in healthy if any(f.severity == "high" for f in s.diagnosis.findings)]
    print(f"\n== {title}: {len(scored)} runs, {len(clear)} unambiguous")
    print("   ".join(f"{name} {value:.3f}" for name, value in figures.items() if name != "runs"))
    print(f"healthy runs with a finding of high severity: {len(alarms)} of {len(healthy)}")
    _print_confusion(scored)
    print("F1 (unambiguous): " + "  ".join(f"{label} {value:.2f}" for label, value in sorted(f1.items())))
    _print_steps(scored)
    if mistakes:
        _print_mistakes(scored)
    return figures


def _print_confusion(scored: Sequence[Scored]) -> None:
    counts = Counter((s.truth, s.verdict) for s in scored)
    labels = sorted({label for pair in counts for label in pair})
    print("truth \\ verdict".ljust(18) + " ".join(label[:9].rjust(9) for label in labels))
    for truth in labels:
        cells = (str(counts[truth, verdict] or ".").rjust(9) for verdict in labels)
        print(truth.ljust(18) + " ".join(cells))


def _print_steps(scored: Iterable[Scored]) -> None:
    nan = [s for s in scored if s.nan_step is not None]
    if nan:
        exact = sum(s.diagnosis.nan_step == s.nan_step for s in nan)
        print(f"NaN step exact in {exact} of {len(nan)}")
    onset = []
    for s in scored:
        if s.onset is not None and s.diagnosis.onset_step is not None and s.verdict == "overfitting":
            last = max(int(series.steps.max()) for series in s.run.series if len(series))
            onset.append(abs(s.diagnosis.onset_step - s.onset) / max(last, 1))
    if onset:
        print(f"onset error, median: {np.median(onset):.3f} of the run length ({len(onset)} runs)")


def _print_mistakes(scored: Iterable[Scored]) -> None:
    for s in scored:
        if not s.lenient or (not s.ambiguous and not s.strict):
            near = {o.name: o.probability for o in s.diagnosis.outcomes if o.probability > 0.15}
            mark = "~" if s.ambiguous else " "
            print(
                f"{mark} {s.run.id[-60:]:60s} {s.truth:>15s} -> {s.verdict:15s} {s.diagnosis.confidence:.2f} "
                f"accept {'|'.join(sorted(s.accept))}  {near}"
            )


def main() -> None:
    """Score every path given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--brief", action="store_true", help="leave out the list of mistakes")
    parser.add_argument("--readme", type=Path, help="write the headline figures into this file's accuracy section")
    parser.add_argument("--html", type=Path, help="write the worst mistakes with their figures to this page")
    options = parser.parse_args()
    headlines: list[Headline] = []
    for path in options.paths:
        headlines += _score_path(path, not options.brief)
    if options.readme:
        write_accuracy(options.readme, headlines)
    if options.html:
        count = write_page(options.html, [item for headline in headlines for item in headline.scored])
        print(f"\n{options.html}: {count} mistakes")


def _score_path(path: Path, mistakes: bool) -> list[Headline]:
    if (path / "truth.jsonl").exists():
        scored = score_faultlab(path)
        formats: dict[str, list[Scored]] = {}
        for s in scored:
            formats.setdefault(s.run.format, []).append(s)
        for name, members in formats.items():
            report(f"{path.name}, {name}", members, mistakes and name == "tensorboard")
        figures = report(f"{path.name}, all formats", scored, False)
        shown = tuple(item for item in scored if item.run.format == "tensorboard")
        return [Headline("networks trained with a known fault", figures, shown)]
    if (path / "labels.csv").exists():
        scored = score_labelled(path)
        return [Headline("public runs, labelled by eye", report(path.name, scored, mistakes), tuple(scored))]
    if path.suffix == ".jsonl":
        scored = score_histories(path)
        return [Headline("published histories: overfitting or not", report(path.name, scored, mistakes), tuple(scored))]
    parts = (child for child in sorted(path.iterdir()) if _is_truth(child))
    return [headline for child in parts for headline in _score_path(child, mistakes)]


def _is_truth(path: Path) -> bool:
    return (path / "truth.jsonl").exists() or (path / "labels.csv").exists() or path.suffix == ".jsonl"


def write_accuracy(readme: Path, headlines: Sequence[Headline]) -> None:
    """Put the headline figures between the accuracy markers of a README.

    Raises:
        ValueError: the file has no such markers.
    """
    rows = [
        f"| {h.what} | {h.figures['runs']:.0f} | {h.figures['strict_unambiguous']:.2f} | {h.figures['lenient']:.2f} "
        f"| {h.figures['macro_f1']:.2f} | {h.figures['calibration_error']:.2f} |"
        for h in headlines
    ]
    head = ["| Runs | Number | Right where the truth is clear | Acceptable, all | Macro-F1 | Calibration error |"]
    table = "\n".join([*head, "|---|---|---|---|---|---|", *rows])
    write_section(readme, "accuracy", table)


if __name__ == "__main__":
    main()
