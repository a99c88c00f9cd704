"""compute-sanitizer on the smallest cases of as many kernels as the time allows."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from driver import TIME_UP, Driver, Row

TOOLS = ("memcheck", "racecheck", "synccheck")


def find_sanitizer() -> str | None:
    """PATH's, else the toolkit's."""
    installed = sorted(map(str, Path("/usr/local").glob("cuda*/bin/compute-sanitizer")))
    return shutil.which("compute-sanitizer") or next(iter(installed), None)


def sanitize(driver: Driver, program: str, tool: str, kernels: Iterable[Row], seconds: float) -> dict[str, Any]:
    """Symbols of the kernels by what became of them; those that the time did not suffice for are in neither."""
    words = (program, "--tool", tool, "--error-exitcode", "9", "--launch-timeout", "60")
    end = time.monotonic() + seconds
    found: dict[str, Any] = {"clean": [], "failed": []}
    for kernel in kernels:
        left = end - time.monotonic()
        if left < 2:
            break
        status, _ = driver("prove", kernel["name"], kernel["operands"], "quick", tool=words, seconds=left)
        if status != TIME_UP:
            found["failed" if status else "clean"].append(kernel["symbol"])
    return found
