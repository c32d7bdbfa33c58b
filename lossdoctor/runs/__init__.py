"""What was read from a log, as data: runs, their series, the role each series plays, and the problems met on the way.

The glossary of the whole program (one word an idea):

run       one training from first to last logged point; may have been restarted, may be spread over several files
series    the points of one tag: steps, values, wall times, in file order
histogram how the values of one tensor of one layer were spread at a step (gradients, weights, activations)
band      the range of values that a thinned-out point stands for
tag       the name under which the trainer logged a series
role      what a series means: training loss, validation loss, learning rate, ...
seam      where one writing session of a series ends and another begins: a resume, a restart, a second writer
step      the logged x value: an optimiser step, an iteration or an epoch (`Run.step_unit` says which)
finding   a symptom that a rule saw in a run, with its evidence
cause     a possible reason for findings; the checklist ranks causes
verdict   the one word for a run
problem   something wrong with the input itself

This package imports nothing of lossdoctor but errors, and does not read files.
"""

from lossdoctor.runs.band import Band
from lossdoctor.runs.config import STANDARD_NAMES, StandardConfig, standard_config
from lossdoctor.runs.histograms import Buckets, HistogramKind, HistogramSeries
from lossdoctor.runs.problems import Problem, ProblemLevel
from lossdoctor.runs.roles import Role, RoleAssignment
from lossdoctor.runs.run import ConfigValue, Run
from lossdoctor.runs.seams import Seam, SeamKind, find_seams
from lossdoctor.runs.series import Series
from lossdoctor.runs.settings import (
    call_name,
    differences,
    full_name,
    further_settings,
    name_settings,
    run_settings,
    settings_apart,
)

__all__ = [
    "STANDARD_NAMES",
    "Band",
    "Buckets",
    "ConfigValue",
    "HistogramKind",
    "HistogramSeries",
    "Problem",
    "ProblemLevel",
    "Role",
    "RoleAssignment",
    "Run",
    "Seam",
    "SeamKind",
    "Series",
    "StandardConfig",
    "call_name",
    "differences",
    "find_seams",
    "full_name",
    "further_settings",
    "name_settings",
    "run_settings",
    "settings_apart",
    "standard_config",
]
