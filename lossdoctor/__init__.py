"""Reads training logs, says what is wrong with each run and why, and shows it on the curve.

In Python: `lossdoctor.load(path)`, `lossdoctor.diagnose(run)`, `lossdoctor.scan(paths)`; see `lossdoctor.api`. Their types
stand in `__init__.pyi`, because this file imports nothing.

Importing this package loads nothing else: `lossdoctor --version` must answer at once.
"""

__version__ = "0.1.0"
_API = ("Monitor", "diagnose", "keras_callback", "lightning_callback", "load", "scan", "transformers_callback")


def __getattr__(name: str) -> object:
    """The functions of the API, loaded when they are first asked for."""
    if name not in _API:
        raise AttributeError(f"module 'lossdoctor' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("lossdoctor.api"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_API])
