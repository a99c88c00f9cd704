"""COMPUTE and DIRECT for RISC-V vectors: the phases of isa/driver.py.

Registers as in isa/rv64/loops.py, pointers as in pointers.py. Accumulator (vector i, column j) of a tile of v vectors
is group j * v + i, A's vectors follow. vl is set once a tile (rows.py)."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, Tile, TileKernel
from tensorop_gen.isa.program import Code, Mem
from tensorop_gen.isa.rv64 import asm, loops
from tensorop_gen.isa.rv64.asm import FLOAT_TEMPORARY as F
from tensorop_gen.isa.rv64.loops import COLUMNS, ROWS, SCRATCH, Loops
from tensorop_gen.isa.rvv.pointers import pointers, saved
from tensorop_gen.isa.rvv.rows import set_rows
from tensorop_gen.isa.rvv.steps import Steps
from tensorop_gen.isa.rvv.update import MOST_VECTORS, update
from tensorop_gen.isa.rvv.vectors import Vectors


@dataclass(frozen=True, slots=True)
class RvvTile(Loops):
    """The phases; most_lanes: floats of a register that are used at most."""

    most_lanes: int

    # Choosing the tile

    def prologue(self, code: Code, kernel: TileKernel) -> None:
        _check(kernel)
        code.emit(*asm.save(saved(kernel)))
        code.emit(
            asm.shift("a4", "a4", 2),
            asm.load("ld", ROWS, Mem("a5", loops.TILE_M, space="tile")),
            asm.load("ld", COLUMNS, Mem("a5", loops.TILE_N, space="tile")),
        )
        if len(kernel.caps) > 1:
            self._lanes(code, kernel, SCRATCH)

    def _lanes(self, code: Code, kernel: TileKernel, dest: str) -> None:
        """dest = floats of a vector."""
        unit = Vectors(kernel.group)
        code.emit(asm.constant(dest, self.most_lanes * kernel.group), unit.setvl(dest, dest))

    def jump_below(self, code: Code, what: str, value: int, label: str) -> None:
        """vectors below value: rows <= (value - 1) * lanes."""
        if what == "columns":
            self.jump_columns_below(code, value, label)
            return
        limit = SCRATCH
        if value > 2:
            limit = "t3"
            loops.times(code, limit, SCRATCH, value - 1, limit)
        code.emit(asm.branch("bge", limit, ROWS, label))

    # The k-loop

    def begin(self, code: Code, tile: Tile) -> None:
        kernel, p = tile.kernel, pointers(tile)
        if kernel.role == "compute":
            self._lanes(code, kernel, p.a_step)
            loops.times(code, p.a_step, p.a_step, len(kernel.caps) * FLOAT, SCRATCH)
        else:
            loops.source(code, "a1", p.a_step, loops.SRC_CS)
            stride = SCRATCH if kernel.role == "direct_n" else p.b_step
            loops.source(code, "a2", stride, loops.SRC_CS if kernel.role == "direct_n" else loops.SRC_RS)
            if kernel.role == "direct_n":
                code.emit(*asm.spaced(p.b, SCRATCH))
        set_rows(code, kernel.group, tile.vectors, p.a[0])
        Steps(tile).zero(code)

    def enter(self, code: Code, tile: Tile) -> None:
        Steps(tile).enter(code)

    def leave(self, code: Code, tile: Tile) -> None:
        Steps(tile).leave(code)

    def step(self, code: Code, tile: Tile, offset: int) -> None:
        Steps(tile).step(code, offset)

    def advance(self, code: Code, tile: Tile, steps: int) -> None:
        Steps(tile).advance(code, steps)

    def loop_pass(self, code: Code, tile: Tile) -> None:
        Steps(tile).loop_pass(code)

    def update(self, code: Code, kernel: TileKernel, vectors: int, done: str) -> None:
        update(code, kernel, vectors, done)

    def epilogue(self, code: Code, kernel: TileKernel) -> None:
        code.emit(*asm.restore(saved(kernel)), asm.ret())


def _check(kernel: TileKernel) -> None:
    """Raises ValueError for a kernel that the registers or the reach of addresses do not allow."""
    count = Vectors(kernel.group).count
    for vectors, columns in enumerate(kernel.caps, 1):
        used = vectors * (columns + 1) + kernel.splat
        if columns > len(F) or vectors > MOST_VECTORS or used > count:
            raise ValueError(f"{kernel.role}: {vectors} vectors x {columns} do not fit {count} groups of registers")
        if loops.b_bytes(kernel, columns - 1, kernel.unroll) > loops.REACH:
            raise ValueError(f"{kernel.role}: {kernel.unroll} steps of B are farther than an address reaches")
