"""DOT for RISC-V vectors: a few rows of A against a few columns of B, both contiguous along k.

Each lane sums its share of k; the shares are added at the end. Elements past the end of k are zero in A and B, so that
vl stays whole over the sums. One grouping of registers serves all tiles: results do not depend on the tile.

Registers: a0 k left · a1, a2 first row of A, first column of B · a3 C · a4 ldc in bytes · a5 tile · the other rows and
columns, the lanes of a vector and their bytes in what is left."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, DotKernel
from tensorop_gen.isa.program import Code, Mem, Program
from tensorop_gen.isa.rv64 import asm, loops
from tensorop_gen.isa.rv64.loops import SCRATCH
from tensorop_gen.isa.rvv.vectors import VECTORS, Vectors

_LANES, _BYTES, *_REST = (r for r in asm.TEMPORARY if r != SCRATCH)
_ALPHA, _BETA = "fa0", "fa1"


def grouping(edge: int, products: int) -> int:
    """Registers of a vector: as many as fit; 0 if not even one does."""
    return next((g for g in (8, 4, 2, 1) if (products + edge + 1) * g <= VECTORS), 0)


@dataclass(frozen=True, slots=True)
class RvvDot:
    """The dot kernel."""

    kernel: DotKernel

    @property
    def _unit(self) -> Vectors:
        """Raises ValueError if the products do not fit the registers."""
        edge = max(self.kernel.m_max, self.kernel.n_max)
        group = grouping(edge, self.kernel.products)
        if not group:
            raise ValueError(f"dot: {self.kernel.products} products of {edge} rows do not fit {VECTORS} registers")
        return Vectors(group)

    def _acc(self, m: int, i: int, j: int) -> str:
        return self._unit.v(j * m + i)

    def _a(self, m: int, n: int, i: int) -> str:
        return self._unit.v(m * n + i)

    def _b(self, m: int, n: int) -> str:
        return self._unit.v(m * n + m)

    def program(self) -> Program:
        code = Code()
        loops.source(code, "a1", _LANES, loops.SRC_RS)
        loops.source(code, "a2", _BYTES, loops.SRC_CS)
        code.emit(
            asm.shift("a4", "a4", 2),
            asm.load("ld", SCRATCH, Mem("a5", loops.TILE_M, space="tile")),
            asm.load("ld", _REST[0], Mem("a5", loops.TILE_N, space="tile")),
            asm.shift(SCRATCH, SCRATCH, 3),
            asm.add(SCRATCH, SCRATCH, _REST[0]),
        )
        for m, n in self.kernel.tiles:
            code.emit(asm.constant(_REST[0], m * 8 + n), asm.branch("beq", SCRATCH, _REST[0], f"m{m}n{n}"))
        code.emit(asm.ret())
        for m, n in self.kernel.tiles:
            self._tile(code, m, n)
        return code.program()

    def _tile(self, code: Code, m: int, n: int) -> None:
        name, unit = f"m{m}n{n}", self._unit
        a, b = ("a1", *_REST[: m - 1]), ("a2", *_REST[m - 1 : m + n - 2])
        code.block(name)
        code.emit(*asm.spaced(a, _LANES), *asm.spaced(b, _BYTES))
        code.emit(unit.setvl(_LANES, asm.ZERO), asm.shift(_BYTES, _LANES, 2))
        code.emit(*(unit.zero(unit.v(r)) for r in range(m * n)))
        code.emit(asm.op("sub", "a0", "a0", _LANES), asm.branch("bltz", "a0", f"{name}_rest"))
        code.block(f"{name}_loop")
        code.emit(*(unit.load(self._a(m, n, i), a[i], "a") for i in range(m)))
        for j in range(n):
            code.emit(unit.load(self._b(m, n), b[j], "b"))
            self._products(code, m, n, j)
        code.emit(*(asm.add(x, x, _BYTES) for x in (*a, *b)))
        code.emit(asm.op("sub", "a0", "a0", _LANES), asm.branch("bgez", "a0", f"{name}_loop"))
        code.block(f"{name}_rest")
        code.emit(asm.add("a0", "a0", _LANES), asm.branch("beqz", "a0", f"{name}_sum"))
        self._rest(code, m, n, a, b)
        code.block(f"{name}_sum")
        self._update(code, m, n, name)

    def _products(self, code: Code, m: int, n: int, j: int) -> None:
        unit = self._unit
        code.emit(*(unit.fused(self._acc(m, i, j), self._b(m, n), self._a(m, n, i)) for i in range(m)))

    def _rest(self, code: Code, m: int, n: int, a: tuple[str, ...], b: tuple[str, ...]) -> None:
        """The last steps, fewer than a vector's lanes: loaded over zeros."""
        unit = self._unit
        code.emit(*(unit.zero(r) for r in (*(self._a(m, n, i) for i in range(m)), self._b(m, n))))
        for j in range(n):
            code.emit(unit.setvl(asm.ZERO, "a0", "tu"))
            code.emit(*(unit.load(self._a(m, n, i), a[i], "a") for i in range(m) if j == 0))
            code.emit(unit.load(self._b(m, n), b[j], "b"), unit.setvl(asm.ZERO, _LANES))
            self._products(code, m, n, j)

    def _update(self, code: Code, m: int, n: int, name: str) -> None:
        """The sums of the lanes, with a zero in B's place and the results in A's; then C, one element at a time."""
        unit, zero = self._unit, self._b(m, n)
        code.emit(
            unit.zero(zero),
            asm.load("flw", _ALPHA, Mem("a5", loops.TILE_ALPHA, space="tile")),
            asm.load("flw", _BETA, Mem("a5", loops.TILE_BETA, space="tile")),
            asm.load("lw", SCRATCH, Mem("a5", loops.TILE_BETA, space="tile")),
            asm.shift(SCRATCH, SCRATCH, 33),  # beta's sign does not matter
        )
        for j in range(n):
            code.emit(*(unit.sum(self._a(m, n, i), self._acc(m, i, j), zero) for i in range(m)))
            code.emit(*(unit.first(f"ft{i}", self._a(m, n, i)) for i in range(m)))
            code.emit(*(asm.op("fmul.s", f"ft{i}", f"ft{i}", _ALPHA, kind="fma") for i in range(m)))
            c = [Mem("a3", i * FLOAT, space="c") for i in range(m)]
            code.emit(asm.branch("beqz", SCRATCH, f"{name}_set{j}"))
            code.emit(*(asm.load("flw", f"ft{4 + i}", c[i]) for i in range(m)))
            code.emit(*(asm.fused(f"ft{i}", f"ft{4 + i}", _BETA, f"ft{i}") for i in range(m)))
            code.block(f"{name}_set{j}")
            code.emit(*(asm.store("fsw", f"ft{i}", c[i]) for i in range(m)))
            if j + 1 < n:
                code.emit(asm.add("a3", "a3", "a4"))
        code.emit(asm.ret())
