"""Folders with what is no file, or leads nowhere."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from tests.reliability.hostile import CSV, Hostile, put


def _fifo(folder: Path) -> None:
    put("log.csv", CSV)(folder)
    os.mkfifo(folder / "events.out.tfevents.2.h")
    os.mkfifo(folder / "metrics.csv")


def _socket(folder: Path) -> None:
    put("log.csv", CSV)(folder)
    here = os.getcwd()
    os.chdir(folder)  # the address of a socket holds 107 bytes only
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("metrics.csv")
    finally:
        os.chdir(here)


def _devices(folder: Path) -> None:
    put("log.csv", CSV)(folder)
    for index, device in enumerate(("/dev/zero", "/dev/random", "/dev/stdin", "/proc/kmsg")):
        (folder / f"metrics{index}.csv").symlink_to(device)


def _loops(folder: Path) -> None:
    put("a/b/log.csv", CSV)(folder)
    (folder / "a" / "b" / "up").symlink_to(folder, target_is_directory=True)
    (folder / "self.csv").symlink_to("self.csv")
    (folder / "ping.csv").symlink_to("pong.csv")
    (folder / "pong.csv").symlink_to("ping.csv")
    (folder / "gone.csv").symlink_to("nowhere.csv")


def _deep(folder: Path) -> None:
    put("log.csv", CSV)(folder)
    put("/".join(["d"] * 70) + "/log.csv", CSV)(folder)


PLACES = (
    Hostile("folder: empty", lambda folder: None, ["no_logs"]),
    Hostile("folder: pipes", _fifo, (), "", 60),
    Hostile("folder: a socket", _socket, (), "", 60),
    Hostile("folder: links to devices", _devices, (), "", 60),
    Hostile("folder: links in circles", _loops, (), "", 60),
    Hostile("folder: 70 folders deep", _deep, ["too_deep"], "", 60),
)
