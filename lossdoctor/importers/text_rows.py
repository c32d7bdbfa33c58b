"""Reads the rows of a text log: lines with a counter and numbers, progress bars, box tables, and lines that go on."""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from lossdoctor.importers.dialect import number
from lossdoctor.importers.step_axis import STEP_COLUMNS, step_column, step_key
from lossdoctor.importers.text_line import Line, continues, measures, message, read_line
from lossdoctor.importers.whole_lines import MAX_LINE

# A message that is longer than this is a dump of data; the last state of a long progress line is short.
MAX_MESSAGE = 20_000
_MAX_USER_LINE = 4_000
_USER_SECONDS = 120.0
_SHORT = re.compile(r"(\d{1,12}) (train|val|valid|test|hella) (\S{1,30})")
# build-nanogpt's third kind of line is the accuracy on HellaSwag.
_SHORT_TAGS = {
    "train": "train_loss",
    "val": "val_loss",
    "valid": "valid_loss",
    "test": "test_loss",
    "hella": "hella_acc",
}
_CELLS = re.compile(r"\|\s*([^|]{1,80}?)\s*\|\s*([^|]{0,40}?)\s*\|")
_ENTRY = re.compile(r"'([\w./@ -]{1,80})': '?([^,'}]{1,40})")
_CAFFE_OUTPUT = re.compile(r"(Train|Test) net output #\d+: (\w+) = (\S+)")


@dataclass(slots=True)
class Row:
    """The numbers of one moment, with what the log says about when it was."""

    epoch: int | None
    step: int | None
    inner: int | None
    total: int | None
    numbers: dict[str, float]
    unit: str = "step"


@dataclass(slots=True)
class TextRows:
    """The rows of a text log in file order, and what was odd about its lines.

    Attributes:
        long_lines: numbers of lines that were too long to be looked at.
        out_of_time: the line at which a user's pattern had used up its time; 0 when it did not.
        counted: steps are counts of printed dictionaries, which name none.
    """

    rows: list[Row] = field(default_factory=list)
    long_lines: list[int] = field(default_factory=list)
    out_of_time: int = 0
    counted: bool = False


def text_rows(lines: Iterable[str]) -> TextRows:
    """The rows in these lines by the documented patterns."""
    reader = TextReader()
    reader.take(lines)
    return reader.finish()


def pattern_rows(lines: Iterable[str], pattern: re.Pattern[str]) -> TextRows:
    """The rows by a user's pattern with named groups.

    `step` and `epoch` are counters; `name` and `value` together give one number; every other group is a number
    under the group's own name. Lines beyond 4,000 characters are left out, and reading stops after two minutes:
    the pattern is not ours.
    """
    found = TextRows()
    until = time.monotonic() + _USER_SECONDS
    epoch: int | None = None
    for place, raw in enumerate(lines, 1):
        if len(raw) > _MAX_USER_LINE:
            found.long_lines.append(place)
            continue
        if not place % 1000 and time.monotonic() > until:
            found.out_of_time = place
            break
        hit = pattern.search(raw)
        if hit is None:
            continue
        groups = {name: text for name, text in hit.groupdict().items() if text is not None}
        step = _whole(groups.pop("step", ""))
        epoch = _whole(groups.pop("epoch", "")) if "epoch" in groups else (None if step is not None else epoch)
        if "name" in groups and "value" in groups:
            groups[groups.pop("name").strip()] = groups.pop("value")
        numbers = {name: value for name, text in groups.items() if (value := number(text)) is not None}
        if numbers and (step is not None or epoch is not None):
            found.rows.append(Row(epoch, step, None, None, numbers))
    return found


def _whole(text: str) -> int | None:
    return int(text) if text.isdigit() and len(text) < 19 else None


class TextReader:
    """Goes through the lines once and remembers the counters, the open progress bar and the open table.

    Attributes:
        found: the rows of what is closed so far.
        lines: number of lines taken.
    """

    def __init__(self) -> None:
        self.found = TextRows()
        self.lines = 0
        self._epoch: int | None = None
        self._step: int | None = None
        self._bar: Row | None = None
        self._table: dict[str, float] = {}
        self._heading = ""
        self._dictionaries = 0
        self._dictionary_epoch = float("-inf")

    def take(self, lines: Iterable[str]) -> None:
        """Reads the next lines."""
        for place, raw in enumerate(lines, self.lines + 1):
            self._line(place, raw)
            self.lines = place

    def copy(self) -> TextReader:
        """A reader that stands at the same line, to go on with independently."""
        other = copy.copy(self)
        other.found = replace(self.found, rows=self.found.rows.copy(), long_lines=self.found.long_lines.copy())
        other._bar = None if self._bar is None else replace(self._bar, numbers=self._bar.numbers.copy())
        other._table = self._table.copy()
        return other

    def finish(self) -> TextRows:
        """All rows, what was open being closed."""
        self._close_table()
        self._close_bar()
        return self.found

    def _line(self, place: int, raw: str) -> None:
        if len(raw) > MAX_LINE:
            self.found.long_lines.append(place)
            return
        if not raw.strip() or self._in_table(raw):
            return
        text = message(raw)
        if len(text) > MAX_MESSAGE:
            self.found.long_lines.append(place)
            return
        if self._special(text):
            return
        said = read_line(text)
        if said is not None:
            self._said(said, text)

    def _said(self, said: Line, text: str) -> None:
        if said.bar:
            self._progress(said)
            return
        if said.counted:
            if said.epoch is not None and said.epoch != self._epoch:
                self._close_bar()
            self._epoch = said.epoch if said.epoch is not None else self._epoch
            self._step = said.step
        if not said.numbers or not (said.counted or ((said.follows or continues(text)) and measures(said.numbers))):
            return
        self._close_bar()
        epoch = said.epoch if said.counted else self._epoch
        step = said.step if said.counted else self._step
        if epoch is None and step is None:
            return
        self.found.rows.append(Row(epoch, step, said.inner, said.total, said.numbers))

    def _progress(self, said: Line) -> None:
        """One state of a progress bar: of the states of an epoch the last one of each number stays."""
        if said.epoch is not None:
            if said.epoch != self._epoch:
                self._close_bar()
            self._epoch = said.epoch
        if self._epoch is None or not said.numbers:
            return
        if self._bar is None:
            self._bar = Row(self._epoch, None, None, None, {})
        self._bar.numbers.update(said.numbers)

    def _close_bar(self) -> None:
        if self._bar is not None and measures(self._bar.numbers):
            self.found.rows.append(self._bar)
        self._bar = None

    def _special(self, text: str) -> bool:
        if short := _SHORT.fullmatch(text):
            value = number(short[3])
            if value is not None:
                self.found.rows.append(Row(None, int(short[1]), None, None, {_SHORT_TAGS[short[2]]: value}))
            return True
        if text.startswith("{'") and text.endswith("}"):
            self._dictionary(text)
            return True
        if output := _CAFFE_OUTPUT.search(text):
            value = number(output[3])
            if value is not None and self._step is not None:
                tag = f"{output[1].lower()}/{output[2]}"
                self.found.rows.append(Row(None, self._step, None, None, {tag: value}))
            return True
        return False

    def _dictionary(self, text: str) -> None:
        """A row that the Hugging Face Trainer prints: training rows count the steps, evaluations stand at the last."""
        pairs = {name: value for name, cell in _ENTRY.findall(text) if (value := number(cell)) is not None}
        epoch = pairs.get("epoch")
        if epoch is None or len(pairs) < 2 or "train_runtime" in pairs:
            return
        if epoch < self._dictionary_epoch:
            self._dictionaries = 0  # started again
        self._dictionary_epoch = epoch
        self._dictionaries += "loss" in pairs
        self.found.counted = True
        self.found.rows.append(Row(None, self._dictionaries, None, None, pairs))

    def _in_table(self, raw: str) -> bool:
        """Takes a line of a box table; a line of dashes or any other line ends it."""
        line = raw.strip()
        cells = _CELLS.fullmatch(line) if line.startswith("|") else None
        if cells is None:
            self._close_table()
            return False
        name, value = cells[1].strip(), number(cells[2])
        if name.endswith("/") and not cells[2]:
            self._heading = name
        elif value is not None and name not in self._table:
            # Stable-Baselines indents what stands below a heading; counters keep their own name.
            under = self._heading if step_column([name]) is None else ""
            self._table[under + name] = value
        return True

    def _close_table(self) -> None:
        table, self._table, self._heading = self._table, {}, ""
        key = step_column(list(table))
        if key is None or not table[key].is_integer() or abs(table[key]) >= 2**62:
            return
        at = int(table[key])
        unit = STEP_COLUMNS[step_key(key)]
        numbers = {name: value for name, value in table.items() if name != key}
        row = Row(at, None, None, None, numbers) if unit == "epoch" else Row(None, at, None, None, numbers)
        if numbers:
            self.found.rows.append(row)
