"""Symptoms: one rule a file, each complete with its documentation, thresholds, examples and check.

A rule looks at one `RunView` and answers with an `Outcome`: found, clear, not applicable or (the engine's word) failed. Rules
do not import each other, read no files and draw nothing; where they see something they return typed evidence.
"""
