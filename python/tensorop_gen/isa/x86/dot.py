"""DOT for x86-64: a few rows of A against a few columns of B, both contiguous along k.

Each vector register sums its lanes' share of k; the shares are added at the end. Registers: rdi k left · rsi A, r10 its
row stride, r11 three of it · rdx B, rax its column stride, rbx three of it · rcx C · r8 ldc (all in bytes) · r9 tile ·
r12 scratch."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, DotKernel
from tensorop_gen.isa.program import Code, Mem, Program
from tensorop_gen.isa.x86 import asm
from tensorop_gen.isa.x86.asm import op
from tensorop_gen.isa.x86.isa import X86

_SAVED = ("rbx", "r12")
_ALPHA, _BETA = 16, 20  # offsets in struct tensorop_tile


@dataclass(frozen=True, slots=True)
class X86Dot:
    """The dot kernel of one vector width."""

    isa: X86
    kernel: DotKernel

    def _acc(self, m: int, i: int, j: int) -> str:
        return self.isa.v(j * m + i)

    def _a(self, m: int, n: int, i: int) -> str:
        return self.isa.v(m * n + i)

    def _spare(self, m: int, n: int) -> str:
        return self.isa.v(m * n + m)

    @staticmethod
    def _strided(base: str, stride: str, thrice: str, i: int, space: str) -> Mem:
        index, scale = ((None, 1), (stride, 1), (stride, 2), (thrice, 1))[i]
        return Mem(base, 0, index, scale, space=space)

    def program(self) -> Program:
        code = Code()
        code.emit(*(asm.push(r) for r in _SAVED))
        self._arguments(code)
        for m, n in self.kernel.tiles:
            code.emit(asm.compare(m * 8 + n, "rbx"), asm.jump("je", f"m{m}n{n}"))
        code.emit(asm.jump("jmp", "done"))
        for m, n in self.kernel.tiles:
            self._tile(code, m, n)
        code.block("done")
        code.emit(*(asm.pop(r) for r in reversed(_SAVED)))
        self.isa.leave(code)
        return code.program()

    def _arguments(self, code: Code) -> None:
        """Leaves m * 8 + n in rbx."""
        code.emit(
            asm.mov(Mem("rsi", 8, space="src"), "r10"),
            asm.mov(Mem("rsi", 0, space="src"), "rsi"),
            asm.mov(Mem("rdx", 16, space="src"), "rax"),
            asm.mov(Mem("rdx", 0, space="src"), "rdx"),
            asm.shift("shlq", 2, "r10"),
            asm.shift("shlq", 2, "rax"),
            asm.shift("shlq", 2, "r8"),
            asm.lea(Mem("r10", 0, "r10", 2), "r11"),
            asm.mov(Mem("r9", 0, space="tile"), "rbx"),
            asm.shift("shlq", 3, "rbx"),
            op("addq", Mem("r9", 8, space="tile"), "rbx", kind="scalar", update=True, flags=True),
        )

    def _tile(self, code: Code, m: int, n: int) -> None:
        name, lanes = f"m{m}n{n}", self.isa.lanes
        code.block(name)
        code.emit(asm.lea(Mem("rax", 0, "rax", 2), "rbx"))
        code.emit(*(self.isa.zero(self.isa.v(r)) for r in range(m * n)))
        code.emit(asm.sub(lanes, "rdi"), asm.jump("jl", f"{name}_rest"))
        code.block(f"{name}_loop")
        self._step(code, m, n, masked=False)
        code.emit(
            asm.add(lanes * FLOAT, "rsi"),
            asm.add(lanes * FLOAT, "rdx"),
            asm.sub(lanes, "rdi"),
            asm.jump("jge", f"{name}_loop"),
        )
        code.block(f"{name}_rest")
        code.emit(asm.add(lanes, "rdi"), asm.jump("je", f"{name}_sum"))
        self._rest(code, m, n)
        code.block(f"{name}_sum")
        for j in range(n):
            for i in range(m):
                self._sum(code, self._acc(m, i, j), self._spare(m, n))
                self._update(code, i, self._acc(m, i, j), self._spare(m, n), f"{name}_set{i}{j}")
            code.emit(asm.add("r8", "rcx"))
        code.emit(asm.jump("jmp", "done"))

    def _step(self, code: Code, m: int, n: int, masked: bool) -> None:
        b = self._spare(m, n)
        for i in range(m):
            code.emit(self.isa.load(self._strided("rsi", "r10", "r11", i, "a"), self._a(m, n, i), masked))
        for j in range(n):
            code.emit(self.isa.load(self._strided("rdx", "rax", "rbx", j, "b"), b, masked))
            code.emit(*(self.isa.fma(b, self._a(m, n, i), self._acc(m, i, j)) for i in range(m)))

    def _rest(self, code: Code, m: int, n: int) -> None:
        """The last steps, fewer than a vector's lanes."""
        self.isa.set_row_mask(code, "rdi", "r12")
        self._step(code, m, n, masked=True)

    def _sum(self, code: Code, acc: str, spare: str) -> None:
        """The sum of the lanes of acc, into its lane 0."""
        a, t = acc[1:], spare[1:]
        if self.isa.bits == 512:
            code.emit(op("vextractf64x4", 1, f"z{a}", f"y{t}", kind="shuffle"))
            code.emit(op("vaddps", f"y{t}", f"y{a}", f"y{a}"))
        extract = "vextractf32x4" if self.isa.bits == 512 else "vextractf128"
        code.emit(
            op(extract, 1, f"y{a}", f"x{t}", kind="shuffle"),
            op("vaddps", f"x{t}", f"x{a}", f"x{a}"),
            op("vmovhlps", f"x{a}", f"x{a}", f"x{t}", kind="shuffle"),
            op("vaddps", f"x{t}", f"x{a}", f"x{a}"),
            op("vmovshdup", f"x{a}", f"x{t}", kind="shuffle"),
            op("vaddss", f"x{t}", f"x{a}", f"x{a}"),
        )

    def _update(self, code: Code, i: int, acc: str, spare: str, label: str) -> None:
        """One element of C."""
        c = Mem("rcx", i * FLOAT, space="c")
        x, t = f"x{acc[1:]}", f"x{spare[1:]}"
        code.emit(
            op("vmulss", Mem("r9", _ALPHA, space="tile"), x, x),
            op("movl", Mem("r9", _BETA, space="tile"), "r12d", kind="scalar"),
            op("addl", "r12d", "r12d", kind="scalar", update=True, flags=True),
            asm.jump("je", label),
            op("vmovss", Mem("r9", _BETA, space="tile"), t, kind="load"),
            op("vfmadd231ss", c, t, x, kind="fma", update=True),
        )
        code.block(label)
        code.emit(op("vmovss", x, c, kind="store"))
