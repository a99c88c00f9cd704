"""What an instance says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

_KERNELS = ("pack_a", "pack_b", "compute", "direct_n", "direct_t", "stream", "dot")


class Path(IntEnum):
    """enum tensorop_path."""

    DIRECT = 0
    DIRECT_PACK = 1
    PACKED = 2
    STREAM = 3
    DOT = 4


_NEEDS = {
    Path.DIRECT: {"direct_n", "direct_t"},
    Path.DIRECT_PACK: {"pack_a", "direct_n", "direct_t"},
    Path.PACKED: {"pack_a", "pack_b", "compute"},
    Path.STREAM: {"stream"},
    Path.DOT: {"dot"},
}


@dataclass(frozen=True, slots=True)
class Geometry:
    """The fields of kernel_abi.h and instance.h; kernels: the roles it has. sandboxed: system calls are filtered.
    unchecked: rules of the calling convention that cannot be checked on this machine."""

    name: str
    mr: int
    nr: int
    lanes: int
    direct_rows: int
    direct_n_max: tuple[int, ...]
    stream_k: int
    stream_n: int
    stream_products: int
    dot_edge: int
    dot_products: int
    workspace: int
    m_grain: int
    n_grain: int
    kernels: frozenset[str]
    sandboxed: bool
    unchecked: tuple[str, ...]

    @classmethod
    def from_hello(cls, hello: dict[str, Any]) -> Geometry:
        """From the verifier's first line."""
        roles = frozenset(role for i, role in enumerate(_KERNELS) if hello["kernels"] >> i & 1)
        tuples = {name: tuple(hello[name]) for name in ("direct_n_max", "unchecked")}
        return cls(**hello | tuples | {"kernels": roles})

    @property
    def paths(self) -> list[Path]:
        """Those that its kernels allow."""
        return [path for path, needs in _NEEDS.items() if needs <= self.kernels]

    def direct_columns(self, rows: int) -> int:
        """Most columns of a DIRECT tile of so many rows."""
        return self.direct_n_max[(rows - 1) // self.lanes]
