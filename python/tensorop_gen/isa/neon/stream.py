"""STREAM for AArch64: a few columns of A read side by side, once, from top to bottom.

The products A(:, 0..k-1) * B(0..k-1, 0..n-1) have B's elements in the lanes of a few registers; C's column is read and
written as it goes. The rows that do not fill a vector are taken two and one at a time, in the same instructions.

Registers: x9-x16 A's columns · x3, x1, x2, x7 C's columns · x5 rows left. Before: x0 k · x6 n · x17 A's column stride ·
x4 ldc · x2 B, x1 its row stride, x7 its column stride (bytes) · x8 beta's bits."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, StreamKernel
from tensorop_gen.isa.neon import asm
from tensorop_gen.isa.neon.asm import LANES, VOLATILE
from tensorop_gen.isa.program import Code, Mem, Program

_A = tuple(f"x{i}" for i in range(9, 17))
_C = ("x3", "x1", "x2", "x7")
_SCALARS = VOLATILE[-1]  # vector register of alpha (lane 0) and beta (lane 1)
_VECTOR_OF_A = VOLATILE[-2]


def needs(n: int, products: int) -> int:
    """Registers: B's elements, a sum and a vector of C for each column, one of A, alpha with beta; none is saved."""
    used = -(-products // LANES) + 2 * n + 2
    return used + 32 - len(VOLATILE)


@dataclass(frozen=True, slots=True)
class NeonStream:
    """The stream kernel."""

    kernel: StreamKernel

    @staticmethod
    def _b(k: int, p: int, j: int) -> tuple[int, int]:
        """Register and lane of B(p, j) in a product of k steps."""
        return VOLATILE[(j * k + p) // LANES], (j * k + p) % LANES

    def _sum(self, j: int) -> int:
        return VOLATILE[-3 - 2 * j]

    def _old(self, j: int) -> int:
        """Register of the vector of C."""
        return VOLATILE[-4 - 2 * j]

    def program(self) -> Program:
        code = Code()
        self._arguments(code)
        for k in range(1, self.kernel.k_max + 1):
            code.emit(asm.compare("x0", k), asm.jump_if("eq", f"k{k}"))
        code.emit(asm.jump("done"))
        for k in range(1, self.kernel.k_max + 1):
            code.block(f"k{k}")
            for n in self.kernel.columns(k):
                code.emit(asm.compare("x6", n), asm.jump_if("eq", f"k{k}n{n}"))
            code.emit(asm.jump("done"))
            for n in self.kernel.columns(k):
                self._product(code, k, n)
        code.block("done")
        code.emit(asm.ret())
        return code.program()

    @staticmethod
    def _arguments(code: Code) -> None:
        code.emit(
            asm.load("x17", Mem("x1", 16, space="src")),
            asm.load(_A[0], Mem("x1", 0, space="src")),
            asm.load("x1", Mem("x2", 8, space="src")),
            asm.load("x7", Mem("x2", 16, space="src")),
            asm.load("x2", Mem("x2", 0, space="src")),
            asm.shift_left("x17", "x17", 2),
            asm.shift_left("x1", "x1", 2),
            asm.shift_left("x7", "x7", 2),
            asm.shift_left("x4", "x4", 2),
            asm.load("x6", Mem("x5", 8, space="tile")),
            asm.load(f"d{_SCALARS}", Mem("x5", 16, space="tile")),
            asm.load("w8", Mem("x5", 20, space="tile")),
            asm.shift_left("w8", "w8", 1),  # zero, of either sign?
            asm.load("x5", Mem("x5", 0, space="tile")),
        )

    def _product(self, code: Code, k: int, n: int) -> None:
        name = f"k{k}n{n}"
        code.block(name)
        for j in range(n):
            code.emit(asm.mov("x10", "x2"))
            for p in range(k):
                register, lane = self._b(k, p, j)
                code.emit(asm.load_lane(register, lane, Mem("x10", space="b"), "x1"))
            code.emit(asm.add("x2", "x2", "x7"))
        code.emit(*(asm.add(_A[p], _A[p - 1], "x17") for p in range(1, k)))
        code.emit(*(asm.add(_C[j], _C[j - 1], "x4") for j in range(1, n)))
        code.emit(asm.jump_if_zero("w8", f"{name}_set"))
        self._rows(code, name, k, n, add=True)
        code.block(f"{name}_set")
        self._rows(code, f"{name}_set", k, n, add=False)

    def _rows(self, code: Code, name: str, k: int, n: int, add: bool) -> None:
        code.emit(asm.count_down("x5", LANES), asm.jump_if("lt", f"{name}_pair"))
        code.block(f"{name}_loop")
        self._vector(code, k, n, add, "q", LANES)
        code.emit(asm.count_down("x5", LANES), asm.jump_if("ge", f"{name}_loop"))
        code.block(f"{name}_pair")
        code.emit(asm.jump_if_clear("x5", 1, f"{name}_single"))
        self._vector(code, k, n, add, "d", 2)
        code.block(f"{name}_single")
        code.emit(asm.jump_if_clear("x5", 0, f"{name}_end"))
        self._vector(code, k, n, add, "s", 1)
        code.block(f"{name}_end")
        code.emit(asm.ret())

    def _vector(self, code: Code, k: int, n: int, add: bool, size: str, rows: int) -> None:
        """A vector of so many rows of each column; the pointers move on."""
        step = rows * FLOAT
        a = _VECTOR_OF_A
        for p in range(k):
            code.emit(asm.load(f"{size}{a}", Mem(_A[p], space="a"), step))
            for j in range(n):
                b = self._b(k, p, j)
                total = self._sum(j)
                code.emit(asm.fma(total, a, *b) if p else asm.mul(total, a, *b, kind="fma"))
        if add:
            code.emit(*(asm.load(f"{size}{self._old(j)}", Mem(_C[j], space="c")) for j in range(n)))
        code.emit(*(asm.mul(self._sum(j), self._sum(j), _SCALARS, 0) for j in range(n)))
        if add:
            code.emit(*(asm.fma(self._sum(j), self._old(j), _SCALARS, 1) for j in range(n)))
        code.emit(*(asm.store(f"{size}{self._sum(j)}", Mem(_C[j], space="c"), step) for j in range(n)))
