"""The k-steps of COMPUTE and DIRECT for AArch64: one by one, and as loop passes in which the operands of a step are
loaded among the products of the one before.

Loads stand apart: cores that issue two multiply-adds a cycle lose slots where several loads follow each other."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import Tile
from tensorop_gen.isa.neon import asm, operands, registers
from tensorop_gen.isa.neon.asm import LANES
from tensorop_gen.isa.program import Insn

_SPACING = 4  # products between two loads
# What is to be emitted among the products of a step: behind how many of them at the earliest.
Waiting = tuple[int, Insn]


def weave(products: list[Insn], waiting: list[Waiting]) -> list[Insn]:
    """The products with one of the waiting after every few; what is left comes last, in order."""
    left, out = list(waiting), []
    for done, product in enumerate(products, 1):
        out.append(product)
        ready = next((w for w in left if w[0] <= done), None)
        if ready and done % _SPACING == 0:
            left.remove(ready)
            out.append(ready[1])
    return out + [insn for _, insn in left]


@dataclass(frozen=True, slots=True)
class Steps:
    """The k-steps of one tile size. `offset`: how many steps behind the pointers, `step`: which of a pass."""

    tile: Tile

    # Whole steps

    def single(self, offset: int) -> list[Insn]:
        """One step, its operands loaded first."""
        out = operands.prefetches(self.tile, offset) + operands.load_a(self.tile, offset, 0)
        if self.tile.kernel.role == "direct_n":
            return out + self._products_one_by_one() + operands.move_a(self.tile) + operands.move_b(self.tile, 1)
        out += operands.load_b(self.tile, offset) + self._products(0)
        return (
            out
            if self.tile.kernel.role == "compute"
            else out + operands.move_a(self.tile) + operands.move_b(self.tile, 1)
        )

    def first_operands(self) -> list[Insn]:
        return operands.load_a(self.tile, 0, 0) + operands.load_b(self.tile, 0)

    def loop_pass(self) -> list[Insn]:
        """`unroll` steps, pointers not yet moved on in COMPUTE."""
        tile, unroll = self.tile, self.tile.kernel.unroll
        if tile.kernel.role == "compute":
            step = self._packed_step if tile.kernel.ahead else self.single
            return [insn for u in range(unroll) for insn in step(u)]
        if tile.kernel.role == "direct_t":
            return self._direct_pass(unroll)
        if not registers.by_four(tile):
            return [insn for _ in range(unroll) for insn in self.single(0)]
        fours, ones = divmod(unroll, LANES)
        return [
            *(insn for _ in range(fours) for insn in self._four_steps()),
            *(insn for _ in range(ones) for insn in self.single(0)),
        ]

    def _packed_step(self, step: int) -> list[Insn]:
        """Loads the operands of the next step, be it of this pass or the next."""
        waiting = [(self._a_free(self._count), load) for load in operands.load_a(self.tile, step + 1, step + 1)]
        waiting += zip(self._b_free, operands.load_b(self.tile, step + 1), strict=True)
        waiting += [(0, prefetch) for prefetch in operands.prefetches(self.tile, step)]
        return weave(self._products(step), waiting)

    def _direct_pass(self, unroll: int) -> list[Insn]:
        """DIRECT_T. The first step's operands are loaded first."""
        out = (
            operands.load_a(self.tile, 0, 0)
            + operands.load_b(self.tile, 0)
            + operands.move_a(self.tile)
            + operands.move_b(self.tile, 1)
        )
        for u in range(unroll):
            waiting = [(0, prefetch) for prefetch in operands.prefetches(self.tile, 0)]
            if u + 1 < unroll:
                waiting += [(self._a_free(self._count), load) for load in operands.load_a(self.tile, 0, u + 1)]
                waiting += zip(self._b_free, operands.load_b(self.tile, 0), strict=True)
                waiting += [(self._count, move) for move in operands.move_a(self.tile) + operands.move_b(self.tile, 1)]
            out += weave(self._products(u), waiting)
        return out

    def _four_steps(self) -> list[Insn]:
        """DIRECT_N: four steps with each column of B loaded once."""
        tile, v = self.tile, self.tile.vectors
        loads = [operands.load_column(f"q{registers.b(tile, j)}", j) for j in range(tile.columns)]
        out = operands.load_a(self.tile, 0, 0) + operands.move_a(self.tile) + loads[:2]
        for u in range(LANES):
            products = [self._fma(i, j, u, registers.b(tile, j), u) for j in range(tile.columns) for i in range(v)]
            if u == 0:
                for j, load in enumerate(loads[2:]):  # two columns before it is needed
                    products[(j + 1) * v + j : (j + 1) * v + j] = [load]
            end = len(products)
            waiting = [(0, prefetch) for prefetch in operands.prefetches(self.tile, 0)]
            if u + 1 < LANES:
                waiting += [(self._a_free(end), insn) for insn in operands.load_a(self.tile, 0, u + 1)]
                waiting += [(end, insn) for insn in operands.move_a(self.tile)]
            out += weave(products, waiting)
        return out + operands.move_b(self.tile, LANES)

    # Products

    @property
    def _count(self) -> int:
        """Products of a step."""
        return self.tile.vectors * self.tile.columns

    def _a_free(self, end: int) -> int:
        """Where among `end` products the next step's vectors of A may be loaded."""
        return 0 if registers.a_sets(self.tile) == 2 else end

    @property
    def _b_free(self) -> list[int]:
        """The same for each part of the row of B."""
        return [min(p.end, self.tile.columns) * self.tile.vectors for p in registers.b_parts(self.tile)]

    def _fma(self, i: int, j: int, step: int, b: int, lane: int) -> Insn:
        tile = self.tile
        return asm.fma(j * tile.vectors + i, registers.a(tile, i, step), b, lane)

    def _products(self, step: int) -> list[Insn]:
        """B's row in a few vectors."""
        tile, loads = self.tile, registers.b_parts(self.tile)
        out = []
        for j in range(tile.columns):
            x, part = next((x, p) for x, p in enumerate(loads) if p.start <= j < p.end)
            out += [self._fma(i, j, step, registers.b(tile, x), j - part.start) for i in range(tile.vectors)]
        return out

    def _products_one_by_one(self) -> list[Insn]:
        """DIRECT_N: B's elements loaded one by one, as early as registers allow."""
        tile, first, out = self.tile, registers.b(self.tile), []
        ahead = min(registers.VECTORS - first, 4, tile.columns)
        loads = [operands.load_column(f"s{first + j % ahead}", j) for j in range(tile.columns)]
        for j in range(tile.columns):
            out += [self._fma(i, j, 0, first + j % ahead, 0) for i in range(tile.vectors)]
            out += loads[j + ahead : j + ahead + 1]
        return loads[:ahead] + out
