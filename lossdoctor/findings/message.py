"""Message: a sentence as template and parameters; numbers are formatted and words translated at the edge."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from lossdoctor import formatting, safe_text
from lossdoctor.findings.content import ContentEqual

# The word before a place for a step, or after one: "from steps {a:step}", "{a:step} steps".
_COUNTED = re.compile(r"\bstep(s?)(?= \{\w+:step\})|(?<=:step\} )step(s?)\b")

Parameter: TypeAlias = float | int | str


class _Formatter(string.Formatter):
    """Knows three units besides plain text: `{x:num}`, `{x:step}`, `{x:pct}`."""

    def format_field(self, value: object, format_spec: str) -> str:
        if isinstance(value, (int, float)):
            if format_spec == "step":
                return formatting.step(value)
            if format_spec == "pct":
                return formatting.percent(value)
            return formatting.number(value)
        return safe_text.plain(value)


@dataclass(frozen=True, slots=True, eq=False)
class Message(ContentEqual):
    """A sentence with its numbers.

    Attributes:
        template: English text with places `{name:num}`, `:step`, `:pct` or `{name}`; the key for translation.
        parameters: (name, value) pairs, sorted by name so that equal messages are equal values.
    """

    template: str
    parameters: tuple[tuple[str, Parameter], ...] = ()

    @classmethod
    def of(cls, template: str, **parameters: Parameter) -> Message:
        """The usual way to make one: `Message.of("rose {rise:pct}", rise=0.07)`."""
        return cls(template, tuple(sorted(parameters.items())))

    def in_unit(self, unit: str) -> Message:
        """The same sentence for a run whose steps count something else: "at epoch {x:step}" for "at step {x:step}"."""
        if unit == "step":
            return self
        return Message(_COUNTED.sub(lambda found: unit + (found[1] or found[2] or ""), self.template), self.parameters)

    def render(self, translate: Callable[[str], str] = str) -> str:
        """The sentence; `translate` maps the template to another language."""
        return _Formatter().vformat(translate(self.template), (), dict(self.parameters))

    def __str__(self) -> str:
        return self.render()
