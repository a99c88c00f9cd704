"""What a k-step of COMPUTE and DIRECT for AArch64 loads and fetches, and how its pointers move on."""

from __future__ import annotations

from tensorop_gen.isa.kernel import FLOAT, Tile
from tensorop_gen.isa.neon import asm, registers
from tensorop_gen.isa.neon.asm import LANES
from tensorop_gen.isa.neon.rows import Part, parts
from tensorop_gen.isa.program import Insn, Mem

_LINE = 64
_VECTOR = LANES * FLOAT
_REACH = 255  # bytes to an operand that is not at a multiple of its size
_FAR = 4096  # operands to one that is


def most_unroll(nr: int) -> int:
    """k-steps of a pass of COMPUTE whose rows of B, and the row behind them, can be addressed."""
    far = _FAR // nr
    return next((step for step in range(far) if not all(_reaches(nr, step + 1, p) for p in parts(nr))), far)


def _reaches(nr: int, step: int, part: Part) -> bool:
    disp, size = (step * nr + part.start) * FLOAT, part.length * FLOAT
    return disp <= _REACH or (disp % size == 0 and disp < _FAR * size)


def load_a(tile: Tile, offset: int, step: int) -> list[Insn]:
    """offset: k-steps behind the pointers; step: which of a pass, as sets of registers take turns."""
    first = registers.a(tile, 0, step)
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


def load_b(tile: Tile, offset: int) -> list[Insn]:
    """A row of B. Raises ValueError if it cannot be addressed."""
    nr, out = tile.kernel.nr, []
    for i, part in enumerate(registers.b_parts(tile)):
        if not _reaches(nr, offset, part):
            raise ValueError(f"unroll: step {offset} of B cannot be addressed with nr = {nr}")
        b = Mem("x2", (offset * nr + part.start) * FLOAT, space="b")
        out.append(asm.load(f"{part.size}{registers.b(tile, i)}", b))
    return out


def load_column(register: str, j: int) -> Insn:
    """DIRECT_N: as many elements of column j as the register has."""
    return asm.load(register, Mem(registers.COLUMNS[j], 0, "x8", space="b"))


def prefetches(tile: Tile, offset: int) -> list[Insn]:
    """COMPUTE: of B ahead of the loads, a line at a time. DIRECT: of the rows below the tile's."""
    kernel = tile.kernel
    row = offset * kernel.nr * FLOAT
    if kernel.prefetch_b and row % _LINE < kernel.nr * FLOAT:
        return [asm.prefetch(Mem("x2", kernel.prefetch_b + row // 8 * 8))]
    if kernel.prefetch_a and kernel.role != "compute" and tile.edge != "narrow":
        return [asm.prefetch(Mem("x1", tile.vectors * 4 * FLOAT))]
    return []


def move_a(tile: Tile) -> list[Insn]:
    """DIRECT: A's pointers to the next k-step."""
    pointers = ["x1"] + ["x6"] * (tile.vectors > 1 or tile.edge == "narrow")
    pointers += [registers.third_row(tile.kernel)] * (tile.edge == "narrow")
    return [asm.add(p, p, "x7") for p in pointers]


def move_b(tile: Tile, steps: int) -> list[Insn]:
    """DIRECT: B some steps on (DIRECT_T: one)."""
    return [asm.add("x8", "x8", steps * FLOAT) if tile.kernel.role == "direct_n" else asm.add("x2", "x2", "x8")]
