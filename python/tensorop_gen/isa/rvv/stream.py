"""STREAM for RISC-V vectors: a few columns of A read side by side, once, from top to bottom.

B's elements are in float registers; C's columns are read and written as A passes by. Registers: a0 k · a1 A · a2 B ·
a3 C · a4 ldc, a6 A's column stride, t1 and t2 B's strides (bytes) · t3 columns · t5 rows left · t6 beta's bits · t0, t4
scratch."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import StreamKernel
from tensorop_gen.isa.program import Code, Mem, Program
from tensorop_gen.isa.rv64 import asm, loops
from tensorop_gen.isa.rv64.asm import FLOAT_SAVED, FLOAT_TEMPORARY
from tensorop_gen.isa.rvv.vectors import Vectors

_FLOATS = FLOAT_TEMPORARY + FLOAT_SAVED
_ALPHA, _BETA, *_ELEMENTS = _FLOATS
_UNIT = Vectors(4)
MOST_PRODUCTS, MOST_COLUMNS = len(_ELEMENTS), _UNIT.count // 2


@dataclass(frozen=True, slots=True)
class RvvStream:
    """The stream kernel."""

    kernel: StreamKernel

    def program(self) -> Program:
        kernel, code = self.kernel, Code()
        saved = tuple(r for r in _ELEMENTS[: kernel.products] if r in FLOAT_SAVED)
        code.emit(*asm.save(saved))
        self._arguments(code)
        for k in range(1, kernel.k_max + 1):
            code.emit(asm.constant("t4", k), asm.branch("beq", "a0", "t4", f"k{k}"))
        code.emit(asm.jump("done"))
        for k in range(1, kernel.k_max + 1):
            code.block(f"k{k}")
            for n in kernel.columns(k):
                code.emit(asm.constant("t4", n), asm.branch("beq", "t3", "t4", f"k{k}n{n}"))
            code.emit(asm.jump("done"))
            for n in kernel.columns(k):
                self._product(code, k, n)
        code.block("done")
        code.emit(*asm.restore(saved), asm.ret())
        return code.program()

    @staticmethod
    def _arguments(code: Code) -> None:
        code.emit(asm.load("ld", "t1", Mem("a2", loops.SRC_RS, space="src")), asm.shift("t1", "t1", 2))
        loops.source(code, "a2", "t2", loops.SRC_CS)
        loops.source(code, "a1", "a6", loops.SRC_CS)
        code.emit(
            asm.shift("a4", "a4", 2),
            asm.load("ld", "t5", Mem("a5", loops.TILE_M, space="tile")),
            asm.load("ld", "t3", Mem("a5", loops.TILE_N, space="tile")),
            asm.load("flw", _ALPHA, Mem("a5", loops.TILE_ALPHA, space="tile")),
            asm.load("flw", _BETA, Mem("a5", loops.TILE_BETA, space="tile")),
            asm.load("lw", "t6", Mem("a5", loops.TILE_BETA, space="tile")),
            asm.shift("t6", "t6", 33),  # beta's sign does not matter
        )

    def _product(self, code: Code, k: int, n: int) -> None:
        name = f"k{k}n{n}"
        code.block(name)
        for j in range(n):
            code.emit(asm.move("t4", "a2"))
            for p in range(k):
                code.emit(asm.load("flw", _ELEMENTS[j * k + p], Mem("t4", space="b")), asm.add("t4", "t4", "t1"))
            code.emit(asm.add("a2", "a2", "t2"))
        code.emit(asm.branch("beqz", "t6", f"{name}_set_loop"))
        for label, add in ((f"{name}_loop", True), (f"{name}_set_loop", False)):
            code.block(label)
            code.emit(_UNIT.setvl("t0", "t5"))
            self._sums(code, k, n)
            self._update(code, n, add)
            code.emit(
                asm.op("sub", "t5", "t5", "t0"),
                asm.shift("t0", "t0", 2),
                asm.add("a1", "a1", "t0"),
                asm.add("a3", "a3", "t0"),
                asm.branch("bnez", "t5", label),
                asm.jump("done"),
            )

    @staticmethod
    def _sums(code: Code, k: int, n: int) -> None:
        """Groups 0..n-1: A's rows times B's columns; A's columns are loaded as early as the other groups allow."""
        buffers = [_UNIT.v(i) for i in range(n, _UNIT.count)]

        def load(p: int) -> None:
            code.emit(_UNIT.load(buffers[p % len(buffers)], "t4", "a"), asm.add("t4", "t4", "a6"))

        code.emit(asm.move("t4", "a1"))
        for p in range(min(k, len(buffers))):
            load(p)
        for p in range(k):
            a = buffers[p % len(buffers)]
            for j in range(n):
                acc, b = _UNIT.v(j), _ELEMENTS[j * k + p]
                code.emit(_UNIT.fused(acc, b, a) if p else _UNIT.product(acc, a, b))
            if p + len(buffers) < k:
                load(p + len(buffers))

    @staticmethod
    def _update(code: Code, n: int, add: bool) -> None:
        old = [_UNIT.v(n + j) for j in range(n)]
        if add:
            code.emit(asm.move("t4", "a3"))
            for register in old:
                code.emit(_UNIT.load(register, "t4", "c"), asm.add("t4", "t4", "a4"))
        code.emit(*(_UNIT.product(_UNIT.v(j), _UNIT.v(j), _ALPHA) for j in range(n)))
        code.emit(*(_UNIT.fused(_UNIT.v(j), _BETA, old[j]) for j in range(n) if add))
        code.emit(asm.move("t4", "a3"))
        for j in range(n):
            code.emit(_UNIT.store(_UNIT.v(j), "t4", "c"), asm.add("t4", "t4", "a4"))
