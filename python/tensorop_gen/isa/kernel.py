"""What a kernel is to do, in terms that hold for every instruction set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# How the last vector of a tile's rows is read: whole (unmasked), through the row mask, or through it at half width.
# narrow: the tile has fewer rows than a vector, hence one vector, and is read by other means.
Edge = Literal["whole", "masked", "half", "narrow"]
TileRole = Literal["compute", "direct_n", "direct_t"]
FLOAT = 4  # bytes


@dataclass(frozen=True, slots=True)
class TileKernel:
    """COMPUTE or DIRECT of kernel_abi.h: C(m x n) = alpha * A * B + beta * C for any tile up to the caps.

    caps[v - 1]: most columns of a tile whose rows fill v vectors. mr, nr: panel widths in floats (COMPUTE).
    unroll: k-steps a loop pass. prefetch_a: fetches what tile.next_a points at (DIRECT: the rows below the tile's);
    prefetch_b: bytes ahead of the loads, prefetch_c: k-steps before the end of the loop, 0 for none.
    half: rows that fill at most half of the last vector are computed at half width, for where that is faster.
    group: registers of one vector, where the instruction set groups them. ahead: COMPUTE loads the operands of a k-step
    among the products of the one before. splat: B's elements are spread over registers before they are multiplied."""

    role: TileRole
    caps: tuple[int, ...]
    unroll: int = 4
    mr: int = 0
    nr: int = 0
    prefetch_a: bool = False
    prefetch_b: int = 0
    prefetch_c: int = 0
    half: bool = False
    group: int = 1
    ahead: bool = False
    splat: bool = False


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile size of a kernel: `vectors` x `columns`, and how its last vector is read."""

    kernel: TileKernel
    vectors: int
    columns: int
    edge: Edge

    @property
    def label(self) -> str:
        return f"v{self.vectors}n{self.columns}{self.edge[0]}"


@dataclass(frozen=True, slots=True)
class PackKernel:
    """PACK of kernel_abi.h for panels of `width` floats or, where `vectors` is given and the instruction set is
    scalable, of as many vectors of `group` registers. prefetch: fetches the rows behind the block, which are likely to
    be packed next."""

    width: int
    vectors: int = 0
    group: int = 1
    prefetch: bool = False


@dataclass(frozen=True, slots=True)
class StreamKernel:
    """STREAM of kernel_abi.h: up to `k_max` columns of A against up to `n_max` columns of B, k * n <= products.
    prefetch: of what the tile says that the next call reads of A. group: registers of one vector."""

    k_max: int
    n_max: int
    products: int
    prefetch: bool = False
    group: int = 1

    def columns(self, k: int) -> list[int]:
        """Every n that it takes with k columns of A."""
        return [n for n in range(1, self.n_max + 1) if k * n <= self.products]


@dataclass(frozen=True, slots=True)
class DotKernel:
    """DOT of kernel_abi.h: up to m_max rows of A against n_max columns of B, m * n <= products.
    group: registers of one vector."""

    m_max: int
    n_max: int
    products: int
    group: int = 1

    @property
    def tiles(self) -> list[tuple[int, int]]:
        """Every (m, n) that it takes."""
        rows, columns = range(1, self.m_max + 1), range(1, self.n_max + 1)
        return [(m, n) for m in rows for n in columns if m * n <= self.products]
