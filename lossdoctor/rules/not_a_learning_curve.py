"""IM02: the losses belong to a game or an agent; their rise and fall says nothing about success."""

from __future__ import annotations

import re

from lossdoctor.findings import Message, Outcome, Severity
from lossdoctor.rules.base import Rule
from lossdoctor.rules.view import RunView
from lossdoctor.runs import Role
from lossdoctor.signals.curve import Curve

# Quantities that only policy-gradient and Q-learning trainers log (Stable-Baselines3, RLlib, CleanRL, rsl_rl).
AGENT_TAGS = frozenset(
    {
        "approx_kl", "clip_fraction", "clip_range", "entropy_loss", "explained_variance", "policy_gradient_loss",
        "policy_loss", "value_loss", "vf_loss", "actor_loss", "critic_loss", "ep_rew_mean", "ep_len_mean", "ent_coef",
        "episode_reward", "episode_reward_mean", "exploration_rate", "value_function_loss", "surrogate_loss",
    }
)  # fmt: skip


class NotALearningCurve(Rule):
    """The losses are adversarial or those of reinforcement learning.

    What it shows:
        Generator and discriminator losses, or policy and value losses beside a reward.
    Why it matters:
        A generator's loss may rise while its pictures improve, and a value loss rises while the agent earns more.
        Calling that divergence or plateau would be a false alarm; judge samples, FID or the reward instead.
    How it is decided:
        By roles: series marked adversarial, or a reward series; or by two or more tags that only agents log; or by a
        loss called ELBO that ends above its start, for that bound is to rise.
        NaN in such a loss is still reported (ST01).
    Example that fires:
        `loss/D` and `loss/G`; or `rollout/ep_rew_mean` with `train/value_loss`.
    Example that does not:
        An autoencoder with `train/loss` and `val/loss`.
    Easily confused with:
        oscillating: adversarial losses swing by design.
    References:
        Goodfellow et al. 2014, Generative Adversarial Nets; Henderson et al. 2018, Deep RL that Matters.
    """

    code = "IM02"
    name = "not_a_learning_curve"
    title = "Not a learning curve"
    summary = "Adversarial or reinforcement-learning losses, which need not fall."
    verdict = "not_classifiable"

    def check(self, view: RunView) -> Outcome:
        """Found when the run is marked adversarial or has a reward."""
        if view.main is None and not view.run.in_role(Role.ADVERSARIAL_LOSS):
            return self.not_applicable("the run has no loss")
        for role, what in ((Role.ADVERSARIAL_LOSS, "an adversarial game"), (Role.REWARD, "reinforcement learning")):
            series = view.run.in_role(role)
            if series:
                tags = tuple(s.tag for s in series)
                message = Message.of(
                    "The losses are those of {what} ({tags}); they need not fall, so they are not judged.",
                    what=what,
                    tags=", ".join(tags[:4]),
                )
                return self.found(0.95, Severity.INFO, message, (), (), tags)
        agent = [s.tag for s in view.run.series if s.tag.rsplit("/", 1)[-1].lower() in AGENT_TAGS]
        if len(agent) >= 2:
            message = Message.of(
                "The run logs what an agent in reinforcement learning logs ({tags}); its loss need not fall.",
                tags=", ".join(agent[:4]),
            )
            return self.found(0.95, Severity.INFO, message, (), (), tuple(agent))
        curve, main = view.main_curve, view.main
        if curve is not None and main is not None and _is_bound(main.tag) and _only_rises(curve):
            message = Message.of(
                "{tag} is a bound that training raises, from {start:num} to {end:num} here; log its negative to have a loss.",
                tag=main.tag, start=curve.start, end=curve.end,
            )  # fmt: skip
            return self.found(0.95, Severity.INFO, message, (), (), (main.tag,))
        return self.clear()


def _is_bound(tag: str) -> bool:
    """Whether a tag names the evidence lower bound itself and not its negative."""
    words = re.split(r"[^a-z]+", tag.lower())
    return "elbo" in words and "-elbo" not in tag.lower() and not {"neg", "negative", "minus", "loss"} & set(words)


def _only_rises(curve: Curve) -> bool:
    """Whether a curve ends surely above its start without having fallen first, as a loss that diverges has."""
    rise = curve.end - curve.start
    lowest_at_once = curve.best_index <= 0.05 * curve.trend.size
    return rise > 3.0 * curve.sigma and (lowest_at_once or curve.drop < 0.05 * rise)
