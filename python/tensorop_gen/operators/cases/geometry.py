"""What an instance says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

KERNELS = ("pack_a", "pack_b", "compute", "direct_n", "direct_t", "stream", "dot")


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

_MOST_OF_TILE, _MOST_OF_SHARE = 1 << 10, 1 << 16
# Numbers of a tile that a kernel cannot do without.
_NUMBERS = {
    "direct_n": ("lanes", "direct_rows"),
    "direct_t": ("lanes", "direct_rows"),
    "stream": ("stream_k", "stream_n", "stream_products"),
    "dot": ("dot_edge", "dot_products"),
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
        """From the verifier's first line. Raises ValueError where the instance's numbers make no sense."""
        roles = frozenset(role for i, role in enumerate(KERNELS) if hello["kernels"] >> i & 1)
        tuples = {name: tuple(hello[name]) for name in ("direct_n_max", "unchecked")}
        geometry = cls(**hello | tuples | {"kernels": roles})
        if found := [name for name, most in geometry._limits().items() if not 1 <= hello[name] <= most]:
            raise ValueError(f"the instance's {', '.join(found)}: nothing, or more than makes sense")
        if "direct_rows" in geometry._limits() and len(geometry.direct_n_max) * geometry.lanes < geometry.direct_rows:
            raise ValueError("the instance's direct_n_max has no columns for some of its direct_rows")
        return geometry

    def _limits(self) -> dict[str, int]:
        """Numbers that the kernels it has cannot do without, and the most that each can be."""
        tile = {"mr", "nr"}.union(*(_NUMBERS.get(role, ()) for role in self.kernels))
        return dict.fromkeys(sorted(tile), _MOST_OF_TILE) | dict.fromkeys(("m_grain", "n_grain"), _MOST_OF_SHARE)

    @property
    def paths(self) -> list[Path]:
        """Those that its kernels allow."""
        return [path for path, needs in _NEEDS.items() if needs <= self.kernels]

    @property
    def dot_longest(self) -> int:
        """Most k-steps of DOT: a copy of the narrow operand fits into the workspace."""
        return self.workspace // (4 * self.dot_edge)

    def direct_columns(self, rows: int) -> int:
        """Most columns of a DIRECT tile of so many rows."""
        return self.direct_n_max[(rows - 1) // self.lanes]
