"""COMPUTE and DIRECT for AArch64: the phases of isa/driver.py. registers.py says what is where.

NEON has no masks. A tile of at least four rows reads and writes only whole vectors: its last vector is that of the last
four rows, which overlaps the one before where the rows do not fill it. What both hold is computed twice, alike. Fewer
rows are a vector by themselves (edge "narrow"), whose lanes are read and written one by one; the lanes past the last
row stand for that row once more."""

from __future__ import annotations

from itertools import pairwise

from tensorop_gen.isa.kernel import FLOAT, Edge, Tile, TileKernel
from tensorop_gen.isa.neon import asm, registers
from tensorop_gen.isa.neon.asm import LANES
from tensorop_gen.isa.neon.registers import HELD
from tensorop_gen.isa.neon.steps import Steps
from tensorop_gen.isa.neon.update import TILE_M, TILE_N, Update, narrow_rows
from tensorop_gen.isa.program import Code, Mem

_LINE = 64
_VECTOR = LANES * FLOAT
_SRC_DATA, _SRC_RS, _SRC_CS = 0, 8, 16  # offsets in struct tensorop_src


class NeonTile:
    """The phases for 128-bit vectors."""

    def prologue(self, code: Code, kernel: TileKernel) -> None:
        code.emit(*asm.save(registers.saved(kernel)))
        code.emit(
            asm.load("x11", Mem("x5", TILE_M, space="tile")),
            asm.load("x10", Mem("x5", TILE_N, space="tile")),
            asm.shift_left("x4", "x4", 2),
            asm.add("x9", "x11", LANES - 1),
            asm.scalar("lsr", "x9", "x9", 2),
        )

    def edges(self, kernel: TileKernel) -> tuple[Edge, ...]:
        return ("whole",) if kernel.role == "compute" else ("whole", "narrow")  # panels are padded

    def jump_unless(self, code: Code, edge: Edge, label: str) -> None:  # noqa: ARG002  # only "whole" is asked for
        code.emit(asm.compare("x11", LANES), asm.jump_if("lo", label))

    def jump_below(self, code: Code, what: str, value: int, label: str) -> None:
        code.emit(asm.compare({"vectors": "x9", "columns": "x10"}[what], value), asm.jump_if("lo", label))

    def begin(self, code: Code, tile: Tile) -> None:
        if tile.kernel.role != "compute":
            self._load_sources(code, tile)
        if tile.edge == "narrow":
            narrow_rows(code, "x1", ("x6", registers.third_row(tile.kernel)))
        elif tile.vectors > 1:
            code.emit(asm.add("x6", "x1", "x11", "lsl #2"), asm.sub("x6", "x6", _VECTOR))
        if tile.kernel.role == "direct_n":
            columns = registers.COLUMNS[: tile.columns]
            code.emit(*(asm.add(y, x, "x8") for x, y in pairwise(columns)), asm.mov("x8", 0))
        code.emit(*(asm.zero(r) for r in range(tile.vectors * tile.columns)))

    @staticmethod
    def _load_sources(code: Code, tile: Tile) -> None:
        """From the source descriptors: data and strides."""
        b_stride = _SRC_CS if tile.kernel.role == "direct_n" else _SRC_RS
        code.emit(
            asm.load("x7", Mem("x1", _SRC_CS, space="src")),
            asm.load("x8", Mem("x2", b_stride, space="src")),
            asm.load("x1", Mem("x1", _SRC_DATA, space="src")),
            asm.load("x2", Mem("x2", _SRC_DATA, space="src")),
            asm.shift_left("x7", "x7", 2),
            asm.shift_left("x8", "x8", 2),
        )

    def enter(self, code: Code, tile: Tile) -> None:
        if tile.kernel.ahead:
            code.emit(*Steps(tile).first_operands())

    def loop_pass(self, code: Code, tile: Tile) -> None:
        code.emit(*Steps(tile).loop_pass())
        self.advance(code, tile, tile.kernel.unroll)

    def leave(self, code: Code, tile: Tile) -> None:
        """The pointers have not moved past what was loaded ahead: it is loaded again."""

    def step(self, code: Code, tile: Tile, offset: int) -> None:
        code.emit(*Steps(tile).single(offset))

    def advance(self, code: Code, tile: Tile, steps: int) -> None:
        """COMPUTE's pointers; DIRECT's have moved on step by step."""
        kernel = tile.kernel
        if kernel.role == "compute":
            pointers = ["x1"] + ["x6"] * (tile.vectors > 1)
            code.emit(*(asm.add(p, p, steps * kernel.mr * FLOAT) for p in pointers))
            code.emit(asm.add("x2", "x2", steps * kernel.nr * FLOAT))

    def k_subtract(self, code: Code, steps: int, if_below: str) -> None:
        code.emit(asm.count_down("x0", steps), asm.jump_if("lt", if_below))

    def k_again(self, code: Code, steps: int, if_left: str) -> None:
        code.emit(asm.count_down("x0", steps), asm.jump_if("ge", if_left))

    def k_restore(self, code: Code, steps: int, if_zero: str) -> None:
        code.emit(asm.count_up("x0", steps), asm.jump_if("eq", if_zero))

    def k_next(self, code: Code, if_left: str) -> None:
        code.emit(asm.count_down("x0", 1), asm.jump_if("ne", if_left))

    def k_hold_back(self, code: Code, steps: int, otherwise: str) -> None:
        code.emit(
            asm.mov(HELD, 0),
            asm.compare("x0", steps),
            asm.jump_if("le", otherwise),
            asm.mov(HELD, steps),
            asm.sub("x0", "x0", HELD),
        )

    def k_held(self, code: Code, tile: Tile, if_none: str, again: str) -> None:
        column = registers.column_of_c(tile.kernel)
        code.emit(asm.jump_if_zero(HELD, if_none), asm.mov("x0", HELD), asm.mov(HELD, 0), asm.mov(column, "x3"))
        size = tile.vectors * _VECTOR
        for j in range(tile.columns):
            # The last float as well: the column may begin anywhere in a line.
            code.emit(*(asm.prefetch(Mem(column, d), "pstl1keep") for d in (*range(0, size, _LINE), size - FLOAT)))
            if j + 1 < tile.columns:
                code.emit(asm.add(column, column, "x4"))
        code.emit(asm.jump(again))

    def jump(self, code: Code, label: str) -> None:
        code.emit(asm.jump(label))

    def update(self, code: Code, kernel: TileKernel, vectors: int, done: str) -> None:
        Update(kernel, vectors).write(code, done)

    def epilogue(self, code: Code, kernel: TileKernel) -> None:
        code.emit(*asm.restore(registers.saved(kernel)), asm.ret())
