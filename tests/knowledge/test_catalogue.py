"""The bundled knowledge is complete, agrees with the rules, and its snippets are Python."""

from __future__ import annotations

import string

import pytest

from lossdoctor.findings import Verdict
from lossdoctor.knowledge.catalogue import (
    CauseEntry,
    Snippet,
    causes_by_id,
    load_causes,
    load_hints,
    load_order,
    load_verdicts,
)
from lossdoctor.knowledge.vocabulary import (
    BESIDE_VERDICTS,
    FINDINGS,
    FINDINGS_OF_VERDICT,
    VERDICTS_WITHOUT_CAUSES,
    WITHOUT_CAUSE,
)
from lossdoctor.rules.registry import RULES

CAUSES = load_causes()
PARTS = [
    "data_quality", "task_infeasible", "dataset_too_large_for_model", "inputs_not_normalised", "over_regularised",
    "lr_too_high", "lr_too_low", "optimizer_mismatch", "clipping_hides_lr", "wrong_hidden_activation",
    "wrong_output_activation", "dead_relu", "saturated_activations", "nan_from_overflow", "batchnorm_masks_gradients",
    "bad_init", "vanishing_gradients", "exploding_gradients", "label_noise", "shuffled_labels",
    "duplicate_or_constant_inputs", "not_shuffled", "class_imbalance", "model_too_small", "too_little_data",
    "no_regularisation", "trained_too_long", "train_val_shift", "val_set_too_small", "leakage",
    "lr_decayed_too_early", "missing_warmup", "lr_schedule_jump", "bad_batch", "optimizer_not_stepping",
    "frozen_parameters", "missing_zero_grad", "momentum_too_high", "batch_too_small",
    "resume_without_optimizer_state", "logging_artifact", "interrupted",
]  # fmt: skip

# What each point of the article says, by words that only a text about that point would hold.
ARTICLE = {
    1: ("templates", "AUROC", "0.57"),
    2: ("features", "constant guess"),
    3: ("sample space", "smaller embedding"),
    4: ("normaliser", "units"),
    5: ("Dropout", "0.5 on every", "0.2 of its training loss"),
    6: ("exp()", "NaN", "Adadelta"),
    7: ("highest rate that makes no mistakes", "clipping back"),
    8: ("ReLU", "tanh inside", "original paper"),
    9: ("leaky ReLU", "histograms", "batch norm"),
    10: ("he_normal", "lecun_normal", "weights zero"),
}


def text_of(cause: CauseEntry) -> str:
    parts = [cause.title, cause.explanation, cause.fix, *(e.text for e in cause.experiments)]
    return " ".join(parts)


def test_every_cause_of_the_catalogue_is_there() -> None:
    assert {cause.id for cause in CAUSES} == set(PARTS)


@pytest.mark.parametrize("point", ARTICLE)
def test_every_point_of_the_article_is_found(point: int) -> None:
    texts = " ".join(text_of(cause) for cause in CAUSES if cause.article == point)
    texts += " ".join(cause_text for cause in CAUSES if (cause_text := text_of(cause)) and cause.article is not None)
    assert any(cause.article == point for cause in CAUSES)
    for words in ARTICLE[point]:
        assert words in texts, words


def test_article_points_cite_the_article() -> None:
    for cause in CAUSES:
        if cause.article is not None:
            assert any(ref.startswith("Wang 2020") and "point" in ref for ref in cause.references), cause.id


def test_general_order_follows_the_article_and_covers_every_cause() -> None:
    order = load_order()
    assert [step.id for step in order] == [
        "look_at_curves", "small_sample", "data", "regularisation_off", "highest_stable_rate", "activations",
        "gradient_check", "initialisation", "doable",
    ]  # fmt: skip
    assert {cause for step in order for cause in step.causes} == set(PARTS)


def test_findings_are_those_of_the_rules() -> None:
    assert set(FINDINGS) == {rule.name for rule in RULES}


def test_every_finding_belongs_to_a_verdict_or_ends_without_causes() -> None:
    judged = set().union(*FINDINGS_OF_VERDICT.values())
    assert set(FINDINGS) - judged == {"no_loss", "too_short", *BESIDE_VERDICTS, *WITHOUT_CAUSE}
    assert set(FINDINGS_OF_VERDICT) | VERDICTS_WITHOUT_CAUSES == set(Verdict)


def snippets() -> list[tuple[str, Snippet]]:
    of_causes = [(cause.id, snippet) for cause in CAUSES for snippet in cause.snippets]
    return of_causes + [(hint.id, snippet) for hint in load_hints().values() for snippet in hint.snippets]


@pytest.mark.parametrize(("owner", "snippet"), snippets(), ids=lambda x: x if isinstance(x, str) else x.framework)
def test_snippets_compile(owner: str, snippet: Snippet) -> None:
    # A hint's snippet names the setting that is missing.
    compile(snippet.code.replace("{setting}", "dropout"), f"<{owner}, {snippet.framework}>", "exec")
    assert all(len(line) <= 130 for line in snippet.code.splitlines())


def test_hints_show_one_line() -> None:
    for hint in load_hints().values():
        assert hint.snippets, hint.id
        assert "\n" not in hint.snippets[0].code, hint.id
        places = {field for _, field, _, _ in string.Formatter().parse(hint.text) if field}
        assert places == ({"setting"} if hint.id == "config" else set())


def test_every_verdict_has_a_meaning_and_a_first_step() -> None:
    assert set(load_verdicts()) == set(Verdict)


def test_titles_are_unique_and_short() -> None:
    titles = [cause.title for cause in CAUSES]
    assert len(set(titles)) == len(titles)
    assert max(map(len, titles)) <= 64


def test_explanations_are_two_to_five_sentences() -> None:
    for cause in CAUSES:
        sentences = cause.explanation.count(". ") + cause.explanation.count("; ") + cause.explanation.count(": ") + 1
        assert 2 <= sentences <= 8, cause.id
        assert len(cause.explanation) <= 480, (cause.id, len(cause.explanation))


def test_evidence_cites_published_sources_or_says_that_it_is_an_estimate() -> None:
    for cause in CAUSES:
        for entry in cause.evidence:
            # Numbers of internal notes mean nothing to a reader.
            assert "knowledge base" not in entry.source, (cause.id, entry.source)


def test_lookup_by_id() -> None:
    assert causes_by_id()["lr_too_high"].title == "Learning rate too high"
