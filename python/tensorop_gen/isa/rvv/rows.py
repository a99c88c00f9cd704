"""How the rows of a tile are laid over its vectors.

They are spread evenly: all vectors have the same length vl, which is set once, and the last one ends with the last row.
It may overlap the one before it; both then hold the same results. So vl never changes while accumulators are live, as
RVV 0.7.1 asks (it zeroes what is past vl), and no edge needs code of its own."""

from __future__ import annotations

from itertools import pairwise

from tensorop_gen.isa.program import Code, Mem
from tensorop_gen.isa.rv64 import asm
from tensorop_gen.isa.rv64.loops import SCRATCH, TILE_M
from tensorop_gen.isa.rvv.vectors import Vectors

_BITS = 20  # rows * vectors stay below 2**20


def set_rows(code: Code, group: int, vectors: int, pointer: tuple[str, ...]) -> None:
    """Sets vl = ceil(rows / vectors) and, from the first, the pointers of a column's vectors."""
    rows, last = Mem("a5", TILE_M, space="tile"), pointer[-1]
    code.emit(asm.load("ld", SCRATCH, rows))
    if vectors > 1:
        code.emit(asm.addi(SCRATCH, SCRATCH, vectors - 1))
        _divide(code, SCRATCH, vectors, last)
    code.emit(Vectors(group).setvl(SCRATCH, SCRATCH))
    if vectors > 1:
        code.emit(asm.shift(SCRATCH, SCRATCH, 2))
        code.emit(*(asm.add(after, before, SCRATCH) for before, after in pairwise(pointer[:-1])))
        code.emit(
            asm.load("ld", last, rows),
            asm.shift(last, last, 2),
            asm.op("sub", last, last, SCRATCH),
            asm.add(last, last, pointer[0]),
        )


def _divide(code: Code, register: str, by: int, scratch: str) -> None:
    """register /= by, for small numbers."""
    if by & (by - 1):
        code.emit(asm.constant(scratch, -(-(1 << _BITS) // by)), asm.op("mul", register, register, scratch))
        code.emit(asm.op("srli", register, register, _BITS))
    else:
        code.emit(asm.op("srli", register, register, by.bit_length() - 1))
