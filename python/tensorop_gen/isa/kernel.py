"""What a kernel is to do, in terms that hold for every instruction set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["compute", "direct_n", "direct_t"]
FLOAT = 4  # bytes


@dataclass(frozen=True, slots=True)
class TileKernel:
    """COMPUTE or DIRECT of kernel_abi.h: C(m x n) = alpha * A * B + beta * C for any tile up to the caps.

    caps[v - 1]: most columns of a tile whose rows fill v vectors. mr, nr: panel widths in floats (COMPUTE).
    unroll: k-steps a loop pass. prefetch_*: bytes ahead of the loads, 0 for none."""

    role: Role
    caps: tuple[int, ...]
    unroll: int = 4
    mr: int = 0
    nr: int = 0
    prefetch_a: int = 0
    prefetch_b: int = 0
    prefetch_c: bool = False


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile size of a kernel: `vectors` x `columns`. masked: the last vector of A is loaded through the row mask."""

    kernel: TileKernel
    vectors: int
    columns: int
    masked: bool

    @property
    def label(self) -> str:
        return f"v{self.vectors}n{self.columns}{'m' if self.masked else ''}"


@dataclass(frozen=True, slots=True)
class PackKernel:
    """PACK of kernel_abi.h for panels of `width` floats."""

    width: int


@dataclass(frozen=True, slots=True)
class StreamKernel:
    """STREAM of kernel_abi.h: up to `k_max` columns of A against up to `n_max` columns of B, k * n <= products.
    prefetch: bytes ahead of the loads of A."""

    k_max: int
    n_max: int
    products: int
    prefetch: int = 0


@dataclass(frozen=True, slots=True)
class DotKernel:
    """DOT of kernel_abi.h: up to m_max rows of A against n_max columns of B, m * n <= products."""

    m_max: int
    n_max: int
    products: int
