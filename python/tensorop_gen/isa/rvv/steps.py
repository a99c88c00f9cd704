"""The k-steps of COMPUTE and DIRECT for RISC-V vectors: one by one, and as loop passes in which the operands of a step
may be loaded among the products of the one before. Registers as in tile.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tensorop_gen.isa.kernel import Tile
from tensorop_gen.isa.program import Code, Insn, Mem
from tensorop_gen.isa.rv64 import asm, loops
from tensorop_gen.isa.rv64.asm import FLOAT_TEMPORARY as F
from tensorop_gen.isa.rv64.loops import SCRATCH
from tensorop_gen.isa.rvv.pointers import Pointers, pointers
from tensorop_gen.isa.rvv.vectors import Vectors

_SPLATS = 4  # most registers for spread elements of B


@dataclass(frozen=True, slots=True)
class Steps:
    """Of one tile size."""

    tile: Tile

    @property
    def _unit(self) -> Vectors:
        return Vectors(self.tile.kernel.group)

    @property
    def _pointers(self) -> Pointers:
        return pointers(self.tile)

    # Registers

    def _acc(self, i: int, j: int) -> str:
        return self._unit.v(j * self.tile.vectors + i)

    @property
    def _buffers(self) -> int:
        """Sets of registers for A: two, taking turns, if loads run ahead and registers suffice."""
        kernel = self.tile.kernel
        fit = self.tile.vectors * (self.tile.columns + 2) + kernel.splat <= self._unit.count
        return 2 if kernel.ahead and kernel.unroll % 2 == 0 and fit else 1

    def _a(self, i: int, step: int) -> str:
        buffer = step % self._buffers
        return self._unit.v(self.tile.vectors * (self.tile.columns + buffer) + i)

    def _splats(self) -> list[str]:
        first = self.tile.vectors * (self.tile.columns + self._buffers)
        return [self._unit.v(r) for r in range(first, min(self._unit.count, first + _SPLATS))]

    # Steps and passes

    def zero(self, code: Code) -> None:
        """The accumulators."""
        places = ((i, j) for j in range(self.tile.columns) for i in range(self.tile.vectors))
        code.emit(*(self._unit.zero(self._acc(i, j)) for i, j in places))

    def enter(self, code: Code) -> None:
        """Before the first loop pass: loads the first step if loads run ahead, sets the pointers of the other steps."""
        p, ahead = self._pointers, self.tile.kernel.ahead
        if ahead:
            code.emit(*(self._load_a(i, p.a[0][i], 0) for i in range(self.tile.vectors)))
            code.emit(*(self._load_b(j, 0, 0) for j in range(self.tile.columns)))
            self._move(code, p.a[0], p.b[0], back=False)
        if p.grouped:
            for pointer in zip(*p.a, strict=True):
                code.emit(*asm.spaced(pointer, p.a_step))
            loops.times(code, p.a_pass, p.a_step, self.tile.kernel.unroll, SCRATCH)
            if p.b_step:
                code.emit(*asm.spaced(p.b, p.b_step))
                loops.times(code, p.b_pass, p.b_step, self.tile.kernel.unroll, SCRATCH)

    def leave(self, code: Code) -> None:
        """After the last loop pass: what was loaded ahead will be loaded again."""
        p = self._pointers
        if self.tile.kernel.ahead:
            self._move(code, p.a[0], p.b[0], back=True)

    def _move(self, code: Code, a: tuple[str, ...], b: str, back: bool) -> None:
        """Moves the pointers of one step on by one step, or back."""
        p, name = self._pointers, "sub" if back else "add"
        code.emit(*(asm.op(name, x, x, p.a_step) for x in a))
        if p.b_step:
            code.emit(asm.op(name, b, b, p.b_step))

    def _load_a(self, i: int, pointer: str, step: int) -> Insn:
        return self._unit.load(self._a(i, step), pointer, "a")

    def _load_b(self, j: int, step: int, pointer: int) -> Insn:
        """B's element of column j, `step` steps from where the pointers are; pointer: whose, if each step has one."""
        p, role = self._pointers, self.tile.kernel.role
        base = {"compute": 0, "direct_n": j, "direct_t": pointer}[role]
        return asm.load("flw", F[j], Mem(p.b[base], loops.b_bytes(self.tile.kernel, j, step), space="b"))

    def step(self, code: Code, offset: int) -> None:
        """Of those that no loop pass takes: with the pointers of a pass's first step."""
        self._step(code, offset, 0)
        self._move(code, self._pointers.a[0], self._pointers.b[0], back=False)

    def advance(self, code: Code, steps: int) -> None:
        if self.tile.kernel.role != "direct_t":
            code.emit(*(asm.addi(x, x, loops.b_bytes(self.tile.kernel, 0, steps)) for x in self._pointers.b))

    def loop_pass(self, code: Code) -> None:
        p, unroll = self._pointers, self.tile.kernel.unroll
        step = self._step_ahead if self.tile.kernel.ahead else self._step
        for u in range(unroll):
            step(code, u, u if p.grouped else 0)
            if not p.grouped:
                self._move(code, p.a[0], p.b[0], back=False)
        if p.grouped:
            code.emit(*(asm.add(x, x, p.a_pass) for row in p.a for x in row))
            code.emit(*(asm.add(x, x, p.b_pass) for x in p.b if p.b_pass))
        self.advance(code, unroll)

    def _step(self, code: Code, offset: int, own: int) -> None:
        """own: whose step's pointers are used."""
        p = self._pointers
        code.emit(*(self._load_a(i, p.a[own][i], 0) for i in range(self.tile.vectors)))
        code.emit(*(self._load_b(j, offset, own) for j in range(self.tile.columns)))
        self._products(code, 0, lambda _: ())

    def _step_ahead(self, code: Code, offset: int, own: int) -> None:
        """The products of one step, the next step's operands loaded among them: an element of B behind the products
        that used its register, a vector of A early if it has registers of its own."""
        p, last = self._pointers, self.tile.columns - 1
        early = self._buffers == 2

        def after(j: int) -> Iterator[Insn]:
            yield self._load_b(j, offset + 1, own)
            for i in range(self.tile.vectors):
                if j == (min(i + 1, last) if early else last):
                    yield self._load_a(i, p.a[own][i], offset + 1)

        self._products(code, offset, after)

    def _products(self, code: Code, step: int, after: Callable[[int], Iterable[Insn]]) -> None:
        """Column by column, each followed by what `after` gives for it."""
        unit, splats = self._unit, self._splats() if self.tile.kernel.splat else []
        ahead = len(splats)
        code.emit(*(unit.splat(splats[j], F[j]) for j in range(min(ahead, self.tile.columns))))
        for j in range(self.tile.columns):
            factor = splats[j % ahead] if splats else F[j]
            vectors = range(self.tile.vectors)
            code.emit(*(unit.fused(self._acc(i, j), factor, self._a(i, step)) for i in vectors))
            if splats and j + ahead < self.tile.columns:
                code.emit(unit.splat(factor, F[j + ahead]))
            code.emit(*after(j))
