"""COMPUTE and DIRECT for x86-64: the phases of isa/driver.py.

Registers: rdi k left · rsi A · rdx B (DIRECT_N: and more) · rcx C · r8 ldc in bytes · r9 tile. While the tile size is
chosen, rax and r10 hold the counts of vectors and columns; then r10 counts the k-steps held back, and DIRECT has the
strides of A and B in rax and r11, COMPUTE what is to be fetched and its step.
Accumulator (row vector i, column j) of a tile of v vectors is vector register j * v + i."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tensorop_gen.isa.kernel import FLOAT, Edge, Tile, TileKernel
from tensorop_gen.isa.program import Code, Insn, Mem
from tensorop_gen.isa.x86 import asm
from tensorop_gen.isa.x86.asm import op
from tensorop_gen.isa.x86.isa import X86
from tensorop_gen.isa.x86.update import TILE_M, TILE_N, X86Update

_LINE = 64
_TILE_NEXT_A, _TILE_NEXT_STEP = 24, 32
_SRC_DATA, _SRC_RS, _SRC_CS = 0, 8, 16  # offsets in struct tensorop_src
_B_POINTERS = ("rdx", "rbx", "rbp", "r12")  # DIRECT_N: each reaches several columns through two index registers
_B_INDEXES = {"r11": 1, "r13": 3}  # index register -> columns it spans
_SAVED = ("rbx", "rbp", "r12", "r13")


@dataclass(frozen=True, slots=True)
class _Reach:
    """How the address of a column of B is formed: pointer number, index register (if any) and its scale."""

    pointer: int
    index: str | None = None
    scale: int = 1


# Columns ahead of a pointer that one address can reach, nearest form first.
_AHEAD = {0: (None, 1)} | {span * s: (r, s) for r, span in reversed(_B_INDEXES.items()) for s in (8, 4, 2, 1)}


@cache
def _reach_columns(columns: int) -> tuple[dict[int, _Reach], tuple[int, ...]]:
    """How each column is reached with few pointers, and the columns at which the pointers start.

    A pointer after the first starts at a column that an earlier one reaches."""
    found = {c: _Reach(0, *form) for c, form in _AHEAD.items() if c < columns}
    starts = [0]
    while missing := set(range(columns)) - found.keys():
        start = max(found.keys() - starts, key=lambda x: (sum(x + c in missing for c in _AHEAD), -x))
        found |= {start + c: _Reach(len(starts), *form) for c, form in _AHEAD.items() if start + c in missing}
        starts.append(start)
    return found, tuple(starts)


@dataclass(frozen=True, slots=True)
class X86Tile:
    """The phases for one vector width."""

    isa: X86

    # Registers of a tile

    def _acc(self, tile: Tile, i: int, j: int) -> str:
        return self.isa.v(j * tile.vectors + i)

    def _a(self, tile: Tile, i: int) -> str:
        return self.isa.v(tile.vectors * tile.columns + i)

    @staticmethod
    def _narrow(tile: Tile, i: int, register: str) -> str:
        """The register at the width at which row vector i is computed."""
        return f"y{register[1:]}" if tile.edge == "half" and i == tile.vectors - 1 else register

    def _product(self, tile: Tile, i: int, j: int, b: str | Mem) -> Insn:
        a, acc = self._a(tile, i), self._acc(tile, i, j)
        if isinstance(b, str):
            b = self._narrow(tile, i, b)
        return self.isa.fma(self._narrow(tile, i, a), b, self._narrow(tile, i, acc))

    def _b(self, tile: Tile) -> list[str]:
        """Registers for broadcast elements of B: what is left, at most four."""
        first = tile.vectors * (tile.columns + 1)
        end = self.isa.registers - (tile.edge == "masked" and self.isa.bits == 256)
        return [self.isa.v(r) for r in range(first, min(end, first + 4))]

    # Phases

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
            _, starts = _reach_columns(tile.columns)
            code.emit(asm.lea(Mem("r11", 0, "r11", 2), "r13"))
            for pointer, start in zip(_B_POINTERS[1:], starts[1:], strict=False):
                code.emit(asm.lea(self._b_address(tile, start, 0), pointer))

    def _prefetch_a(self, code: Code, tile: Tile) -> None:
        """Into the second level: what is fetched here is used much later."""
        size = tile.vectors * self.isa.lanes * FLOAT
        if tile.kernel.role == "compute":
            code.emit(*(asm.prefetch(Mem("rax", disp), level=2) for disp in range(0, size, _LINE)))
            code.emit(asm.add("r11", "rax"))
        else:
            code.emit(*(asm.prefetch(Mem("rsi", size + disp), level=2) for disp in range(0, size, _LINE)))

    def _prefetch_c(self, code: Code, tile: Tile) -> None:
        """Walks over C's columns with rdi, which counts nothing just then."""
        code.emit(asm.mov("rcx", "rdi"))
        for j in range(tile.columns):
            size = tile.vectors * self.isa.lanes * FLOAT
            # The last byte as well: the column may begin anywhere in a line.
            code.emit(*(asm.prefetch(Mem("rdi", disp)) for disp in (*range(0, size, _LINE), size - 1)))
            if j + 1 < tile.columns:
                code.emit(asm.add("r8", "rdi"))

    def _b_address(self, tile: Tile, j: int, offset: int) -> Mem:
        """Element of B in column j, `offset` k-steps behind the pointers."""
        kernel = tile.kernel
        if kernel.role == "compute":
            return Mem("rdx", (offset * kernel.nr + j) * FLOAT, space="b")
        if kernel.role == "direct_t":
            return Mem("rdx", j * FLOAT, space="b")
        reach = _reach_columns(tile.columns)[0][j]
        return Mem(_B_POINTERS[reach.pointer], offset * FLOAT, reach.index, reach.scale, space="b")

    def step(self, code: Code, tile: Tile, offset: int) -> None:
        kernel, isa = tile.kernel, self.isa
        packed = kernel.role == "compute"
        row = offset * kernel.mr * FLOAT if packed else 0
        for i in range(tile.vectors):
            edge = tile.edge if i == tile.vectors - 1 else "whole"
            a = Mem("rsi", row + i * isa.lanes * FLOAT, space="a")
            code.emit(isa.load(a, self._narrow(tile, i, self._a(tile, i)), edge != "whole"))
        if kernel.prefetch_a:
            self._prefetch_a(code, tile)
        if kernel.prefetch_b and offset * kernel.nr * FLOAT % _LINE < kernel.nr * FLOAT:
            code.emit(asm.prefetch(Mem("rdx", kernel.prefetch_b + offset * kernel.nr * FLOAT)))
        self._products(code, tile, offset)
        if not packed:
            code.emit(asm.add("rax", "rsi"))
            if kernel.role == "direct_t":
                code.emit(asm.add("r11", "rdx"))

    def _products(self, code: Code, tile: Tile, offset: int) -> None:
        """The multiply-adds of one k-step, each element of B broadcast as early as its registers allow."""
        isa, columns = self.isa, range(tile.columns)
        if tile.vectors == 1 and isa.bits == 512:
            # An element used once comes straight from memory.
            for j in columns:
                m = self._b_address(tile, j, offset)
                element = Mem(m.base, m.disp, m.index, m.scale, m.space, broadcast=True)
                code.emit(self._product(tile, 0, j, element))
            return
        registers = self._b(tile)
        ahead = len(registers)
        for j in columns[:ahead]:
            code.emit(isa.broadcast(self._b_address(tile, j, offset), registers[j]))
        for j in columns:
            for i in range(tile.vectors):
                code.emit(self._product(tile, i, j, registers[j % ahead]))
            if j + ahead < tile.columns:
                code.emit(isa.broadcast(self._b_address(tile, j + ahead, offset), registers[j % ahead]))

    def advance(self, code: Code, tile: Tile, steps: int) -> None:
        kernel = tile.kernel
        if kernel.role == "compute":
            code.emit(asm.add(steps * kernel.mr * FLOAT, "rsi"), asm.add(steps * kernel.nr * FLOAT, "rdx"))
        elif kernel.role == "direct_n":
            used = len(_reach_columns(tile.columns)[1])
            code.emit(*(asm.add(steps * FLOAT, pointer) for pointer in _B_POINTERS[:used]))

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
