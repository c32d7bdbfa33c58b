"""Named questions about a run. Knowledge files ask them by name; each answers yes, no or "cannot be decided", with numbers.

A predicate is a function of a `Case` and a few keyword arguments. It never raises on odd data (NaN, three points, a
missing series), measures on the run's series itself and does not depend on how a rule words its measurements. The table
below is the whole vocabulary; `numbers` are the places a sentence in a knowledge file may use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lossdoctor.knowledge.answer import Answer
from lossdoctor.knowledge.predicates import (
    diagnosis,
    generalisation,
    gradients,
    histograms,
    hygiene,
    levels,
    numerics,
    schedules,
    settings,
    shapes,
    siblings,
)


@dataclass(frozen=True, slots=True)
class Predicate:
    """A named question.

    Attributes:
        function: called with the case and the arguments of the knowledge file.
        numbers: names of the numbers every decided answer carries.
        compares: True when the answer depends on the runs beside it; it is then asked after every run was read.
    """

    function: Callable[..., Answer]
    numbers: tuple[str, ...]
    compares: bool = False

    @property
    def name(self) -> str:
        """The name knowledge files use."""
        return self.function.__name__


_TABLE: tuple[Predicate, ...] = (
    Predicate(diagnosis.finding_present, ("finding", "confidence")),
    Predicate(diagnosis.verdict_is, ("verdict",)),
    Predicate(settings.config_above, ("value", "limit", "key")),
    Predicate(settings.config_below, ("value", "limit", "key")),
    Predicate(settings.config_within, ("value", "low", "high", "key")),
    Predicate(settings.config_equals, ("value", "key")),
    Predicate(settings.config_missing, ("key",)),
    Predicate(settings.no_regularisation_set, ("dropout", "decay")),
    Predicate(settings.lr_high_unless_sgd, ("lr", "limit")),
    Predicate(settings.lr_for_optimiser, ("lr", "limit", "optimizer")),
    Predicate(schedules.warmup_missing, ("first", "peak")),
    Predicate(schedules.lr_fell_before_plateau, ("step", "share", "lr", "peak", "late")),
    Predicate(schedules.lr_constant, ("lr",)),
    Predicate(schedules.lr_jumped_before_event, ("step", "before", "after", "factor")),
    Predicate(schedules.lr_rising_at_event, ("step", "lr", "first")),
    Predicate(schedules.lr_drop_helped, ("step", "gain")),
    Predicate(schedules.lr_still_high, ("lr", "peak")),
    Predicate(numerics.loss_rose_before_nan, ("step", "low", "high", "factor")),
    Predicate(numerics.nan_without_warning, ("step", "last", "usual")),
    Predicate(numerics.nan_at_start, ("step", "points")),
    Predicate(numerics.loss_near_zero_before_nan, ("step", "level", "share")),
    Predicate(numerics.solved_before_nan, ("step", "level", "metric")),
    Predicate(numerics.still_learning_before_nan, ("step", "level", "best")),
    Predicate(numerics.grad_norm_rose_before_nan, ("step", "peak", "usual")),
    Predicate(numerics.loss_scale_collapses, ("first", "last", "halvings")),
    Predicate(numerics.validation_only_nan, ("step",)),
    Predicate(levels.level_near_ln_classes, ("level", "chance", "classes")),
    Predicate(levels.first_loss_far_above_chance, ("first", "chance", "classes", "factor")),
    Predicate(levels.first_loss_exactly_chance, ("first", "classes")),
    Predicate(levels.huge_first_loss, ("first", "later", "factor")),
    Predicate(levels.loss_in_large_units, ("first", "limit")),
    Predicate(levels.double_softmax_floor_reached, ("start", "end", "floor", "classes", "metric")),
    Predicate(levels.good_metric_high_loss, ("metric", "share")),
    Predicate(levels.metric_never_moves, ("moved", "level")),
    Predicate(levels.metric_repeats, ("values", "points")),
    Predicate(levels.metric_flat_while_loss_falls, ("moved", "level", "drop")),
    Predicate(shapes.never_dropped, ("drop", "start")),
    Predicate(shapes.loss_constant, ("span", "level")),
    Predicate(shapes.dropped_then_flat, ("step", "share", "left", "level")),
    Predicate(shapes.still_improving, ("gain",)),
    Predicate(shapes.falls_smoothly, ("noise",)),
    Predicate(shapes.falls_nearly_linearly, ("gain",)),
    Predicate(shapes.noise_ratio_high, ("noise", "limit")),
    Predicate(shapes.swings_do_not_die, ("size", "persistence")),
    Predicate(shapes.ends_above_start, ("over", "start", "end")),
    Predicate(shapes.rises_from_the_start, ("step", "factor")),
    Predicate(shapes.rose_gradually, ("share",)),
    Predicate(shapes.early_transient, ("first", "peak", "factor")),
    Predicate(shapes.single_short_spike, ("count", "step", "height", "share")),
    Predicate(shapes.many_spikes, ("count",)),
    Predicate(shapes.slow_recovery, ("step", "share")),
    Predicate(shapes.spike_with_grad_norm, ("step", "peak", "usual")),
    Predicate(shapes.repeats, ("period", "strength")),
    Predicate(shapes.period_near_epoch, ("period", "epoch", "strength")),
    Predicate(generalisation.val_never_improves, ("gain", "first")),
    Predicate(generalisation.memorises, ("train", "val")),
    Predicate(generalisation.val_improved_first, ("gain", "step")),
    Predicate(generalisation.val_exactly_constant, ("points", "level")),
    Predicate(generalisation.output_seems_constant, ("spread", "level")),
    Predicate(generalisation.val_ends_above_start, ("first", "end")),
    Predicate(generalisation.train_above_val, ("excess",)),
    Predicate(generalisation.val_tracks_train, ("gap", "val", "train")),
    Predicate(generalisation.gap_from_start, ("ratio", "late")),
    Predicate(generalisation.early_best_step, ("step", "share")),
    Predicate(generalisation.late_best_step, ("step", "share", "rise")),
    Predicate(generalisation.train_near_zero, ("share", "end")),
    Predicate(generalisation.train_floor_high, ("share", "end")),
    Predicate(generalisation.val_metric_keeps_improving, ("at_best", "end")),
    Predicate(generalisation.val_metric_in_coarse_steps, ("samples", "step")),
    Predicate(generalisation.val_metric_falls, ("best", "end")),
    Predicate(generalisation.val_falls_steadily, ("gain", "order")),
    Predicate(generalisation.train_fits_quickly, ("share",)),
    Predicate(generalisation.val_noise_high, ("noise", "limit")),
    Predicate(gradients.grad_norm_tiny, ("usual", "limit")),
    Predicate(gradients.grad_norm_exploded, ("usual", "peak")),
    Predicate(gradients.grad_norm_above_clip, ("clip", "share", "usual")),
    Predicate(gradients.grad_norm_capped, ("top", "share")),
    Predicate(gradients.grad_norm_alive, ("usual",)),
    Predicate(histograms.weights_start_too_large, ("layer", "size")),
    Predicate(histograms.weights_start_too_small, ("layer", "size")),
    Predicate(histograms.gradients_vanish_by_depth, ("first", "last", "ratio")),
    Predicate(histograms.gradients_all_zero, ("layer", "count", "layers")),
    Predicate(histograms.some_layers_frozen, ("count", "layers", "layer")),
    Predicate(histograms.no_layer_moves, ("layers",)),
    Predicate(histograms.weights_hardly_move, ("change",)),
    Predicate(histograms.weights_grew, ("factor", "layers")),
    Predicate(histograms.gradients_cut_short, ("kept", "norm", "share")),
    Predicate(hygiene.steps_restart, ("count", "step")),
    Predicate(hygiene.jump_at_gap, ("step", "before", "after")),
    Predicate(hygiene.pause_at_event, ("wait", "usual", "step")),
    Predicate(hygiene.ended_before_plan, ("reached", "plan", "share")),
    Predicate(hygiene.zeros_for_nan, ("step",)),
    Predicate(hygiene.few_points, ("points", "limit")),
    Predicate(siblings.sibling_better_with, ("other", "value", "better", "loss", "reached"), compares=True),
    Predicate(siblings.sibling_calm_with, ("other", "value", "better"), compares=True),
    Predicate(siblings.same_settings_do_better, ("other", "loss", "reached"), compares=True),
    Predicate(siblings.first_loss_above_siblings, ("first", "usual", "count"), compares=True),
    Predicate(siblings.siblings_share_floor, ("count", "level"), compares=True),
)
PREDICATES: Mapping[str, Predicate] = {predicate.name: predicate for predicate in _TABLE}
