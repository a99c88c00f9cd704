"""PACK for RISC-V without vectors: element by element, a step of k at a time, whatever the strides.

Registers: a0 rows · a1 steps left · a2 source · a3 panel · a4 row stride, a5 column stride (bytes) · t0 where the row
is · t1, t2 rows left."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, PackKernel
from tensorop_gen.isa.program import Code, Mem, Program
from tensorop_gen.isa.rv64 import asm, loops


@dataclass(frozen=True, slots=True)
class Rv64Pack:
    """The pack kernel. Raises ValueError for a panel wider than there are registers that need no saving."""

    kernel: PackKernel

    def program(self) -> Program:
        width = self.kernel.width
        if width > len(asm.FLOAT_TEMPORARY):
            raise ValueError(f"a panel of {width} rows is wider than {len(asm.FLOAT_TEMPORARY)} registers")
        code = Code()
        code.emit(
            asm.branch("beqz", "a1", "done"),
            asm.load("ld", "a4", Mem("a2", loops.SRC_RS, space="src")),
            asm.load("ld", "a5", Mem("a2", loops.SRC_CS, space="src")),
            asm.load("ld", "a2", Mem("a2", loops.SRC_DATA, space="src")),
            asm.shift("a4", "a4", 2),
            asm.shift("a5", "a5", 2),
            asm.constant("t1", width),
            asm.branch("bne", "a0", "t1", "edge"),
        )
        self._whole(code, width)
        self._edge(code, width)
        code.block("done")
        code.emit(asm.ret())
        return code.program()

    def _whole(self, code: Code, width: int) -> None:
        registers = asm.FLOAT_TEMPORARY[:width]
        code.block("whole_loop")
        code.emit(asm.move("t0", "a2"))
        for register in registers:
            code.emit(asm.load("flw", register, Mem("t0", space="src")), asm.add("t0", "t0", "a4"))
        code.emit(*(asm.store("fsw", r, Mem("a3", i * FLOAT, space="panel")) for i, r in enumerate(registers)))
        code.emit(asm.addi("a3", "a3", width * FLOAT))
        self._next_step(code, "whole_loop")

    def _edge(self, code: Code, width: int) -> None:
        """Rows past the block's are zero."""
        code.block("edge")
        code.emit(asm.op("fmv.w.x", "ft1", asm.ZERO))
        code.block("edge_loop")
        code.emit(asm.move("t0", "a2"), asm.move("t1", "a0"))
        code.block("edge_rows_loop")
        code.emit(asm.load("flw", "ft0", Mem("t0", space="src")), asm.add("t0", "t0", "a4"))
        self._put(code, "ft0", "t1", "edge_rows_loop")
        code.emit(asm.constant("t2", width), asm.op("sub", "t2", "t2", "a0"))
        code.block("edge_zero_loop")
        self._put(code, "ft1", "t2", "edge_zero_loop")
        self._next_step(code, "edge_loop")

    @staticmethod
    def _put(code: Code, register: str, left: str, again: str) -> None:
        code.emit(
            asm.store("fsw", register, Mem("a3", space="panel")),
            asm.addi("a3", "a3", FLOAT),
            asm.addi(left, left, -1),
            asm.branch("bnez", left, again),
        )

    @staticmethod
    def _next_step(code: Code, again: str) -> None:
        code.emit(
            asm.add("a2", "a2", "a5"), asm.addi("a1", "a1", -1), asm.branch("bnez", "a1", again), asm.jump("done")
        )
