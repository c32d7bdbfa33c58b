"""Every problem code that the source can give, found by reading the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import lossdoctor

_CODE = re.compile(r"[a-z]+\d?(_[a-z]+)*")
_MAKERS = frozenset({"Problem", "LookAlike", "_problem", "_error", "_records"})


def codes_in_source() -> dict[str, str]:
    """Each code and a file that gives it."""
    root = Path(lossdoctor.__file__).parent
    found: dict[str, str] = {}
    for path in sorted(p for stage in ("importers", "workspace") for p in (root / stage).rglob("*.py")):
        for code in _codes(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(code, str(path.relative_to(root)))
    return found


def _codes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in _MAKERS:
            yield from _first(node.args)
        elif isinstance(node, ast.Tuple) and len(node.elts) in (2, 3) and _is_sentence(node.elts[1]):
            yield from _first(node.elts[:1])


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _first(values: list[ast.expr]) -> Iterator[str]:
    """The first constant that looks like a code, both of `a if x else b`."""
    for value in values:
        options = (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,)
        codes = [str(o.value) for o in options if isinstance(o, ast.Constant) and _CODE.fullmatch(str(o.value))]
        if codes:
            yield from codes
            return


def _is_sentence(value: ast.expr) -> bool:
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    text = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
    return text.count(" ") >= 3 and text.endswith(".")
