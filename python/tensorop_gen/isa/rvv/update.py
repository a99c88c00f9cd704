"""The update of C behind a tile's k-loop.

Of vectors that overlap (rows.py), all of a column's old elements are read before the first new one is written."""

from __future__ import annotations

from tensorop_gen.isa.kernel import TileKernel
from tensorop_gen.isa.program import Code, Mem
from tensorop_gen.isa.rv64 import asm, loops
from tensorop_gen.isa.rv64.loops import SCRATCH
from tensorop_gen.isa.rvv.rows import set_rows
from tensorop_gen.isa.rvv.vectors import Vectors

_C = ("a3", "t4", "t5", "t6", "a6", "a7", "a0", "a1")  # pointers of a column's vectors
MOST_VECTORS = len(_C)
_LEFT, _NEXT = "t1", "t3"  # columns left, bytes to the next one
_ALPHA, _BETA = "ft0", "ft1"


def update(code: Code, kernel: TileKernel, vectors: int, done: str) -> None:
    """C = alpha * accumulators + beta * C; beta = 0 does not read C. Then jumps to done."""
    c, name = _C[:vectors], f"update{vectors}_set"
    set_rows(code, kernel.group, vectors, c)
    code.emit(
        asm.load("ld", _LEFT, Mem("a5", loops.TILE_N, space="tile")),
        asm.load("flw", _ALPHA, Mem("a5", loops.TILE_ALPHA, space="tile")),
        asm.load("flw", _BETA, Mem("a5", loops.TILE_BETA, space="tile")),
        asm.load("lw", SCRATCH, Mem("a5", loops.TILE_BETA, space="tile")),
        asm.shift(SCRATCH, SCRATCH, 33),  # beta's sign does not matter
        asm.branch("beqz", SCRATCH, name),
    )
    _columns(code, kernel, c, done, add=True)
    code.block(name)
    _columns(code, kernel, c, done, add=False)


def _columns(code: Code, kernel: TileKernel, c: tuple[str, ...], done: str, add: bool) -> None:
    """All columns; the next one's C is loaded and its sums are multiplied before this one is stored."""
    unit, vectors, columns = Vectors(kernel.group), range(len(c)), kernel.caps[len(c) - 1]

    def acc(i: int, j: int) -> str:
        return unit.v(j * len(c) + i)

    old = [unit.v(columns * len(c) + i) for i in vectors]
    code.emit(*(unit.load(old[i], c[i], "c") for i in vectors if add))
    code.emit(*(unit.product(acc(i, 0), acc(i, 0), _ALPHA) for i in vectors))
    for j in range(columns):
        more = j + 1 < columns
        code.emit(*(unit.fused(acc(i, j), _BETA, old[i]) for i in vectors if add))
        if more and add:
            _load_next(code, unit, old, c)
        code.emit(*(unit.product(acc(i, j + 1), acc(i, j + 1), _ALPHA) for i in vectors if more))
        code.emit(*(unit.store(acc(i, j), c[i], "c") for i in vectors))
        if more:
            code.emit(asm.addi(_LEFT, _LEFT, -1), asm.branch("beqz", _LEFT, done))
            code.emit(*(asm.add(x, x, "a4") for x in c))
    code.emit(asm.jump(done))


def _load_next(code: Code, unit: Vectors, old: list[str], c: tuple[str, ...]) -> None:
    """Loads C's next column or, without a jump, this one again if it is the last."""
    code.emit(
        asm.op("sltiu", _NEXT, _LEFT, 2),
        asm.addi(_NEXT, _NEXT, -1),
        asm.op("and", _NEXT, _NEXT, "a4"),
    )
    for register, pointer in zip(old, c, strict=True):
        code.emit(asm.add(SCRATCH, pointer, _NEXT), unit.load(register, SCRATCH, "c"))
