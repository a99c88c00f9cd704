"""Registers of COMPUTE and DIRECT for AArch64.

General: x0 k left · x1 A · x2 B · x3 C · x4 ldc in bytes · x5 tile · x6 A's last vector (narrow: row 1). While the tile
size is chosen x9, x10, x11 hold the counts of vectors, columns and rows. DIRECT: x7 A's column stride, x8 B's row
stride (DIRECT_N: how far k has come) in bytes; DIRECT_N: one pointer for each column of B.
Vector: accumulator (row vector i, column j) of a tile of v vectors is j * v + i; A's vectors follow, then B's."""

from __future__ import annotations

from tensorop_gen.isa.kernel import Tile, TileKernel
from tensorop_gen.isa.neon.rows import Part, parts

VECTORS = 32
SCALARS = 31  # alpha (lane 0) and beta (lane 1), once the products are done
# DIRECT_N: where each column of B begins. Column 0 is B itself.
COLUMNS = ("x2", *(f"x{i}" for i in range(9, 17)), *(f"x{i}" for i in range(19, 26)))
HELD = "x17"  # the k-steps held back
_SAVED_VECTORS = tuple(f"d{i}" for i in range(8, 16))
_SAVED_GENERAL = tuple(f"x{i}" for i in range(19, 29))


def saved(kernel: TileKernel) -> tuple[str, ...]:
    return _SAVED_VECTORS + (_SAVED_GENERAL if kernel.role == "direct_n" else ())


def third_row(kernel: TileKernel) -> str:
    """Narrow DIRECT: pointer to row 2 of A."""
    return "x26" if kernel.role == "direct_n" else "x9"


def column_of_c(kernel: TileKernel) -> str:
    """The column of C that is prefetched."""
    return "x28" if kernel.role == "direct_n" else "x14"


def needs(vectors: int, columns: int) -> int:
    """Vector registers of a tile: accumulators, A's, and B's row of as many columns."""
    return vectors * columns + vectors + len(parts(columns))


def b_parts(tile: Tile) -> list[Part]:
    """The loads of a row of B: a panel's, which is padded, or no more than the tile's columns."""
    width = tile.kernel.nr if tile.kernel.role == "compute" else tile.columns
    return [p for p in parts(width) if p.start < tile.columns]


def by_four(tile: Tile) -> bool:
    """DIRECT_N: whether each column of B has a register, for four k-steps at once."""
    return tile.kernel.role == "direct_n" and tile.vectors * (tile.columns + 1) + tile.columns <= VECTORS


def a_sets(tile: Tile) -> int:
    """Sets of registers for A: two, taking turns, if loads run ahead and registers suffice. COMPUTE's take turns across
    loop passes."""
    b = tile.columns if by_four(tile) else len(b_parts(tile))
    fit = tile.vectors * (tile.columns + 2) + b <= VECTORS
    turns = tile.kernel.role != "compute" or (tile.kernel.ahead and tile.kernel.unroll % 2 == 0)
    return 2 if fit and turns else 1


def a(tile: Tile, i: int, step: int) -> int:
    return tile.vectors * (tile.columns + step % a_sets(tile)) + i


def b(tile: Tile, i: int = 0) -> int:
    """Part i of a row of B (four k-steps of column i)."""
    return tile.vectors * (tile.columns + a_sets(tile)) + i
