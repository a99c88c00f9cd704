"""COMPUTE and DIRECT for AArch64: the phases of isa/driver.py.

NEON has no masks. A tile of at least four rows reads and writes only whole vectors: its last vector is that of the last
four rows, which overlaps the one before where the rows do not fill it. What both hold is computed twice, alike. Fewer
rows are a vector by themselves (edge "narrow"), whose lanes are read and written one by one; the lanes past the last row
stand for that row once more.

Registers: x0 k left · x1 A · x2 B · x3 C · x4 ldc in bytes · x5 tile · x6 A's last vector (narrow: row 1); while the
tile size is chosen x9, x10, x11 hold the counts of vectors, columns and rows. COMPUTE: x7 the k-steps held back.
DIRECT: x7 A's column stride, x8 B's row stride (DIRECT_N: how far k has come) in bytes; DIRECT_N: one pointer for each
column of B.
Accumulator (row vector i, column j) of a tile of v vectors is vector register j * v + i; A's vectors follow, then B's."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, Edge, Tile, TileKernel
from tensorop_gen.isa.neon import asm
from tensorop_gen.isa.neon.asm import LANES
from tensorop_gen.isa.neon.rows import Part, parts
from tensorop_gen.isa.program import Code, Insn, Mem

_LINE = 64
_VECTOR = LANES * FLOAT
_TILE_M, _TILE_N, _TILE_ALPHA, _TILE_BETA, _TILE_NEXT_A = 0, 8, 16, 20, 24  # offsets in struct tensorop_tile
_SRC_DATA, _SRC_RS, _SRC_CS = 0, 8, 16  # offsets in struct tensorop_src
_REGISTERS = 32
_SPACING = 4  # products between two loads that run ahead
_SCALARS = 31  # vector register of alpha (lane 0) and beta (lane 1)
_SAVED_VECTORS = tuple(f"d{i}" for i in range(8, 16))
_SAVED_GENERAL = tuple(f"x{i}" for i in range(19, 27))
# DIRECT_N: where each column of B begins. Column 0 is B itself.
_COLUMNS = ("x2", *(f"x{i}" for i in range(9, 18)), *(f"x{i}" for i in range(19, 25)))


def needs(vectors: int, columns: int) -> int:
    """Vector registers of a tile: accumulators, A's, and B's row of as many columns."""
    return vectors * columns + vectors + len(parts(columns))


def _third_row(kernel: TileKernel) -> str:
    """Narrow DIRECT: pointer to row 2 of A."""
    return "x25" if kernel.role == "direct_n" else "x9"


def _next_a(kernel: TileKernel) -> str:
    """DIRECT: how far next_a is from A."""
    return "x26" if kernel.role == "direct_n" else "x10"


def _saved(kernel: TileKernel) -> tuple[str, ...]:
    return _SAVED_VECTORS + (_SAVED_GENERAL if kernel.role == "direct_n" else ())


@dataclass(frozen=True, slots=True)
class NeonTile:
    """The phases for 128-bit vectors."""

    # Phases

    def prologue(self, code: Code, kernel: TileKernel) -> None:
        code.emit(*asm.save(_saved(kernel)))
        code.emit(
            asm.load("x11", Mem("x5", _TILE_M, space="tile")),
            asm.load("x10", Mem("x5", _TILE_N, space="tile")),
            asm.shift_left("x4", "x4", 2),
            asm.add("x9", "x11", LANES - 1),
            asm.scalar("lsr", "x9", "x9", 2),
        )

    def edges(self, kernel: TileKernel) -> tuple[Edge, ...]:
        return ("whole",) if kernel.role == "compute" else ("whole", "narrow")  # panels are padded

    def jump_unless(self, code: Code, edge: Edge, label: str) -> None:  # noqa: ARG002  # only "whole" is asked for
        code.emit(asm.compare("x11", LANES), asm.jump_if("lo", label))

    def jump_below(self, code: Code, what: str, value: int, label: str) -> None:
        code.emit(asm.compare({"vectors": "x9", "columns": "x10"}[what], value), asm.jump_if("lo", label))

    def begin(self, code: Code, tile: Tile) -> None:
        if tile.kernel.role != "compute":
            self._load_sources(code, tile)
        if tile.edge == "narrow":
            self._narrow_rows(code, "x1", ("x6", _third_row(tile.kernel)))
        elif tile.vectors > 1:
            code.emit(asm.add("x6", "x1", "x11", "lsl #2"), asm.sub("x6", "x6", _VECTOR))
        if tile.kernel.role == "direct_n":
            self._load_columns(code, tile)
        code.emit(*(asm.zero(r) for r in range(tile.vectors * tile.columns)))

    def _load_sources(self, code: Code, tile: Tile) -> None:
        """From the source descriptors: data and strides."""
        b_stride = _SRC_CS if tile.kernel.role == "direct_n" else _SRC_RS
        code.emit(
            asm.load("x7", Mem("x1", _SRC_CS, space="src")),
            asm.load("x8", Mem("x2", b_stride, space="src")),
            asm.load("x1", Mem("x1", _SRC_DATA, space="src")),
            asm.load("x2", Mem("x2", _SRC_DATA, space="src")),
            asm.shift_left("x7", "x7", 2),
            asm.shift_left("x8", "x8", 2),
        )
        if tile.kernel.prefetch_next:
            distance = _next_a(tile.kernel)
            code.emit(asm.load(distance, Mem("x5", _TILE_NEXT_A, space="tile")), asm.sub(distance, distance, "x1"))

    @staticmethod
    def _narrow_rows(code: Code, first: str, others: tuple[str, str]) -> None:
        """Pointers to rows 1 and 2, or to the last row if it comes before; x11 is the count of rows, x12 scratch."""
        previous = first
        for row, pointer in enumerate(others, 1):
            code.emit(
                asm.compare("x11", row),
                asm.flag("x12", "hi"),
                asm.add(pointer, previous, "x12", "lsl #2"),
            )
            previous = pointer

    @staticmethod
    def _load_columns(code: Code, tile: Tile) -> None:
        for j in range(1, tile.columns):
            code.emit(asm.add(_COLUMNS[j], _COLUMNS[j - 1], "x8"))
        code.emit(asm.mov("x8", 0))

    def enter(self, code: Code, tile: Tile) -> None:
        if tile.kernel.ahead:
            code.emit(*self._load_a(tile, 0), *self._load_b(tile, 0))

    def loop_pass(self, code: Code, tile: Tile) -> None:
        kernel = tile.kernel
        for u in range(kernel.unroll):
            if kernel.ahead:
                code.emit(*self._step_ahead(tile, u))
            else:
                self.step(code, tile, u)
        self.advance(code, tile, kernel.unroll)

    def leave(self, code: Code, tile: Tile) -> None:
        """The pointers have not moved past what was loaded ahead: it is loaded again."""

    def step(self, code: Code, tile: Tile, offset: int) -> None:
        code.emit(*self._prefetches(tile, offset), *self._load_a(tile, offset))
        if tile.kernel.role == "direct_n":
            self._products_by_column(code, tile)
        else:
            code.emit(*self._load_b(tile, offset), *self._products(tile, offset))
        if tile.kernel.role != "compute":
            self._move_on(code, tile)

    def _step_ahead(self, tile: Tile, offset: int) -> list[Insn]:
        """The products of one step; among them, well apart, the loads of the next one's operands. Those of B, and of A if
        it has but one set of registers, stand behind the last product that uses the register."""
        products = self._products(tile, offset)
        ends = [p.end * tile.vectors for p in self._b_parts(tile)]
        first = 0 if self._sets(tile) == 2 else len(products)
        waiting = [(first, load) for load in self._load_a(tile, offset + 1)]
        waiting += zip(ends, self._load_b(tile, offset + 1), strict=True)
        waiting += [(0, prefetch) for prefetch in self._prefetches(tile, offset)]
        out = []
        for done, product in enumerate(products, 1):
            out.append(product)
            ready = next((w for w in waiting if w[0] <= done), None)
            if ready and done % _SPACING == 0:
                waiting.remove(ready)
                out.append(ready[1])
        return out + [insn for _, insn in waiting]

    @staticmethod
    def _prefetches(tile: Tile, offset: int) -> list[Insn]:
        kernel, out = tile.kernel, []
        row = offset * kernel.mr * FLOAT
        if kernel.prefetch_a and row % _LINE < kernel.mr * FLOAT:
            out += [asm.prefetch(Mem("x1", kernel.prefetch_a + row))]
        row = offset * kernel.nr * FLOAT
        if kernel.prefetch_b and row % _LINE < kernel.nr * FLOAT:
            out += [asm.prefetch(Mem("x2", kernel.prefetch_b + row // 8 * 8))]
        if kernel.prefetch_next:
            out += [asm.prefetch(Mem("x1", 0, _next_a(kernel)))]
        return out

    @staticmethod
    def _sets(tile: Tile) -> int:
        """Sets of registers for A: two, taking turns, if loads run ahead and registers suffice."""
        fit = needs(tile.vectors, tile.columns) + tile.vectors <= _REGISTERS
        return 2 if tile.kernel.ahead and tile.kernel.unroll % 2 == 0 and fit else 1

    def _a(self, tile: Tile, i: int, step: int = 0) -> int:
        return tile.vectors * (tile.columns + step % self._sets(tile)) + i

    def _b(self, tile: Tile) -> int:
        """The first register of B."""
        return tile.vectors * (tile.columns + self._sets(tile))

    def _load_a(self, tile: Tile, offset: int) -> list[Insn]:
        first = self._a(tile, 0, offset)
        if tile.edge == "narrow":
            third = Mem(_third_row(tile.kernel), space="a")
            return [
                asm.load(f"s{first}", Mem("x1", space="a")),
                asm.load_lane(first, 1, Mem("x6", space="a")),
                asm.load_lane(first, 2, third),
            ]
        row = offset * tile.kernel.mr * FLOAT if tile.kernel.role == "compute" else 0
        whole = [asm.load(f"q{first + i}", Mem("x1", row + i * _VECTOR, space="a")) for i in range(max(tile.vectors - 1, 1))]
        last = [asm.load(f"q{first + tile.vectors - 1}", Mem("x6", row, space="a"))] if tile.vectors > 1 else []
        return whole + last

    @staticmethod
    def _b_parts(tile: Tile) -> list[Part]:
        """The loads of a row of B: a panel's, which is padded, or no more than the tile's columns."""
        width = tile.kernel.nr if tile.kernel.role == "compute" else tile.columns
        return [p for p in parts(width) if p.start < tile.columns]

    def _load_b(self, tile: Tile, offset: int) -> list[Insn]:
        first = self._b(tile)
        row = offset * tile.kernel.nr * FLOAT
        return [
            asm.load(f"{p.size}{first + x}", Mem("x2", row + p.start * FLOAT, space="b"))
            for x, p in enumerate(self._b_parts(tile))
        ]

    def _products(self, tile: Tile, offset: int) -> list[Insn]:
        """The multiply-adds of one k-step."""
        first, v = self._b(tile), tile.vectors
        loads = self._b_parts(tile)
        out = []
        for j in range(tile.columns):
            x, part = next((x, p) for x, p in enumerate(loads) if p.start <= j < p.end)
            out += [asm.fma(j * v + i, self._a(tile, i, offset), first + x, j - part.start) for i in range(v)]
        return out

    def _products_by_column(self, code: Code, tile: Tile) -> None:
        """The same with B's elements loaded one by one, as early as registers allow."""
        v, first = tile.vectors, self._b(tile)
        ahead = min(_REGISTERS - first, 4, tile.columns)

        def load(j: int) -> Insn:
            return asm.load(f"s{first + j % ahead}", Mem(_COLUMNS[j], 0, "x8", space="b"))

        code.emit(*(load(j) for j in range(ahead)))
        for j in range(tile.columns):
            code.emit(*(asm.fma(j * v + i, self._a(tile, i), first + j % ahead, 0) for i in range(v)))
            if j + ahead < tile.columns:
                code.emit(load(j + ahead))

    @staticmethod
    def _move_on(code: Code, tile: Tile) -> None:
        """DIRECT: the pointers to the next k-step."""
        pointers = ["x1"] + ["x6"] * (tile.vectors > 1 or tile.edge == "narrow")
        pointers += [_third_row(tile.kernel)] * (tile.edge == "narrow")
        code.emit(*(asm.add(p, p, "x7") for p in pointers))
        code.emit(asm.add("x8", "x8", FLOAT) if tile.kernel.role == "direct_n" else asm.add("x2", "x2", "x8"))

    def advance(self, code: Code, tile: Tile, steps: int) -> None:
        kernel = tile.kernel
        if kernel.role == "compute":
            pointers = ["x1"] + ["x6"] * (tile.vectors > 1)
            code.emit(*(asm.add(p, p, steps * kernel.mr * FLOAT) for p in pointers))
            code.emit(asm.add("x2", "x2", steps * kernel.nr * FLOAT))

    def k_subtract(self, code: Code, steps: int, if_below: str) -> None:
        code.emit(asm.count_down("x0", steps), asm.jump_if("lt", if_below))

    def k_again(self, code: Code, steps: int, if_left: str) -> None:
        code.emit(asm.count_down("x0", steps), asm.jump_if("ge", if_left))

    def k_restore(self, code: Code, steps: int, if_zero: str) -> None:
        code.emit(asm.count_up("x0", steps), asm.jump_if("eq", if_zero))

    def k_next(self, code: Code, if_left: str) -> None:
        code.emit(asm.count_down("x0", 1), asm.jump_if("ne", if_left))

    def k_hold_back(self, code: Code, steps: int) -> None:
        code.emit(
            asm.mov("x7", steps),
            asm.compare("x0", "x7"),
            asm.select("x7", "x0", "x7", "lt"),
            asm.sub("x0", "x0", "x7"),
        )

    def k_held(self, code: Code, tile: Tile, if_none: str, again: str) -> None:
        code.emit(asm.jump_if_zero("x7", if_none), asm.mov("x0", "x7"), asm.mov("x7", 0), asm.mov("x9", "x3"))
        size = tile.vectors * _VECTOR
        for j in range(tile.columns):
            # The last float as well: the column may begin anywhere in a line.
            code.emit(*(asm.prefetch(Mem("x9", d), "pstl1keep") for d in (*range(0, size, _LINE), size - FLOAT)))
            if j + 1 < tile.columns:
                code.emit(asm.add("x9", "x9", "x4"))
        code.emit(asm.jump(again))

    def jump(self, code: Code, label: str) -> None:
        code.emit(asm.jump(label))

    def update(self, code: Code, kernel: TileKernel, vectors: int, done: str) -> None:
        """x10 columns left, x11 distance of C's last vector from the column's first row."""
        code.emit(
            asm.load("x10", Mem("x5", _TILE_N, space="tile")),
            asm.load("x11", Mem("x5", _TILE_M, space="tile")),
            asm.load(f"d{_SCALARS}", Mem("x5", _TILE_ALPHA, space="tile")),
            asm.load("w9", Mem("x5", _TILE_BETA, space="tile")),
            asm.shift_left("w9", "w9", 1),  # beta = 0, of either sign?
        )
        if vectors == 1:
            code.emit(asm.compare("x11", LANES), asm.jump_if("lo", "update1_narrow"))
        code.emit(asm.shift_left("x11", "x11", 2), asm.sub("x11", "x11", _VECTOR))
        self._columns(code, kernel, vectors, done, f"update{vectors}_set", narrow=False)
        if vectors == 1:
            code.block("update1_narrow")
            self._narrow_rows(code, "x3", ("x6", "x7"))
            self._columns(code, kernel, vectors, done, "update1_narrow_set", narrow=True)

    def _columns(self, code: Code, kernel: TileKernel, vectors: int, done: str, name: str, narrow: bool) -> None:
        """Both ways to update the columns: with beta, and (beta = 0) without reading C."""
        code.emit(asm.jump_if_zero("w9", name))
        columns = kernel.caps[vectors - 1]
        old = vectors * columns
        for add in (True, False):
            for j in range(columns):
                accumulators = range(j * vectors, (j + 1) * vectors)
                code.emit(*(self._load_c(vectors, old, narrow) if add else ()))
                code.emit(*(asm.mul(acc, acc, _SCALARS, 0) for acc in accumulators))
                code.emit(*(asm.fma(acc, old + i, _SCALARS, 1) for i, acc in enumerate(accumulators) if add))
                code.emit(*self._store_c(vectors, j * vectors, narrow))
                if j + 1 == columns:
                    code.emit(asm.jump(done))
                else:
                    code.emit(asm.count_down("x10", 1), asm.jump_if("eq", done), asm.add("x3", "x3", "x4"))
            if add:
                code.block(name)

    @staticmethod
    def _c(vectors: int, i: int) -> Mem:
        last = i > 0 and i == vectors - 1
        return Mem("x3", 0, "x11", space="c") if last else Mem("x3", i * _VECTOR, space="c")

    def _load_c(self, vectors: int, first: int, narrow: bool) -> list[Insn]:
        """A whole column before any of it is stored: its last two vectors may overlap."""
        if not narrow:
            return [asm.load(f"q{first + i}", self._c(vectors, i)) for i in range(vectors)]
        return [
            asm.load(f"s{first}", Mem("x3", space="c")),
            asm.load_lane(first, 1, Mem("x6", space="c")),
            asm.load_lane(first, 2, Mem("x7", space="c")),
        ]

    def _store_c(self, vectors: int, first: int, narrow: bool) -> list[Insn]:
        if not narrow:
            return [asm.store(f"q{first + i}", self._c(vectors, i)) for i in range(vectors)]
        # From the last lane to the first: of lanes that go to one place the row's own is the last.
        return [
            asm.store_lane(first, 2, Mem("x7", space="c"), "x4"),
            asm.store_lane(first, 1, Mem("x6", space="c"), "x4"),
            asm.store(f"s{first}", Mem("x3", space="c")),
        ]

    def epilogue(self, code: Code, kernel: TileKernel) -> None:
        code.emit(*asm.restore(_saved(kernel)), asm.ret())
