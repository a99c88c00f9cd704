"""COMPUTE and DIRECT for x86-64: the phases of isa/driver.py.

Registers: rdi k left · rsi A · rdx B (DIRECT_N: and more, see columns.py) · rcx C · r8 ldc in bytes · r9 tile. While
the tile size is chosen, rax and r10 hold the counts of vectors and columns; then r10 counts the k-steps held back, and
DIRECT has the strides of A and B in rax and r11, COMPUTE what is to be fetched and its step.
Accumulator (row vector i, column j) of a tile of v vectors is vector register j * v + i."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, Edge, Tile, TileKernel
from tensorop_gen.isa.program import Code, Mem
from tensorop_gen.isa.x86 import asm
from tensorop_gen.isa.x86.asm import op
from tensorop_gen.isa.x86.columns import POINTERS, reach_columns
from tensorop_gen.isa.x86.isa import X86
from tensorop_gen.isa.x86.steps import LINE, Steps
from tensorop_gen.isa.x86.update import TILE_M, TILE_N, X86Update

_TILE_NEXT_A, _TILE_NEXT_STEP = 24, 32
_SRC_DATA, _SRC_RS, _SRC_CS = 0, 8, 16  # offsets in struct tensorop_src
_SAVED = ("rbx", "rbp", "r12", "r13")


@dataclass(frozen=True, slots=True)
class X86Tile:
    """The phases for one vector width."""

    isa: X86

    def prologue(self, code: Code, kernel: TileKernel) -> None:
        if kernel.role == "direct_n":
            code.emit(*(asm.push(r) for r in _SAVED))
        lanes = self.isa.lanes
        code.emit(
            asm.shift("shlq", 2, "r8"),
            asm.mov(Mem("r9", TILE_M, space="tile"), "r10"),
            asm.lea(Mem("r10", lanes - 1), "rax"),
            asm.shift("shrq", lanes.bit_length() - 1, "rax"),
        )
        if kernel.role != "compute":
            # rows of the last vector: m - (vectors - 1) * lanes
            code.emit(
                asm.mov("rax", "r11"),
                asm.shift("shlq", lanes.bit_length() - 1, "r11"),
                asm.sub("r11", "r10"),
                asm.add(lanes, "r10"),
            )
            self.isa.set_row_mask(code, "r10", "r11")
        code.emit(asm.mov(Mem("r9", TILE_N, space="tile"), "r10"))

    def edges(self, kernel: TileKernel) -> tuple[Edge, ...]:
        if kernel.role == "compute":
            return ("whole",)  # panels are padded
        if self.isa.bits == 256:
            return ("whole", "masked")  # a masked load costs, there
        return ("half", "masked") if kernel.half else ("masked",)

    def jump_unless(self, code: Code, edge: Edge, label: str) -> None:
        lanes = self.isa.lanes
        m = Mem("r9", TILE_M, space="tile")
        if edge == "whole":
            code.emit(asm.test_bits(lanes - 1, m), asm.jump("jne", label))
        else:  # half: (m - 1) % lanes < lanes / 2
            code.emit(
                op("movl", m, "r11d", kind="scalar"), op("subl", 1, "r11d", kind="scalar", update=True, flags=True)
            )
            code.emit(asm.test_bits(lanes // 2, "r11d"), asm.jump("jne", label))

    def jump_below(self, code: Code, what: str, value: int, label: str) -> None:
        code.emit(asm.compare(value, {"vectors": "rax", "columns": "r10"}[what]), asm.jump("jb", label))

    def begin(self, code: Code, tile: Tile) -> None:
        if tile.kernel.role != "compute":
            self._load_sources(code, tile)
        elif tile.kernel.prefetch_a:
            code.emit(
                asm.mov(Mem("r9", _TILE_NEXT_A, space="tile"), "rax"),
                asm.mov(Mem("r9", _TILE_NEXT_STEP, space="tile"), "r11"),
                asm.shift("shlq", 2, "r11"),
            )
        code.emit(*(self.isa.zero(self.isa.v(r)) for r in range(tile.vectors * tile.columns)))

    def _load_sources(self, code: Code, tile: Tile) -> None:
        """From the source descriptors: A's data and column stride; B's data, stride and further pointers."""
        by_columns = tile.kernel.role == "direct_n"
        code.emit(
            asm.mov(Mem("rsi", _SRC_CS, space="src"), "rax"),
            asm.mov(Mem("rdx", _SRC_CS if by_columns else _SRC_RS, space="src"), "r11"),
            asm.mov(Mem("rsi", _SRC_DATA, space="src"), "rsi"),
            asm.mov(Mem("rdx", _SRC_DATA, space="src"), "rdx"),
            asm.shift("shlq", 2, "rax"),
            asm.shift("shlq", 2, "r11"),
        )
        if by_columns:
            reached, starts = reach_columns(tile.columns)
            code.emit(asm.lea(Mem("r11", 0, "r11", 2), "r13"))
            for pointer, start in zip(POINTERS[1:], starts[1:], strict=False):
                code.emit(asm.lea(reached[start].address(0), pointer))

    def _prefetch_c(self, code: Code, tile: Tile) -> None:
        """Walks over C's columns with rdi, which counts nothing just then."""
        code.emit(asm.mov("rcx", "rdi"))
        for j in range(tile.columns):
            size = tile.vectors * self.isa.lanes * FLOAT
            # The last byte as well: the column may begin anywhere in a line.
            code.emit(*(asm.prefetch(Mem("rdi", disp)) for disp in (*range(0, size, LINE), size - 1)))
            if j + 1 < tile.columns:
                code.emit(asm.add("r8", "rdi"))

    def step(self, code: Code, tile: Tile, offset: int) -> None:
        Steps(self.isa, tile).step(code, offset)

    def advance(self, code: Code, tile: Tile, steps: int) -> None:
        kernel = tile.kernel
        if kernel.role == "compute":
            code.emit(asm.add(steps * kernel.mr * FLOAT, "rsi"), asm.add(steps * kernel.nr * FLOAT, "rdx"))
        elif kernel.role == "direct_n":
            used = len(reach_columns(tile.columns)[1])
            code.emit(*(asm.add(steps * FLOAT, pointer) for pointer in POINTERS[:used]))

    def k_subtract(self, code: Code, steps: int, if_below: str) -> None:
        code.emit(asm.sub(steps, "rdi"), asm.jump("jl", if_below))

    def k_again(self, code: Code, steps: int, if_left: str) -> None:
        code.emit(asm.sub(steps, "rdi"), asm.jump("jge", if_left))

    def k_restore(self, code: Code, steps: int, if_zero: str) -> None:
        code.emit(asm.add(steps, "rdi"), asm.jump("je", if_zero))

    def k_next(self, code: Code, if_left: str) -> None:
        code.emit(asm.sub(1, "rdi"), asm.jump("jne", if_left))

    def k_hold_back(self, code: Code, steps: int, otherwise: str) -> None:
        code.emit(
            op("xorl", "r10d", "r10d", kind="scalar", flags=True),
            asm.compare(steps, "rdi"),
            asm.jump("jle", otherwise),
            asm.mov(steps, "r10"),
            asm.sub(steps, "rdi"),
        )

    def k_held(self, code: Code, tile: Tile, if_none: str, again: str) -> None:
        code.emit(asm.test("r10"), asm.jump("je", if_none))
        self._prefetch_c(code, tile)
        code.emit(asm.mov("r10", "rdi"), op("xorl", "r10d", "r10d", kind="scalar", flags=True))
        code.emit(asm.jump("jmp", again))

    def jump(self, code: Code, label: str) -> None:
        code.emit(asm.jump("jmp", label))

    def update(self, code: Code, kernel: TileKernel, vectors: int, done: str) -> None:
        X86Update(self.isa, kernel).write(code, vectors, done)

    def epilogue(self, code: Code, kernel: TileKernel) -> None:
        if kernel.role == "direct_n":
            code.emit(*(asm.pop(r) for r in reversed(_SAVED)))
        self.isa.leave(code)
