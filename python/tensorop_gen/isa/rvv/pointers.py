"""Which registers hold the pointers and strides of one tile's k-loop.

Vector loads have no offsets, so each load of a loop pass has a pointer of its own and all pointers move on together at
the end: in-order CPUs let a short instruction behind a vector instruction wait for it. Where registers do not suffice,
one pointer a vector moves on in each step."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tensorop_gen.isa.kernel import Tile, TileKernel
from tensorop_gen.isa.rv64.asm import SAVED
from tensorop_gen.isa.rv64.loops import POOL


@dataclass(frozen=True, slots=True)
class Pointers:
    """a[u][i]: vector i of A in step u of a loop pass; b: of B's columns (direct_n), of its steps (direct_t), or one.
    a_step, b_step: bytes of a k-step; a_pass, b_pass: of a loop pass."""

    a: tuple[tuple[str, ...], ...]
    b: tuple[str, ...]
    a_step: str
    a_pass: str
    b_step: str = ""
    b_pass: str = ""

    @property
    def grouped(self) -> bool:
        """Whether each step of a loop pass has its own pointers."""
        return len(self.a) > 1

    def saved(self) -> frozenset[str]:
        names = {*(r for row in self.a for r in row), *self.b, self.a_step, self.a_pass, self.b_step, self.b_pass}
        return frozenset(names & set(SAVED))


@functools.cache
def pointers(tile: Tile) -> Pointers:
    """Raises ValueError for a tile that needs more registers than there are."""
    for steps in (tile.kernel.unroll, 1):
        found = _assign(tile, steps)
        if found:
            return found
    raise ValueError(f"{tile.kernel.role}: {tile.vectors} vectors x {tile.columns} need too many pointers")


def _assign(tile: Tile, steps: int) -> Pointers | None:
    """With own pointers for so many steps; None if registers do not suffice."""
    role = tile.kernel.role
    columns = {"compute": 1, "direct_n": tile.columns, "direct_t": steps}[role]
    strides = 1 + (steps > 1)
    needed = steps * tile.vectors + columns - 2 + strides * (1 + (role == "direct_t"))
    if needed > len(POOL):
        return None
    rest = iter(POOL)
    b = ("a2", *islice(rest, columns - 1))
    a = tuple(_row(tile.vectors, u, rest) for u in range(steps))
    a_step = next(rest)
    a_pass = next(rest) if steps > 1 else a_step
    if role != "direct_t":
        return Pointers(a, b, a_step, a_pass)
    b_step = next(rest)
    return Pointers(a, b, a_step, a_pass, b_step, next(rest) if steps > 1 else b_step)


def _row(vectors: int, step: int, rest: Iterator[str]) -> tuple[str, ...]:
    first = ("a1",) if step == 0 else ()
    return (*first, *islice(rest, vectors - len(first)))


def saved(kernel: TileKernel) -> tuple[str, ...]:
    """Registers that a kernel must preserve, of all its tiles."""
    tiles = (Tile(kernel, v, n, "whole") for v, cap in enumerate(kernel.caps, 1) for n in range(1, cap + 1))
    used = frozenset[str]().union(*(pointers(tile).saved() for tile in tiles))
    return tuple(r for r in SAVED if r in used)
