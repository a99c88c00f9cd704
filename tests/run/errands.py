"""What the tests send to a fleet: functions that a worker finds by their names."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tensorop_gen.run import BoardError, BoardLost, Runner


def whose(_runner: Runner, log: Path, seconds: float) -> int:
    """The worker's process; writes down when it begins and ends."""
    with log.open("a") as file:
        file.write(f"{os.getpid()} begins\n")
    time.sleep(seconds)
    with log.open("a") as file:
        file.write(f"{os.getpid()} ends\n")
    return os.getpid()


def kind(runner: Runner) -> str:
    return runner.kind


def dies(_runner: Runner, mark: Path, always: bool) -> int:
    """Takes its process with it, the first time or always."""
    if always or not mark.exists():
        mark.write_text("")
        os.kill(os.getpid(), 9)
    return os.getpid()


def loses_its_board(_runner: Runner, mark: Path) -> int:
    """The first time."""
    if not mark.exists():
        mark.write_text("")
        raise BoardLost("the connection broke")
    return os.getpid()


def cannot_start(_runner: Runner) -> None:
    raise BoardError("candidate cannot be started there")


def fails(_runner: Runner, error: Exception) -> None:
    raise error
