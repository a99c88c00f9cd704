"""The k-steps of COMPUTE and DIRECT for AArch64: one by one, and as loop passes in which the operands of a step are
loaded among the products of the one before.

Loads stand apart: cores that issue two multiply-adds a cycle lose slots where several loads follow each other."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, Tile
from tensorop_gen.isa.neon import asm, registers
from tensorop_gen.isa.neon.asm import LANES
from tensorop_gen.isa.neon.rows import Part, parts
from tensorop_gen.isa.program import Insn, Mem

_LINE = 64
_VECTOR = LANES * FLOAT
_SPACING = 4  # products between two loads
_REACH = 255  # bytes to an operand that is not at a multiple of its size
_FAR = 4096  # operands to one that is
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


def most_unroll(nr: int) -> int:
    """k-steps of a pass of COMPUTE whose rows of B, and the row behind them, can be addressed."""
    far = _FAR // nr
    return next((step for step in range(far) if not all(_reaches(nr, step + 1, p) for p in parts(nr))), far)


def _reaches(nr: int, step: int, part: Part) -> bool:
    disp, size = (step * nr + part.start) * FLOAT, part.length * FLOAT
    return disp <= _REACH or (disp % size == 0 and disp < _FAR * size)


@dataclass(frozen=True, slots=True)
class Steps:
    """The k-steps of one tile size. `offset`: how many steps behind the pointers, `step`: which of a pass."""

    tile: Tile

    # Whole steps

    def single(self, offset: int) -> list[Insn]:
        """One step, its operands loaded first."""
        out = self._prefetches(offset) + self._load_a(offset, 0)
        if self.tile.kernel.role == "direct_n":
            return out + self._products_one_by_one() + self._move_a() + self._move_b(1)
        out += self._load_b(offset) + self._products(0)
        return out if self.tile.kernel.role == "compute" else out + self._move_a() + self._move_b(1)

    def first_operands(self) -> list[Insn]:
        return self._load_a(0, 0) + self._load_b(0)

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
        waiting = [(self._a_free(self._count), load) for load in self._load_a(step + 1, step + 1)]
        waiting += zip(self._b_free, self._load_b(step + 1), strict=True)
        waiting += [(0, prefetch) for prefetch in self._prefetches(step)]
        return weave(self._products(step), waiting)

    def _direct_pass(self, unroll: int) -> list[Insn]:
        """DIRECT_T. The first step's operands are loaded first."""
        out = self._load_a(0, 0) + self._load_b(0) + self._move_a() + self._move_b(1)
        for u in range(unroll):
            waiting = [(0, prefetch) for prefetch in self._prefetches(0)]
            if u + 1 < unroll:
                waiting += [(self._a_free(self._count), load) for load in self._load_a(0, u + 1)]
                waiting += zip(self._b_free, self._load_b(0), strict=True)
                waiting += [(self._count, move) for move in self._move_a() + self._move_b(1)]
            out += weave(self._products(u), waiting)
        return out

    def _four_steps(self) -> list[Insn]:
        """DIRECT_N: four steps with each column of B loaded once."""
        tile, v = self.tile, self.tile.vectors
        loads = [self._load_column(f"q{registers.b(tile, j)}", j) for j in range(tile.columns)]
        out = self._load_a(0, 0) + self._move_a() + loads[:2]
        for u in range(LANES):
            products = [self._fma(i, j, u, registers.b(tile, j), u) for j in range(tile.columns) for i in range(v)]
            if u == 0:
                for j, load in enumerate(loads[2:]):  # two columns before it is needed
                    products[(j + 1) * v + j : (j + 1) * v + j] = [load]
            end = len(products)
            waiting = [(0, prefetch) for prefetch in self._prefetches(0)]
            if u + 1 < LANES:
                waiting += [(self._a_free(end), insn) for insn in self._load_a(0, u + 1)]
                waiting += [(end, insn) for insn in self._move_a()]
            out += weave(products, waiting)
        return out + self._move_b(LANES)

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
        loads = [self._load_column(f"s{first + j % ahead}", j) for j in range(tile.columns)]
        for j in range(tile.columns):
            out += [self._fma(i, j, 0, first + j % ahead, 0) for i in range(tile.vectors)]
            out += loads[j + ahead : j + ahead + 1]
        return loads[:ahead] + out

    # Operands

    def _load_a(self, offset: int, step: int) -> list[Insn]:
        tile, first = self.tile, registers.a(self.tile, 0, step)
        if tile.edge == "narrow":
            third = Mem(registers.third_row(tile.kernel), space="a")
            return [
                asm.load(f"s{first}", Mem("x1", space="a")),
                asm.load_lane(first, 1, Mem("x6", space="a")),
                asm.load_lane(first, 2, third),
            ]
        row = offset * tile.kernel.mr * FLOAT
        whole = range(max(tile.vectors - 1, 1))
        out = [asm.load(f"q{first + i}", Mem("x1", row + i * _VECTOR, space="a")) for i in whole]
        if tile.vectors > 1:
            out.append(asm.load(f"q{first + tile.vectors - 1}", Mem("x6", row, space="a")))
        return out

    def _load_b(self, offset: int) -> list[Insn]:
        """A row of B. Raises ValueError if it cannot be addressed."""
        nr, out = self.tile.kernel.nr, []
        for i, part in enumerate(registers.b_parts(self.tile)):
            if not _reaches(nr, offset, part):
                raise ValueError(f"unroll: step {offset} of B cannot be addressed with nr = {nr}")
            b = Mem("x2", (offset * nr + part.start) * FLOAT, space="b")
            out.append(asm.load(f"{part.size}{registers.b(self.tile, i)}", b))
        return out

    @staticmethod
    def _load_column(register: str, j: int) -> Insn:
        """DIRECT_N: as many elements of column j as the register has."""
        return asm.load(register, Mem(registers.COLUMNS[j], 0, "x8", space="b"))

    def _prefetches(self, offset: int) -> list[Insn]:
        """COMPUTE: of B ahead of the loads, a line at a time. DIRECT: of the rows below the tile's."""
        tile, kernel = self.tile, self.tile.kernel
        row = offset * kernel.nr * FLOAT
        if kernel.prefetch_b and row % _LINE < kernel.nr * FLOAT:
            return [asm.prefetch(Mem("x2", kernel.prefetch_b + row // 8 * 8))]
        if kernel.prefetch_a and kernel.role != "compute" and tile.edge != "narrow":
            return [asm.prefetch(Mem("x1", tile.vectors * 4 * FLOAT))]
        return []

    def _move_a(self) -> list[Insn]:
        """DIRECT: A's pointers to the next k-step."""
        tile = self.tile
        pointers = ["x1"] + ["x6"] * (tile.vectors > 1 or tile.edge == "narrow")
        pointers += [registers.third_row(tile.kernel)] * (tile.edge == "narrow")
        return [asm.add(p, p, "x7") for p in pointers]

    def _move_b(self, steps: int) -> list[Insn]:
        """DIRECT: B some steps on (DIRECT_T: one)."""
        return [
            asm.add("x8", "x8", steps * FLOAT) if self.tile.kernel.role == "direct_n" else asm.add("x2", "x2", "x8")
        ]
