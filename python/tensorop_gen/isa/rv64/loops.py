"""What COMPUTE and DIRECT have in common on all RISC-V CPUs: the k-loop's counting, and how B is reached.

Registers: a0 k left · a1 A · a2 B · a3 C · a4 ldc in bytes · a5 tile · t0 scratch; while the tile size is chosen t1
holds the rows, t2 the columns, t3 is scratch."""

from __future__ import annotations

from tensorop_gen.isa.kernel import FLOAT, Edge, Tile, TileKernel
from tensorop_gen.isa.program import Code, Mem
from tensorop_gen.isa.rv64 import asm

SCRATCH = "t0"
ROWS, COLUMNS = "t1", "t2"
TILE_M, TILE_N, TILE_ALPHA, TILE_BETA = 0, 8, 16, 20  # offsets in struct tensorop_tile
SRC_DATA, SRC_RS, SRC_CS = 0, 8, 16  # offsets in struct tensorop_src
# Registers for pointers and strides of a tile, those that need no saving first.
POOL = (*(r for r in asm.TEMPORARY if r != SCRATCH), *asm.SAVED)
REACH = 2047  # bytes that an address can be ahead of its pointer


def b_bytes(kernel: TileKernel, columns_apart: int, steps: int) -> int:
    """How far an element of B is from the one that its pointer is at."""
    if kernel.role == "compute":
        return (steps * kernel.nr + columns_apart) * FLOAT
    return columns_apart * FLOAT if kernel.role == "direct_t" else steps * FLOAT


def source(code: Code, pointer: str, stride: str, offset: int) -> None:
    """pointer: from the address of a tensorop_src to its data; stride: bytes, from the field at `offset`."""
    code.emit(
        asm.load("ld", stride, Mem(pointer, offset, space="src")),
        asm.load("ld", pointer, Mem(pointer, SRC_DATA, space="src")),
        asm.shift(stride, stride, 2),
    )


def times(code: Code, dest: str, source_register: str, factor: int, scratch: str) -> None:
    """dest = source * factor; scratch may not be the source."""
    if factor & (factor - 1) == 0:
        code.emit(asm.shift(dest, source_register, factor.bit_length() - 1))
    else:
        code.emit(asm.constant(scratch, factor), asm.op("mul", dest, source_register, scratch))


class Loops:
    """Phases of isa/driver.py that need no registers but the loop's."""

    def edges(self, kernel: TileKernel) -> tuple[Edge, ...]:  # noqa: ARG002  # one way fits all
        return ("whole",)

    def jump_unless(self, code: Code, edge: Edge, label: str) -> None:
        raise AssertionError(f"no way to read rows but one: {edge}, {label}, {code}")

    def k_hold_back(self, code: Code, steps: int, otherwise: str) -> None:
        raise ValueError(
            f"RISC-V has no prefetch in its baseline: prefetch_c must be 0, not {steps} ({otherwise}, {code})"
        )

    def k_held(self, code: Code, tile: Tile, if_none: str, again: str) -> None:
        raise AssertionError(f"nothing is held back: {tile.label}, {if_none}, {again}, {code}")

    def jump_columns_below(self, code: Code, value: int, label: str) -> None:
        code.emit(asm.constant("t3", value), asm.branch("blt", COLUMNS, "t3", label))

    def k_subtract(self, code: Code, steps: int, if_below: str) -> None:
        code.emit(asm.addi("a0", "a0", -steps), asm.branch("bltz", "a0", if_below))

    def k_again(self, code: Code, steps: int, if_left: str) -> None:
        code.emit(asm.addi("a0", "a0", -steps), asm.branch("bgez", "a0", if_left))

    def k_restore(self, code: Code, steps: int, if_zero: str) -> None:
        code.emit(asm.addi("a0", "a0", steps), asm.branch("beqz", "a0", if_zero))

    def k_next(self, code: Code, if_left: str) -> None:
        code.emit(asm.addi("a0", "a0", -1), asm.branch("bnez", "a0", if_left))

    def jump(self, code: Code, label: str) -> None:
        code.emit(asm.jump(label))
