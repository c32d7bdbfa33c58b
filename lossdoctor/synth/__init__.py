"""Curves with known truth, seeded: for the rules' case files, for property tests and for stress benchmarks."""

from lossdoctor.synth.curves import CurveSpec, make_values
from lossdoctor.synth.drawn import draw_run
from lossdoctor.synth.histograms import HistogramSpec, make_histograms
from lossdoctor.synth.recipe import run_of_recipe
from lossdoctor.synth.runs import make_run

__all__ = ["CurveSpec", "HistogramSpec", "draw_run", "make_histograms", "make_run", "make_values", "run_of_recipe"]
