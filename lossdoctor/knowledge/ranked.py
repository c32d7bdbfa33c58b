"""RankedCause: a cause as it stands for one run, with the evidence that put it there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Argument:
    """One piece of evidence for or against a cause.

    Attributes:
        text: what speaks, in words with its number: "learning rate 0.5 is above 0.1".
        weight: change of the cause's log-odds (natural log); positive speaks for it.
        source: where the weight comes from.
        run: id of the other run that the evidence rests on, for a comparison; empty otherwise.
        sign: name of the predicate that was asked, the same for every cause that asks it.
    """

    text: str
    weight: float
    source: str = ""
    run: str = ""
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A log that is missing, and how far it could move a cause.

    Attributes:
        log: id of the logging hint ("grad_norm", "config").
        text: what to log, a sentence.
        up: change of the log-odds if everything it could show spoke for the cause; 0 or more.
        down: the same if everything spoke against it; 0 or less.
        snippets: (framework, code) that logs it.
    """

    log: str
    text: str
    up: float
    down: float
    snippets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RankedCause:
    """One cause for one run.

    Attributes:
        id: slug such as `lr_too_high`.
        title: short name for people.
        score: probability in [0, 1] from prior and evidence; causes are judged one by one, so they need not sum to 1.
        explanation: what the cause is, in plain words.
        arguments_for: evidence present that speaks for it, strongest first.
        arguments_against: evidence present that speaks against it, strongest first.
        missing: what to log to decide, each a sentence.
        experiment: the settling experiment, cheapest first.
        fix: what to do once it is confirmed.
        explains: codes of the findings it would explain.
        references: sources, each one line.
        prior: log-odds before any evidence: how often the symptom has this cause.
        prior_source: where the prior comes from.
        moves: what could be logged to decide, the log that could move most first.
    """

    id: str
    title: str
    score: float
    explanation: str
    arguments_for: tuple[Argument, ...]
    arguments_against: tuple[Argument, ...]
    missing: tuple[str, ...]
    experiment: str
    fix: str
    explains: tuple[str, ...]
    references: tuple[str, ...] = ()
    prior: float = 0.0
    prior_source: str = ""
    moves: tuple[Move, ...] = ()
