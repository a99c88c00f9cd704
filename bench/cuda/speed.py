"""The library beside cuBLAS, on the paper's eight shapes and on eight small or skewed ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from cublas import environment, libraries
from driver import DONE, Driver, Row
from table import OPERANDS

CUBE = (4096, 4096, 4096)
# m, k, n: the paper's eight, and eight small or skewed ones.
LARGE = [(2048,) * 3, CUBE, (8192,) * 3, (16384,) * 3]
LARGE += [(16384, 8192, 1280), (16384, 1024, 8192), (16384, 8192, 7168), (16384, 3584, 8192)]
SMALL = [(512,) * 3, (1000,) * 3, (1024,) * 3, (64, 4096, 4096), (4096, 4096, 64), (4096, 64, 4096), (128, 16384, 128)]
SMALL += [(1016, 2040, 1528)]
GROUPS = ((0, 0, LARGE), (0, 0, SMALL), (1, 0, [CUBE]), (0, 1, [CUBE]))
ALONE = "-"  # in place of cuBLAS

Note = Callable[[str], None]


def title(row: Row) -> str:
    return f"{OPERANDS[row['operands']]} {row['op']} {row['m']}x{row['k']}x{row['n']}"


def find_cublas(driver: Driver, named: str | None) -> str:
    """The first that multiplies, or ALONE."""
    for library in libraries(named):
        status, _ = driver("measure", library, "0 0 0 64 64 64", 1, seconds=30, env=environment(library))
        if status == DONE:
            return library
    return ALONE


def measure(
    driver: Driver, cublas: str, operands: list[int], rounds: int, rates: Path, seconds: float, note: Note
) -> Iterator[list[Row]]:
    """Rows, one type and group of shapes after the other, the most wanted first. rates: what the library chooses by."""
    end = time.monotonic() + seconds
    for op_a, op_b, shapes in GROUPS:
        for kind in operands:
            left = end - time.monotonic()
            if left < 5:
                note("measure: the time is up, the other shapes are not measured")
                return
            text = " ".join(f"{kind} {op_a} {op_b} {m} {n} {k}" for m, k, n in shapes)
            words = ("measure", cublas, text, rounds, rates)
            status, rows = driver(*words, seconds=left, env=environment(cublas))
            if status:
                note(f"measure, operands {kind}: status {status} {driver.said.strip()[-300:]}")
            yield rows
