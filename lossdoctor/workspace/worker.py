"""The other end of `workers`: `python -m lossdoctor.workspace.worker` examines what it is sent until nobody sends more.

Over stdin come pickles: first what every source is examined with, then chunks of (index, source). Over stdout go "ready",
then (index, result) for each source as soon as it is there, and None after a chunk. An exception in place of a result is
one that every source would meet.
"""

from __future__ import annotations

import os
import pickle
import sys
from contextlib import suppress
from typing import BinaryIO

from lossdoctor.workspace.examined import HowToExamine
from lossdoctor.workspace.memory import bound_from_environment
from lossdoctor.workspace.reach import examine_anywhere


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answers requests until their end."""
    how: HowToExamine = pickle.load(requests)
    _send(answers, "ready")
    while True:
        try:
            chunk = pickle.load(requests)
        except EOFError:
            return
        for index, source in chunk:
            try:
                _send(answers, (index, examine_anywhere(source, how)))
            except BrokenPipeError:
                raise
            except Exception as error:  # noqa: BLE001  # the scan raises it where the user sees it
                _send(answers, (index, error))
        _send(answers, None)


def _send(answers: BinaryIO, message: object) -> None:
    answers.write(pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL))
    answers.flush()


def main() -> None:
    """Serves on stdin and stdout; what anything else prints goes to stderr instead of between the pickles."""
    bound_from_environment()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with suppress(BrokenPipeError):  # whoever asked is gone
        serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
