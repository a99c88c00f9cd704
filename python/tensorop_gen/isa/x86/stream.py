"""STREAM for x86-64: a few columns of A read side by side, once, from top to bottom.

The products A(:, 0..k-1) * B(0..k-1, 0..n-1) have alpha * B at hand; C's columns are read and written as they go.
Registers: rdi k · rsi A's column 0 · r13 A's column stride, r12 three of it, rbx A's column 4 · rcx C · r8 ldc in
bytes, rbp three of it · r9 tile, then rows left · rax, r10, r11 scratch · r14, r15 B's strides, then what the next call
reads of A's columns 0 and 4."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, StreamKernel
from tensorop_gen.isa.program import Code, Mem, Program
from tensorop_gen.isa.x86 import asm
from tensorop_gen.isa.x86.asm import op
from tensorop_gen.isa.x86.isa import X86

RED_ZONE = 128  # bytes under the stack that a function without calls may use
_NEXT = ("r14", "r15")
_SAVED = ("rbx", "rbp", "r12", "r13", "r14", "r15")


@dataclass(frozen=True, slots=True)
class X86Stream:
    """The stream kernel of one vector width."""

    isa: X86
    kernel: StreamKernel

    def _held(self, k: int, n: int) -> bool:
        """Whether B has registers of its own; else it lies in the red zone."""
        return k * n <= self.isa.registers - 8

    def _b(self, k: int, p: int, j: int) -> str:
        """Register of B(p, j) in a product of k steps."""
        return self.isa.v(j * k + p)

    @staticmethod
    def _kept(k: int, p: int, j: int, broadcast: bool = False) -> Mem:
        """Place of B(p, j) in the red zone."""
        return Mem("rsp", (j * k + p) * FLOAT - RED_ZONE, space="stack", broadcast=broadcast)

    def _temp(self, j: int) -> str:
        """Register of column j's sum; behind them alpha, beta, A and AVX2's row mask."""
        return self.isa.v(self.isa.registers - 4 - self.kernel.n_max + j)

    @property
    def _alpha(self) -> str:
        return self.isa.v(self.isa.registers - 4)

    @property
    def _beta(self) -> str:
        return self.isa.v(self.isa.registers - 3)

    @property
    def _vector_of_a(self) -> str:
        """The vector of A that is being used."""
        return self.isa.v(self.isa.registers - 2)

    @staticmethod
    def _a_address(p: int, bases: tuple[str, str] = ("rsi", "rbx")) -> Mem:
        base, step = bases[p // 4], p % 4
        index, scale = {0: (None, 1), 1: ("r13", 1), 2: ("r13", 2), 3: ("r12", 1)}[step]
        return Mem(base, 0, index, scale, space="a")

    def _c_address(self, j: int) -> Mem:
        index, scale = {0: (None, 1), 1: ("r8", 1), 2: ("r8", 2), 3: ("rbp", 1)}[j]
        return Mem("rcx", 0, index, scale, space="c")

    def program(self) -> Program:
        code = Code()
        code.emit(*(asm.push(r) for r in _SAVED))
        self._arguments(code)
        for k in range(1, self.kernel.k_max + 1):
            code.emit(asm.compare(k, "rdi"), asm.jump("je", f"k{k}"))
        code.emit(asm.jump("jmp", "done"))
        for k in range(1, self.kernel.k_max + 1):
            code.block(f"k{k}")
            for n in self.kernel.columns(k):
                code.emit(asm.compare(n, "r10"), asm.jump("je", f"k{k}n{n}"))
            code.emit(asm.jump("jmp", "done"))
            for n in self.kernel.columns(k):
                self._product(code, k, n)
        code.block("done")
        code.emit(*(asm.pop(r) for r in reversed(_SAVED)))
        self.isa.leave(code)
        return code.program()

    def _arguments(self, code: Code) -> None:
        code.emit(
            asm.mov(Mem("rsi", 16, space="src"), "r13"),
            asm.mov(Mem("rsi", 0, space="src"), "rsi"),
            asm.shift("shlq", 2, "r13"),
            asm.shift("shlq", 2, "r8"),
            asm.lea(Mem("r13", 0, "r13", 2), "r12"),
            asm.lea(Mem("r8", 0, "r8", 2), "rbp"),
            asm.lea(Mem("rsi", 0, "r13", 4), "rbx"),
            asm.mov(Mem("rdx", 8, space="src"), "r14"),
            asm.mov(Mem("rdx", 16, space="src"), "r15"),
            asm.mov(Mem("rdx", 0, space="src"), "rdx"),
            asm.shift("shlq", 2, "r14"),
            asm.shift("shlq", 2, "r15"),
            asm.mov(Mem("r9", 8, space="tile"), "r10"),
            self.isa.broadcast(Mem("r9", 16, space="tile"), self._alpha),
            self.isa.broadcast(Mem("r9", 20, space="tile"), self._beta),
            op("movl", Mem("r9", 20, space="tile"), "eax", kind="scalar"),
            op("addl", "eax", "eax", kind="scalar", update=True, flags=True),  # zero, of either sign?
        )

    def _product(self, code: Code, k: int, n: int) -> None:
        name = f"k{k}n{n}"
        code.block(name)
        for j in range(n):
            code.emit(asm.mov("rdx", "r11"))
            for p in range(k):
                self._keep(code, k, n, p, j)
                code.emit(asm.add("r14", "r11"))
            code.emit(asm.add("r15", "rdx"))
        if self.kernel.prefetch:
            code.emit(
                asm.mov(Mem("r9", 32, space="tile"), "r15"),
                asm.lea(Mem("rsi", 0, "r15", 4), "r14"),
                asm.lea(Mem("rbx", 0, "r15", 4), "r15"),
            )
        code.emit(asm.mov(Mem("r9", 0, space="tile"), "r9"))
        code.emit(asm.test("rax"), asm.jump("je", f"{name}_set"))
        self._rows(code, name, k, n, add=True)
        code.block(f"{name}_set")
        self._rows(code, f"{name}_set", k, n, add=False)

    def _keep(self, code: Code, k: int, n: int, p: int, j: int) -> None:
        """alpha * B(p, j) to where the loop over rows finds it."""
        source = Mem("r11", 0, space="b")
        if self._held(k, n):
            b = self._b(k, p, j)
            code.emit(self.isa.broadcast(source, b), op("vmulps", self._alpha, b, b))
            return
        scalar = f"x{self.isa.v(0)[1:]}"
        code.emit(op("vmovss", source, scalar, kind="load"))
        code.emit(op("vmulss", f"x{self._alpha[1:]}", scalar, scalar))
        code.emit(op("vmovss", scalar, self._kept(k, p, j), kind="store"))

    def _rows(self, code: Code, name: str, k: int, n: int, add: bool) -> None:
        lanes = self.isa.lanes
        code.emit(asm.sub(lanes, "r9"), asm.jump("jl", f"{name}_rest"))
        code.block(f"{name}_loop")
        self._vector(code, k, n, add, masked=False)
        code.emit(
            asm.add(lanes * FLOAT, "rsi"),
            asm.add(lanes * FLOAT, "rbx"),
            *(asm.add(lanes * FLOAT, base) for base in _NEXT if self.kernel.prefetch),
            asm.add(lanes * FLOAT, "rcx"),
            asm.sub(lanes, "r9"),
            asm.jump("jge", f"{name}_loop"),
        )
        code.block(f"{name}_rest")
        code.emit(asm.add(lanes, "r9"), asm.jump("je", "done"))
        self.isa.set_row_mask(code, "r9", "r10")
        self._vector(code, k, n, add, masked=True)
        code.emit(asm.jump("jmp", "done"))

    def _vector(self, code: Code, k: int, n: int, add: bool, masked: bool) -> None:
        """One vector of rows: each sum begins with beta * C, so that the products are all that is left to do."""
        isa = self.isa
        for j in range(n if add else 0):
            code.emit(isa.load(self._c_address(j), self._temp(j), masked))
            code.emit(op("vmulps", self._beta, self._temp(j), self._temp(j)))
        for p in range(k):
            code.emit(isa.load(self._a_address(p), self._vector_of_a, masked))
            if self.kernel.prefetch and not masked:
                code.emit(asm.prefetch(self._a_address(p, _NEXT), level=2))
            for j in range(n):
                b = self._element(code, k, n, p, j)
                if p == 0 and not add:
                    code.emit(op("vmulps", b, self._vector_of_a, self._temp(j), kind="fma"))
                else:
                    code.emit(isa.fma(self._vector_of_a, b, self._temp(j)))
        code.emit(*(isa.store(self._temp(j), self._c_address(j), masked) for j in range(n)))

    def _element(self, code: Code, k: int, n: int, p: int, j: int) -> str | Mem:
        """alpha * B(p, j) as an operand."""
        if self._held(k, n):
            return self._b(k, p, j)
        if self.isa.bits == 512:
            return self._kept(k, p, j, broadcast=True)
        spread = self.isa.v(j)
        code.emit(self.isa.broadcast(self._kept(k, p, j), spread))
        return spread
