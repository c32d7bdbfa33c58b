"""Predicates over the logged gradient norm: tiny, huge, held by the clip, or alive while nothing is learned."""

from __future__ import annotations

import numpy as np

from lossdoctor.knowledge.answer import Answer
from lossdoctor.knowledge.case import Case


def grad_norm_tiny(case: Case, limit: float = 1e-4) -> Answer:
    """The median gradient norm is below `limit` while the loss has hardly fallen.

    1e-4 for a norm corresponds to SageMaker Debugger's 1e-7 for the mean |g| of a million parameters.
    """
    if case.grad_norm is None:
        return Answer.unknown("grad_norm")
    if case.loss is None:
        return Answer.unknown()
    usual = case.grad_norm.level(0.0, 1.0)
    return Answer.of(usual < limit and case.loss.learned < 0.3, usual=usual, limit=limit)


def grad_norm_exploded(case: Case, factor: float = 10.0) -> Answer:
    """The gradient norm reached `factor` times its median, after the first 5 % of the points."""
    if case.grad_norm is None or case.grad_norm.curve.n < 10:
        return Answer.unknown("grad_norm")
    norms = case.grad_norm.finite[1]
    norms = norms[norms.size // 20 :]
    usual, peak = float(np.median(norms)), float(norms.max())
    return Answer.of(usual > 0 and peak >= factor * usual, usual=usual, peak=peak)


def grad_norm_above_clip(case: Case, share: float = 0.5) -> Answer:
    """The gradient norm stands at or above the clip limit on more than `share` of the points.

    Norms logged before clipping exceed the limit, norms logged after it stick to it; both say the clip is at work.
    """
    clip = case.config.clip
    if clip is None:
        return Answer.unknown("config.clip")
    if clip <= 0:
        return Answer.of(False, clip=0.0, share=0.0, usual=0.0)
    if case.grad_norm is None:
        return Answer.unknown("grad_norm")
    norms = case.grad_norm.finite[1]
    over = float(np.mean(norms >= 0.995 * clip))
    return Answer.of(over > share, clip=clip, share=over, usual=float(np.median(norms)))


def grad_norm_capped(case: Case, share: float = 0.6) -> Answer:
    """Most gradient norms lie within 0.5 % of the largest one: they were logged after clipping."""
    if case.grad_norm is None or case.grad_norm.curve.n < 10:
        return Answer.unknown("grad_norm")
    norms = case.grad_norm.finite[1]
    top = float(np.percentile(norms, 99))
    at_top = float(np.mean(norms >= 0.995 * top))
    return Answer.of(top > 0 and at_top >= share, top=top, share=at_top)


def grad_norm_alive(case: Case) -> Answer:
    """Gradients are there and steady while the loss never fell: they reach no weight."""
    if case.grad_norm is None:
        return Answer.unknown("grad_norm")
    if case.loss is None:
        return Answer.unknown()
    usual = case.grad_norm.level(0.0, 1.0)
    return Answer.of(usual > 1e-4 and case.loss.learned < 0.02, usual=usual)
