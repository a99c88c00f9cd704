"""The product as the sketch sees it, and how it cuts it into blocks (kernels/gemm/sketch.c.j2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorop_gen.measure.cost.memory import FLOAT

if TYPE_CHECKING:
    from tensorop_gen.request.model import Shape


@dataclass(frozen=True, slots=True)
class Product:
    """C (m x n) = A (m x k) * B (k x n), C's columns contiguous. rows_a: A's rows are contiguous, else its k-steps;
    steps_b: B's k-steps are contiguous, else its columns."""

    m: int
    k: int
    n: int
    rows_a: bool
    steps_b: bool

    @classmethod
    def of(cls, shape: Shape) -> Product:
        """Of a row-major call: its operands change places."""
        return cls(shape.n, shape.k, shape.m, shape.layout[1] == "N", shape.layout[0] == "N")

    @property
    def flops(self) -> int:
        return 2 * self.m * self.k * self.n

    @property
    def bytes(self) -> int:
        return FLOAT * (self.m * self.k + self.k * self.n + self.m * self.n)


def even(total: int, most: int, grain: int) -> int:
    """The sketch's: blocks of even sizes, as few as `most` makes, multiples of grain."""
    size = -(-total // -(-total // most))
    return -(-size // grain) * grain


def blocks(total: int, size: int) -> Iterator[tuple[int, int]]:
    """Sizes of the blocks that total is cut into, and how many there are of each."""
    whole, rest = divmod(total, size)
    if whole:
        yield size, whole
    if rest:
        yield rest, 1
