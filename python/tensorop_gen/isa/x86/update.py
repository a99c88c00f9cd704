"""The last phase of COMPUTE and DIRECT for x86-64: C = alpha * accumulators + beta * C, column by column.

It is written for each number of row vectors four times over: alpha = 1 saves a multiplication that small products feel,
beta = 0 (of either sign) must not read C. Registers as in tile.py; r10 counts the columns left."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, TileKernel
from tensorop_gen.isa.program import Code, Mem
from tensorop_gen.isa.x86 import asm
from tensorop_gen.isa.x86.asm import op
from tensorop_gen.isa.x86.isa import X86

TILE_M, TILE_N = 0, 8  # offsets in struct tensorop_tile
_ALPHA, _BETA = 16, 20
_ONE = 0x3F800000  # 1.0F


@dataclass(frozen=True, slots=True)
class X86Update:
    """The updates of one kernel."""

    isa: X86
    kernel: TileKernel

    @property
    def _spare(self) -> tuple[str, str, str]:
        """Registers behind all accumulators: for alpha, beta and an edge of C."""
        first = 29 if self.isa.bits == 512 else 12
        return self.isa.v(first), self.isa.v(first + 1), self.isa.v(first + 2)

    def write(self, code: Code, vectors: int, done: str) -> None:
        edge = f"update{vectors}_edge"
        code.emit(
            asm.mov(Mem("r9", TILE_N, space="tile"), "r10"),
            asm.mov(Mem("r9", TILE_M, space="tile"), "rax"),
            op("andq", self.isa.lanes - 1, "rax", kind="scalar", update=True, flags=True),
            asm.jump("jne", edge),
        )
        self._ways(code, vectors, done, masked=False)
        code.block(edge)
        if self.kernel.role == "compute":
            self.isa.set_row_mask(code, "rax", "r11")
        self._ways(code, vectors, done, masked=True)

    def _ways(self, code: Code, vectors: int, done: str, masked: bool) -> None:
        name = f"update{vectors}{'_edge' if masked else ''}"
        alpha, beta, _ = self._spare
        code.emit(asm.compare_memory(_ONE, Mem("r9", _ALPHA, space="tile")), asm.jump("jne", f"{name}_scale"))
        for scale in (False, True):
            if scale:
                code.block(f"{name}_scale")
                code.emit(self.isa.broadcast(Mem("r9", _ALPHA, space="tile"), alpha))
            unread = f"{name}_{'scale_' if scale else ''}set"
            code.emit(
                op("movl", Mem("r9", _BETA, space="tile"), "eax", kind="scalar"),
                op("addl", "eax", "eax", kind="scalar", update=True, flags=True),
                asm.jump("je", unread),
                self.isa.broadcast(Mem("r9", _BETA, space="tile"), beta),
            )
            self._columns(code, vectors, done, scale, True, masked)
            code.block(unread)
            self._columns(code, vectors, done, scale, False, masked)

    def _columns(self, code: Code, vectors: int, done: str, scale: bool, add: bool, masked: bool) -> None:
        for j in range(self.kernel.caps[vectors - 1]):
            for i in range(vectors):
                self._element(code, self.isa.v(j * vectors + i), i, scale, add, masked and i == vectors - 1)
            code.emit(asm.sub(1, "r10"), asm.jump("je", done), asm.add("r8", "rcx"))

    def _element(self, code: Code, acc: str, i: int, scale: bool, add: bool, masked: bool) -> None:
        """One vector of C."""
        isa = self.isa
        alpha, beta, old = self._spare
        c = Mem("rcx", i * isa.lanes * FLOAT, space="c")
        if scale:
            code.emit(op("vmulps", alpha, acc, acc))
        if add and masked:
            code.emit(isa.load(c, old, masked=True), isa.fma(beta, old, acc))
        elif add:
            code.emit(isa.fma(beta, c, acc))
        code.emit(isa.store(acc, c, masked))
