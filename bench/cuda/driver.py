"""The driver: a process of its own for every kernel, so that what one breaks the others do not see."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Row = dict[str, Any]
DONE, TIME_UP = 0, 124


class Driver:
    """folder/driver, until the time is up."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self.program = str((folder / "driver").resolve())
        self.deadline = time.monotonic() + seconds
        self.said = ""  # on stderr, by the last run

    def left(self) -> float:
        return self.deadline - time.monotonic()

    def __call__(
        self, *words: object, tool: tuple[str, ...] = (), seconds: float = 1e9, env: Mapping[str, str] | None = None
    ) -> tuple[int, list[Row]]:
        """Exit status (TIME_UP where the time was up) and the objects that were printed."""
        limit = max(1.0, min(seconds, self.left()))
        command = [*tool, self.program, *map(str, words)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
        try:
            process = subprocess.Popen(command, env={**os.environ, **(env or {})}, **pipes)  # type: ignore[call-overload]
        except OSError as error:
            self.said = str(error)
            return 127, []
        status = None
        try:
            text, self.said = process.communicate(timeout=limit)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)  # what a tool has started, too
            text, self.said = process.communicate()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            status = TIME_UP
        return process.returncode if status is None else status, _objects(text)


def _objects(text: str) -> list[Row]:
    """Each line that is one; a process that was ended may have left half of one."""
    found = []
    for line in text.splitlines():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(row, dict):
            found.append(row)
    return found
