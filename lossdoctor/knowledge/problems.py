"""What each problem of the input means: the texts behind the codes that importers give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from lossdoctor.errors import KnowledgeError
from lossdoctor.resources import resource

PROBLEM_FILE = "problems.toml"


@dataclass(frozen=True, slots=True)
class ProblemEntry:
    """What a problem means.

    Attributes:
        code: as in `Problem.code`.
        meaning: what is the matter with the input.
        done: what lossdoctor did about it.
        remedy: what the user can do.
    """

    code: str
    meaning: str
    done: str
    remedy: str

    @property
    def title(self) -> str:
        """The code as words: Steps go back."""
        return self.code.replace("_", " ").capitalize()


@cache
def load_problems() -> Mapping[str, ProblemEntry]:
    """The bundled texts by code, in the order of codes.

    Raises:
        KnowledgeError: the file breaks a rule; the message names the entry.
    """
    from lossdoctor.knowledge.catalogue import read_toml

    return build_problems(read_toml(resource("knowledge", PROBLEM_FILE)), PROBLEM_FILE)


def build_problems(data: Mapping[str, Any], file: str) -> Mapping[str, ProblemEntry]:
    """The entries of a file; each has exactly the three texts, and all are whole sentences."""
    tables = data.get("problem")
    if not isinstance(tables, dict) or not tables:
        raise KnowledgeError(f"{file}: holds no [problem.CODE] entry.")
    keys = {field.name for field in fields(ProblemEntry)} - {"code"}
    for code, table in tables.items():
        if not isinstance(table, dict) or set(table) != keys:
            raise KnowledgeError(f"{file}: problem {code} must have {', '.join(sorted(keys))} and nothing else.")
        for key, text in table.items():
            if not isinstance(text, str) or not text.rstrip().endswith("."):
                raise KnowledgeError(f"{file}: {key} of problem {code} is no sentence.")
    return {code: ProblemEntry(code, **tables[code]) for code in sorted(tables)}
