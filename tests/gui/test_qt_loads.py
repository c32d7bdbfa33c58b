"""Says loudly when the window could not be tested at all."""

from __future__ import annotations

import pytest


def test_qt_is_there() -> None:
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        pytest.skip(f"NOT TESTED: the whole window, because Qt cannot be loaded ({error})")
