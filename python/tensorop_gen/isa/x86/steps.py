"""One k-step of COMPUTE and DIRECT for x86-64: loads, prefetches and products of a tile. Registers as in tile.py."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, Tile
from tensorop_gen.isa.program import Code, Insn, Mem
from tensorop_gen.isa.x86 import asm
from tensorop_gen.isa.x86.columns import reach_columns
from tensorop_gen.isa.x86.isa import X86

LINE = 64


@dataclass(frozen=True, slots=True)
class Steps:
    """Of one tile size."""

    isa: X86
    tile: Tile

    # Registers

    def _acc(self, i: int, j: int) -> str:
        return self.isa.v(j * self.tile.vectors + i)

    def _a(self, i: int) -> str:
        return self.isa.v(self.tile.vectors * self.tile.columns + i)

    def _b(self) -> list[str]:
        """For broadcast elements of B: what is left, at most four."""
        tile = self.tile
        first = tile.vectors * (tile.columns + 1)
        end = self.isa.registers - (tile.edge == "masked" and self.isa.bits == 256)
        return [self.isa.v(r) for r in range(first, min(end, first + 4))]

    def _narrow(self, i: int, register: str) -> str:
        """The register at the width at which row vector i is computed."""
        return f"y{register[1:]}" if self.tile.edge == "half" and i == self.tile.vectors - 1 else register

    # Phases

    def step(self, code: Code, offset: int) -> None:
        """offset: how many k-steps behind the pointers."""
        tile, kernel, isa = self.tile, self.tile.kernel, self.isa
        packed = kernel.role == "compute"
        row = offset * kernel.mr * FLOAT if packed else 0
        for i in range(tile.vectors):
            edge = tile.edge if i == tile.vectors - 1 else "whole"
            a = Mem("rsi", row + i * isa.lanes * FLOAT, space="a")
            code.emit(isa.load(a, self._narrow(i, self._a(i)), edge != "whole"))
        if kernel.prefetch_a:
            self._prefetch_a(code)
        if kernel.prefetch_b and offset * kernel.nr * FLOAT % LINE < kernel.nr * FLOAT:
            code.emit(asm.prefetch(Mem("rdx", kernel.prefetch_b + offset * kernel.nr * FLOAT)))
        self._products(code, offset)
        if not packed:
            code.emit(asm.add("rax", "rsi"))
            if kernel.role == "direct_t":
                code.emit(asm.add("r11", "rdx"))

    def _prefetch_a(self, code: Code) -> None:
        """Into the second level: what is fetched here is used much later."""
        size = self.tile.vectors * self.isa.lanes * FLOAT
        if self.tile.kernel.role == "compute":
            code.emit(*(asm.prefetch(Mem("rax", disp), level=2) for disp in range(0, size, LINE)))
            code.emit(asm.add("r11", "rax"))
        else:
            code.emit(*(asm.prefetch(Mem("rsi", size + disp), level=2) for disp in range(0, size, LINE)))

    def _b_address(self, j: int, offset: int) -> Mem:
        kernel = self.tile.kernel
        if kernel.role == "compute":
            return Mem("rdx", (offset * kernel.nr + j) * FLOAT, space="b")
        if kernel.role == "direct_t":
            return Mem("rdx", j * FLOAT, space="b")
        return reach_columns(self.tile.columns)[0][j].address(offset)

    def _products(self, code: Code, offset: int) -> None:
        """The multiply-adds of one k-step, each element of B broadcast as early as its registers allow."""
        tile, isa, columns = self.tile, self.isa, range(self.tile.columns)
        if tile.vectors == 1 and isa.bits == 512:
            # An element used once comes straight from memory.
            for j in columns:
                m = self._b_address(j, offset)
                element = Mem(m.base, m.disp, m.index, m.scale, m.space, broadcast=True)
                code.emit(self._product(0, j, element))
            return
        registers = self._b()
        ahead = len(registers)
        for j in columns[:ahead]:
            code.emit(isa.broadcast(self._b_address(j, offset), registers[j]))
        for j in columns:
            for i in range(tile.vectors):
                code.emit(self._product(i, j, registers[j % ahead]))
            if j + ahead < tile.columns:
                code.emit(isa.broadcast(self._b_address(j + ahead, offset), registers[j % ahead]))

    def _product(self, i: int, j: int, b: str | Mem) -> Insn:
        if isinstance(b, str):
            b = self._narrow(i, b)
        return self.isa.fma(self._narrow(i, self._a(i)), b, self._narrow(i, self._acc(i, j)))
