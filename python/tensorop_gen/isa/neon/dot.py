"""DOT for AArch64: a few rows of A against a few columns of B, both contiguous along k.

Each vector register sums its lanes' share of k; the shares are added at the end. The last steps, fewer than four, are
taken two and one at a time into the first lanes.

Registers: x0 k left · x9-x12 A's rows · x13-x16 B's columns · x3 C · x4 ldc in bytes · x5 tile · x6 which tile, then
beta's bits."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, DotKernel
from tensorop_gen.isa.neon import asm
from tensorop_gen.isa.neon.asm import LANES, VOLATILE
from tensorop_gen.isa.program import Code, Mem, Program

_A = tuple(f"x{i}" for i in range(9, 13))
_B = tuple(f"x{i}" for i in range(13, 17))
_SCALARS = VOLATILE[-1]  # vector register of alpha (lane 0) and beta (lane 1)


def needs(edge: int, products: int) -> int:
    """Registers: sums, A's vectors, one of B or C, alpha with beta; none is saved."""
    return products + edge + 2 + 32 - len(VOLATILE)


@dataclass(frozen=True, slots=True)
class NeonDot:
    """The dot kernel."""

    kernel: DotKernel

    def program(self) -> Program:
        code = Code()
        self._arguments(code)
        for m, n in self.kernel.tiles:
            code.emit(asm.compare("x6", m * 8 + n), asm.jump_if("eq", f"m{m}n{n}"))
        code.emit(asm.ret())
        for m, n in self.kernel.tiles:
            self._tile(code, m, n)
        return code.program()

    @staticmethod
    def _arguments(code: Code) -> None:
        """Leaves m * 8 + n in x6, the strides of A's rows and B's columns in x7 and x8."""
        code.emit(
            asm.load("x7", Mem("x1", 8, space="src")),
            asm.load(_A[0], Mem("x1", 0, space="src")),
            asm.load("x8", Mem("x2", 16, space="src")),
            asm.load(_B[0], Mem("x2", 0, space="src")),
            asm.shift_left("x7", "x7", 2),
            asm.shift_left("x8", "x8", 2),
            asm.shift_left("x4", "x4", 2),
            asm.load("x6", Mem("x5", 0, space="tile")),
            asm.load("x17", Mem("x5", 8, space="tile")),
            asm.add("x6", "x17", "x6", "lsl #3"),
            asm.load(f"d{_SCALARS}", Mem("x5", 16, space="tile")),
        )

    def _tile(self, code: Code, m: int, n: int) -> None:
        name = f"m{m}n{n}"
        code.block(name)
        code.emit(*(asm.add(_A[i], _A[i - 1], "x7") for i in range(1, m)))
        code.emit(*(asm.add(_B[j], _B[j - 1], "x8") for j in range(1, n)))
        code.emit(*(asm.zero(VOLATILE[r]) for r in range(m * n)))
        code.emit(asm.count_down("x0", LANES), asm.jump_if("lt", f"{name}_pair"))
        code.block(f"{name}_loop")
        self._step(code, m, n, "q", LANES)
        code.emit(asm.count_down("x0", LANES), asm.jump_if("ge", f"{name}_loop"))
        code.block(f"{name}_pair")
        code.emit(asm.jump_if_clear("x0", 1, f"{name}_single"))
        self._step(code, m, n, "d", 2)
        code.block(f"{name}_single")
        code.emit(asm.jump_if_clear("x0", 0, f"{name}_sum"))
        self._step(code, m, n, "s", 1)
        code.block(f"{name}_sum")
        self._update(code, name, m, n)

    @staticmethod
    def _step(code: Code, m: int, n: int, size: str, steps: int) -> None:
        a, b = VOLATILE[m * n : m * n + m], VOLATILE[m * n + m]
        code.emit(*(asm.load(f"{size}{a[i]}", Mem(_A[i], space="a"), steps * FLOAT) for i in range(m)))
        for j in range(n):
            code.emit(asm.load(f"{size}{b}", Mem(_B[j], space="b"), steps * FLOAT))
            for i in range(m):
                acc = VOLATILE[j * m + i]
                code.emit(asm.op("fmla", f"v{acc}.4s", f"v{a[i]}.4s", f"v{b}.4s", kind="fma", update=True))

    @staticmethod
    def _update(code: Code, name: str, m: int, n: int) -> None:
        """The sums, times alpha; then C, with beta or (beta = 0) without reading it."""
        sums = VOLATILE[: m * n]
        code.emit(asm.load("w6", Mem("x5", 20, space="tile")), asm.shift_left("w6", "w6", 1))
        code.emit(*(asm.op("faddp", f"v{s}.4s", f"v{s}.4s", f"v{s}.4s", kind="shuffle") for s in sums))
        code.emit(*(asm.op("faddp", f"s{s}", f"v{s}.2s", kind="shuffle") for s in sums))
        code.emit(*(asm.op("fmul", f"s{s}", f"s{s}", f"v{_SCALARS}.s[0]") for s in sums))
        code.emit(asm.jump_if_zero("w6", f"{name}_set"))
        old, beta = VOLATILE[m * n], f"v{_SCALARS}.s[1]"
        for add in (True, False):
            for j in range(n):
                for i in range(m):
                    acc, c = sums[j * m + i], Mem("x3", i * FLOAT, space="c")
                    if add:
                        code.emit(asm.load(f"s{old}", c))
                        code.emit(asm.op("fmla", f"s{acc}", f"s{old}", beta, kind="fma", update=True))
                    code.emit(asm.store(f"s{acc}", c))
                code.emit(asm.add("x3", "x3", "x4"))
            code.emit(asm.ret())
            if add:
                code.block(f"{name}_set")
