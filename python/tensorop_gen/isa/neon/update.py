"""The last phase of COMPUTE and DIRECT for AArch64: C = alpha * accumulators + beta * C, column by column.

It is written for each number of row vectors four times over: alpha = 1 saves a multiplication that small products feel,
beta = 0 (of either sign) must not read C.

x10 counts the columns left; x11 is the distance of C's last vector from the column's first row; narrow: x6 and x7 are
rows 1 and 2. Other registers as in registers.py."""

from __future__ import annotations

from dataclasses import dataclass

from tensorop_gen.isa.kernel import FLOAT, TileKernel
from tensorop_gen.isa.neon import asm
from tensorop_gen.isa.neon.asm import LANES
from tensorop_gen.isa.neon.registers import SCALARS
from tensorop_gen.isa.program import Code, Insn, Mem

_VECTOR = LANES * FLOAT
TILE_M, TILE_N = 0, 8  # offsets in struct tensorop_tile
_ALPHA, _BETA = 16, 20
_ONE = 0x3F800000  # 1.0F


def narrow_rows(code: Code, first: str, others: tuple[str, str]) -> None:
    """Pointers to rows 1 and 2, or to the last row if it comes before; x11 is the count of rows, x12 scratch."""
    previous = first
    for row, pointer in enumerate(others, 1):
        code.emit(asm.compare("x11", row), asm.flag("x12", "hi"), asm.add(pointer, previous, "x12", "lsl #2"))
        previous = pointer


@dataclass(frozen=True, slots=True)
class Update:
    """The update of tiles of so many row vectors; narrow: of fewer rows than a vector has lanes."""

    kernel: TileKernel
    vectors: int
    narrow: bool = False

    def write(self, code: Code, done: str) -> None:
        code.emit(
            asm.load("x10", Mem("x5", TILE_N, space="tile")),
            asm.load("x11", Mem("x5", TILE_M, space="tile")),
            asm.load(f"d{SCALARS}", Mem("x5", _ALPHA, space="tile")),
            asm.load("w9", Mem("x5", _BETA, space="tile")),
            asm.shift_left("w9", "w9", 1),  # beta = 0, of either sign?
            asm.load("w12", Mem("x5", _ALPHA, space="tile")),
            asm.mov("w13", _ONE),
            asm.sub("w13", "w13", "w12"),  # alpha = 1?
        )
        if self.vectors == 1:
            code.emit(asm.compare("x11", LANES), asm.jump_if("lo", "update1_narrow"))
        code.emit(asm.shift_left("x11", "x11", 2), asm.sub("x11", "x11", _VECTOR))
        self._ways(code, done, f"update{self.vectors}")
        if self.vectors == 1:
            code.block("update1_narrow")
            narrow_rows(code, "x3", ("x6", "x7"))
            Update(self.kernel, 1, narrow=True)._ways(code, done, "update1_narrow")

    def _ways(self, code: Code, done: str, name: str) -> None:
        code.emit(asm.jump_if_zero("w13", f"{name}_one"))
        for scale, way in ((True, name), (False, f"{name}_one")):
            if not scale:
                code.block(way)
            code.emit(asm.jump_if_zero("w9", f"{way}_set"))
            self._columns(code, done, scale, add=True)
            code.block(f"{way}_set")
            self._columns(code, done, scale, add=False)

    def _columns(self, code: Code, done: str, scale: bool, add: bool) -> None:
        v, columns = self.vectors, self.kernel.caps[self.vectors - 1]
        for j in range(columns):
            accumulators, old = range(j * v, (j + 1) * v), v * columns
            code.emit(*(self._load(old) if add else ()))
            code.emit(*(asm.mul(acc, acc, SCALARS, 0) for acc in accumulators if scale))
            code.emit(*(asm.fma(acc, old + i, SCALARS, 1) for i, acc in enumerate(accumulators) if add))
            code.emit(*self._store(j * v))
            if j + 1 == columns:
                code.emit(asm.jump(done))
            else:
                code.emit(asm.count_down("x10", 1), asm.jump_if("eq", done), asm.add("x3", "x3", "x4"))

    def _row(self, i: int) -> Mem:
        """Row vector i of the column; the last begins four rows before the end."""
        last = i > 0 and i == self.vectors - 1
        return Mem("x3", 0, "x11", space="c") if last else Mem("x3", i * _VECTOR, space="c")

    def _load(self, first: int) -> list[Insn]:
        """A whole column before any of it is stored: its last two vectors may overlap."""
        if not self.narrow:
            return [asm.load(f"q{first + i}", self._row(i)) for i in range(self.vectors)]
        return [
            asm.load(f"s{first}", Mem("x3", space="c")),
            asm.load_lane(first, 1, Mem("x6", space="c")),
            asm.load_lane(first, 2, Mem("x7", space="c")),
        ]

    def _store(self, first: int) -> list[Insn]:
        if not self.narrow:
            return [asm.store(f"q{first + i}", self._row(i)) for i in range(self.vectors)]
        # From the last lane to the first: of lanes that go to one place the row's own is the last.
        return [
            asm.store_lane(first, 2, Mem("x7", space="c"), "x4"),
            asm.store_lane(first, 1, Mem("x6", space="c"), "x4"),
            asm.store(f"s{first}", Mem("x3", space="c")),
        ]
