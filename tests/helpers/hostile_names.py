"""Names that do harm where they are taken for more than a name, and logs that are full of them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from tests.helpers import logs, wandb_logs

EVIL = "evil.example"
NAMES = (
    "<b>bold</b>",
    "<b>bold<u>",
    f"<img src={EVIL} onerror=alert(1)>",
    f'<img src="http://{EVIL}/x.png" onerror=alert(1)>',
    f"<script src=//{EVIL}></script>",
    "</td></tr></table><h1>x",
    "\"'><svg onload=alert(1)>",
    "]]><evil/><![CDATA[",
    "a<b and c>d & &lt;e&gt;",
    "\x1b[31mred\x1b]0;title\x07",
    "\x9b31m\x85C1\x90",
    "abc\u202egnp.exe\u2066x\u2069\u200f",
    "\N{GRINNING FACE}\N{ZERO WIDTH JOINER}\N{FAMILY}",
    "nul\x00byte",
    "line\none\r\n::error::two\u2028three",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    "\t=1+1",
    "../../../../tmp/x",
    "/etc/passwd",
    "..",
    "C:\\windows\\x",
    "con.txt",
    f"[click](http://{EVIL})",
    f"![x](http://{EVIL}/y.png)",
    f"<http://{EVIL}/auto>",
    "`code` | pipe | *em* __init__",
    "%0A::set-output name=x::y",
    "'; DROP TABLE marks; --",
    '"; DELETE FROM results; --',
    "{0} {x} %s %(y)d $HOME `id` $(id)",
    "\ud800 half",
    "x" * 300,
)
LOSSES = [2.0 * 0.97**step for step in range(60)]
_DIVERGED = [*LOSSES[:45], *[math.nan] * 15]


def hostile_logs(folder: Path) -> Path:
    """A W&B run, and where the file system allows it a folder with an event file, for every name.

    The name is the run's, it is in the tags, and it is key and value of the configuration.
    """
    for index, name in enumerate(NAMES):
        rows = [
            {"_step": step, "train/loss": value, f"{_utf8(name)}/loss": value, f"val/{_utf8(name)}": 1.0}
            for step, value in enumerate(_DIVERGED)
        ]
        config = {_utf8(name): name, "lr": 0.1 * (index + 1)}
        records = [wandb_logs.run_record(_utf8(name), config), *(wandb_logs.history(_plain(row)) for row in rows)]
        wandb_logs.wandb_file(folder / "w" / f"r{index}" / f"run-r{index}.wandb", records)
        if _is_file_name(name):
            tagged = _utf8(name)
            curves = [*logs.curve("train/loss", _DIVERGED), *logs.curve(f"{tagged}/loss", _DIVERGED)]
            logs.event_file(folder / "e" / _utf8(name), curves)
            (folder / "e" / _utf8(name) / "config.yaml").write_text("lr: 0.1\nnote: '" + _quoted(name) + "'\n", "utf-8")
    return folder


def commands(text: str) -> Iterable[str]:
    """The characters of an output that act on a terminal or reorder it."""
    return (c for c in text if (ord(c) < 32 and c not in "\n\t\r") or 127 <= ord(c) < 160 or _reorders(c))


def _reorders(char: str) -> bool:
    return 0x202A <= ord(char) <= 0x202E or 0x2066 <= ord(char) <= 0x2069 or char in "\u200e\u200f\u061c"


def _is_file_name(name: str) -> bool:
    return not ({"/", "\x00"} & set(name) or name in ("..", ".") or len(name.encode("utf-8", "replace")) > 250)


def _utf8(name: str) -> str:
    return name.encode("utf-8", "replace").decode()


def _quoted(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name).replace("'", "''")


def _plain(row: dict[str, float]) -> dict[str, object]:
    """NaN as W&B writes it."""
    return {key: "NaN" if value != value else value for key, value in row.items()}
