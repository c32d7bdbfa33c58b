"""Reads training logs, says what is wrong with each run and why, and shows it on the curve.

Importing this package loads nothing else: `lossdoctor --version` must answer at once.
"""

__version__ = "0.1.0"
