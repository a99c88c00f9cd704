"""A short row of floats read in as few vectors as can be, and never past its ends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

_SIZES = {"q": 4, "d": 2, "s": 1}  # floats of a register's name


@dataclass(frozen=True, slots=True)
class Part:
    """One load: the register's size and the floats [start, end) that it is used for."""

    size: str
    start: int

    @property
    def length(self) -> int:
        return _SIZES[self.size]

    @property
    def end(self) -> int:
        return self.start + self.length


@cache
def parts(width: int) -> tuple[Part, ...]:
    """Whole vectors, the last of which overlaps the one before where need be; below four floats two and one."""
    if width >= _SIZES["q"]:
        starts = [*range(0, width - 3, 4), width - 4]
        return tuple(Part("q", start) for start in dict.fromkeys(starts))
    pair, single = width // 2 * 2, width % 2
    return (Part("d", 0),) * (pair > 0) + (Part("s", pair),) * single
