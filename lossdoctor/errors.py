"""The exceptions a user may see: each says what happened, where, and what to do about it.

Anything else that escapes is a defect of ours and is shown as one. Trouble inside a log that leaves something to show
is not an exception but a `lossdoctor.runs.Problem`.
"""

from __future__ import annotations


class LossdoctorError(Exception):
    """Something the user can act on.

    Args:
        message: what happened, naming the file, tag or option.
        hint: what to do about it, a whole sentence; empty when the message says it all.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class UsageError(LossdoctorError):
    """The command line or a setting asks for something that does not exist."""

    exit_code = 2


class InputError(LossdoctorError):
    """A path that cannot be read, or holds no log that lossdoctor knows."""

    exit_code = 3


class OutputError(LossdoctorError):
    """A report or export could not be written; whatever stood at the target before is untouched."""

    exit_code = 2


class KnowledgeError(LossdoctorError):
    """A knowledge file breaks the rules of `lossdoctor.knowledge`: an unknown code, a cause without an experiment."""

    exit_code = 2
