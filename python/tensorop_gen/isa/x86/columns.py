"""How DIRECT_N reaches the columns of B: with few pointers, each for several columns through two index registers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tensorop_gen.isa.kernel import FLOAT
from tensorop_gen.isa.program import Mem

POINTERS = ("rdx", "rbx", "rbp", "r12")
_INDEXES = {"r11": 1, "r13": 3}  # index register -> columns it spans
# Columns ahead of a pointer that one address can reach, nearest form first.
_AHEAD = {0: (None, 1)} | {span * s: (r, s) for r, span in reversed(_INDEXES.items()) for s in (8, 4, 2, 1)}


@dataclass(frozen=True, slots=True)
class Reach:
    """How the address of a column is formed: pointer number, index register (if any) and its scale."""

    pointer: int
    index: str | None = None
    scale: int = 1

    def address(self, step: int) -> Mem:
        """Of the column's element so many k-steps behind the pointer."""
        return Mem(POINTERS[self.pointer], step * FLOAT, self.index, self.scale, space="b")


@cache
def reach_columns(columns: int) -> tuple[dict[int, Reach], tuple[int, ...]]:
    """How each column is reached with few pointers, and the columns at which the pointers start.

    A pointer after the first starts at a column that an earlier one reaches."""
    found = {c: Reach(0, *form) for c, form in _AHEAD.items() if c < columns}
    starts = [0]
    while missing := set(range(columns)) - found.keys():
        start = max(found.keys() - starts, key=lambda x: (sum(x + c in missing for c in _AHEAD), -x))
        found |= {start + c: Reach(len(starts), *form) for c, form in _AHEAD.items() if start + c in missing}
        starts.append(start)
    return found, tuple(starts)
