"""Runs the rules on a run, weighs their outcomes into one verdict, and asks the knowledge base for the causes."""

from lossdoctor.diagnosis.diagnosis import Diagnosis

__all__ = ["Diagnosis"]
