"""Causes and checklists as data: loads and validates `resources/knowledge/*.toml` and ranks causes by evidence.

May import `findings`, `runs` and below; knows no rule and draws nothing.
"""
